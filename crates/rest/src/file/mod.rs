//! `/file/*`: signed addresses for uploads and downloads, and what lies behind them.
//!
//! The calls that ask for addresses answer with the envelope as all others. The upload and the downloads are made by browsers themselves
//! (`<img>`, forms, other SDKs) which judge by the HTTP status, so refusals there carry a real one beside the envelope.

mod disposition;
mod download;
mod form;
mod grant;
mod range;
mod upload;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use cerulean_http_kit::ApiError;
use cerulean_types::PublicError;

use crate::Rest;

/// Where uploads go; the signature follows in the query.
const UPLOAD_PATH: &str = "/file/upload/content";

/// Routes of files.
pub fn routes() -> Router<Rest> {
    Router::new()
        .route("/file/upload/chat", get(grant::chat))
        .route("/file/upload/avatar/user", get(grant::user_avatar))
        .route("/file/upload/avatar/group", get(grant::group_avatar))
        .route("/file/upload/forward", get(grant::forward))
        .route(UPLOAD_PATH, post(upload::upload).layer(DefaultBodyLimit::disable()))
        .route("/file/download/chat", get(download::download))
        .route("/file/download/avatar", get(download::download))
}

/// A refusal with a real HTTP status.
#[derive(Debug)]
struct Refusal(ApiError);

impl<E: PublicError> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = self.0.into_response();
        *response.status_mut() = status;
        response
    }
}
