//! Forgets jobs that ended long ago.

use async_trait::async_trait;
use cerulean_storage::Db;
use cerulean_types::{Clock, Millis};
use serde_json::{Value, json};

use crate::{Job, JobFailure, Runner};

const DAY_MS: Millis = 86_400_000;
/// How long an ended job can be looked up.
const KEPT_MS: Millis = 7 * DAY_MS;
/// How long one that failed can.
const FAILED_KEPT_MS: Millis = 30 * DAY_MS;
/// Rows of one transaction.
const AT_ONCE: u64 = 500;

/// Runs [`crate::JobKind::ForgetEndedJobs`].
pub struct ForgetEndedJobs {
    /// The database.
    pub db: Db,
    /// Time.
    pub clock: Clock,
}

#[async_trait]
impl Runner for ForgetEndedJobs {
    async fn run(&self, job: &Job) -> Result<Option<Value>, JobFailure> {
        let now = self.clock.now();
        let mut forgotten = 0;
        loop {
            let tx = self.db.platform().await?;
            let of_this_turn = tx.jobs().forget_ended(now - KEPT_MS, now - FAILED_KEPT_MS, AT_ONCE).await?;
            tx.commit().await?;
            forgotten += of_this_turn;
            if of_this_turn < AT_ONCE {
                return Ok(Some(json!({ "forgotten": forgotten })));
            }
            job.save(forgotten, 0, &()).await?;
        }
    }
}
