//! What this server is.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Rest;

/// What a client may want to know before anyone signs in.
#[derive(Serialize, ToSchema)]
pub struct ServerInfo {
    name: &'static str,
    version: &'static str,
    /// App of a development server; null elsewhere.
    default_app: Option<String>,
}

/// `GET /client/v1/server`
pub async fn describe(State(rest): State<Rest>) -> Json<ServerInfo> {
    Json(ServerInfo { name: "Cerulean", version: env!("CARGO_PKG_VERSION"), default_app: rest.default_app.clone() })
}
