//! One job.

use axum::Json;
use axum::extract::{Path, State};
use cerulean_http_kit::ProblemReply;
use cerulean_jobs::require_job;
use cerulean_types::JobId;

use super::Job;
use crate::{AppAdmin, Console};

/// `GET /console/v1/jobs/{id}`
pub async fn show(State(console): State<Console>, admin: AppAdmin, Path(id): Path<u64>) -> ProblemReply<Json<Job>> {
    let ctx = console.read(&admin).await?;
    Ok(Json(require_job(&ctx.tx, JobId(id)).await?.into()))
}
