//! The OpenAPI document: what every door says of its operations, served at `/openapi.json` and committed as `spec/openapi.json`.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use cerulean_http_kit::api::Document;
use cerulean_types::Code;
use serde_json::Value;

const TITLE: &str = "Cerulean";
const GUIDE: &str = include_str!("openapi.md");

static BYTES: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(text()));

/// Everything that is described.
pub fn document() -> Value {
    let mut document = Document::default();
    document.merge(cerulean_rest::api().into_parts().1);
    document.merge(cerulean_console::api().into_parts().1);
    document.to_openapi(TITLE, env!("CARGO_PKG_VERSION"), &guide())
}

/// The document as it is committed.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).expect("a document is plain data");
    text.push('\n');
    text
}

/// `GET /openapi.json`
pub(crate) async fn serve() -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], BYTES.clone()).into_response()
}

fn guide() -> String {
    let rows = Code::ALL.iter().map(|code| format!("| {} | {} |\n", code.number(), code.text()));
    let codes: String = rows.collect();
    format!("{GUIDE}\n| code | meaning |\n|--:|---|\n{codes}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_openapi_document_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/openapi.json");
        if std::env::var_os("CERULEAN_UPDATE").is_some() {
            std::fs::write(path, text()).expect("spec/ can be written");
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == text(),
            "spec/openapi.json is stale: run `cargo xtask codegen` and commit what it changed"
        );
    }
}
