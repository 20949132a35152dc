//! Password hashes: Argon2id as PHC strings, so that a hash carries what is needed to check it for ever. Hashes that users bring along from
//! elsewhere may be bcrypt; they are checked, never made, and replaced at the next sign-in.
//!
//! Hashing takes tens of milliseconds and as much memory as the parameters say: call it on a blocking thread, and bound
//! how many run at once.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Version};
use parking_lot::RwLock;

use crate::secret::random_bytes;

/// A stored hash that asks for more is not checked: it was not made here and could stall the server.
const MAX_STORED_MEMORY_KIB: u32 = 1 << 20;
const MAX_STORED_PASSES: u32 = 64;
/// Each step doubles the time; this one takes about a second.
const MAX_BCRYPT_COST: u32 = 14;

static PARAMS: RwLock<Params> = RwLock::new(Params::FLOOR);

/// What a new hash costs. Never below the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    memory_kib: u32,
    passes: u32,
}

impl Params {
    /// The least allowed, and the default: 19 MiB, two passes, one lane (the OWASP recommendation).
    pub const FLOOR: Self = Self { memory_kib: 19 << 10, passes: 2 };
    /// The most that [`tune`] chooses: sign-ins may come many at a time.
    const TUNED_MEMORY_KIB: u32 = 64 << 10;

    /// Parameters of at least the floor; what is asked below it is raised to it.
    pub fn new(memory_kib: u32, passes: u32) -> Self {
        Self { memory_kib: memory_kib.max(Self::FLOOR.memory_kib), passes: passes.max(Self::FLOOR.passes) }
    }

    /// Memory of one hashing, in KiB.
    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over that memory.
    pub fn passes(self) -> u32 {
        self.passes
    }

    fn hasher(self) -> Argon2<'static> {
        let params = argon2::Params::new(self.memory_kib, self.passes, 1, None).expect("the parameters are in range");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

/// The parameters that [`hash`] uses now.
pub fn params() -> Params {
    *PARAMS.read()
}

/// Sets the parameters that [`hash`] uses from now on, in this process.
pub fn set_params(params: Params) {
    *PARAMS.write() = params;
}

/// Hashes a password with the parameters of this process.
pub fn hash(plain: &str) -> String {
    hash_with(plain, params())
}

/// Hashes a password with the given parameters, for example [`Params::FLOOR`] in tests.
pub fn hash_with(plain: &str, params: Params) -> String {
    let salt: [u8; 16] = random_bytes();
    let hash = params.hasher().hash_password_with_salt(plain.as_bytes(), &salt);
    hash.expect("a password and a 16-byte salt are in range").to_string()
}

/// Checks a password against a hash of any parameters. A text that is no hash is never right.
pub fn verify(plain: &str, phc: &str) -> bool {
    if is_bcrypt(phc) {
        return bcrypt::verify(plain, phc).unwrap_or(false);
    }
    let Some(stored) = parse(phc) else { return false };
    Argon2::default().verify_password(plain.as_bytes(), &stored).is_ok()
}

/// Checks a password where there may be no hash, in about the same time either way, so that a stranger cannot tell by
/// the clock which users exist or have a password.
pub fn verify_or_spend(plain: &str, phc: Option<&str>) -> bool {
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password"));
    if let Some(phc) = phc.filter(|phc| is_known(phc)) {
        return verify(plain, phc);
    }
    verify(plain, &NOBODY);
    false
}

/// Whether a stored text is a hash that [`verify`] can check at a bearable cost. The hash of a user who has no password is none.
pub fn is_known(stored: &str) -> bool {
    is_bcrypt(stored) || parse(stored).is_some()
}

/// Whether it is a bcrypt hash, `$2b$12$…`, of a bearable cost.
fn is_bcrypt(stored: &str) -> bool {
    let is_form = stored.len() == 60 && ["$2a$", "$2b$", "$2y$"].iter().any(|form| stored.starts_with(form));
    let cost = stored.get(4..6).and_then(|cost| cost.parse::<u32>().ok());
    is_form && cost.is_some_and(|cost| (4..=MAX_BCRYPT_COST).contains(&cost))
}

/// Whether a hash was made with other parameters than [`hash`] uses now; hash again at the next successful sign-in.
pub fn is_outdated(phc: &str) -> bool {
    let current = params();
    parse(phc)
        .and_then(|stored| argon2::Params::try_from(&stored).ok())
        .is_none_or(|stored| stored.m_cost() < current.memory_kib || stored.t_cost() < current.passes)
}

/// Finds parameters with which one hashing takes about `target` on this machine now, memory first. Takes some multiples
/// of `target`; never below the floor, so on a slow machine hashing may take longer.
pub fn tune(target: Duration) -> Params {
    let mut chosen = Params::FLOOR;
    loop {
        let started = Instant::now();
        hash_with("how long does this take", chosen);
        let next = if chosen.memory_kib < Params::TUNED_MEMORY_KIB {
            Params::new((chosen.memory_kib * 3 / 2).min(Params::TUNED_MEMORY_KIB), chosen.passes)
        } else {
            Params::new(chosen.memory_kib, chosen.passes + 1)
        };
        let growth = f64::from(next.memory_kib * next.passes) / f64::from(chosen.memory_kib * chosen.passes);
        if started.elapsed().mul_f64(growth) > target || next.passes > MAX_STORED_PASSES {
            return chosen;
        }
        chosen = next;
    }
}

fn parse(phc: &str) -> Option<PasswordHash> {
    let stored = PasswordHash::new(phc).ok()?;
    let costs = argon2::Params::try_from(&stored).ok()?;
    let is_bounded = costs.m_cost() <= MAX_STORED_MEMORY_KIB && costs.t_cost() <= MAX_STORED_PASSES;
    is_bounded.then_some(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_opens_for_its_password_only() {
        let stored = hash("correct horse 电池");
        assert!(verify("correct horse 电池", &stored));
        assert!(!verify("correct horse 电磁", &stored));
        assert_ne!(stored, hash("correct horse 电池"), "salted");
    }

    #[test]
    fn hash_is_argon2id_at_the_floor_or_above() {
        let stored = hash_with("secret", Params::new(1, 1));
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    }

    #[test]
    fn nothing_matches_what_is_no_hash() {
        let monster =
            "$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for bad in ["", "secret", "$argon2id$", "$2y$10$abcdefghijklmnopqrstuv", monster] {
            assert!(!verify("secret", bad), "{bad}");
            assert!(is_outdated(bad), "{bad}");
        }
        assert!(!verify_or_spend("nobody has this password", None));
    }

    #[test]
    fn bcrypt_from_elsewhere_opens_and_is_outdated() {
        // A vector of the jBCrypt test suite.
        let stored = "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.";
        assert!(is_known(stored) && verify("", stored) && !verify("a", stored));
        assert!(verify_or_spend("", Some(stored)) && is_outdated(stored));
        let dear = stored.replace("$06$", "$31$");
        assert!(!is_known(&dear) && !verify("", &dear));
        assert!(!is_known("") && !verify_or_spend("", Some("")));
    }

    #[test]
    fn cheaper_hashes_are_outdated() {
        let stored = hash_with("secret", Params::FLOOR);
        assert!(!is_outdated(&stored));
        let cheap = stored.replace("m=19456", "m=4096");
        assert!(is_outdated(&cheap));
    }

    #[test]
    fn tuning_never_goes_below_the_floor() {
        assert_eq!(tune(Duration::ZERO), Params::FLOOR);
    }
}
