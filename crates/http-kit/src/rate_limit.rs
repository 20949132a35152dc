//! How many requests a user, or an address where nobody is signed in, may make.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use cerulean_types::{AppId, Code, UserId};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::ApiError;

/// Whom a request is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RateKey {
    /// A signed-in user.
    User(AppId, UserId),
    /// An address.
    Address(IpAddr),
}

/// Counts requests. A quota refills evenly over the minute and may be used up at once.
pub struct RateLimits {
    limiter: Option<DefaultKeyedRateLimiter<RateKey>>,
    checks: AtomicU32,
}

/// How often keys with a full quota are forgotten, in checks.
const FORGET_EVERY: u32 = 1 << 16;

impl RateLimits {
    /// Limits to this many requests per minute and key; 0 for no limit.
    pub fn per_minute(requests: u32) -> Self {
        let limiter = NonZeroU32::new(requests).map(|requests| RateLimiter::keyed(Quota::per_minute(requests)));
        Self { limiter, checks: AtomicU32::new(0) }
    }

    /// Counts a request, or refuses it.
    pub fn check(&self, key: RateKey) -> Result<(), ApiError> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if self.checks.fetch_add(1, Ordering::Relaxed).is_multiple_of(FORGET_EVERY) {
            limiter.retain_recent();
        }
        let refusal = |_| ApiError::new(Code::RateLimited, "too many requests: wait some seconds and try again");
        limiter.check_key(&key).map_err(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_is_per_key_and_zero_is_none() {
        let limits = RateLimits::per_minute(3);
        let (one, other) = (RateKey::Address([127, 0, 0, 1].into()), RateKey::Address([127, 0, 0, 2].into()));
        assert!((0..3).all(|_| limits.check(one).is_ok()));
        assert_eq!(limits.check(one).unwrap_err().code, Code::RateLimited);
        assert!(limits.check(other).is_ok());
        let unlimited = RateLimits::per_minute(0);
        assert!((0..100).all(|_| unlimited.check(one).is_ok()));
    }
}
