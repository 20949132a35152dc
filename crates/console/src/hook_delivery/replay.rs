//! Sending again.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::NoContent;
use cerulean_http_kit::{Params, ProblemReply};
use serde::Serialize;
use utoipa::ToSchema;

use super::filter::HookDeliveryFilter;
use crate::{AppAdmin, Console};

/// How many.
#[derive(Serialize, ToSchema)]
pub struct ReplayedDeliveries {
    replayed: u64,
}

/// `POST /console/v1/hook-deliveries/{number}/replay`
pub async fn one(State(console): State<Console>, admin: AppAdmin, Path(number): Path<i64>) -> ProblemReply<NoContent> {
    let mut ctx = console.write(&admin).await?;
    cerulean_hooks::replay_delivery(&mut ctx, number).await?;
    ctx.commit().await?;
    console.platform.events_recorded.note(admin.app);
    Ok(NoContent)
}

/// `POST /console/v1/hook-deliveries/replay`: all that the filter names; those that were given up where it names no state.
pub async fn many(
    State(console): State<Console>,
    admin: AppAdmin,
    Params(filter): Params<HookDeliveryFilter>,
) -> ProblemReply<Json<ReplayedDeliveries>> {
    let filter = filter.read()?;
    let mut ctx = console.write(&admin).await?;
    let replayed = cerulean_hooks::replay_deliveries(&mut ctx, filter).await?;
    ctx.commit().await?;
    console.platform.events_recorded.note(admin.app);
    Ok(Json(ReplayedDeliveries { replayed }))
}
