//! `/console/v1/users`: what the people who run an app see of its users.

mod devices;

use cerulean_http_kit::api::{Api, get};
use cerulean_types::Code;

use crate::Console;

/// Routes of users.
pub fn routes() -> Api<Console> {
    Api::new("console").route(
        "/console/v1/users/{user}/devices",
        get(devices::list, "The devices a user is signed in with, and when each was last seen")
            .refuses(&[Code::UserNotFound]),
    )
}
