//! `/console/v1/app`: the app itself.

mod limits;
mod settings;
mod show;

use cerulean_http_kit::api::{Api, get, patch};

use crate::Console;

/// Routes of the app.
pub fn routes() -> Api<Console> {
    Api::new("console")
        .route("/console/v1/app", get(show::show, "The app, its settings and how much there is of it"))
        .route("/console/v1/limits", get(limits::show, "What the app may do and have, and how much of it is used"))
        .route("/console/v1/app/settings", patch(settings::change, "Changes settings of the app by a merge patch"))
}
