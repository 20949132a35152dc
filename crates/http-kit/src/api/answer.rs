//! Answers, as the document has them: the data of a success, and every refusal by its code.

use std::collections::BTreeMap;

use cerulean_types::Code;
use serde_json::{Map, Value, json};

use super::description::Refusals;
use super::example::example_of;
use super::schema::{Schemas, reference};

/// What a success looks like.
#[derive(Debug, Clone, Default)]
pub(super) enum Answer {
    /// Only the route knows, or there is no success.
    #[default]
    None,
    /// `{code, data, message}`.
    Envelope { data: Value, beside: Vec<(&'static str, Value)> },
    /// Plain JSON.
    Json(Value),
    /// 204.
    Nothing,
    /// The bytes of a file.
    File,
    /// Another place.
    Elsewhere,
}

/// Schemas that the answers refer to.
pub(super) fn add_schemas(schemas: &mut Schemas) {
    let integer = json!({ "type": "integer", "format": "int32" });
    schemas.insert(
        "Success".into(),
        json!({
            "description": "The envelope of a success. `data` is what the operation says.",
            "type": "object",
            "required": ["code", "data", "message"],
            "properties": { "code": { "type": "integer", "const": 200 }, "data": {}, "message": { "type": "null" } },
        }),
    );
    schemas.insert(
        "Refusal".into(),
        json!({
            "description": "The envelope of a refusal. `message` is for people, `code` for programs.",
            "type": "object",
            "required": ["code", "data", "message"],
            "properties": { "code": integer, "data": { "type": "null" }, "message": { "type": "string" } },
        }),
    );
    schemas.insert(
        "Problem".into(),
        json!({
            "description": "Problem details (RFC 9457), with the number of the table of codes.",
            "type": "object",
            "required": ["type", "title", "status", "detail", "code"],
            "properties": {
                "type": { "type": "string" }, "title": { "type": "string" }, "status": integer, "detail": { "type": "string" }, "code": integer,
            },
        }),
    );
}

/// The `responses` of an operation.
pub(super) fn responses(answer: &Answer, refusals: Refusals, codes: &[Code], schemas: &Schemas) -> Value {
    let mut responses: BTreeMap<String, Value> = BTreeMap::new();
    if let Some((status, response)) = success(answer, schemas) {
        responses.insert(status.into(), response);
    }
    match refusals {
        Refusals::None => {}
        Refusals::Envelope => join_refusals(responses.entry("200".into()).or_insert(Value::Null), codes),
        Refusals::StatusEnvelope | Refusals::Problem => {
            for (status, codes) in by_status(codes) {
                responses.insert(status.to_string(), refusal(refusals, &codes));
            }
        }
    }
    json!(responses)
}

fn success(answer: &Answer, schemas: &Schemas) -> Option<(&'static str, Value)> {
    let json_of = |schema: Value, example: Value| {
        let examples = json!({ "success": { "summary": "success", "value": example } });
        json!({ "description": "success", "content": { "application/json": { "schema": schema, "examples": examples } } })
    };
    match answer {
        Answer::None => None,
        Answer::Nothing => Some(("204", json!({ "description": "done" }))),
        Answer::File => Some(("200", json!({ "description": "the file", "content": { "*/*": { "schema": {} } } }))),
        Answer::Elsewhere => Some(("303", json!({ "description": "the place is in the header `location`" }))),
        Answer::Json(schema) => Some(("200", json_of(schema.clone(), example_of("", schema, schemas)))),
        Answer::Envelope { data, beside } => {
            let mut example = json!({ "code": 200, "data": example_of("data", data, schemas), "message": null });
            let mut properties = Map::from_iter([("data".to_owned(), data.clone())]);
            let mut required = Vec::new();
            for (name, schema) in beside {
                example[*name] = example_of(name, schema, schemas);
                properties.insert((*name).to_owned(), schema.clone());
                required.push(*name);
            }
            let mut own = json!({ "type": "object", "properties": properties });
            if !required.is_empty() {
                own["required"] = json!(required);
            }
            Some(("200", json_of(json!({ "allOf": [reference("Success"), own] }), example)))
        }
    }
}

/// Success and refusals of the compatible paths share HTTP status 200.
fn join_refusals(response: &mut Value, codes: &[Code]) {
    let refusal = json!({ "allOf": [reference("Refusal"), code_among(codes)] });
    if response.is_null() {
        *response = json!({ "description": "refused", "content": { "application/json": { "schema": refusal, "examples": {} } } });
    } else {
        let content = &mut response["content"]["application/json"];
        // A file is no JSON.
        let success = content["schema"].take();
        content["schema"] = if success.is_null() { refusal } else { json!({ "oneOf": [success, refusal] }) };
        response["description"] = json!("success, or a refusal by its code");
    }
    for code in codes {
        let number = code.number().to_string();
        response["content"]["application/json"]["examples"][&number] = example_of_code(ENVELOPE, &number);
    }
}

/// Prefixes of the names of examples.
const ENVELOPE: &str = "refusal-";
const PROBLEM: &str = "problem-";

fn example_of_code(form: &str, number: &str) -> Value {
    json!({ "$ref": format!("#/components/examples/{form}{number}") })
}

/// An example of every refusal, in both forms.
pub(super) fn examples() -> Value {
    let mut examples = Map::new();
    for code in Code::ALL.iter().filter(|code| **code != Code::Ok) {
        let (number, text, status) = (code.number(), code.text(), code.http_status());
        let envelope = json!({ "code": number, "data": null, "message": text });
        let problem = json!({ "type": "about:blank", "title": text, "status": status, "detail": text, "code": number });
        examples.insert(format!("{ENVELOPE}{number}"), json!({ "summary": text, "value": envelope }));
        examples.insert(format!("{PROBLEM}{number}"), json!({ "summary": text, "value": problem }));
    }
    Value::Object(examples)
}

fn code_among(codes: &[Code]) -> Value {
    let numbers: Vec<u32> = codes.iter().map(|code| code.number()).collect();
    json!({ "type": "object", "properties": { "code": { "enum": numbers } } })
}

fn by_status(codes: &[Code]) -> BTreeMap<u16, Vec<Code>> {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.http_status()).or_default().push(*code);
    }
    by_status
}

fn refusal(refusals: Refusals, codes: &[Code]) -> Value {
    let texts: Vec<&str> = codes.iter().map(|code| code.text()).collect();
    let (kind, base, form) = match refusals {
        Refusals::Problem => ("application/problem+json", "Problem", PROBLEM),
        _ => ("application/json", "Refusal", ENVELOPE),
    };
    let numbers = codes.iter().map(|code| code.number().to_string());
    let examples: Map<String, Value> = numbers.map(|number| (number.clone(), example_of_code(form, &number))).collect();
    let schema = json!({ "allOf": [reference(base), code_among(codes)] });
    json!({ "description": texts.join("; "), "content": { kind: { "schema": schema, "examples": examples } } })
}
