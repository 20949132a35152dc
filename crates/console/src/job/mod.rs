//! `/console/v1/jobs`: work in the background.

mod cancel;
mod list;
mod show;

use cerulean_http_kit::api::{Api, get, post};
use cerulean_jobs::{JobRow, JobState};
use cerulean_types::Code;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::Console;

/// Routes of jobs.
pub fn routes() -> Api<Console> {
    let found = &[Code::FeatureOff];
    Api::new("console")
        .route("/console/v1/jobs", get(list::list, "The app's work in the background, newest first"))
        .route("/console/v1/jobs/{id}", get(show::show, "One job and how far it is").refuses(found))
        .route("/console/v1/jobs/{id}/cancel", post(cancel::cancel, "Ends a job early").refuses(found))
}

/// A job.
#[derive(Serialize, ToSchema)]
pub struct Job {
    id: u64,
    kind: String,
    /// `waiting`, `running`, `done`, `failed` or `cancelled`.
    state: &'static str,
    /// Whether a running job was asked to end.
    is_cancelling: bool,
    /// How much is done …
    done: u64,
    /// … of how much; 0 while nobody knows.
    total: u64,
    attempts: u32,
    /// What came of it, by kind.
    result: Option<Value>,
    /// Why the last attempt failed.
    error: Option<String>,
    /// Milliseconds since the epoch.
    created_at: i64,
    /// Milliseconds since the epoch: when the next attempt begins.
    due_at: Option<i64>,
    /// Milliseconds since the epoch.
    ended_at: Option<i64>,
}

fn word_for(state: JobState) -> &'static str {
    match state {
        JobState::Waiting => "waiting",
        JobState::Running => "running",
        JobState::Done => "done",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    }
}

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind,
            state: word_for(row.state),
            is_cancelling: row.is_cancel_requested && !row.state.has_ended(),
            done: row.done,
            total: row.total,
            attempts: row.attempts,
            result: row.result.and_then(|json| serde_json::from_str(&json).ok()),
            error: row.error,
            created_at: row.created_at,
            due_at: row.due_at,
            ended_at: row.ended_at,
        }
    }
}
