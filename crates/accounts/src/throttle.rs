//! Slows down guessing of passwords: per account and per address.

use std::net::IpAddr;

use cerulean_types::{AppId, Millis};
use moka::ops::compute::Op;
use moka::sync::Cache;

use crate::AccountError;

/// Within this time …
const WINDOW_MS: Millis = 5 * 60_000;
/// … so many wrong passwords for one account are let through,
const PER_ACCOUNT: u32 = 10;
/// and so many from one address, behind which there may be a whole office.
const PER_ADDRESS: u32 = 100;
/// Accounts and addresses remembered at most; an attacker cannot fill the memory.
const REMEMBERED: u64 = 100_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// The account as the caller named it, existing or not, so that the answer tells nothing.
    Account(AppId, String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Window {
    since: Millis,
    tries: u32,
}

/// Counts tries. A try counts before its outcome is known, so that many at once are not let through together.
pub(crate) struct Throttle {
    windows: Cache<Key, Window>,
}

/// One counted try; call [`Attempt::succeeded`] to take it back.
pub(crate) struct Attempt<'a> {
    throttle: &'a Throttle,
    account: Key,
    address: Option<Key>,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        let lifetime = std::time::Duration::from_millis(WINDOW_MS as u64);
        Self { windows: Cache::builder().max_capacity(REMEMBERED).time_to_live(lifetime).build() }
    }

    /// Counts a try for an account from an address, or refuses it.
    pub(crate) fn attempt(
        &self,
        app: AppId,
        account: &str,
        address: Option<IpAddr>,
        now: Millis,
    ) -> Result<Attempt<'_>, AccountError> {
        let account = Key::Account(app, account.to_lowercase());
        self.count(&account, PER_ACCOUNT, now)?;
        let address = address.map(Key::Address);
        if let Some(key) = &address {
            self.count(key, PER_ADDRESS, now)?;
        }
        Ok(Attempt { throttle: self, account, address })
    }

    fn count(&self, key: &Key, most: u32, now: Millis) -> Result<(), AccountError> {
        let mut tries = 0;
        self.windows.entry_by_ref(key).and_compute_with(|current| {
            let window = current.map(moka::Entry::into_value).filter(|window| now - window.since < WINDOW_MS);
            let window = window.unwrap_or(Window { since: now, tries: 0 });
            tries = window.tries.saturating_add(1);
            if tries > most { Op::Nop } else { Op::Put(Window { tries, ..window }) }
        });
        if tries > most { Err(AccountError::TooManyAttempts) } else { Ok(()) }
    }
}

impl Attempt<'_> {
    /// Forgets the wrong tries for the account, and takes this one from the address's count.
    pub(crate) fn succeeded(self) {
        self.throttle.windows.invalidate(&self.account);
        if let Some(key) = self.address {
            self.throttle.windows.entry(key).and_compute_with(|current| match current.map(moka::Entry::into_value) {
                Some(window) => Op::Put(Window { tries: window.tries.saturating_sub(1), ..window }),
                None => Op::Nop,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: AppId = AppId(1);

    fn fail(throttle: &Throttle, account: &str, now: Millis) -> bool {
        throttle.attempt(APP, account, None, now).is_ok()
    }

    #[test]
    fn eleventh_try_waits_for_the_window_to_end() {
        let throttle = Throttle::new();
        assert!((0..10).all(|n| fail(&throttle, "alice", n)));
        assert!(!fail(&throttle, "ALICE", 11));
        assert!(fail(&throttle, "bob", 11));
        assert!(throttle.attempt(AppId(2), "alice", None, 11).is_ok());
        assert!(fail(&throttle, "alice", WINDOW_MS));
    }

    #[test]
    fn success_clears_the_account_but_not_the_address() {
        let throttle = Throttle::new();
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        for n in 0..PER_ADDRESS {
            let attempt = throttle.attempt(APP, &format!("user{n}"), address, 0).expect("below the limit");
            if n == 0 {
                attempt.succeeded();
            }
        }
        assert!(throttle.attempt(APP, "last", address, 0).is_ok());
        assert!(throttle.attempt(APP, "fresh", address, 0).is_err());
        assert!((0..9).all(|_| fail(&throttle, "alice", 0)));
        throttle.attempt(APP, "alice", None, 0).expect("tenth").succeeded();
        assert!((0..10).all(|_| fail(&throttle, "alice", 0)));
    }
}
