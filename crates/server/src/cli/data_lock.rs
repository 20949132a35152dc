//! One process at a time on a data folder.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use anyhow::anyhow;

const FILE: &str = "lock";

/// Holds a data folder until dropped, or until the process dies in whichever way.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Makes the folder where it is missing, readable by its owner only, and takes it for this process.
    pub fn take(folder: &Path) -> anyhow::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| explain(error, "create", folder))?;
        let path = folder.join(FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| explain(error, "write to", folder))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(folder)),
            Err(TryLockError::Error(error)) => return Err(explain(error, "lock", folder)),
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(|error| explain(error, "write to", folder))?;
        Ok(Self { _file: file })
    }

    /// Whether another process has the folder now. Changes nothing.
    pub fn is_taken(folder: &Path) -> bool {
        let Ok(file) = File::open(folder.join(FILE)) else { return false };
        matches!(file.try_lock(), Err(TryLockError::WouldBlock))
    }
}

fn in_use(folder: &Path) -> anyhow::Error {
    let number = fs::read_to_string(folder.join(FILE)).unwrap_or_default();
    let process = if number.trim().is_empty() { "another process" } else { &format!("process {}", number.trim()) };
    let folder = folder.display();
    anyhow!("the data folder {folder} is in use by {process}: stop that one first, or name another folder with --data")
}

fn explain(error: io::Error, what: &str, folder: &Path) -> anyhow::Error {
    let advice = match error.kind() {
        io::ErrorKind::PermissionDenied => ": let the user that runs the server own it, or name another with --data",
        io::ErrorKind::ReadOnlyFilesystem => ": the file system is mounted read-only",
        io::ErrorKind::StorageFull => ": free some space",
        _ => "",
    };
    anyhow::Error::new(error).context(format!("cannot {what} the data folder {}{advice}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_process_is_refused_with_the_number_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("new/data");
        let lock = DataLock::take(&data).unwrap();
        assert!(DataLock::is_taken(&data));
        let error = DataLock::take(&data).unwrap_err();
        assert!(error.to_string().contains(&format!("in use by process {}", std::process::id())), "{error}");
        drop(lock);
        assert!(!DataLock::is_taken(&data));
        assert!(DataLock::take(&data).is_ok());
    }
}
