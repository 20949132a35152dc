//! Problem details (RFC 9457) with real HTTP status codes, for `/client/v1` and the console.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cerulean_types::{Code, PublicError};
use serde::Serialize;

use crate::ApiError;
use crate::request_log::RequestFacts;

const PROBLEM_JSON: &str = "application/problem+json";

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
        let status = StatusCode::from_u16(self.0.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.with_status(status)
    }
}

impl Problem {
    fn with_status(self, status: StatusCode) -> Response {
        let Self(error) = self;
        let body = Body {
            r#type: "about:blank",
            title: error.code.text(),
            status: status.as_u16(),
            detail: error.message,
            code: error.code.number(),
        };
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        response.extensions_mut().insert(RequestFacts { code: error.code });
        response
    }
}

/// Middleware: what extractors and the router refuse becomes problem details too.
pub async fn as_problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(error) = response.extensions().get::<ApiError>() {
        return Problem(error.clone()).into_response();
    }
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON);
    if !response.status().is_client_error() || is_problem {
        return response;
    }
    // A body of the wrong shape, one that is no JSON and one that does not say that it is are the same mistake to a caller.
    let status = match response.status() {
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => StatusCode::BAD_REQUEST,
        other => other,
    };
    let told = Problem::new(Code::BadParameter, format!("the request cannot be read: {status}"));
    told.with_status(status)
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn answer(path: &str) -> Response {
        let refuse = || async { Err::<(), _>(ApiError::of(Code::TokenInvalid)) };
        let router = Router::new()
            .route("/refused", get(refuse))
            .route("/bare", get(|| async { StatusCode::METHOD_NOT_ALLOWED }));
        router.layer(from_fn(as_problems)).oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn refusals_become_problems_with_their_status() {
        for (path, status) in [("/refused", StatusCode::UNAUTHORIZED), ("/bare", StatusCode::METHOD_NOT_ALLOWED)] {
            let response = answer(path).await;
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
        }
    }
}
