//! Names of objects.

use std::fmt;

use crate::BlobError;

/// The name of an object: parts of `a-z 0-9 - _` joined by `/`, so it can never lead out of where objects are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlobKey(String);

impl BlobKey {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, BlobError> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        let is_key = text.len() <= 200 && text.split('/').all(|part| !part.is_empty() && part.bytes().all(is_plain));
        if is_key { Ok(Self(text.to_owned())) } else { Err(BlobError::BadKey) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_cannot_lead_elsewhere() {
        for good in ["a", "1/ab/abcdef-0_1"] {
            assert!(BlobKey::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "/a", "a/", "a//b", "..", "a/../b", "a.b", "A", "a\\b", "a\0", "ä", &"a".repeat(201)] {
            assert!(BlobKey::parse(bad).is_err(), "{bad:?}");
        }
    }
}
