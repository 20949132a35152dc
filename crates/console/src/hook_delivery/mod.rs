//! `/console/v1/hook-deliveries`: what became of events on their way to receivers.

mod filter;
mod replay;
mod show;

use cerulean_http_kit::api::{Api, get, post};
use cerulean_types::Code;

use crate::Console;

/// Another app's delivery, or one that is not there.
const GONE: &[Code] = &[Code::FeatureOff];

/// Routes of deliveries.
pub fn routes() -> Api<Console> {
    Api::new("console")
        .route("/console/v1/hook-deliveries", get(show::list, "What became of events, newest first"))
        .route(
            "/console/v1/hook-deliveries/replay",
            post(replay::many, "Sends events again, unless told otherwise those given up"),
        )
        .route("/console/v1/hook-deliveries/{number}", get(show::one, "A delivery with every try").refuses(GONE))
        .route("/console/v1/hook-deliveries/{number}/replay", post(replay::one, "Sends an event again").refuses(GONE))
}
