//! A new secret.

use axum::Json;
use axum::extract::{Path, State};
use cerulean_http_kit::{Params, ProblemReply, lenient};
use serde::Deserialize;
use utoipa::ToSchema;

use super::manage::HookWithSecret;
use crate::{AppAdmin, Console};

/// Where the caller does not say: a day.
const OVERLAP_SECONDS: i64 = 24 * 3600;

/// How long both secrets sign.
#[derive(Deserialize, ToSchema)]
pub struct RotateSecret {
    /// A day where it is left out.
    #[serde(default, deserialize_with = "lenient::opt_number")]
    overlap_seconds: Option<i64>,
}

/// `POST /console/v1/hooks/{id}/secret`: the secret before goes on signing for `overlap_seconds`.
pub async fn rotate(
    State(console): State<Console>,
    admin: AppAdmin,
    Path(id): Path<String>,
    Params(call): Params<RotateSecret>,
) -> ProblemReply<Json<HookWithSecret>> {
    let overlap = call.overlap_seconds.unwrap_or(OVERLAP_SECONDS).saturating_mul(1000);
    let mut ctx = console.write(&admin).await?;
    let rotated = cerulean_hooks::rotate_secret(&mut ctx, &id, overlap).await?;
    ctx.commit().await?;
    console.hooks.reload(admin.app).await?;
    Ok(Json(rotated.into()))
}
