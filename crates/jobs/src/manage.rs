//! Looking after jobs: what the administrator of an app sees and may do.

use cerulean_storage::{StorageError, Tx};
use cerulean_types::{Code, JobId, Millis, PublicError};

pub use cerulean_storage::job::{JobFilter, JobRow, JobState};

/// A job cannot be looked after.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The app has no such job, or it was forgotten long after its end.
    #[error("job not found")]
    NotFound,
    /// It has ended.
    #[error("the job has ended")]
    HasEnded,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl PublicError for JobError {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::FeatureOff,
            Self::HasEnded => Code::BadParameter,
            Self::Storage(error) => error.code(),
        }
    }
}

/// Lists the jobs of an app, newest first.
pub async fn list_jobs(tx: &Tx, filter: &JobFilter<'_>, limit: u64) -> Result<Vec<JobRow>, JobError> {
    Ok(tx.jobs().list(filter, limit).await?)
}

/// A job of an app.
pub async fn require_job(tx: &Tx, id: JobId) -> Result<JobRow, JobError> {
    tx.jobs().find(id).await?.ok_or(JobError::NotFound)
}

/// Ends a waiting job, and asks the worker of a running one to end it. Answers with the job as it is then.
pub async fn cancel_job(tx: &Tx, id: JobId, now: Millis) -> Result<JobRow, JobError> {
    if !tx.jobs().cancel(id, now).await? {
        require_job(tx, id).await?;
        return Err(JobError::HasEnded);
    }
    require_job(tx, id).await
}
