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

/// Longest reason of an extractor that is passed on; they quote what they were given.
const REASON_BYTES: usize = 4 << 10;
/// What extractors say before the reason.
const LEAD_INS: [&str; 4] = [
    "Failed to deserialize the JSON body into the target type: ",
    "Failed to parse the request body as JSON: ",
    "Failed to deserialize query string: ",
    "Failed to deserialize form body: ",
];

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
            detail: error.message.clone(),
            code: error.code.number(),
        };
        let mut response = (status, Json(body)).into_response();
        error.tell_when(&mut response);
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
    let reason = reason_of(response).await.unwrap_or_else(|| status.to_string());
    Problem::new(Code::BadParameter, format!("the request cannot be read: {reason}")).with_status(status)
}

/// What an extractor says of the request: the field, and what is expected there. Nothing for answers without a text.
async fn reason_of(response: Response) -> Option<String> {
    let is_text =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/"));
    let body = axum::body::to_bytes(response.into_body(), REASON_BYTES).await.ok().filter(|_| is_text)?;
    let text = std::str::from_utf8(&body).ok()?.trim();
    let text = LEAD_INS.iter().find_map(|lead_in| text.strip_prefix(lead_in)).unwrap_or(text);
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::{get, post};
    use tower::ServiceExt;

    use super::*;

    #[derive(serde::Deserialize)]
    struct Wanted {
        #[expect(dead_code, reason = "only read")]
        count: u32,
    }

    async fn ask(request: Request<Body>) -> Response {
        let late = || async {
            let retry_after = Some(std::time::Duration::from_millis(2001));
            Err::<(), _>(ApiError { retry_after, ..ApiError::of(Code::RateLimited) })
        };
        let refuse = || async { Err::<(), _>(ApiError::of(Code::TokenInvalid)) };
        let router = Router::new()
            .route("/refused", get(refuse))
            .route("/bare", get(|| async { StatusCode::METHOD_NOT_ALLOWED }))
            .route("/late", get(late))
            .route("/read", post(|_: Json<Wanted>| async {}));
        router.layer(from_fn(as_problems)).oneshot(request).await.unwrap()
    }

    async fn answer(path: &str) -> Response {
        ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn detail_of(body: &'static str) -> String {
        let request = Request::post("/read").header(header::CONTENT_TYPE, "application/json");
        let response = ask(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        body["detail"].as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn unreadable_bodies_are_told_by_field() {
        let told = detail_of(r#"{"count":"three"}"#).await;
        assert!(told.contains("count: invalid type: string \"three\", expected u32"), "{told}");
        assert!(!told.contains("Failed"), "{told}");
        let told = detail_of("{}").await;
        assert!(told.contains("missing field `count`"), "{told}");
        let told = detail_of("{").await;
        assert!(told.starts_with("the request cannot be read: "), "{told}");
        assert!(told.contains("EOF") && !told.contains("400"), "{told}");
    }

    #[tokio::test]
    async fn refusals_say_when_to_come_again() {
        let response = answer("/late").await;
        assert_eq!(response.headers()[header::RETRY_AFTER], "3");
        assert!(answer("/refused").await.headers().get(header::RETRY_AFTER).is_none());
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
