//! The console API, `/console/v1/*`: what the people who run an app do with it.
//!
//! Translates only, like `rest`: a handler extracts, calls one action of a domain crate, and shapes the answer, with real status codes
//! and problem details. Who may call is decided in one place, [`AppAdmin`]. Lists answer with `{items, next_cursor}` and read `limit` and
//! `cursor` ([`cerulean_http_kit::Page`]). A noun is a folder with its routes; start at [`api`]. The steps to add a call are those of
//! `docs/guides/add-a-rest-operation.md`.

mod app;
mod caller;
mod group;
mod hook;
mod hook_delivery;
mod job;
mod outbox;
mod state;
mod user;

pub use caller::AppAdmin;
pub use state::{Console, ConsoleParts};

use axum::Router;
use axum::middleware::from_fn;
use cerulean_http_kit::api::Api;
use cerulean_http_kit::as_problems;

/// All routes, with their description.
pub fn api() -> Api<Console> {
    Api::new("console")
        .merge(app::routes())
        .merge(group::routes())
        .merge(hook::routes())
        .merge(hook_delivery::routes())
        .merge(job::routes())
        .merge(outbox::routes())
        .merge(user::routes())
        .map_router(|router| router.layer(from_fn(as_problems)))
}

/// All routes.
pub fn router(console: Console) -> Router {
    api().into_parts().0.with_state(console)
}
