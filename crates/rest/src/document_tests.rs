//! What must hold of the description of all operations.

use cerulean_http_kit::api::Document;
use serde_json::Value;

fn document() -> Value {
    let mut document = Document::default();
    document.merge(crate::api().into_parts().1);
    document.to_openapi("REST", "0", "")
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_to_a_schema() {
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_operation_answers_something() {
    for (path, operations) in document()["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let responses = operation["responses"].as_object().expect("responses");
            assert!(responses.keys().any(|status| status.starts_with(['2', '3'])), "{method} {path}");
            assert!(
                operation["summary"].as_str().is_some_and(|text| !text.is_empty() && !text.ends_with('.')),
                "{method} {path}"
            );
        }
    }
}

/// Writes the document for a look at it: `CERULEAN_DOCUMENT=/tmp/rest.json cargo test -p cerulean-rest --lib written`.
#[test]
fn written() {
    if let Some(path) = std::env::var_os("CERULEAN_DOCUMENT") {
        std::fs::write(path, document().to_string()).expect("written");
    }
}
