//! Lists of deliveries, and one with its tries.

use axum::Json;
use axum::extract::{Path, State};
use cerulean_hooks::{AttemptRow, Delivery};
use cerulean_http_kit::{Page, PageQuery, Params, ProblemReply};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::filter::{HookDeliveryFilter, name_of};
use crate::{AppAdmin, Console};

/// What is asked for.
#[derive(Deserialize, ToSchema)]
pub struct HookDeliveryQuery {
    #[serde(flatten)]
    filter: HookDeliveryFilter,
    #[serde(flatten)]
    page: PageQuery,
}

/// A delivery.
#[derive(Serialize, ToSchema)]
pub struct HookDelivery {
    number: i64,
    hook: String,
    event: String,
    event_id: String,
    state: &'static str,
    attempts: u32,
    next_at: Option<i64>,
    created_at: i64,
    finished_at: Option<i64>,
}

/// A delivery with the body of its requests and its tries.
#[derive(Serialize, ToSchema)]
pub struct HookDeliveryDetail {
    #[serde(flatten)]
    delivery: HookDelivery,
    body: Value,
    tries: Vec<HookTry>,
}

#[derive(Serialize, ToSchema)]
struct HookTry {
    at: i64,
    duration_ms: i64,
    status: u16,
    error: String,
    excerpt: String,
}

impl From<Delivery> for HookDelivery {
    fn from(delivery: Delivery) -> Self {
        Self {
            number: delivery.number,
            hook: delivery.hook,
            event: delivery.event,
            event_id: delivery.event_id,
            state: name_of(delivery.state),
            attempts: delivery.attempts,
            next_at: delivery.next_at,
            created_at: delivery.created_at,
            finished_at: delivery.finished_at,
        }
    }
}

impl From<AttemptRow> for HookTry {
    fn from(row: AttemptRow) -> Self {
        Self { at: row.at, duration_ms: row.duration_ms, status: row.status, error: row.error, excerpt: row.excerpt }
    }
}

/// `GET /console/v1/hook-deliveries`: newest first.
pub async fn list(
    State(console): State<Console>,
    admin: AppAdmin,
    Params(query): Params<HookDeliveryQuery>,
) -> ProblemReply<Json<Page<HookDelivery>>> {
    let (limit, below) = (query.page.limit()?, query.page.cursor()?);
    let filter = query.filter.read()?;
    let ctx = console.read(&admin).await?;
    let found = cerulean_hooks::list_deliveries(&ctx, &filter, below, limit).await?;
    let next_cursor = (found.len() == limit).then(|| found.last().map(|last| last.number.to_string())).flatten();
    Ok(Json(Page { items: found.into_iter().map(HookDelivery::from).collect(), next_cursor }))
}

/// `GET /console/v1/hook-deliveries/{number}`
pub async fn one(
    State(console): State<Console>,
    admin: AppAdmin,
    Path(number): Path<i64>,
) -> ProblemReply<Json<HookDeliveryDetail>> {
    let ctx = console.read(&admin).await?;
    let (delivery, body, attempts) = cerulean_hooks::find_delivery(&ctx, number).await?;
    Ok(Json(HookDeliveryDetail {
        delivery: delivery.into(),
        body: serde_json::from_str(&body).unwrap_or_default(),
        tries: attempts.into_iter().map(HookTry::from).collect(),
    }))
}
