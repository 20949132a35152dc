//! Examples, made from schemas: a field's name says what its value may look like.

use serde_json::{Map, Value, json};

use super::schema::Schemas;

/// Values of numbers by the name of their field. User ids leave a remainder of 1 by 8, group ids of 2.
const NUMBERS: &[(&str, i64)] = &[
    ("user_id", 8_001),
    ("from_user_id", 8_001),
    ("roster_id", 8_009),
    ("new_owner", 8_009),
    ("inviter_id", 8_001),
    ("invitee_id", 8_009),
    ("applicant_id", 8_009),
    ("author", 8_001),
    ("uploader", 8_001),
    ("owner", 8_001),
    ("owner_id", 8_001),
    ("sender", 8_001),
    ("from", 8_001),
    ("uid", 8_001),
    ("xid", 8_009),
    ("conversation_id", 8_009),
    ("opposite_id", 8_009),
    ("to_id", 8_009),
    ("id", 8_001),
    ("group_id", 8_002),
    ("msg_id", 6_871_947_673_600),
    ("msg_ids", 6_871_947_673_600),
    ("mid", 6_871_947_673_600),
    ("head_mid", 6_871_947_673_600),
    ("read_mid", 6_871_947_673_600),
    ("targets", 8_009),
    ("user_list", 8_009),
    ("group_list", 8_002),
    ("list", 8_009),
    ("version", 1_767_225_600_000),
    ("duration", 60),
    ("expire_seconds", 300),
    ("limit", 20),
    ("page_size", 50),
    ("capacity", 200),
    ("size", 48_000),
    ("file_type", 102),
    ("ban_expire_time", 1_767_229_200),
];

/// Values of texts by the name of their field.
const TEXTS: &[(&str, &str)] = &[
    ("username", "alice"),
    ("name", "alice"),
    ("login_name", "alice"),
    ("query", "alice"),
    ("nick_name", "Alice"),
    ("push_nick_name", "Alice"),
    ("display_name", "Alice"),
    ("alias", "Alice from work"),
    ("password", "correct horse battery"),
    ("old_password", "correct horse battery"),
    ("new_password", "staple of a new battery"),
    ("mobile", "+8613800000000"),
    ("email", "alice@example.com"),
    ("avatar", "https://im.example.com/file/download/avatar?file_sign=mF3kQ"),
    ("url", "https://im.example.com/file/download/chat?file_sign=mF3kQ"),
    ("upload_url", "https://im.example.com/file/upload/content?sign=mF3kQ"),
    ("download_url", "https://im.example.com/file/download/chat?file_sign=mF3kQ"),
    ("content", "Hello"),
    ("title", "Release"),
    ("description", "Talks about the release"),
    ("reason", "We met yesterday"),
    ("token", "Jr4WcQ6n"),
    ("access_token", "Jr4WcQ6n"),
    ("device_guid", "b3f1a2c4-0d5e-4f60-8a7b-9c0d1e2f3a4b"),
    ("created_at", "2026-01-01T00:00:00.000Z"),
    ("updated_at", "2026-01-01T00:00:00.000Z"),
    ("host", "im.example.com"),
    ("protocol", "https"),
    ("result", "success"),
    ("user_agent", "Web 1.0"),
    ("tags", "early-birds"),
    ("code", "k3Jw9fQe"),
    ("hook", "hook_1"),
    ("qr_code", "k3Jw9fQe"),
];

/// A value that the schema allows, for a field of this name.
pub fn example_of(name: &str, schema: &Value, schemas: &Schemas) -> Value {
    let schema = schemas.resolve(schema);
    for key in ["const", "example", "default"] {
        if let Some(value) = schema.get(key) {
            return value.clone();
        }
    }
    if let Some(first) = schema.get("enum").and_then(|values| values.get(0)) {
        return first.clone();
    }
    if let Some(choice) = schema.get("oneOf").and_then(Value::as_array) {
        let is_null = |schema: &&Value| schema.get("type").is_some_and(|kind| kind == "null");
        return choice.iter().find(|schema| !is_null(schema)).map_or(Value::Null, |one| example_of(name, one, schemas));
    }
    if let Some(items) = schema.get("items") {
        return json!([example_of(name, items, schemas)]);
    }
    let fields = schemas.fields(schema);
    if !fields.is_empty() {
        return fields
            .into_iter()
            .map(|field| (field.name.to_owned(), example_of(field.name, field.schema, schemas)))
            .collect::<Map<_, _>>()
            .into();
    }
    plain(name, type_of(schema), schema)
}

fn type_of(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::Array(types)) => {
            types.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        Some(Value::String(kind)) => kind,
        _ => "null",
    }
}

fn plain(name: &str, kind: &str, schema: &Value) -> Value {
    match kind {
        "integer" | "number" => {
            let known = NUMBERS.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            let is_moment = name.ends_with("_at") || name.ends_with("_time") || name == "timestamp" || name == "expire";
            let is_long = schema.get("format").is_some_and(|format| format == "int64");
            json!(known.unwrap_or(if is_moment && is_long { 1_767_225_600_000 } else { 1 }))
        }
        "string" => json!(TEXTS.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)),
        "boolean" => json!(true),
        "object" => json!({}),
        _ => Value::Null,
    }
}
