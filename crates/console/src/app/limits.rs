//! What the app may do and have, and how much of it is used.

use axum::Json;
use axum::extract::State;
use cerulean_accounts::app_usage;
use cerulean_http_kit::ProblemReply;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{AppAdmin, Console};

/// How often things may be done, in a minute if not said otherwise; null for no limit.
#[derive(Serialize, ToSchema)]
pub struct AppRateLimits {
    requests_of_user: Option<u64>,
    requests_of_device: Option<u64>,
    requests_of_app: Option<u64>,
    sends_of_user: Option<u64>,
    sends_of_app: Option<u64>,
    frames_of_device: Option<u64>,
    traffic_per_day_of_device: Option<u64>,
    previews_of_user: Option<u64>,
}

/// How much there may be, and how much there is.
#[derive(Serialize, ToSchema)]
pub struct QuotaUse {
    limit: Option<u64>,
    used: u64,
}

/// The limits in force.
#[derive(Serialize, ToSchema)]
pub struct AppLimits {
    rates: AppRateLimits,
    users: QuotaUse,
    messages_today: QuotaUse,
    messages_this_month: QuotaUse,
    storage_bytes: QuotaUse,
}

fn some(number: u64) -> Option<u64> {
    (number > 0).then_some(number)
}

/// `GET /console/v1/limits`
pub async fn show(State(console): State<Console>, admin: AppAdmin) -> ProblemReply<Json<AppLimits>> {
    let ctx = console.read(&admin).await?;
    let usage = app_usage(&ctx).await?;
    let quotas = console.platform.quotas_of(&ctx.settings);
    let rates = console.platform.rates.options().within(&ctx.settings.rates);
    Ok(Json(AppLimits {
        rates: AppRateLimits {
            requests_of_user: some(rates.requests_per_minute.into()),
            requests_of_device: some(rates.requests_per_minute_of_device.into()),
            requests_of_app: some(rates.requests_per_minute_of_app.into()),
            sends_of_user: some(rates.sends_per_minute.into()),
            sends_of_app: some(rates.sends_per_minute_of_app.into()),
            frames_of_device: some(rates.frames_per_minute.into()),
            traffic_per_day_of_device: some(rates.traffic_per_day),
            previews_of_user: some(rates.previews_per_minute.into()),
        },
        users: QuotaUse { limit: quotas.users, used: usage.users },
        messages_today: QuotaUse { limit: quotas.messages_per_day, used: usage.messages_today },
        messages_this_month: QuotaUse { limit: quotas.messages_per_month, used: usage.messages_this_month },
        storage_bytes: QuotaUse { limit: quotas.storage_bytes, used: usage.storage_bytes },
    }))
}
