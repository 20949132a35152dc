//! The public server API: the compatible paths with their envelope, and `/client/v1`.
//!
//! Translates only: a handler extracts, calls one action of a domain crate, and shapes the answer. Start at [`router`], which reads like a
//! table of contents. To add an operation see `docs/guides/add-a-rest-operation.md`.

mod address;
mod app;
mod caller;
mod client;
mod conversation;
mod file;
mod group;
mod message;
mod roster;
mod state;
mod token;
mod user;

pub use caller::{AppScope, Caller};
pub use state::{Rest, RestParts};

use axum::Router;
use cerulean_http_kit::ApiError;

/// Result inside this crate.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

/// All routes.
pub fn router(rest: Rest) -> Router {
    Router::new()
        .merge(group::routes())
        .merge(roster::routes())
        .merge(file::routes())
        .merge(app::routes())
        .merge(token::routes())
        .merge(user::routes())
        .merge(client::routes())
        .merge(message::routes())
        .merge(conversation::routes())
        .with_state(rest)
}
