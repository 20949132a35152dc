//! The data folder, its disk, the database.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use cerulean_config::Config;
use cerulean_types::Clock;
use rustix::fs::{Access, access, statvfs};

use super::database::{SchemaState, inspect};
use super::{Finding, bytes};
use crate::PartsOptions;

const FOLDER: &str = "data folder";
const SPACE: &str = "disk space";
const DATABASE: &str = "database";

/// Below this, writes may fail within the hour.
const LEAST_SPACE: u64 = 256 << 20;
/// Below this, it is time to act.
const SCARCE_SPACE: u64 = 2 << 30;
const SCARCE_FILES: u64 = 1000;

pub(crate) fn check_data_folder(folder: &Path) -> Finding {
    let shown = folder.display();
    let metadata = match fs::metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return check_parent(folder),
        Err(error) => {
            return Finding::wrong(
                FOLDER,
                format!("{shown}: {error}"),
                "let this user reach it, or name another (--data)",
            );
        }
    };
    if !metadata.is_dir() {
        return Finding::wrong(FOLDER, format!("{shown} is no folder"), "name another with --data");
    }
    if access(folder, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).is_err() {
        let remedy = format!("run this as the owner (user {}), or change the owner", metadata.uid());
        return Finding::wrong(FOLDER, format!("{shown} cannot be written by this user"), remedy);
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let found = format!("{shown} is open to other users of this machine (mode {mode:03o})");
        return Finding::advice(FOLDER, found, format!("chmod 700 {shown}"));
    }
    Finding::good(FOLDER, shown.to_string())
}

/// A data folder that is not there yet: can it be made?
fn check_parent(folder: &Path) -> Finding {
    let parent = nearest_existing(folder);
    if access(parent, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        let found = format!("{} is not there, and this user cannot make it", folder.display());
        return Finding::wrong(FOLDER, found, format!("make it, or let this user write to {}", parent.display()));
    }
    Finding::good(FOLDER, format!("{} will be made at the first start", folder.display()))
}

fn nearest_existing(folder: &Path) -> &Path {
    let existing = folder.ancestors().find(|path| path.exists());
    existing.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(crate) fn check_space(folder: &Path) -> Finding {
    let disk = match statvfs(nearest_existing(folder)) {
        Ok(disk) => disk,
        Err(error) => return Finding::advice(SPACE, format!("unknown: {error}"), "look with df"),
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let found = format!("{} free", bytes(free));
    if free < LEAST_SPACE {
        return Finding::wrong(SPACE, found, "free some space now: without it nothing can be stored");
    }
    if disk.f_files > 0 && disk.f_favail < SCARCE_FILES {
        return Finding::wrong(
            SPACE,
            format!("{found}, but room for only {} files", disk.f_favail),
            "free some inodes",
        );
    }
    if free < SCARCE_SPACE {
        return Finding::advice(SPACE, found, "free some space soon");
    }
    Finding::good(SPACE, found)
}

pub(crate) async fn check_database(settings: &Config) -> Finding {
    let kind = if settings.database.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    match inspect(&PartsOptions::from_config(settings, Clock::system()).db).await {
        Ok(SchemaState::Empty) => Finding::good(DATABASE, format!("{kind}, will be set up at the first start")),
        Ok(SchemaState::Current) => Finding::good(DATABASE, format!("{kind}, up to date")),
        Ok(SchemaState::Behind { pending }) => {
            let found = format!("{kind}, made by an older version; {pending} changes will be made at the next start");
            Finding::advice(DATABASE, found, "make a backup first")
        }
        Ok(SchemaState::Newer { migration }) => {
            let found = format!("{kind}, made by a newer version (it has {migration})");
            Finding::wrong(DATABASE, found, "run the newer version, or restore a backup made before the upgrade")
        }
        Err(error) => {
            let remedy = if settings.database.is_sqlite() {
                "restore main.db from a backup if it is damaged"
            } else {
                "check database.url and that PostgreSQL accepts connections from here"
            };
            Finding::wrong(DATABASE, format!("{kind}: {error:#}"), remedy)
        }
    }
}
