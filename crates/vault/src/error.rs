//! What can go wrong with keys and sealed bytes.

use std::io;
use std::path::PathBuf;

use cerulean_types::AppId;

/// A refusal of the vault. Those about files say what to do, because an operator reads them at start.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The app never had keys; [`crate::Vault::ensure_app`] makes them.
    #[error("app {} has no keys", app.0)]
    NoKeys {
        /// The app.
        app: AppId,
    },
    /// The keys of the app were destroyed for good, and with them everything they sealed.
    #[error("the keys of app {} were destroyed", app.0)]
    KeysDestroyed {
        /// The app.
        app: AppId,
    },
    /// The bytes were altered, cut, or lie in another place than they were sealed for.
    #[error("sealed bytes in {place} do not open: altered, or sealed for another place")]
    Unreadable {
        /// The table or kind of thing.
        place: String,
    },
    /// The bytes are no sealed form that this version knows.
    #[error("bytes in {place} are no sealed form known to this version")]
    UnknownForm {
        /// The table or kind of thing.
        place: String,
    },
    /// The bytes name a key that the keyring does not have.
    #[error("key version {version} of app {} is not in the keyring: restore the keyring that had it", app.0)]
    UnknownVersion {
        /// The app.
        app: AppId,
        /// The version that the bytes name.
        version: u32,
    },
    /// More than one sealing may hold (64 GiB), or a file of more chunks than can be counted.
    #[error("too much for one sealing")]
    TooLong,
    /// A file was pushed or ended out of turn, for example a range that ended early.
    #[error("sealed file ended early")]
    Truncated,
    /// There is a keyring but no root key.
    #[error(
        "the root key {} is missing, but the keyring beside it is there: restore the right root.key; nothing was changed",
        path.display()
    )]
    RootKeyMissing {
        /// Where the root key should be.
        path: PathBuf,
    },
    /// The root key file is not 64 hexadecimal digits.
    #[error(
        "the root key {} is damaged (expected 64 hexadecimal digits): restore the right root.key; nothing was changed",
        path.display()
    )]
    RootKeyDamaged {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner may read the root key.
    #[error(
        "the root key {path} may be read by others (mode {mode:04o}): run `chmod 600 {path}`, and if someone may have read it, move to new keys",
        path = path.display()
    )]
    RootKeyExposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The keyring was wrapped with another root key.
    #[error("the root key does not match the keyring: restore the right root.key; nothing was changed ({})", path.display())]
    RootKeyMismatch {
        /// The root key file.
        path: PathBuf,
    },
    /// There is a root key but no keyring.
    #[error(
        "the keyring {} is missing, but the root key beside it is there: restore keyring.json from a backup; nothing was changed",
        path.display()
    )]
    KeyringMissing {
        /// Where the keyring should be.
        path: PathBuf,
    },
    /// The keyring cannot be read, or was altered.
    #[error("the keyring {} is damaged ({reason}): restore keyring.json from a backup; nothing was changed", path.display())]
    KeyringDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
}

impl VaultError {
    /// For what strangers hand in: nothing where the refusal speaks of their bytes alone, which name no app or key of ours, or one that was
    /// destroyed, or were altered. What is wrong on this side stays an error.
    pub fn unless_foreign<T>(outcome: Result<T, Self>) -> Result<Option<T>, Self> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(
                Self::NoKeys { .. }
                | Self::KeysDestroyed { .. }
                | Self::UnknownForm { .. }
                | Self::UnknownVersion { .. }
                | Self::Unreadable { .. },
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
