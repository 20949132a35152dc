//! Slows down guessing of passwords: per account and address, per address, and per account from wherever.
//!
//! Nobody locks another out: wrong passwords from one address close the account for that address alone. Guesses that come from many
//! addresses at once are let through slowly, and who signed in from an address lately is not made to wait there for what others try.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use cerulean_types::{AppId, Millis};
use moka::ops::compute::Op;
use moka::sync::Cache;

use crate::AccountError;

/// Within this time …
const WINDOW_MS: Millis = 5 * 60_000;
/// … so many wrong passwords for one account are let through from one address,
const PER_ACCOUNT_THERE: u32 = 10;
/// and so many from one address, behind which there may be a whole office.
const PER_ADDRESS: u32 = 100;
/// So many for one account from all addresses it is not known at,
const PER_ACCOUNT: i64 = 60;
/// and then one more each time so much has passed.
const ONE_MORE_AFTER_MS: Millis = 10_000;
/// How long an address at which somebody signed in is known for it.
const KNOWN_MS: Millis = 30 * 24 * 3_600_000;
/// Accounts and addresses remembered at most; an attacker cannot fill the memory.
const REMEMBERED: u64 = 100_000;

/// The account as the caller named it, existing or not, so that the answer tells nothing.
type Account = (AppId, String);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// Without an address: of somebody who is signed in.
    AccountThere(Account, Option<IpAddr>),
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
    /// When all of an account's tries will be there again.
    accounts: Cache<Account, Millis>,
    /// Where somebody signed in, and when.
    known: Cache<(Account, IpAddr), Millis>,
}

/// One counted try; call [`Attempt::succeeded`] to take it back.
pub(crate) struct Attempt<'a> {
    throttle: &'a Throttle,
    account: Account,
    address: Option<IpAddr>,
    now: Millis,
}

/// One network of IPv6 is one address: whoever has one has all of it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let mut octets = address.octets();
            octets[8..].fill(0);
            IpAddr::V6(Ipv6Addr::from(octets))
        }
        address => address,
    }
}

fn cache<K: std::hash::Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static>(
    lifetime: Millis,
) -> Cache<K, V> {
    let lifetime = Duration::from_millis(lifetime as u64);
    Cache::builder().max_capacity(REMEMBERED).time_to_live(lifetime).build()
}

impl Throttle {
    pub(crate) fn new() -> Self {
        Self { windows: cache(WINDOW_MS), accounts: cache(PER_ACCOUNT * ONE_MORE_AFTER_MS), known: cache(KNOWN_MS) }
    }

    /// Counts a try for an account from an address, or refuses it.
    pub(crate) fn attempt(
        &self,
        app: AppId,
        account: &str,
        address: Option<IpAddr>,
        now: Millis,
    ) -> Result<Attempt<'_>, AccountError> {
        let account = (app, account.to_lowercase());
        let address = address.map(network);
        let there = Key::AccountThere(account.clone(), address);
        self.count(&there, PER_ACCOUNT_THERE, now)?;
        if let Some(address) = address {
            self.count(&Key::Address(address), PER_ADDRESS, now)?;
            if !self.is_known(&account, address, now)
                && let Err(refused) = self.count_anywhere(&account, now)
            {
                // It was not even tried: whoever is right must not be closed out by waiting.
                self.uncount(&there);
                self.uncount(&Key::Address(address));
                return Err(refused);
            }
        }
        Ok(Attempt { throttle: self, account, address, now })
    }

    fn is_known(&self, account: &Account, address: IpAddr, now: Millis) -> bool {
        self.known.get(&(account.clone(), address)).is_some_and(|since| now - since < KNOWN_MS)
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

    fn uncount(&self, key: &Key) {
        self.windows.entry_by_ref(key).and_compute_with(|current| match current.map(moka::Entry::into_value) {
            Some(window) => Op::Put(Window { tries: window.tries.saturating_sub(1), ..window }),
            None => Op::Nop,
        });
    }

    fn count_anywhere(&self, account: &Account, now: Millis) -> Result<(), AccountError> {
        let mut is_refused = false;
        self.accounts.entry_by_ref(account).and_compute_with(|current| {
            let full_at = current.map_or(now, moka::Entry::into_value).max(now) + ONE_MORE_AFTER_MS;
            is_refused = full_at - now > PER_ACCOUNT * ONE_MORE_AFTER_MS;
            if is_refused { Op::Nop } else { Op::Put(full_at) }
        });
        if is_refused { Err(AccountError::TooManyAttempts) } else { Ok(()) }
    }
}

impl Attempt<'_> {
    /// Forgets the wrong tries for the account from this address, takes this one from the other counts, and knows the account here.
    pub(crate) fn succeeded(self) {
        let Self { throttle, account, address, now } = self;
        throttle.windows.invalidate(&Key::AccountThere(account.clone(), address));
        let Some(address) = address else { return };
        throttle.uncount(&Key::Address(address));
        if !throttle.is_known(&account, address, now) {
            throttle.accounts.entry_by_ref(&account).and_compute_with(|current| {
                current.map_or(Op::Nop, |full_at| Op::Put(full_at.into_value() - ONE_MORE_AFTER_MS))
            });
        }
        throttle.known.insert((account, address), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: AppId = AppId(1);

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

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
        for n in 0..PER_ADDRESS {
            let attempt = throttle.attempt(APP, &format!("user{n}"), address(1), 0).expect("below the limit");
            if n == 0 {
                attempt.succeeded();
            }
        }
        assert!(throttle.attempt(APP, "last", address(1), 0).is_ok());
        assert!(throttle.attempt(APP, "fresh", address(1), 0).is_err());
        assert!((0..9).all(|_| fail(&throttle, "alice", 0)));
        throttle.attempt(APP, "alice", None, 0).expect("tenth").succeeded();
        assert!((0..10).all(|_| fail(&throttle, "alice", 0)));
    }

    #[test]
    fn guesses_from_one_address_close_the_account_there_alone() {
        let throttle = Throttle::new();
        let attempt = |last| throttle.attempt(APP, "alice", address(last), 0);
        assert!((0..10).all(|_| attempt(1).is_ok()));
        assert!(attempt(1).is_err());
        attempt(2).expect("from elsewhere").succeeded();
        assert!(attempt(1).is_err(), "and stays closed there");
    }

    #[test]
    fn guesses_from_everywhere_are_slowed_down_but_not_for_who_is_known() {
        let throttle = Throttle::new();
        let attempt = |last, now| throttle.attempt(APP, "alice", address(last), now);
        attempt(200, 0).expect("the first").succeeded();
        for n in 0..60 {
            assert!(attempt(n / 10, 0).is_ok(), "{n}");
        }
        for n in 10..20 {
            assert!(attempt(n, 0).is_err(), "{n}");
        }
        assert!((0..20).all(|_| attempt(30, 0).is_err()));
        attempt(200, 0).expect("known here").succeeded();
        assert!(throttle.attempt(APP, "bob", address(30), 0).is_ok());
        // One more every ten seconds, and waiting has closed nothing.
        assert!(attempt(30, ONE_MORE_AFTER_MS).is_ok());
        assert!(attempt(30, ONE_MORE_AFTER_MS).is_err());
        assert!(attempt(30, 2 * ONE_MORE_AFTER_MS).is_ok());
    }

    #[test]
    fn network_of_one_subscriber_is_one_address() {
        let throttle = Throttle::new();
        let attempt = |last: u16| {
            let address = IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, last]);
            throttle.attempt(APP, "alice", Some(address), 0).is_ok()
        };
        assert!((0..10).all(attempt));
        assert!(!attempt(11));
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().expect("an address");
        assert_eq!(Some(network(mapped)), address(1));
    }
}
