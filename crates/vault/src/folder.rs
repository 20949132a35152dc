//! The folder of keys on disk: who may write it now, and files that are replaced whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::VaultError;

const OWNER_ONLY_FOLDER: u32 = 0o700;
const OWNER_ONLY_FILE: u32 = 0o600;

/// Where the keys lie.
pub(crate) struct KeyFolder {
    path: PathBuf,
}

/// Keeps other processes from changing the keyring until dropped.
pub(crate) struct FolderLock {
    _file: File,
}

impl KeyFolder {
    /// Makes the folder where it is missing; only its owner may look into it.
    pub(crate) fn create(path: &Path) -> Result<Self, VaultError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(OWNER_ONLY_FOLDER)
            .create(path)
            .map_err(io_error("create the key folder", path))?;
        Ok(Self { path: path.to_owned() })
    }

    pub(crate) fn root_key(&self) -> PathBuf {
        self.path.join("root.key")
    }

    pub(crate) fn keyring(&self) -> PathBuf {
        self.path.join("keyring.json")
    }

    /// The keyring of a first start that was interrupted before the root key was in place.
    pub(crate) fn first_keyring(&self) -> PathBuf {
        self.path.join("keyring.json.first")
    }

    /// Waits for its turn to change the folder; the command line and a server may run side by side.
    pub(crate) fn lock(&self) -> Result<FolderLock, VaultError> {
        let path = self.path.join("lock");
        let file = open_private(&path, OpenOptions::new().create(true).truncate(false))
            .map_err(io_error("open the key folder's lock", &path))?;
        file.lock().map_err(io_error("lock", &path))?;
        Ok(FolderLock { _file: file })
    }
}

/// Writes a file so that after a crash there is the whole old one or the whole new one, and the new one is durable.
pub(crate) fn replace_file(path: &Path, content: &[u8]) -> Result<(), VaultError> {
    let fresh = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file = open_private(&fresh, OpenOptions::new().create(true).truncate(true))?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().map_err(io_error("write", path))?;
    sync_parent(path)
}

/// Replaces a file and then overwrites the bytes of the old one, as far as the file system lets them be reached.
/// Old copies under other names (hard-linked backups) are left alone.
pub(crate) fn replace_file_and_wipe(path: &Path, content: &[u8]) -> Result<(), VaultError> {
    let old = open_private(path, &mut OpenOptions::new()).map_err(io_error("open", path))?;
    replace_file(path, content)?;
    let wipe = || -> io::Result<()> {
        let metadata = old.metadata()?;
        if metadata.nlink() > 0 {
            return Ok(());
        }
        (&old).write_all(&vec![0; metadata.len() as usize])?;
        old.sync_all()
    };
    wipe().map_err(io_error("wipe the old version of", path))
}

/// Moves a file within the folder, durably.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), VaultError> {
    fs::rename(from, to).map_err(io_error("rename", from))?;
    sync_parent(to)
}

fn open_private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.write(true).mode(OWNER_ONLY_FILE).open(path)
}

fn sync_parent(path: &Path) -> Result<(), VaultError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|handle| handle.sync_all()).map_err(io_error("make durable", folder))
}

pub(crate) fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> VaultError {
    move |source| VaultError::Io { action, path: path.to_owned(), source }
}
