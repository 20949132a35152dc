//! Wrong types, missing fields, lists without end.

use serde_json::{Map, Value, json};

use super::{Field, Operation, Place, Stage, operations};

/// Values of another type, or of the right one and beyond all bounds.
fn wrong_values(field: &Field) -> Vec<Value> {
    let long = "x".repeat(100_000);
    let mut values = match field.kind.as_str() {
        "integer" | "number" => {
            vec![json!("x"), json!([1]), json!({}), json!(1.5), json!(-1), json!(1_u64 << 60), json!(true), json!("")]
        }
        "boolean" => vec![json!("maybe"), json!(7), json!([true]), json!({})],
        "array" => vec![json!("x"), json!({}), json!([{}]), json!([null]), json!([[]]), json!(5)],
        "object" => vec![json!("x"), json!([]), json!(5), json!({ "": { "": [] } })],
        _ => vec![json!([1]), json!({}), json!(true), json!("\u{0}"), json!("\u{202e}\u{1f600}'\";--"), json!(long)],
    };
    values.push(Value::Null);
    if field.place != Place::Body {
        // Addresses have bounds of their own.
        values.retain(|value| value.as_str().is_none_or(|text| text.len() < 1000 && !text.is_empty()));
        values.push(json!("%00"));
    }
    values
}

/// The code of an internal error is in no document.
async fn probe(
    stage: &Stage,
    operation: &Operation,
    examples: &Map<String, Value>,
    field: &Field,
    value: Value,
) -> u64 {
    let mut values = examples.clone();
    let how = format!("with {} = {}", field.name, value.to_string().chars().take(40).collect::<String>());
    values.insert(field.name.clone(), value);
    let answer = operation.call(&stage.caller(operation).await, &values).send().await;
    operation.check(&answer, &how)
}

#[tokio::test]
async fn wrong_types_are_answered_by_what_the_document_lists() {
    let stage = Stage::set().await;
    for operation in operations() {
        let examples = stage.examples(&operation).await;
        for field in &operation.fields {
            for value in wrong_values(field) {
                probe(&stage, &operation, &examples, field, value).await;
            }
        }
    }
    stage.server.stop().await;
}

#[tokio::test]
async fn missing_fields_are_bad_parameters() {
    let stage = Stage::set().await;
    for operation in operations() {
        let examples = stage.examples(&operation).await;
        let is_file = operation.path.starts_with("/file/download") || operation.path == "/file/upload/content";
        for field in operation.fields.iter().filter(|field| field.is_required && field.place != Place::Path) {
            let mut values = examples.clone();
            values.remove(&field.name);
            let answer = operation.call(&stage.caller(&operation).await, &values).send().await;
            let code = operation.check(&answer, &format!("without {}", field.name));
            // Addresses of files authorise themselves: without their signature they are none.
            let expected = if is_file { 10010 } else { 10002 };
            assert_eq!(code, expected, "{} without {}", operation.name(), field.name);
        }
    }
    stage.server.stop().await;
}

#[tokio::test]
async fn bodies_that_are_no_json_object_are_refused() {
    let stage = Stage::set().await;
    for operation in operations() {
        if operation.fields.iter().all(|field| field.place != Place::Body) {
            continue;
        }
        for body in ["{", "[]", "\"x\"", "{\"a\":", "\u{feff}{}", "[[[[[[[["] {
            let call = stage.caller(&operation).await.call(operation.method.clone(), &operation.path);
            let answer = call.header("content-type", "application/json").body(body).send().await;
            let code = operation.check(&answer, &format!("with the body {body}"));
            let is_open = operation.path.contains('{');
            assert!(code == 10002 || is_open, "{} with the body {body}: {code}", operation.name());
        }
    }
    stage.server.stop().await;
}

#[tokio::test]
async fn lists_without_end_are_refused() {
    let stage = Stage::set().await;
    let mut asked = 0;
    for operation in operations() {
        let examples = stage.examples(&operation).await;
        for field in operation.fields.iter().filter(|field| field.kind == "array" && field.place == Place::Body) {
            asked += 1;
            let item = field.example.get(0).cloned().unwrap_or(json!(1));
            let code = probe(&stage, &operation, &examples, field, Value::Array(vec![item; 20_000])).await;
            // What a path names need not be there.
            let is_gone = code == 404 && operation.path.contains('{');
            let is_refused = matches!(code, 10002 | 413 | 12005) || is_gone;
            assert!(is_refused, "{} with 20 000 {}: {code}", operation.name(), field.name);
        }
    }
    assert!(asked > 20, "{asked}");
    stage.server.stop().await;
}
