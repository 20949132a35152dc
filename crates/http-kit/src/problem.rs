//! Problem details (RFC 9457) with real HTTP status codes, for `/client/v1` and the console.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cerulean_types::{Code, PublicError};
use serde::Serialize;

use crate::ApiError;
use crate::request_log::RequestFacts;

/// An unsuccessful answer of a newer path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(pub ApiError);

/// Result of a handler on a newer path.
pub type ProblemReply<T> = Result<T, Problem>;

#[derive(Serialize)]
struct Body {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: u32,
}

impl Problem {
    /// A problem with its own text.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(ApiError::new(code, detail))
    }
}

impl<E: PublicError> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self(error) = self;
        let status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = Body {
            r#type: "about:blank",
            title: error.code.text(),
            status: status.as_u16(),
            detail: error.message,
            code: error.code.number(),
        };
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.extensions_mut().insert(RequestFacts { code: error.code });
        response
    }
}
