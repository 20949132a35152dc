//! The keyring as stored: each app's keys, wrapped by the root key, under one authentication code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cerulean_types::{AppId, Millis};
use serde::{Deserialize, Serialize};

use crate::app_keys::{KeyVersion, LiveKeys};
use crate::folder::{self, io_error};
use crate::root_key::RootKey;
use crate::secret::{Secret, constant_time_eq};
use crate::{KeyClass, VaultError};

const FORMAT: u32 = 1;
const INDEX: &str = "index";
const SIGNING: &str = "signing";

/// Wrapped keys by app. A destroyed app keeps an entry, so that its number never gets keys again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Keyring {
    pub(crate) apps: BTreeMap<i32, AppEntry>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AppEntry {
    /// Keys in use.
    Live(LiveEntry),
    /// Keys gone for good.
    Destroyed {
        /// When.
        destroyed_ms: Millis,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LiveEntry {
    index: String,
    signing: String,
    versions: Vec<VersionEntry>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct VersionEntry {
    pub(crate) version: u32,
    pub(crate) created_ms: Millis,
    messages: String,
    profile: String,
    files: String,
    papers: String,
}

/// The file: the keyring, which root key it belongs to, and a code over all of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyringFile {
    format: u32,
    root_fingerprint: String,
    mac: String,
    keyring: Keyring,
}

impl Keyring {
    /// Reads and checks a keyring file.
    pub(crate) fn read(path: &Path, root: &RootKey, root_path: &Path) -> Result<Self, VaultError> {
        let damaged = |reason: String| VaultError::KeyringDamaged { path: path.to_owned(), reason };
        let text = fs::read(path).map_err(io_error("read", path))?;
        let file: KeyringFile = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if file.format != FORMAT {
            return Err(damaged(format!("format {} is unknown to this version", file.format)));
        }
        if file.root_fingerprint != root.fingerprint() {
            return Err(VaultError::RootKeyMismatch { path: root_path.to_owned() });
        }
        if !constant_time_eq(file.mac.as_bytes(), file.keyring.mac(root).as_bytes()) {
            return Err(damaged("its content does not match its authentication code".to_owned()));
        }
        Ok(file.keyring)
    }

    /// Renders the file that [`Self::read`] takes back.
    pub(crate) fn to_file(&self, root: &RootKey) -> Vec<u8> {
        let file = KeyringFile {
            format: FORMAT,
            root_fingerprint: root.fingerprint(),
            mac: self.mac(root),
            keyring: self.clone(),
        };
        let mut text = serde_json::to_vec_pretty(&file).expect("a keyring is plain data");
        text.push(b'\n');
        text
    }

    pub(crate) fn write(&self, path: &Path, root: &RootKey) -> Result<(), VaultError> {
        folder::replace_file(path, &self.to_file(root))
    }

    fn mac(&self, root: &RootKey) -> String {
        let canonical = serde_json::to_vec(&(FORMAT, self)).expect("a keyring is plain data");
        root.authenticate(&canonical)
    }

    pub(crate) fn require_live(&mut self, app: AppId) -> Result<&mut LiveEntry, VaultError> {
        match self.apps.get_mut(&app.0) {
            Some(AppEntry::Live(live)) => Ok(live),
            Some(AppEntry::Destroyed { .. }) => Err(VaultError::KeysDestroyed { app }),
            None => Err(VaultError::NoKeys { app }),
        }
    }
}

impl LiveEntry {
    /// Makes the first keys of an app.
    pub(crate) fn generate(app: AppId, now: Millis, root: &RootKey) -> Self {
        Self {
            index: root.wrap(app, INDEX, 0, &Secret::random()),
            signing: root.wrap(app, SIGNING, 0, &Secret::random()),
            versions: vec![VersionEntry::generate(app, 1, now, root)],
        }
    }

    /// Adds a version that seals from now on, and tells its number.
    pub(crate) fn rotate(&mut self, app: AppId, now: Millis, root: &RootKey) -> u32 {
        let version = self.newest() + 1;
        self.versions.push(VersionEntry::generate(app, version, now, root));
        version
    }

    pub(crate) fn newest(&self) -> u32 {
        self.versions.last().map_or(0, |entry| entry.version)
    }

    /// Unwraps all keys; `None` where one does not open or the versions do not rise.
    pub(crate) fn unwrap(&self, app: AppId, root: &RootKey) -> Option<LiveKeys> {
        let versions: Option<Vec<KeyVersion>> = self.versions.iter().map(|entry| entry.unwrap(app, root)).collect();
        let versions = versions?;
        let is_rising = versions.first()?.version > 0 && versions.is_sorted_by(|a, b| a.version < b.version);
        if !is_rising {
            return None;
        }
        Some(LiveKeys {
            index: root.unwrap(app, INDEX, 0, &self.index)?.into_hmac_key(),
            signing: root.unwrap(app, SIGNING, 0, &self.signing)?.into_hmac_key(),
            versions,
        })
    }
}

fn label(class: KeyClass) -> &'static str {
    match class {
        KeyClass::Messages => "messages",
        KeyClass::Profile => "profile",
        KeyClass::Files => "files",
        KeyClass::Papers => "papers",
    }
}

impl VersionEntry {
    fn generate(app: AppId, version: u32, created_ms: Millis, root: &RootKey) -> Self {
        let wrap = |class| root.wrap(app, label(class), version, &Secret::random());
        Self {
            version,
            created_ms,
            messages: wrap(KeyClass::Messages),
            profile: wrap(KeyClass::Profile),
            files: wrap(KeyClass::Files),
            papers: wrap(KeyClass::Papers),
        }
    }

    fn unwrap(&self, app: AppId, root: &RootKey) -> Option<KeyVersion> {
        let unwrap = |class, wrapped: &str| root.unwrap(app, label(class), self.version, wrapped);
        let secrets = [
            unwrap(KeyClass::Messages, &self.messages)?,
            unwrap(KeyClass::Profile, &self.profile)?,
            unwrap(KeyClass::Files, &self.files)?,
            unwrap(KeyClass::Papers, &self.papers)?,
        ];
        Some(KeyVersion::new(self.version, self.created_ms, &secrets))
    }
}
