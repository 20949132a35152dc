//! Forgets tokens that are past their time.

use async_trait::async_trait;
use cerulean_jobs::{Job, JobFailure, Runner};
use cerulean_storage::{Db, StorageError};
use cerulean_types::Clock;
use serde_json::{Value, json};

/// Tokens of one transaction.
const AT_ONCE: u64 = 500;

/// Runs [`cerulean_jobs::JobKind::ForgetExpiredTokens`]. An expired token is refused in any case; this frees its place.
pub struct ForgetExpiredTokens {
    /// The database.
    pub db: Db,
    /// Time.
    pub clock: Clock,
}

impl ForgetExpiredTokens {
    /// Forgets them all; answers how many.
    pub async fn forget(&self) -> Result<usize, StorageError> {
        let mut forgotten = 0;
        loop {
            let tx = self.db.platform().await?;
            let count = tx.delete_expired_tokens(self.clock.now(), AT_ONCE).await?;
            tx.commit().await?;
            forgotten += count;
            if (count as u64) < AT_ONCE {
                return Ok(forgotten);
            }
        }
    }
}

#[async_trait]
impl Runner for ForgetExpiredTokens {
    async fn run(&self, _job: &Job) -> Result<Option<Value>, JobFailure> {
        match self.forget().await {
            Ok(forgotten) => Ok(Some(json!({ "forgotten": forgotten }))),
            Err(error) => Err(JobFailure::retry(error.to_string())),
        }
    }
}
