//! The OpenAPI document against the list of the public protocol: path, method, parameters, body, fields of answers. Whatever differs is listed here with its reason.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What differs on purpose: path, difference, reason. Twins of a path (POST and PUT, POST and DELETE) share a line.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("/ai/message/send", "body content: optional", "a picture has none"),
    ("/file/download/avatar", "answer is no envelope", "the answer is the file"),
    (
        "/file/download/avatar",
        "query app_id: added",
        "browsers send no headers; an app that is named must be the file's",
    ),
    ("/file/download/avatar", "query file_sign: added", "addresses given out here name the signature so"),
    ("/file/download/avatar", "query object_name: optional", "file_sign does as well"),
    ("/file/download/chat", "answer is no envelope", "the answer is the file"),
    ("/file/download/chat", "query app_id: added", "browsers send no headers; an app that is named must be the file's"),
    (
        "/file/download/chat",
        "query format: not read",
        "voice comes as it was recorded: there is no encoder here, and our clients record what browsers play",
    ),
    ("/file/download/chat", "query source: not read", "there is one store of files"),
    ("/file/download/chat", "query thumbnail_strategy: not read", "every size keeps the whole picture and its shape"),
    ("/file/download/chat", "query sdk_sign: not read", "the signature of the address authorises"),
    ("/file/download/chat", "query store_token: not read", "the signature of the address authorises"),
    ("/file/download/avatar", "query thumbnail_strategy: not read", "every size keeps the whole picture and its shape"),
    ("/file/download/avatar", "query sdk_sign: not read", "the signature of the address authorises"),
    ("/file/download/avatar", "query store_token: not read", "the signature of the address authorises"),
    ("/file/upload/avatar/group", "query group_id: optional", "clients ask before the group exists"),
    ("/file/upload/chat", "query size: added", "refuses what is too large before it is sent"),
    ("/file/upload/chat", "query to_id: optional", "older clients leave it out"),
    ("/file/upload/forward", "query to_id: optional", "older clients leave it out"),
    ("/group/admin_list", "data avatar: added", "clients read it from every member"),
    ("/group/announcement/delete", "data: object here boolean", "clients read true"),
    ("/group/banned_list", "data avatar: added", "clients read it from every member"),
    ("/group/create", "data not_disturb: added", "what /group/msg/not_disturb sets"),
    ("/group/info", "data not_disturb: added", "what /group/msg/not_disturb sets"),
    ("/group/info/batch", "data not_disturb: added", "what /group/msg/not_disturb sets"),
    ("/group/create", "data owner: added", "the name that the batch call uses"),
    ("/group/info", "data owner: added", "the name that the batch call uses"),
    ("/group/info/batch", "data ban_expire_time: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data created_at: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data description: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data ext: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data hide_member_info: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data history_visible: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data member_invite: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data member_modify: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data owner_id: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data read_ack: added", "clients keep what the batch answers as the whole group"),
    ("/group/info/batch", "data updated_at: added", "clients keep what the batch answers as the whole group"),
    ("/group/invite/handle", "body user_id: optional", "clients send the inviter or themselves; it is not read"),
    ("/group/member_list", "data avatar: added", "clients read it from every member"),
    ("/group/members/display_name", "data avatar: added", "clients read it from every member"),
    ("/group/msg/mute_mode", "data: object here boolean", "clients read true"),
    ("/group/msg/push_mode", "data: object here boolean", "clients read true"),
    ("/group/settings", "data not_disturb: added", "clients can set it and should see it"),
    ("/group/settings", "data owner: added", "the name that the batch call uses"),
    ("/message/ack", "query conversation_id: required", "says nothing without"),
    ("/message/ack", "query msg_id: required", "says nothing without"),
    ("/message/conversation", "query limit: optional", "a page of the usual size"),
    ("/message/conversation", "query msg_id_start: optional", "the newest page"),
    ("/message/notify", "body content: optional", "a picture has none"),
    ("/message/send", "body content: optional", "a picture has none"),
    ("/roster/apply/batch", "body auth_answer: added", "as in the single call, for users who ask a question"),
    ("/user/avatar/batch", "body list: required", "says nothing without"),
    ("/user/profile/batch", "body list: required", "says nothing without"),
    ("/user/disable", "body list: required", "says nothing without"),
    ("/user/enable", "body list: required", "says nothing without"),
    ("/user/register/batch", "body list: required", "says nothing without"),
    ("/user/settings", "body user_id: optional", "everyone changes his own"),
    ("/user/token/unbind", "data: object here boolean", "clients read true"),
];

/// A field: its schema in the document, and whether it must be there.
type Fields = BTreeMap<String, (Value, bool)>;

struct Document(Value);

impl Document {
    fn resolve(&self, schema: &Value) -> Value {
        let Some(reference) = schema["$ref"].as_str() else { return schema.clone() };
        self.resolve(&self.0.pointer(reference.trim_start_matches('#')).unwrap().clone())
    }

    fn fields(&self, schema: &Value) -> Fields {
        let schema = self.resolve(schema);
        let mut fields = Fields::new();
        for part in ["allOf", "oneOf"].iter().flat_map(|key| schema[*key].as_array().into_iter().flatten()) {
            fields.extend(self.fields(part));
        }
        if schema["items"].is_object() {
            fields.extend(self.fields(&schema["items"]));
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
            fields.insert(name.clone(), (field.clone(), is_required));
        }
        fields
    }

    fn kind(&self, schema: &Value) -> String {
        let schema = self.resolve(schema);
        let is_real = |kind: &&Value| **kind != "null";
        match &schema["type"] {
            Value::String(kind) => kind.clone(),
            Value::Array(kinds) => kinds.iter().find(is_real).unwrap().as_str().unwrap().to_owned(),
            _ if schema["allOf"].is_array() => "object".to_owned(),
            _ => match schema["oneOf"].as_array().into_iter().flatten().find(|one| one["type"] != "null") {
                Some(one) => self.kind(one),
                None => "anything".to_owned(),
            },
        }
    }

    /// The fields of a success: `data`, and what stands beside it.
    fn success(&self, operation: &Value) -> Option<Fields> {
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let success = if schema["oneOf"].is_array() { &schema["oneOf"][0] } else { schema };
        Some(self.fields(success)).filter(|fields| fields.contains_key("data"))
    }
}

fn kind_in_list(field: &Value) -> &str {
    match field["type"].as_str().unwrap() {
        "int32" | "int64" => "integer",
        "double" => "number",
        "map" => "object",
        other => other,
    }
}

/// The documented fields of an object or of the items of a list.
fn documented(of: &Value) -> BTreeMap<String, Value> {
    let fields = if of["fields"].is_object() { &of["fields"] } else { &of["items"]["fields"] };
    fields.as_object().into_iter().flatten().map(|(name, field)| (name.clone(), field.clone())).collect()
}

/// Compares named fields. Whether they are required only matters for what comes in.
fn compare(
    document: &Document,
    place: &str,
    expected: &BTreeMap<String, Value>,
    found: &Fields,
    differences: &mut Vec<String>,
) {
    for (name, field) in expected {
        let Some((schema, is_required)) = found.get(name) else {
            differences.push(format!("{place} {name}: missing"));
            continue;
        };
        let (wanted, kind) = (kind_in_list(field), document.kind(schema));
        if wanted != kind {
            differences.push(format!("{place} {name}: {wanted} here {kind}"));
        }
        let inner = documented(field);
        if !inner.is_empty() {
            compare(document, &format!("{place}.{name}"), &inner, &document.fields(schema), differences);
        }
        let comes_in = place.starts_with("query") || place.starts_with("body");
        if comes_in && field["required"].as_bool().unwrap_or(false) != *is_required {
            differences.push(format!("{place} {name}: {}", if *is_required { "required" } else { "optional" }));
        }
    }
    // An object without fields in the list is one that nobody described.
    if !expected.is_empty() || place == "query" {
        let added = found.keys().filter(|name| !expected.contains_key(*name));
        differences.extend(added.map(|name| format!("{place} {name}: added")));
    }
}

/// What may be named in the query and means nothing here: its description begins so.
fn unread(operation: &Value) -> Vec<String> {
    let query = operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query");
    let is_unread = |one: &&Value| {
        let described = [&one["description"], &one["schema"]["description"]];
        described.iter().any(|text| text.as_str().is_some_and(|text| text.contains("Not read")))
    };
    query.filter(is_unread).map(|one| format!("query {}: not read", one["name"].as_str().unwrap())).collect()
}

fn compare_operation(document: &Document, listed: &Value, operation: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let parameters = listed["parameters"].as_array().unwrap();
    let expected = parameters.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one.clone())).collect();
    let query = operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query");
    let found = query
        .map(|one| (one["name"].as_str().unwrap().to_owned(), (one["schema"].clone(), one["required"] == true)))
        .collect();
    compare(document, "query", &expected, &found, &mut differences);
    differences.extend(unread(operation));

    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    match (listed["request_body"].is_object(), body.is_object()) {
        (true, true) => {
            let (wanted, kind) = (kind_in_list(&listed["request_body"]), document.kind(body));
            if wanted != kind {
                differences.push(format!("body: {wanted} here {kind}"));
            }
            let expected = documented(&listed["request_body"]);
            compare(document, "body", &expected, &document.fields(body), &mut differences);
        }
        (true, false) => differences.push("body: missing".into()),
        (false, true) => differences.push("body: added".into()),
        (false, false) => {}
    }

    let Some(mut success) = document.success(operation) else {
        differences.push("answer is no envelope".into());
        return differences;
    };
    let (data, _) = success.remove("data").unwrap();
    let (wanted, kind) = (kind_in_list(&listed["response_data"]), document.kind(&data));
    if wanted != kind {
        differences.push(format!("data: {wanted} here {kind}"));
    }
    compare(document, "data", &documented(&listed["response_data"]), &document.fields(&data), &mut differences);
    success.retain(|name, _| name != "code" && name != "message");
    let beside = listed["response_envelope_extra"].as_object().into_iter().flatten();
    let beside = beside.map(|(name, field)| (name.clone(), field.clone())).collect();
    compare(document, "beside data", &beside, &success, &mut differences);
    differences
}

#[test]
fn the_document_says_what_the_public_protocol_says() {
    let document = Document(cerulean_server::openapi::document());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/server-api.json");
    let list: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let operations = list["operations"].as_array().unwrap();
    assert_eq!(operations.len(), 194);
    let mut found = BTreeSet::new();
    for listed in operations {
        let path = listed["path"].as_str().unwrap();
        let method = listed["method"].as_str().unwrap().to_lowercase();
        let operation = &document.0["paths"][path][&method];
        if operation.is_null() {
            found.insert((path, "absent".to_owned()));
            continue;
        }
        found.extend(compare_operation(&document, listed, operation).into_iter().map(|difference| (path, difference)));
    }
    let known: BTreeSet<_> =
        DIFFERENCES.iter().map(|(path, difference, _)| (*path, (*difference).to_owned())).collect();
    let unlisted: Vec<_> = found.difference(&known).collect();
    assert!(unlisted.is_empty(), "these differ and are not listed with a reason: {unlisted:#?}");
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "these are listed and differ no longer: {gone:#?}");
}

#[test]
fn every_code_of_the_public_protocol_keeps_its_number() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/server-api.json");
    let list: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let ours: BTreeSet<String> = cerulean_types::Code::ALL.iter().map(|code| code.number().to_string()).collect();
    let missing: Vec<_> =
        list["error_codes"].as_object().unwrap().keys().filter(|code| !ours.contains(*code)).collect();
    // Clients take the second number for the first.
    assert_eq!(missing, ["99998"]);
}
