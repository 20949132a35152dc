//! `/console/v1/app`: the app itself.

mod settings;
mod show;

use axum::Router;
use axum::routing::{get, patch};

use crate::Console;

/// Routes of the app.
pub fn routes() -> Router<Console> {
    Router::new().route("/console/v1/app", get(show::show)).route("/console/v1/app/settings", patch(settings::change))
}
