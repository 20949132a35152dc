//! What was fetched, kept for a while: so that a link many people open is fetched once, and one that leads nowhere is not asked for again and
//! again. Everything is kept by app, and within a bound of bytes.

use std::sync::Arc;
use std::time::Duration;

use cerulean_types::{AppId, Millis};
use moka::future::Cache;

use crate::PreviewError;

/// What keeping anything costs besides itself.
const OVERHEAD_BYTES: usize = 512;
/// Nothing stays in memory longer, used or not.
const LONGEST: Duration = Duration::from_hours(24);

/// Why a fetch gave nothing, where it makes sense to remember.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Nothing,
    Unreachable,
    Refused,
}

impl Failure {
    fn kept_for(self) -> Millis {
        match self {
            Self::Nothing => 60 * 60_000,
            Self::Refused => 10 * 60_000,
            Self::Unreachable => 60_000,
        }
    }
}

impl From<Failure> for PreviewError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Nothing => Self::Nothing,
            Failure::Unreachable => Self::Unreachable,
            Failure::Refused => Self::Refused,
        }
    }
}

/// How many bytes something takes.
pub(crate) trait Weigh {
    fn bytes(&self) -> usize;
}

/// An app's name for what is kept.
pub(crate) type Key = (AppId, Arc<str>);
type Outcome<T> = Result<Arc<T>, Failure>;

struct Kept<T> {
    outcome: Outcome<T>,
    until: Millis,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { outcome: self.outcome.clone(), until: self.until }
    }
}

/// The memory of one kind of thing.
pub(crate) struct Memory<T> {
    kept: Cache<Key, Kept<T>>,
    keep_for: Millis,
}

impl<T: Weigh + Send + Sync + 'static> Memory<T> {
    pub fn new(bytes: u64, keep_for: Millis) -> Self {
        let weigh = |key: &Key, kept: &Kept<T>| {
            let own = kept.outcome.as_ref().map_or(0, |found| found.bytes());
            u32::try_from(OVERHEAD_BYTES + key.1.len() + own).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(bytes).weigher(weigh).time_to_live(LONGEST).build();
        Self { kept, keep_for }
    }

    /// What is known and still holds.
    pub async fn find(&self, key: &Key, now: Millis) -> Option<Outcome<T>> {
        self.kept.get(key).await.filter(|kept| now < kept.until).map(|kept| kept.outcome)
    }

    /// What is known, or else what `fetch` brings. Whoever asks for the same meanwhile waits for the same fetch. An error is not kept.
    pub async fn get_or_fetch(
        &self,
        key: Key,
        now: Millis,
        fetch: impl Future<Output = Result<Result<T, Failure>, PreviewError>>,
    ) -> Result<Outcome<T>, PreviewError> {
        let known = self.kept.get(&key).await;
        if known.is_some_and(|kept| kept.until <= now) {
            self.kept.invalidate(&key).await;
        }
        let make = async {
            let outcome = fetch.await?.map(Arc::new);
            let keep_for = outcome.as_ref().map_or_else(|failure| failure.kept_for(), |_| self.keep_for);
            Ok(Kept { outcome, until: now + keep_for })
        };
        let entry = self.kept.entry(key).or_try_insert_with(make).await.map_err(PreviewError::Shared)?;
        Ok(entry.into_value().outcome)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    impl Weigh for String {
        fn bytes(&self) -> usize {
            self.len()
        }
    }

    fn key(app: i32, name: &str) -> Key {
        (AppId(app), name.into())
    }

    #[tokio::test]
    async fn asking_for_the_same_at_once_fetches_once() {
        let memory = Memory::<String>::new(1 << 20, 1000);
        let fetched = AtomicUsize::new(0);
        let fetch = || async {
            fetched.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(Ok("page".to_owned()))
        };
        let ask = || memory.get_or_fetch(key(1, "a"), 0, fetch());
        let (one, two, three) = tokio::join!(ask(), ask(), ask());
        assert!([one, two, three].into_iter().all(|found| *found.unwrap().unwrap() == "page"));
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
        memory.get_or_fetch(key(2, "a"), 0, fetch()).await.unwrap().unwrap();
        assert_eq!(fetched.load(Ordering::SeqCst), 2, "another app has its own");
    }

    #[tokio::test]
    async fn failures_are_kept_for_their_own_time_and_errors_not_at_all() {
        let memory = Memory::<String>::new(1 << 20, 1000);
        let gone = || async { Ok(Err(Failure::Unreachable)) };
        assert_eq!(memory.get_or_fetch(key(1, "a"), 0, gone()).await.unwrap(), Err(Failure::Unreachable));
        assert_eq!(memory.find(&key(1, "a"), 59_999).await, Some(Err(Failure::Unreachable)));
        assert_eq!(memory.find(&key(1, "a"), 60_000).await, None);
        let back = || async { Ok(Ok("back".to_owned())) };
        assert_eq!(*memory.get_or_fetch(key(1, "a"), 60_000, back()).await.unwrap().unwrap(), "back");
        assert!(memory.find(&key(1, "a"), 60_999).await.is_some());
        assert!(memory.find(&key(1, "a"), 61_000).await.is_none());
        let busy = async { Err(PreviewError::Busy) };
        assert!(memory.get_or_fetch(key(1, "b"), 0, busy).await.is_err());
        assert!(memory.get_or_fetch(key(1, "b"), 0, back()).await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn memory_is_bounded_by_bytes() {
        let memory = Memory::<String>::new(100_000, 1000);
        for number in 0..1000 {
            let large = async { Ok(Ok("x".repeat(10_000))) };
            memory.get_or_fetch(key(1, &number.to_string()), 0, large).await.unwrap().unwrap();
        }
        memory.kept.run_pending_tasks().await;
        assert!(memory.kept.weighted_size() <= 100_000);
        assert!((1..10).contains(&memory.kept.entry_count()));
    }
}
