//! Removes what uploads left behind that died with their process.

use async_trait::async_trait;
use cerulean_jobs::{Job, JobFailure, Runner};
use cerulean_types::Millis;
use serde_json::{Value, json};

use crate::files::key_of;
use crate::{FileError, Files};

/// An upload that began this long ago and has not ended is taken for dead, in milliseconds.
pub const ABANDONED_AFTER_MS: Millis = 24 * 3_600_000;
const AT_ONCE: u64 = 1000;

/// Runs `JobKind::RemoveAbandonedUploads`.
pub struct RemoveAbandonedUploads(pub Files);

#[async_trait]
impl Runner for RemoveAbandonedUploads {
    async fn run(&self, _job: &Job) -> Result<Option<Value>, JobFailure> {
        match self.0.remove_abandoned(ABANDONED_AFTER_MS).await {
            Ok(removed) => Ok(Some(json!({ "removed": removed }))),
            Err(error) => Err(JobFailure::retry(error.to_string())),
        }
    }
}

impl Files {
    /// Removes everything that uploads of an earlier process left. Call at start, before serving, where no other process uses the data;
    /// otherwise only [`Files::remove_abandoned`] is safe. Answers how many there were.
    pub async fn recover(&self) -> Result<usize, FileError> {
        let unfinished = self.blobs.remove_unfinished().await?;
        Ok(unfinished + self.remove_abandoned(0).await?)
    }

    /// Waits until what broken off uploads left is cleaned up. Call when the server stops, before the platform closes.
    pub async fn close(&self) {
        self.blobs.close().await;
    }

    /// Removes the objects of uploads that began more than `age` milliseconds ago and never ended. Safe to run twice and on several nodes.
    /// Answers how many there were. At the start of a server that is alone on its data, `age` may be 0.
    pub async fn remove_abandoned(&self, age: Millis) -> Result<usize, FileError> {
        let before = self.platform.clock.now() - age;
        let mut removed = 0;
        loop {
            let tx = self.platform.db.platform().await?;
            let abandoned = tx.abandoned_uploads(before, AT_ONCE).await?;
            drop(tx);
            for (app, blob) in &abandoned {
                // The row goes first: an upload that is alive after all then notices and discards its object itself.
                let tx = self.platform.db.begin(*app).await?;
                let is_ours = tx.files().end_upload(blob).await?;
                if is_ours {
                    self.blobs.delete(&key_of(*app, blob)).await?;
                    removed += 1;
                }
                tx.commit().await?;
            }
            if (abandoned.len() as u64) < AT_ONCE {
                return Ok(removed);
            }
        }
    }
}
