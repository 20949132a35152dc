//! Waiting for what must come, with a bound.

use std::time::Duration;

/// How long anything that must come may take. Long, because many tests share few cores; nothing waits for it when all is well.
pub const WITHIN: Duration = Duration::from_secs(20);

/// How often a condition that nobody announces is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Waits for something that must come within [`WITHIN`].
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    let Ok(outcome) = tokio::time::timeout(WITHIN, work).await else { panic!("{what}: nothing within {WITHIN:?}") };
    outcome
}

/// Waits until a condition holds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    within(what, async {
        while !condition().await {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    })
    .await;
}
