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
    ("code", 200),
    ("status", 0),
    ("content_type", 0),
    ("related_mid", 6_871_947_673_600),
    ("next_msg_id", 0),
    ("msg_id_start", 6_871_947_673_600),
    ("prev_mid", 6_871_947_669_504),
    ("peer_read_mid", 6_871_947_669_504),
    ("silence_start_time", 23),
    ("silence_end_time", 7),
    ("no_push_start_hour", 23),
    ("no_push_end_hour", 7),
    ("count", 2),
    ("member_count", 2),
    ("platform", 6),
    ("message_forward_max_user_num", 50),
    ("message_forward_max_message_num", 100),
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
    ("value", "Release team"),
    ("device_token", "c9a14f2be07d"),
    ("notifier_name", "web_push"),
    ("ctype", "TEXT"),
    ("data", "ok"),
    ("auth_question", "Where did we meet?"),
    ("auth_answer", "In Kunming"),
    ("secret_text", "only once"),
    ("qr_code", "k3Jw9fQe"),
];

/// What is usually not so.
const NOT_SO: &[&str] = &[
    "online_only",
    "no_push",
    "no_push_detail",
    "no_sounds",
    "is_muted",
    "not_disturb",
    "hide_member_info",
    "has_more",
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

fn is_nullable(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_array).is_some_and(|types| types.iter().any(|kind| kind == "null"))
}

fn plain(name: &str, kind: &str, schema: &Value) -> Value {
    match kind {
        "integer" | "number" => {
            let known = NUMBERS.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            let is_moment = name.ends_with("_at") || name.ends_with("_time") || name == "timestamp" || name == "expire";
            let is_long = schema.get("format").is_some_and(|format| format == "int64");
            json!(known.unwrap_or(if is_moment && is_long { 1_767_225_600_000 } else { 1 }))
        }
        // Only a refusal has something to say.
        "string" if name == "message" && is_nullable(schema) => Value::Null,
        "string" => json!(TEXTS.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)),
        "boolean" => json!(!NOT_SO.contains(&name)),
        "object" => json!({}),
        _ => Value::Null,
    }
}
