//! Secret bytes, randomness, and the derivation of one key from another.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::{hkdf, hmac, rand};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// 32 secret bytes that are wiped when dropped and never printed.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    pub(crate) fn random() -> Self {
        Self(Zeroizing::new(random_bytes()))
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|array| Self(Zeroizing::new(array)))
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Gets this secret ready to have others derived from it.
    pub(crate) fn deriver(&self) -> Deriver {
        Deriver(hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &*self.0))
    }

    pub(crate) fn into_hmac_key(self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &*self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Derives keys by HKDF-Expand (SHA-256). Callers keep the parts of `info` apart by fixed widths or length prefixes.
pub(crate) struct Deriver(hkdf::Prk);

struct Bytes32;

impl hkdf::KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

impl Deriver {
    pub(crate) fn derive(&self, info: &[&[u8]]) -> Secret {
        let mut derived = Secret(Zeroizing::new([0; 32]));
        let okm = self.0.expand(info, Bytes32).expect("32 bytes are within the limit of HKDF");
        okm.fill(&mut *derived.0).expect("the output has the asked length");
        derived
    }

    pub(crate) fn derive_cipher(&self, info: &[&[u8]]) -> LessSafeKey {
        let secret = self.derive(info);
        let key = UnboundKey::new(&AES_256_GCM, secret.expose()).expect("32 bytes are the length of an AES-256 key");
        LessSafeKey::new(key)
    }
}

/// Fills an array from the operating system's random source.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system's random source does not fail once booted");
    bytes
}

/// Compares without telling by the time taken where the difference is. The length is not hidden.
pub fn constant_time_eq(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_printed() {
        assert_eq!(format!("{:?}", Secret(Zeroizing::new([7; 32]))), "***");
    }

    #[test]
    fn comparison_looks_at_every_byte_and_the_length() {
        assert!(constant_time_eq(b"same", b"same"));
        assert!(!constant_time_eq(b"same", b"sama"));
        assert!(!constant_time_eq(b"same", b"sames"));
    }
}
