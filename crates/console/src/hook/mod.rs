//! `/console/v1/hooks`: receivers of webhooks.

mod manage;
mod secret;
mod test;

use cerulean_http_kit::api::{Api, delete, get, patch, post};
use cerulean_types::Code;

use crate::Console;

/// Another app's receiver, or one that is not there.
const GONE: &[Code] = &[Code::FeatureOff];

/// Routes of receivers.
pub fn routes() -> Api<Console> {
    Api::new("console")
        .route("/console/v1/hook-events", get(manage::events, "The names of all events"))
        .route("/console/v1/hooks", get(manage::list, "Receivers of webhooks, oldest first"))
        .route("/console/v1/hooks", post(manage::create, "Adds a receiver; its secret is not shown again"))
        .route("/console/v1/hooks/{hook}", get(manage::show, "A receiver").refuses(GONE))
        .route("/console/v1/hooks/{hook}", patch(manage::change, "Changes what is named of a receiver").refuses(GONE))
        .route(
            "/console/v1/hooks/{hook}",
            delete(manage::remove, "Removes a receiver and what waits for it").refuses(GONE),
        )
        .route(
            "/console/v1/hooks/{hook}/secret",
            post(secret::rotate, "Makes a new secret; the one before signs too for a while").refuses(GONE),
        )
        .route("/console/v1/hooks/{hook}/test", post(test::send, "Sends a test event at once").refuses(GONE))
}
