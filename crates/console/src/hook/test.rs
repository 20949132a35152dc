//! Trying a receiver.

use axum::Json;
use axum::extract::{Path, State};
use cerulean_hooks::HookOutcome;
use cerulean_http_kit::ProblemReply;

use crate::{AppAdmin, Console};

/// `POST /console/v1/hooks/{id}/test`: sends `hook.test` at once and answers with what came of it.
pub async fn send(
    State(console): State<Console>,
    admin: AppAdmin,
    Path(id): Path<String>,
) -> ProblemReply<Json<HookOutcome>> {
    Ok(Json(console.hooks.test(admin.app, &id).await?))
}
