//! `/console/v1/groups`: what only the people who run an app do with its groups.

mod capacity;

use cerulean_http_kit::api::{Api, put};
use cerulean_types::Code;

use crate::Console;

/// Routes of groups.
pub fn routes() -> Api<Console> {
    Api::new("console").route(
        "/console/v1/groups/{group}/capacity",
        put(capacity::change, "Sets the most members of one group, whatever the settings say")
            .refuses(&[Code::GroupNotFound]),
    )
}
