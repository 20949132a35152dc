//! A receiver that keeps failing is left alone for a while, so that senders do not wait for it in vain.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use cerulean_types::Millis;

/// Failures in a row that open it.
const FAILURES: u32 = 5;
/// How long it stays open, until one request tries again.
const OPEN_MS: i64 = 30_000;

#[derive(Debug, Default)]
pub(crate) struct Breaker {
    failures: AtomicU32,
    open_until: AtomicI64,
}

impl Breaker {
    /// Whether a request may be made now. While it is open one is let through at the end of each span.
    pub fn may_try(&self, now: Millis) -> bool {
        let until = self.open_until.load(Ordering::Acquire);
        if until == 0 {
            return true;
        }
        let is_probe =
            |until| self.open_until.compare_exchange(until, now + OPEN_MS, Ordering::AcqRel, Ordering::Relaxed);
        now >= until && is_probe(until).is_ok()
    }

    pub fn succeeded(&self) {
        self.failures.store(0, Ordering::Release);
        self.open_until.store(0, Ordering::Release);
    }

    pub fn failed(&self, now: Millis) {
        if self.failures.fetch_add(1, Ordering::AcqRel) + 1 >= FAILURES {
            self.open_until.store(now + OPEN_MS, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_lets_one_probe_through() {
        let breaker = Breaker::default();
        for _ in 1..FAILURES {
            breaker.failed(0);
        }
        breaker.succeeded();
        for _ in 1..FAILURES {
            breaker.failed(0);
        }
        assert!(breaker.may_try(0));
        breaker.failed(0);
        assert!(!breaker.may_try(OPEN_MS - 1));
        assert!(breaker.may_try(OPEN_MS));
        assert!(!breaker.may_try(OPEN_MS));
        breaker.succeeded();
        assert!(breaker.may_try(OPEN_MS));
    }
}
