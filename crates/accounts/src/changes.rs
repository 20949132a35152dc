//! Keeps a value that was read before a change from being remembered after it.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

const SHARDS: usize = 64;

/// Counts changes by key, in shards. Who loads a value reads the count before, and forgets the value again when the count has moved;
/// who hears of a change counts first and forgets after. Whichever comes last, a stale value does not stay.
pub(crate) struct Changes {
    hasher: RandomState,
    counts: [AtomicU64; SHARDS],
}

impl Default for Changes {
    fn default() -> Self {
        Self { hasher: RandomState::new(), counts: [const { AtomicU64::new(0) }; SHARDS] }
    }
}

impl Changes {
    pub(crate) fn note(&self, key: &impl Hash) {
        self.shard(key).fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn count(&self, key: &impl Hash) -> u64 {
        self.shard(key).load(Ordering::SeqCst)
    }

    /// Counts the changes of all keys, for who learns the key only after the value was read.
    pub(crate) fn total(&self) -> u64 {
        self.counts.iter().map(|count| count.load(Ordering::SeqCst)).sum()
    }

    fn shard(&self, key: &impl Hash) -> &AtomicU64 {
        &self.counts[self.hasher.hash_one(key) as usize % SHARDS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_moves_the_count_of_its_key() {
        let changes = Changes::default();
        let before = changes.count(&7);
        changes.note(&7);
        assert_eq!((changes.count(&7), changes.total()), (before + 1, 1));
    }
}
