//! `{code, data, message}` with HTTP status 200, whatever the code (rest.md, "Rules for all calls").

use std::time::Duration;

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use cerulean_types::{Code, PublicError};
use serde::Serialize;

use crate::request_log::RequestFacts;

/// A successful answer.
#[derive(Debug, Serialize)]
pub struct Envelope<T> {
    code: u32,
    data: T,
    message: Option<String>,
}

/// Result of a handler on a compatible path.
pub type Reply<T> = Result<Envelope<T>, ApiError>;

/// Wraps the data of a successful answer.
pub fn ok<T: Serialize>(data: T) -> Reply<T> {
    Ok(Envelope { code: Code::Ok.number(), data, message: None })
}

impl<T: Serialize> IntoResponse for Envelope<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// An unsuccessful answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// Public code.
    pub code: Code,
    /// Text shown to people.
    pub message: String,
    /// After how long it is worth another try, where that is known.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    /// An error with its own text.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None }
    }

    /// An error with the text of the code table.
    pub fn of(code: Code) -> Self {
        Self::new(code, code.text())
    }
}

impl ApiError {
    /// Sets `Retry-After`, in whole seconds.
    pub(crate) fn tell_when(&self, response: &mut Response) {
        if let Some(wait) = self.retry_after {
            let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
    }
}

/// Logs an internal error once and returns the text for the caller: an id to quote.
fn report(error: &dyn std::error::Error) -> String {
    let id = format!("{:08x}", rand::random::<u32>());
    let mut causes = String::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        causes.push_str(": ");
        causes.push_str(&inner.to_string());
        cause = inner.source();
    }
    tracing::error!(error.id = %id, "request failed: {error}{causes}");
    format!("internal error {id}: try again, and quote this id to the operator if it stays")
}

impl<E: PublicError> From<E> for ApiError {
    fn from(error: E) -> Self {
        let message = if error.is_internal() { report(&error) } else { error.to_string() };
        Self { code: error.code(), message, retry_after: error.retry_after() }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Envelope { code: self.code.number(), data: (), message: Some(self.message.clone()) };
        let mut response = Json(body).into_response();
        self.tell_when(&mut response);
        response.extensions_mut().insert(RequestFacts { code: self.code });
        // Where answers are problem details, a refusal by an extractor is turned into one from this.
        response.extensions_mut().insert(self);
        response
    }
}
