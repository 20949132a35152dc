//! Secrets among the settings, and the files they may be read from.

use std::fmt;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use toml::Value;
use zeroize::Zeroizing;

use crate::describe::{Kind, Leaf};
use crate::error::Problems;

/// A text that is never printed and is wiped when dropped. Empty means not set.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself; do not log it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the secret from a file when one is named, without the line end. `key` is the name of the secret's setting.
    pub(crate) fn read_file(&mut self, file: Option<&Path>, key: &str, problems: &mut Problems) {
        let Some(path) = file else { return };
        let file_key = format!("{key}_file");
        if !self.is_empty() {
            problems.require(false, &file_key, format!("give either {key} or {file_key}, not both"));
            return;
        }
        match fs::read_to_string(path).map(Zeroizing::new) {
            Ok(text) if !text.trim().is_empty() => *self = Self::new(text.trim()),
            Ok(_) => problems.require(false, &file_key, format!("the file {} is empty", path.display())),
            Err(error) => problems.require(false, &file_key, format!("cannot read {}: {error}", path.display())),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "" } else { "***" })
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl Leaf for Secret {
    const KIND: Kind = Kind::Secret;
    fn to_value(&self) -> Option<Value> {
        Some(Value::from(format!("{self:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_prints_stars() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
        assert_eq!(Secret::new("hunter2").to_value(), Some(Value::from("***")));
    }
}
