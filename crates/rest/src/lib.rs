//! The public server API: the compatible paths with their envelope, and `/client/v1`.
//!
//! Translates only: a handler extracts, calls one action of a domain crate, and shapes the answer. Start at [`api`], which reads like a
//! table of contents. To add an operation see `docs/guides/add-a-rest-operation.md`.

mod address;
mod app;
mod caller;
mod client;
mod conversation;
mod file;
mod group;
mod message;
mod push;
mod roster;
mod state;
mod token;
mod user;

pub use caller::{AppScope, Caller};
pub use state::{Rest, RestParts};

use axum::Router;
use cerulean_http_kit::ApiError;
use cerulean_http_kit::api::Api;

/// Result inside this crate.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

/// All routes, with their description.
pub fn api() -> Api<Rest> {
    Api::new("rest")
        .merge(app::routes())
        .merge(token::routes())
        .merge(user::routes())
        .merge(roster::routes())
        .merge(group::routes())
        .merge(file::routes())
        .merge(message::routes())
        .merge(push::routes())
        .merge(conversation::routes())
        .merge(client::routes())
}

/// All routes.
pub fn router(rest: Rest) -> Router {
    api().into_parts().0.with_state(rest)
}

#[cfg(test)]
mod document_tests;
