//! The root key, the keyring, and the private key of TLS.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cerulean_vault::{Vault, VaultError};

use super::Finding;

const KEYS: &str = "keys";
const TLS: &str = "TLS key";

pub(crate) fn check(folder: &Path) -> Finding {
    let is_made = folder.join("root.key").exists() || folder.join("keyring.json").exists();
    if !is_made {
        return Finding::good(KEYS, format!("{} will be made at the first start", folder.display()));
    }
    match Vault::open(folder) {
        Ok(_) => check_folder(folder),
        Err(error @ VaultError::Io { .. }) => Finding::wrong(
            KEYS,
            format!("{:#}", anyhow::Error::from(error)),
            "run this as the user that runs the server",
        ),
        Err(error) => {
            // Its message ends with what to do.
            let message = error.to_string();
            let (found, remedy) = message.split_once(": ").unwrap_or((&message, "restore the folder from a backup"));
            Finding::wrong(KEYS, found, remedy)
        }
    }
}

fn check_folder(folder: &Path) -> Finding {
    let mode = fs::metadata(folder).map_or(0, |metadata| metadata.permissions().mode() & 0o777);
    if mode & 0o077 != 0 {
        let found = format!("{} is open to other users of this machine (mode {mode:03o})", folder.display());
        return Finding::advice(KEYS, found, format!("chmod 700 {}", folder.display()));
    }
    Finding::good(KEYS, "the root key opens the keyring")
}

pub(crate) fn check_tls_key(file: Option<&Path>) -> Option<Finding> {
    let file = file?;
    let mode = fs::metadata(file).ok()?.permissions().mode() & 0o777;
    if mode & 0o007 != 0 {
        let found = format!("{} may be read by every user of this machine (mode {mode:03o})", file.display());
        return Some(Finding::wrong(TLS, found, format!("chmod 600 {}", file.display())));
    }
    Some(Finding::good(TLS, file.display().to_string()))
}
