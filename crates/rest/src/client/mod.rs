//! `/client/v1/*`: our own operations for end users, with real status codes and problem details (`spec/extensions.md`).

mod server;
mod sign_out;
mod users;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::routing::{get, post};
use cerulean_http_kit::Problem;

use crate::{Caller, Rest};

/// Routes of our own operations.
pub fn routes() -> Router<Rest> {
    Router::new()
        .route("/client/v1/server", get(server::describe))
        .route("/client/v1/users", get(users::find))
        .route("/client/v1/sign-out", post(sign_out::sign_out))
}

/// The caller, refused with a problem instead of an envelope.
#[derive(Debug, Clone, Copy)]
pub struct ClientCaller(pub Caller);

impl FromRequestParts<Rest> for ClientCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, Self::Rejection> {
        Ok(Self(Caller::from_request_parts(parts, rest).await?))
    }
}
