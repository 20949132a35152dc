//! The app's jobs.

use axum::Json;
use axum::extract::State;
use cerulean_http_kit::{Page, PageQuery, Params, Problem, ProblemReply};
use cerulean_jobs::{JobFilter, JobState, list_jobs};
use cerulean_types::{Code, JobId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Job, word_for};
use crate::{AppAdmin, Console};

/// Which jobs.
#[derive(Deserialize, ToSchema)]
pub struct JobQuery {
    #[serde(flatten)]
    page: PageQuery,
    kind: Option<String>,
    state: Option<String>,
}

/// `GET /console/v1/jobs?kind=&state=`, newest first.
pub async fn list(
    State(console): State<Console>,
    admin: AppAdmin,
    Params(filter): Params<JobQuery>,
) -> ProblemReply<Json<Page<Job>>> {
    let limit = filter.page.limit()?;
    let state = filter.state.as_deref().map(state_of).transpose()?;
    let before = filter.page.cursor::<u64>()?.map(JobId);
    let ctx = console.read(&admin).await?;
    let filter = JobFilter { kind: filter.kind.as_deref(), state, before };
    let rows = list_jobs(&ctx.tx, &filter, limit as u64).await?;
    let next_cursor = (rows.len() == limit).then(|| rows.last().map(|row| row.id.to_string())).flatten();
    Ok(Json(Page { items: rows.into_iter().map(Job::from).collect(), next_cursor }))
}

fn state_of(text: &str) -> Result<JobState, Problem> {
    let unknown = || Problem::new(Code::BadParameter, "state must be waiting, running, done, failed or cancelled");
    JobState::ALL.into_iter().find(|state| word_for(*state) == text).ok_or_else(unknown)
}
