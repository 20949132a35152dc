//! `/token/*`: sign-in. These calls need no token and ignore a stale one.

mod sign_in;

use axum::Router;
use axum::routing::post;

use crate::Rest;

/// Routes of sign-in.
pub fn routes() -> Router<Rest> {
    Router::new()
        .route("/token/user", post(sign_in::by_name))
        .route("/token/login", post(sign_in::by_login_name))
        .route("/token/id", post(sign_in::by_id))
}
