//! The vault: the one door to keys.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::hmac;
use cerulean_types::{AppId, Clock};
use parking_lot::{Mutex, RwLock};

use crate::app_keys::{AppKeys, KeyVersion};
use crate::folder::{self, KeyFolder, io_error};
use crate::keyring::{AppEntry, Keyring, LiveEntry};
use crate::root_key::RootKey;
use crate::secret::{Secret, constant_time_eq};
use crate::{ConversationCipher, FileOpener, FileSealer, KeyClass, KeyVersionInfo, VaultError, root_key, row};

/// Holds the keys of every app and seals with them. Cheap to clone; clones share everything.
///
/// Reading locks are held only while one thing is sealed, and none is held while the disk is written.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    root: RootKey,
    apps: RwLock<HashMap<AppId, Arc<AppKeys>>>,
    /// Also makes changes wait for each other.
    store: Mutex<Store>,
    clock: Clock,
}

enum Store {
    Folder { folder: KeyFolder, stamp: Option<Stamp> },
    Memory(Keyring),
}

/// Tells whether a file was replaced.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Stamp {
    inode: u64,
    modified: (i64, i64),
    length: u64,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(***)")
    }
}

impl Vault {
    /// Opens the folder of keys, or makes it with a fresh root key and an empty keyring at the first start.
    ///
    /// Refuses, without changing anything, a root key that others may read, that is damaged or that belongs to another
    /// keyring, and a damaged keyring; each refusal says what to do.
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        let folder = KeyFolder::create(folder)?;
        let lock = folder.lock()?;
        let root = open_root(&folder)?;
        let keyring = Keyring::read(&folder.keyring(), &root, &folder.root_key())?;
        let stamp = Some(stamp_of(&folder.keyring())?);
        drop(lock);
        Self::with(root, Store::Folder { folder, stamp }, &keyring)
    }

    /// A vault with a random root key that leaves nothing on disk, for tests.
    pub fn in_memory() -> Self {
        Self::from_root(&Secret::random())
    }

    pub(crate) fn from_root(root: &Secret) -> Self {
        let keyring = Keyring::default();
        Self::with(RootKey::from_secret(root), Store::Memory(keyring.clone()), &keyring)
            .expect("an empty keyring has nothing that fails to unwrap")
    }

    fn with(root: RootKey, store: Store, keyring: &Keyring) -> Result<Self, VaultError> {
        let inner = Inner { root, apps: RwLock::default(), store: Mutex::new(store), clock: Clock::system() };
        inner.adopt(keyring, &inner.keyring_path())?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Makes keys for an app that has none. They are durable when this returns; an app that has keys keeps them.
    pub fn ensure_app(&self, app: AppId) -> Result<(), VaultError> {
        if let Some(keys) = self.inner.apps.read().get(&app) {
            return keys.current_version().map(|_| ());
        }
        let now = self.inner.clock.now();
        self.inner.change(Wipe::No, |keyring, root| match keyring.apps.get(&app.0) {
            Some(AppEntry::Live(_)) => Ok(()),
            Some(AppEntry::Destroyed { .. }) => Err(VaultError::KeysDestroyed { app }),
            None => {
                keyring.apps.insert(app.0, AppEntry::Live(LiveEntry::generate(app, now, root)));
                Ok(())
            }
        })
    }

    /// Makes a new version of the app's data keys current and tells its number. Older versions still open what they
    /// sealed; rows move to the new version when they are next written.
    pub fn rotate(&self, app: AppId) -> Result<u32, VaultError> {
        let now = self.inner.clock.now();
        self.inner.change(Wipe::No, |keyring, root| Ok(keyring.require_live(app)?.rotate(app, now, root)))
    }

    /// Destroys every key of the app for good, on disk and in memory. All that they sealed is lost, in backups too once
    /// the copies of the keyring are gone. The app's number never gets keys again.
    pub fn destroy(&self, app: AppId) -> Result<(), VaultError> {
        let destroyed_ms = self.inner.clock.now();
        self.inner.change(Wipe::OldKeyring, |keyring, _| {
            keyring.require_live(app)?;
            keyring.apps.insert(app.0, AppEntry::Destroyed { destroyed_ms });
            Ok(())
        })
    }

    /// Takes over what another process (the command line) changed in the keyring; tells whether there was anything.
    /// Costs one `stat` when there was not, so a server may call it every second.
    pub fn reload(&self) -> Result<bool, VaultError> {
        self.inner.reload()
    }

    /// The versions of the app's data keys, oldest first; none for an app without keys.
    pub fn versions(&self, app: AppId) -> Vec<KeyVersionInfo> {
        let Ok(keys) = self.app_keys(app) else { return Vec::new() };
        let current = keys.newest_version();
        let describe = |key: &KeyVersion| KeyVersionInfo {
            version: key.version,
            created_ms: key.created_ms,
            is_current: key.version == current,
        };
        keys.with_live(|live| live.versions.iter().map(describe).collect()).unwrap_or_default()
    }

    /// Whether the keys of the app were destroyed.
    pub fn is_destroyed(&self, app: AppId) -> bool {
        self.app_keys(app).is_ok_and(|keys| keys.current_version().is_err())
    }

    /// Seals one value of a row. It opens only under the same app, class, table and row.
    ///
    /// `row` must name the row for good (its primary key), and the column too where a row has several sealed ones.
    pub fn seal(
        &self,
        app: AppId,
        class: KeyClass,
        table: &str,
        row: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let place = row::Place { app, class, table, row };
        self.app_keys(app)?.with_live(|live| row::seal(live.current(), &place, plain))?
    }

    /// Opens what [`Self::seal`] made for the same place, whichever version of the key sealed it.
    pub fn unseal(
        &self,
        app: AppId,
        class: KeyClass,
        table: &str,
        row: &[u8],
        blob: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let place = row::Place { app, class, table, row };
        let keys = self.app_keys(app)?;
        keys.current_version()?;
        let version = row::version_of(&place, blob)?;
        self.with_version(&keys, version, |key| row::unseal(key, &place, blob))?
    }

    /// A code by which a sealed value can be looked up exactly. The same for the same app, field and value, for ever: it
    /// does not change with rotation. The caller brings the value into its normal form first.
    pub fn blind_index(&self, app: AppId, field: &str, value: &str) -> Result<[u8; 32], VaultError> {
        self.app_keys(app)?.with_live(|live| tagged_hmac(&live.index, field, value.as_bytes()))
    }

    /// Signs an address or a ticket that authorises itself. `purpose` keeps signatures for one use from another.
    pub fn sign(&self, app: AppId, purpose: &str, message: &[u8]) -> Result<[u8; 32], VaultError> {
        self.app_keys(app)?.with_live(|live| tagged_hmac(&live.signing, purpose, message))
    }

    /// Checks a signature of [`Self::sign`] in constant time.
    pub fn verify(&self, app: AppId, purpose: &str, message: &[u8], tag: &[u8]) -> Result<bool, VaultError> {
        Ok(constant_time_eq(&self.sign(app, purpose, message)?, tag))
    }

    /// The cipher of a conversation, named by the number of its log line. Keep it: making one costs some microseconds,
    /// and it follows rotations and destruction by itself.
    pub fn conversation_cipher(&self, app: AppId, line: i64) -> Result<ConversationCipher, VaultError> {
        ConversationCipher::new(self.clone(), self.app_keys(app)?, line)
    }

    /// Starts sealing a file under its own fresh key. `file_id` must name the file for good.
    pub fn file_sealer(&self, app: AppId, file_id: &[u8]) -> Result<FileSealer, VaultError> {
        FileSealer::new(self.app_keys(app)?, file_id)
    }

    /// Gets ready to open a file, or parts of it. `header` is the first [`crate::FILE_HEADER_BYTES`] of the sealed file.
    pub fn file_opener(&self, app: AppId, file_id: &[u8], header: &[u8]) -> Result<FileOpener, VaultError> {
        FileOpener::new(self, self.app_keys(app)?, file_id, header)
    }

    fn app_keys(&self, app: AppId) -> Result<Arc<AppKeys>, VaultError> {
        let find = || self.inner.apps.read().get(&app).cloned();
        if let Some(keys) = find() {
            return Ok(keys);
        }
        self.inner.reload()?;
        find().ok_or(VaultError::NoKeys { app })
    }

    /// Uses a version of the app's keys; one that another process has just made is fetched from the keyring.
    pub(crate) fn with_version<T>(
        &self,
        keys: &AppKeys,
        version: u32,
        read: impl Fn(&KeyVersion) -> T,
    ) -> Result<T, VaultError> {
        match keys.with_version(version, &read) {
            Err(VaultError::UnknownVersion { .. }) if self.inner.reload()? => keys.with_version(version, read),
            outcome => outcome,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wipe {
    No,
    OldKeyring,
}

impl Inner {
    /// Edits the newest keyring, makes it durable, then lets it take effect.
    fn change<T>(
        &self,
        wipe: Wipe,
        edit: impl FnOnce(&mut Keyring, &RootKey) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let mut store = self.store.lock();
        match &mut *store {
            Store::Memory(keyring) => {
                let outcome = edit(keyring, &self.root)?;
                self.adopt(keyring, Path::new("(memory)"))?;
                Ok(outcome)
            }
            Store::Folder { folder, stamp } => {
                let _lock = folder.lock()?;
                let path = folder.keyring();
                let mut keyring = Keyring::read(&path, &self.root, &folder.root_key())?;
                let outcome = edit(&mut keyring, &self.root)?;
                match wipe {
                    Wipe::No => keyring.write(&path, &self.root)?,
                    Wipe::OldKeyring => folder::replace_file_and_wipe(&path, &keyring.to_file(&self.root))?,
                }
                *stamp = Some(stamp_of(&path)?);
                self.adopt(&keyring, &path)?;
                Ok(outcome)
            }
        }
    }

    fn reload(&self) -> Result<bool, VaultError> {
        let mut store = self.store.lock();
        let Store::Folder { folder, stamp } = &mut *store else { return Ok(false) };
        let path = folder.keyring();
        let found = Some(stamp_of(&path)?);
        if found == *stamp {
            return Ok(false);
        }
        let keyring = Keyring::read(&path, &self.root, &folder.root_key())?;
        self.adopt(&keyring, &path)?;
        *stamp = found;
        Ok(true)
    }

    /// Makes memory agree with a keyring; unwraps only what is new.
    fn adopt(&self, keyring: &Keyring, path: &Path) -> Result<(), VaultError> {
        for (&number, entry) in &keyring.apps {
            let app = AppId(number);
            let known = self.apps.read().get(&app).cloned();
            let live = match entry {
                AppEntry::Destroyed { .. } => None,
                AppEntry::Live(entry) if known.as_ref().is_some_and(|keys| entry.newest() == keys.newest_version()) => {
                    continue;
                }
                AppEntry::Live(entry) => Some(entry.unwrap(app, &self.root).ok_or_else(|| {
                    let reason = format!("a key of app {number} does not open");
                    VaultError::KeyringDamaged { path: path.to_owned(), reason }
                })?),
            };
            match known {
                Some(keys) => keys.replace(live),
                None => {
                    self.apps.write().insert(app, Arc::new(AppKeys::new(app, live)));
                }
            }
        }
        Ok(())
    }

    fn keyring_path(&self) -> PathBuf {
        match &*self.store.lock() {
            Store::Folder { folder, .. } => folder.keyring(),
            Store::Memory(_) => PathBuf::from("(memory)"),
        }
    }
}

/// Reads the root key, or makes a first one together with its empty keyring.
///
/// The first keyring is written under another name before the root key and renamed after it, so that an interrupted
/// first start can be told from a lost keyring.
fn open_root(folder: &KeyFolder) -> Result<RootKey, VaultError> {
    let (root_path, keyring_path, first_path) = (folder.root_key(), folder.keyring(), folder.first_keyring());
    match (root_path.exists(), keyring_path.exists()) {
        (true, true) => root_key::read(&root_path),
        (false, true) => Err(VaultError::RootKeyMissing { path: root_path }),
        (true, false) => {
            let root = root_key::read(&root_path)?;
            let is_first_start =
                first_path.exists() && Keyring::read(&first_path, &root, &root_path).is_ok_and(|k| k.apps.is_empty());
            if !is_first_start {
                return Err(VaultError::KeyringMissing { path: keyring_path });
            }
            folder::rename(&first_path, &keyring_path)?;
            Ok(root)
        }
        (false, false) => {
            let secret = Secret::random();
            let root = RootKey::from_secret(&secret);
            Keyring::default().write(&first_path, &root)?;
            root_key::write(&root_path, &secret)?;
            folder::rename(&first_path, &keyring_path)?;
            Ok(root)
        }
    }
}

fn stamp_of(path: &Path) -> Result<Stamp, VaultError> {
    let metadata = fs::metadata(path).map_err(io_error("read", path))?;
    Ok(Stamp { inode: metadata.ino(), modified: (metadata.mtime(), metadata.mtime_nsec()), length: metadata.len() })
}

/// HMAC-SHA256 over a length-prefixed label and a message.
fn tagged_hmac(key: &hmac::Key, label: &str, message: &[u8]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    context.update(&(label.len() as u32).to_be_bytes());
    context.update(label.as_bytes());
    context.update(message);
    let mut code = [0; 32];
    code.copy_from_slice(context.sign().as_ref());
    code
}
