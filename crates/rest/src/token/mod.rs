//! `/token/*`: sign-in. These calls need no token and ignore a stale one.

mod sign_in;

use cerulean_http_kit::api::{Api, post};
use cerulean_types::Code;

use crate::Rest;

/// Routes of sign-in.
pub fn routes() -> Api<Rest> {
    let refused = &[Code::PermissionDenied, Code::UserFrozen, Code::RateLimited];
    Api::new("token")
        .route(
            "/token/user",
            post(sign_in::by_name, "Signs in by name, phone number or e-mail address").refuses(refused),
        )
        .route("/token/login", post(sign_in::by_login_name, "Signs in by whatever names the user").refuses(refused))
        .route("/token/id", post(sign_in::by_id, "Signs in by id").refuses(refused))
}
