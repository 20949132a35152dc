//! `/client/v1/*`: our own operations for end users, with real status codes and problem details (`spec/extensions.md`).

mod qr_login;
mod server;
mod sign_out;
mod users;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use cerulean_http_kit::as_problems;

use crate::{Rest, conversation};

/// Routes of our own operations.
pub fn routes() -> Router<Rest> {
    Router::new()
        .route("/client/v1/server", get(server::describe))
        .route("/client/v1/users", get(users::find))
        .route("/client/v1/qr-login/{code}/scan", post(qr_login::scan))
        .route("/client/v1/qr-login/{code}/confirm", post(qr_login::confirm))
        .route("/client/v1/qr-login/{code}/refuse", post(qr_login::refuse))
        .route("/client/v1/sign-out", post(sign_out::sign_out))
        .merge(conversation::client_routes())
        .layer(from_fn(as_problems))
}
