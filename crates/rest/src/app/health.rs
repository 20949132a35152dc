//! Health, for load balancers and for clients that choose between servers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Rest;

/// Whether the server answers.
#[derive(Serialize, ToSchema)]
pub struct Health {
    code: u16,
    data: &'static str,
    message: Option<String>,
}

/// `GET /api/health`: status 200 while the database answers, else 503. Only the status counts.
pub async fn check(State(rest): State<Rest>) -> Response {
    let (status, data) = match rest.platform.db.ping().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::warn!("the database does not answer: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "database unavailable")
        }
    };
    (status, Json(Health { code: status.as_u16(), data, message: None })).into_response()
}
