//! Ending a job early.

use axum::Json;
use axum::extract::{Path, State};
use cerulean_http_kit::ProblemReply;
use cerulean_jobs::cancel_job;
use cerulean_types::JobId;

use super::Job;
use crate::{AppAdmin, Console};

/// `POST /console/v1/jobs/{id}/cancel`: a waiting job ends at once, a running one soon. What it has done stays done.
pub async fn cancel(State(console): State<Console>, admin: AppAdmin, Path(id): Path<u64>) -> ProblemReply<Json<Job>> {
    let ctx = console.write(&admin).await?;
    let row = cancel_job(&ctx.tx, JobId(id), ctx.now()).await?;
    ctx.commit().await?;
    Ok(Json(row.into()))
}
