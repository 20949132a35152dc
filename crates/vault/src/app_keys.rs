//! The keys of one app, unwrapped and ready for use.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::aead::LessSafeKey;
use aws_lc_rs::hmac;
use cerulean_types::{AppId, Millis};
use parking_lot::RwLock;

use crate::VaultError;
use crate::secret::{Deriver, Secret};

/// What a key seals. Each class of each app has its own, so that one can be handed out or withheld without the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum KeyClass {
    /// What people say: items of conversations.
    Messages = 1,
    /// Personal fields of users: phone, e-mail, nick name …
    Profile = 2,
    /// Uploaded files and what is known about them.
    Files = 3,
    /// Papers of the organization behind the app.
    Papers = 4,
}

impl KeyClass {
    /// Every class, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Messages, Self::Profile, Self::Files, Self::Papers];

    fn index(self) -> usize {
        self as usize - 1
    }
}

/// What may be told about a version of an app's data keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyVersionInfo {
    /// Rises by one with each rotation, from 1.
    pub version: u32,
    /// When it was made.
    pub created_ms: Millis,
    /// Whether new data is sealed with it.
    pub is_current: bool,
}

/// One class in one version: a key for rows, and a source of keys for conversations and files.
pub(crate) struct ClassKeys {
    pub(crate) rows: LessSafeKey,
    pub(crate) deriver: Deriver,
}

impl ClassKeys {
    fn new(secret: &Secret) -> Self {
        let deriver = secret.deriver();
        let rows = deriver.derive_cipher(&[b"cerulean rows 1"]);
        Self { rows, deriver }
    }
}

pub(crate) struct KeyVersion {
    pub(crate) version: u32,
    pub(crate) created_ms: Millis,
    classes: [ClassKeys; 4],
}

impl KeyVersion {
    pub(crate) fn new(version: u32, created_ms: Millis, secrets: &[Secret; 4]) -> Self {
        Self { version, created_ms, classes: std::array::from_fn(|index| ClassKeys::new(&secrets[index])) }
    }

    pub(crate) fn class(&self, class: KeyClass) -> &ClassKeys {
        &self.classes[class.index()]
    }
}

/// All that an app has while it has keys.
pub(crate) struct LiveKeys {
    pub(crate) index: hmac::Key,
    pub(crate) signing: hmac::Key,
    /// By rising version, never empty; the last is current.
    pub(crate) versions: Vec<KeyVersion>,
}

impl LiveKeys {
    pub(crate) fn current(&self) -> &KeyVersion {
        self.versions.last().expect("an app with keys has at least one version")
    }

    pub(crate) fn version(&self, version: u32) -> Option<&KeyVersion> {
        self.versions.iter().rev().find(|candidate| candidate.version == version)
    }
}

const DESTROYED: u32 = 0;

/// Shared by the vault and every cipher made from it, so that a rotation or destruction reaches ciphers in caches.
pub(crate) struct AppKeys {
    pub(crate) app: AppId,
    current: AtomicU32,
    live: RwLock<Option<LiveKeys>>,
}

impl AppKeys {
    pub(crate) fn new(app: AppId, live: Option<LiveKeys>) -> Self {
        let current = live.as_ref().map_or(DESTROYED, |keys| keys.current().version);
        Self { app, current: AtomicU32::new(current), live: RwLock::new(live) }
    }

    /// Takes over what the keyring now says. Ciphers see it with their next operation.
    pub(crate) fn replace(&self, live: Option<LiveKeys>) {
        let current = live.as_ref().map_or(DESTROYED, |keys| keys.current().version);
        let mut guard = self.live.write();
        *guard = live;
        self.current.store(current, Ordering::Release);
    }

    /// The version that seals new data.
    pub(crate) fn current_version(&self) -> Result<u32, VaultError> {
        match self.current.load(Ordering::Acquire) {
            DESTROYED => Err(VaultError::KeysDestroyed { app: self.app }),
            version => Ok(version),
        }
    }

    pub(crate) fn newest_version(&self) -> u32 {
        self.current.load(Ordering::Acquire)
    }

    pub(crate) fn with_live<T>(&self, read: impl FnOnce(&LiveKeys) -> T) -> Result<T, VaultError> {
        match &*self.live.read() {
            Some(live) => Ok(read(live)),
            None => Err(VaultError::KeysDestroyed { app: self.app }),
        }
    }

    /// Uses the named version, or says that it is unknown.
    pub(crate) fn with_version<T>(&self, version: u32, read: impl FnOnce(&KeyVersion) -> T) -> Result<T, VaultError> {
        self.with_live(|live| live.version(version).map(read))?
            .ok_or(VaultError::UnknownVersion { app: self.app, version })
    }
}
