//! What the caller may do, and how much of it.

use axum::Json;
use axum::extract::State;
use cerulean_accounts::BATCH_USERS;
use cerulean_http_kit::ProblemReply;
use cerulean_types::limits;
use serde::Serialize;
use utoipa::ToSchema;

use crate::message::require_user;
use crate::{Caller, Rest};

/// The limits that hold for the caller; null where there is none.
#[derive(Serialize, ToSchema)]
pub struct UserLimits {
    text_bytes: usize,
    file_bytes: u64,
    batch_items: usize,
    /// Users of one `/user/register/batch` and one `/user/profile/batch`.
    batch_users: usize,
    requests_per_minute: Option<u64>,
    requests_per_minute_of_device: Option<u64>,
    sends_per_minute: Option<u64>,
    frames_per_minute: Option<u64>,
    traffic_per_day: Option<u64>,
    /// Devices signed in at once.
    max_devices: Option<u64>,
}

fn some(number: u64) -> Option<u64> {
    (number > 0).then_some(number)
}

/// `GET /client/v1/limits`
pub async fn show(State(rest): State<Rest>, caller: Caller) -> ProblemReply<Json<UserLimits>> {
    require_user(&caller)?;
    let platform = &rest.platform;
    let settings = platform.settings_of(caller.app).await?;
    let rates = platform.rates.options().within(&settings.rates);
    Ok(Json(UserLimits {
        text_bytes: platform.limits.text_bytes,
        file_bytes: platform.limits.file_bytes,
        batch_items: limits::BATCH_ITEMS,
        batch_users: BATCH_USERS,
        requests_per_minute: some(rates.requests_per_minute.into()),
        requests_per_minute_of_device: some(rates.requests_per_minute_of_device.into()),
        sends_per_minute: some(rates.sends_per_minute.into()),
        frames_per_minute: some(rates.frames_per_minute.into()),
        traffic_per_day: some(rates.traffic_per_day),
        max_devices: some(settings.devices.max_devices.into()),
    }))
}
