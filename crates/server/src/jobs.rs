//! What a node with the role `worker` does from time to time. Each of these may run on several nodes at once.

use std::time::Duration;

use cerulean_files::ABANDONED_AFTER_MS;

use crate::Parts;

const EVERY: Duration = Duration::from_hours(1);

/// Runs until dropped.
pub(crate) async fn run(parts: Parts) {
    let mut turns = tokio::time::interval(EVERY);
    loop {
        turns.tick().await;
        match parts.files.remove_abandoned(ABANDONED_AFTER_MS).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "removed {removed} uploads that never ended"),
            Err(error) => tracing::warn!("abandoned uploads stay until the next turn: {error}"),
        }
    }
}
