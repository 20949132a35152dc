//! Password hashing off the async threads, a few at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cerulean_vault::password;
use tokio::sync::Semaphore;

use crate::AccountError;

/// How many may wait; beyond, the caller is told to come again instead of waiting without end.
const MAX_WAITING: usize = 512;

/// The bench where passwords are hashed. Each hashing takes tens of milliseconds of a core and tens of megabytes.
pub(crate) struct Hashing {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Hashing {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { places: Arc::new(Semaphore::new(cores.clamp(1, 8))), waiting: AtomicUsize::new(0) }
    }

    /// Hashes a new password.
    pub(crate) async fn hash(&self, plain: &str) -> Result<String, AccountError> {
        let plain = plain.to_owned();
        self.run(move || password::hash(&plain)).await
    }

    /// Checks a password; takes as long when there is none to check against.
    pub(crate) async fn verify(&self, plain: &str, phc: Option<String>) -> Result<bool, AccountError> {
        let plain = plain.to_owned();
        self.run(move || password::verify_or_spend(&plain, phc.as_deref())).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AccountError> {
        let _turn = Turn::take(&self.waiting)?;
        let place = self.places.clone().acquire_owned().await.expect("the semaphore is never closed");
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(place);
            result
        });
        done.await.map_err(|_| AccountError::Busy)
    }
}

struct Turn<'a>(&'a AtomicUsize);

impl<'a> Turn<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self, AccountError> {
        let turn = Self(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) < MAX_WAITING { Ok(turn) } else { Err(AccountError::Busy) }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn right_password_passes() {
        let hashing = Hashing::new();
        let phc = hashing.hash("secret").await.unwrap();
        assert!(hashing.verify("secret", Some(phc.clone())).await.unwrap());
        assert!(!hashing.verify("Secret", Some(phc)).await.unwrap());
        assert!(!hashing.verify("secret", None).await.unwrap());
    }

    #[tokio::test]
    async fn full_bench_sends_away() {
        let hashing = Hashing::new();
        hashing.waiting.store(MAX_WAITING, Ordering::Relaxed);
        assert!(matches!(hashing.hash("secret").await, Err(AccountError::Busy)));
        assert_eq!(hashing.waiting.load(Ordering::Relaxed), MAX_WAITING);
    }
}
