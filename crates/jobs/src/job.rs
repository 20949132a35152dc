//! A job in the hands of its runner.

use cerulean_storage::Db;
use cerulean_storage::job_queue::{ClaimedJob, JobLease};
use cerulean_types::{AppId, JobId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::JobFailure;

/// What a runner knows of its job.
#[derive(Debug)]
pub struct Job {
    pub(crate) claimed: ClaimedJob,
    pub(crate) db: Db,
    /// The node stops: a good moment to end is the next call of [`Job::save`].
    pub(crate) stopping: CancellationToken,
}

impl Job {
    /// The app; [`cerulean_storage::job::INSTALLATION`] for work of the whole installation.
    pub fn app(&self) -> AppId {
        self.claimed.lease.app
    }

    /// Its number, for keys that make a repeat recognisable.
    pub fn id(&self) -> JobId {
        self.claimed.lease.id
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.claimed.lease.attempt
    }

    /// How much earlier attempts have done.
    pub fn done(&self) -> u64 {
        self.claimed.done
    }

    /// How much there is to do; 0 while nobody knows.
    pub fn total(&self) -> u64 {
        self.claimed.total
    }

    pub(crate) fn lease(&self) -> &JobLease {
        &self.claimed.lease
    }

    /// What to do.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, JobFailure> {
        let bytes = self.claimed.payload.as_deref().ok_or_else(|| JobFailure::permanent("its keys were destroyed"))?;
        serde_json::from_slice(bytes).map_err(|_| JobFailure::permanent("its payload makes no sense to this program"))
    }

    /// Where the attempt before stopped; nothing at the first one.
    pub fn checkpoint<T: DeserializeOwned>(&self) -> Option<T> {
        self.claimed.checkpoint.as_deref().and_then(|bytes| serde_json::from_slice(bytes).ok())
    }

    /// Writes down how far the work is, and from where a further attempt would go on. Fails when this attempt shall end: hand that on.
    pub async fn save(&self, done: u64, total: u64, checkpoint: &impl Serialize) -> Result<(), JobFailure> {
        let checkpoint = serde_json::to_vec(checkpoint).expect("checkpoints are plain structs, which become JSON");
        let tx = self.db.platform().await?;
        let is_unwanted = tx.jobs().save_progress(self.lease(), done, total, Some(&checkpoint)).await?;
        tx.commit().await?;
        if is_unwanted != Some(false) || self.stopping.is_cancelled() {
            return Err(JobFailure::Interrupted);
        }
        Ok(())
    }
}
