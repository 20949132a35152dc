//! `/push/*`: pushes that the app asks for.

mod notify;

use cerulean_http_kit::api::{Api, get, post};
use cerulean_types::Code;

use crate::Rest;

/// Routes of pushes.
pub fn routes() -> Api<Rest> {
    Api::new("push")
        .route(
            "/push/notify",
            post(notify::notify, "Asks for a push to devices (administrator)")
                .refuses(&[Code::PushAudienceTooLong])
                .note("The push is kept with the devices it is for. Services of phone vendors take it once they are set up; until then its devices wait, and the details say so."),
        )
        .route("/push/task/detail", post(notify::details, "How far pushes have come (administrator)"))
        .route(
            "/push/certificate",
            get(notify::certificate, "The certificate of a phone vendor (administrator)").refuses(&[Code::PushOff]),
        )
}
