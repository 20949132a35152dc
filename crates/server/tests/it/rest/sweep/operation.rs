//! Operations as the document has them.

use std::collections::BTreeSet;

use cerulean_testkit::{Answer, Call, RestClient};
use http::Method;
use serde_json::{Map, Value};

/// What a caller must bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Open,
    App,
    Token,
    Admin,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Body,
}

/// A parameter or a field of the body.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub place: Place,
    pub is_required: bool,
    /// The JSON type, `any` where there is none.
    pub kind: String,
    pub example: Value,
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub access: Access,
    /// Whether it is for the administrator alone.
    pub is_administrators: bool,
    pub fields: Vec<Field>,
    /// A JSON body that is no object.
    pub whole_body: Option<Value>,
    responses: Value,
}

/// Every operation of the document.
pub fn operations() -> Vec<Operation> {
    let document = cerulean_server::openapi::document();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            all.push(Operation::read(&document, method, path, operation));
        }
    }
    assert!(all.len() > 240, "{}", all.len());
    all
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolve(document, document.pointer(reference.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}

/// The fields of a body, with whether they must be there.
fn fields(document: &Value, schema: &Value, found: &mut Vec<(String, Value, bool)>) {
    let schema = resolve(document, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fields(document, part, found);
    }
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        found.push((name.clone(), field.clone(), required.contains(&name.as_str())));
    }
}

fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolve(document, schema);
    match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap().to_owned(),
        _ if schema["allOf"].is_array() => "object".into(),
        _ => match schema["oneOf"].as_array().into_iter().flatten().find(|one| one["type"] != "null") {
            Some(one) => kind(document, one),
            None => "any".into(),
        },
    }
}

impl Operation {
    fn read(document: &Value, method: &str, path: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let mut all: Vec<Field> = parameters
            .map(|one| Field {
                name: one["name"].as_str().unwrap().to_owned(),
                place: if one["in"] == "path" { Place::Path } else { Place::Query },
                is_required: one["required"] == true,
                kind: kind(document, &one["schema"]),
                example: one["example"].clone(),
            })
            .collect();
        let body = &operation["requestBody"]["content"]["application/json"];
        let is_object = body.is_object() && kind(document, &body["schema"]) == "object";
        if is_object {
            let mut found = Vec::new();
            fields(document, &body["schema"], &mut found);
            all.extend(found.into_iter().map(|(name, schema, is_required)| Field {
                place: Place::Body,
                is_required,
                kind: kind(document, &schema),
                example: body["example"][&name].clone(),
                name,
            }));
        }
        let security = operation["security"].as_array().unwrap();
        let asks = |scheme: &str| security.iter().any(|one| one.get(scheme).is_some());
        let access = match (asks("act_as_user"), asks("access_token"), asks("app_id")) {
            (true, ..) => Access::Token,
            (_, true, _) => Access::Admin,
            (_, _, true) => Access::App,
            _ => Access::Open,
        };
        Self {
            method: method.to_uppercase().parse().unwrap(),
            path: path.to_owned(),
            access,
            is_administrators: access == Access::Admin
                || operation["summary"].as_str().unwrap().contains("(administrator)"),
            fields: all,
            whole_body: (body.is_object() && !is_object).then(|| body["example"].clone()),
            responses: operation["responses"].clone(),
        }
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The examples of all fields.
    pub fn examples(&self) -> Map<String, Value> {
        self.fields.iter().map(|field| (field.name.clone(), field.example.clone())).collect()
    }

    /// A call with these values, each where it belongs.
    pub fn call(&self, rest: &RestClient, values: &Map<String, Value>) -> Call {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut path = self.path.clone();
        let (mut query, mut body) = (Vec::new(), Map::new());
        for field in &self.fields {
            let Some(value) = values.get(&field.name) else { continue };
            match field.place {
                Place::Path => path = path.replace(&format!("{{{}}}", field.name), &text(value).replace('/', "%2F")),
                Place::Query => query.push((field.name.as_str(), text(value))),
                Place::Body => {
                    body.insert(field.name.clone(), value.clone());
                }
            }
        }
        let pairs: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let call = rest.call(self.method.clone(), &path).query(&pairs);
        match &self.whole_body {
            Some(whole) => call.json(whole.clone()),
            None if self.fields.iter().any(|field| field.place == Place::Body) => call.json(Value::Object(body)),
            None => call,
        }
    }

    /// The codes that the document lists for a status; `None` when it does not list the status.
    fn listed(&self, status: u16) -> Option<BTreeSet<u64>> {
        let response = self.responses.get(status.to_string())?;
        let mut codes = BTreeSet::new();
        collect_codes(response, &mut codes);
        Some(codes)
    }

    /// Fails unless the document lists the answer. Returns the code, which is the status where there is none.
    pub fn check(&self, answer: &Answer, how: &str) -> u64 {
        let name = self.name();
        let Some(listed) = self.listed(answer.status) else {
            panic!("{name} {how}: status {} is not in the document: {}", answer.status, answer.text());
        };
        let body: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
        let Some(code) = body["code"].as_u64() else { return u64::from(answer.status) };
        let is_listed = code == 200 || listed.contains(&code);
        assert!(is_listed, "{name} {how}: code {code} is not in the document: {}", answer.text());
        code
    }
}

fn collect_codes(value: &Value, codes: &mut BTreeSet<u64>) {
    match value {
        Value::Object(fields) => {
            let listed = fields.get("code").and_then(|code| code["enum"].as_array());
            codes.extend(listed.into_iter().flatten().filter_map(Value::as_u64));
            fields.values().for_each(|field| collect_codes(field, codes));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_codes(item, codes)),
        _ => {}
    }
}
