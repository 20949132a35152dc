//! Forgets what ended long ago.

use async_trait::async_trait;
use cerulean_jobs::{Job, JobFailure, Runner};
use serde_json::{Value, json};

use crate::Hooks;

/// Runs `JobKind::ForgetWebhooks`.
pub struct ForgetWebhooks(pub Hooks);

#[async_trait]
impl Runner for ForgetWebhooks {
    async fn run(&self, _job: &Job) -> Result<Option<Value>, JobFailure> {
        match self.0.prune().await {
            Ok(forgotten) => Ok(Some(json!({ "forgotten": forgotten }))),
            Err(error) => Err(JobFailure::retry(error.to_string())),
        }
    }
}
