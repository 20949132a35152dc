//! Time comes from here, so that tests can turn it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
pub type Millis = i64;

/// The wall clock, or a hand-turned one. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's wall clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that runs with the system's but is shifted by hand with [`Clock::advance`].
    pub fn adjustable() -> Self {
        Self(Some(Arc::new(AtomicI64::new(0))))
    }

    /// Now.
    pub fn now(&self) -> Millis {
        #[expect(clippy::disallowed_methods, reason = "this is the one place where the wall clock is read")]
        let system = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        system + self.0.as_ref().map_or(0, |shift| shift.load(Ordering::Relaxed))
    }

    /// Nanoseconds since the start of the process: never back, whatever becomes of the wall clock. For measuring, not for telling.
    pub fn steady_nanos(&self) -> u64 {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        let shift_ms = self.0.as_ref().map_or(0, |shift| shift.load(Ordering::Relaxed));
        START.elapsed().as_nanos() as u64 + shift_ms.max(0) as u64 * 1_000_000
    }

    /// Moves an adjustable clock forward; does nothing to the system's.
    pub fn advance(&self, by: Millis) {
        if let Some(shift) = &self.0 {
            shift.fetch_add(by, Ordering::Relaxed);
        }
    }
}
