use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cerulean_vault::{KeyClass, Vault, VaultError};
use tempfile::TempDir;

use crate::{APP, OTHER_APP};

fn fresh() -> (TempDir, std::path::PathBuf) {
    let data = TempDir::new().unwrap();
    let keys = data.path().join("keys");
    (data, keys)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn refusal(keys: &Path) -> VaultError {
    let before = snapshot(keys);
    let error = Vault::open(keys).unwrap_err();
    assert_eq!(before, snapshot(keys), "a refusal changes nothing");
    error
}

/// The content of every file in the folder but the lock.
fn snapshot(keys: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(keys)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name() != "lock")
        .map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn first_start_makes_private_files() {
    let (_data, keys) = fresh();
    Vault::open(&keys).unwrap();
    assert_eq!(mode(&keys), 0o700);
    assert_eq!(mode(&keys.join("root.key")), 0o600);
    assert_eq!(mode(&keys.join("keyring.json")), 0o600);
    assert_eq!(fs::read_to_string(keys.join("root.key")).unwrap().trim().len(), 64);
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 3, "root key, keyring and lock, nothing left over");
}

#[test]
fn keys_survive_a_restart() {
    let (_data, keys) = fresh();
    let vault = Vault::open(&keys).unwrap();
    vault.ensure_app(APP).unwrap();
    let blob = vault.seal(APP, KeyClass::Papers, "papers", b"1", b"licence").unwrap();
    vault.rotate(APP).unwrap();
    let index = vault.blind_index(APP, "phone", "1").unwrap();
    drop(vault);

    let vault = Vault::open(&keys).unwrap();
    vault.ensure_app(APP).unwrap();
    assert_eq!(vault.unseal(APP, KeyClass::Papers, "papers", b"1", &blob).unwrap(), b"licence");
    assert_eq!(vault.blind_index(APP, "phone", "1").unwrap(), index);
    assert_eq!(vault.versions(APP).len(), 2);
}

#[test]
fn destruction_survives_a_restart_and_leaves_no_key() {
    let (_data, keys) = fresh();
    let vault = Vault::open(&keys).unwrap();
    vault.ensure_app(APP).unwrap();
    vault.ensure_app(OTHER_APP).unwrap();
    let keyring = fs::read_to_string(keys.join("keyring.json")).unwrap();
    let parsed: serde_json::Value = serde_json::from_str(&keyring).unwrap();
    let wrapped = parsed["keyring"]["apps"]["7"]["live"]["versions"][0]["messages"].as_str().unwrap();
    assert!(keyring.contains(wrapped));

    vault.destroy(APP).unwrap();

    for (name, content) in snapshot(&keys) {
        assert!(!String::from_utf8(content).unwrap().contains(wrapped), "{name:?}");
    }
    let vault = Vault::open(&keys).unwrap();
    assert!(vault.is_destroyed(APP));
    assert!(matches!(vault.ensure_app(APP), Err(VaultError::KeysDestroyed { .. })));
    assert!(vault.seal(OTHER_APP, KeyClass::Profile, "users", b"1", b"").is_ok());
}

#[test]
fn root_key_that_others_may_read_is_refused() {
    let (_data, keys) = fresh();
    Vault::open(&keys).unwrap();
    let root = keys.join("root.key");
    for exposed in [0o640, 0o604, 0o620, 0o777] {
        fs::set_permissions(&root, fs::Permissions::from_mode(exposed)).unwrap();
        let error = refusal(&keys);
        assert!(matches!(error, VaultError::RootKeyExposed { .. }));
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    fs::set_permissions(&root, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(Vault::open(&keys).is_ok(), "read-only for the owner is stricter");
}

#[test]
fn damaged_root_key_is_refused() {
    let (_data, keys) = fresh();
    Vault::open(&keys).unwrap();
    let root = keys.join("root.key");
    let good = fs::read_to_string(&root).unwrap();
    for bad in ["", "hello", &good[..62], &format!("{}00", good.trim()), &good.replace(&good[..1], "g"), "\u{0}\u{1}"] {
        fs::write(&root, bad).unwrap();
        assert!(matches!(refusal(&keys), VaultError::RootKeyDamaged { .. }), "{bad:?}");
    }
}

#[test]
fn root_key_of_another_keyring_is_refused() {
    let (_data, keys) = fresh();
    let (_other_data, other_keys) = fresh();
    Vault::open(&keys).unwrap().ensure_app(APP).unwrap();
    Vault::open(&other_keys).unwrap();
    fs::copy(other_keys.join("root.key"), keys.join("root.key")).unwrap();
    let error = refusal(&keys);
    assert!(
        error
            .to_string()
            .starts_with("the root key does not match the keyring: restore the right root.key; nothing was changed"),
        "{error}"
    );
}

#[test]
fn lost_files_are_not_replaced_by_new_ones() {
    let (_data, keys) = fresh();
    Vault::open(&keys).unwrap().ensure_app(APP).unwrap();
    let (root, keyring) = (keys.join("root.key"), keys.join("keyring.json"));
    fs::rename(&root, keys.join("aside")).unwrap();
    assert!(matches!(refusal(&keys), VaultError::RootKeyMissing { .. }));
    fs::rename(keys.join("aside"), &root).unwrap();
    fs::rename(&keyring, keys.join("aside")).unwrap();
    assert!(matches!(refusal(&keys), VaultError::KeyringMissing { .. }));
    fs::rename(keys.join("aside"), &keyring).unwrap();
    assert!(Vault::open(&keys).is_ok());
}

#[test]
fn interrupted_first_start_is_finished() {
    let (_data, keys) = fresh();
    Vault::open(&keys).unwrap();
    fs::rename(keys.join("keyring.json"), keys.join("keyring.json.first")).unwrap();
    Vault::open(&keys).unwrap().ensure_app(APP).unwrap();

    let (_data, keys) = fresh();
    Vault::open(&keys).unwrap();
    fs::rename(keys.join("keyring.json"), keys.join("keyring.json.first")).unwrap();
    fs::remove_file(keys.join("root.key")).unwrap();
    Vault::open(&keys).unwrap().ensure_app(APP).unwrap();
}

#[test]
fn damaged_keyring_is_refused() {
    let (_data, keys) = fresh();
    let vault = Vault::open(&keys).unwrap();
    vault.ensure_app(APP).unwrap();
    vault.rotate(APP).unwrap();
    let path = keys.join("keyring.json");
    let good = fs::read_to_string(&path).unwrap();
    let truncated = &good[..good.len() / 2];
    let altered = good.replace("\"version\": 2", "\"version\": 3");
    let app_removed = good.replace("\"7\":", "\"9\":");
    let newer_format = good.replace("\"format\": 1", "\"format\": 2");
    for bad in ["", "{}", truncated, &altered, &app_removed, &newer_format] {
        assert_ne!(bad, good);
        fs::write(&path, bad).unwrap();
        let error = refusal(&keys);
        assert!(matches!(error, VaultError::KeyringDamaged { .. }), "{error}");
    }
    fs::write(&path, good).unwrap();
    assert!(Vault::open(&keys).is_ok());
}

#[test]
fn running_vault_follows_what_another_process_changed() {
    let (_data, keys) = fresh();
    let (server, command_line) = (Vault::open(&keys).unwrap(), Vault::open(&keys).unwrap());
    command_line.ensure_app(APP).unwrap();
    let cipher = server.conversation_cipher(APP, 1).expect("a new app is found without being told");
    server.ensure_app(OTHER_APP).unwrap();
    assert_eq!(command_line.rotate(OTHER_APP).unwrap(), 2, "changes of both are kept");

    command_line.rotate(APP).unwrap();
    let mut item = Vec::new();
    command_line.conversation_cipher(APP, 1).unwrap().seal_into(1, 1, b"text", &mut item).unwrap();
    assert_eq!(cipher.unseal(1, &item).unwrap(), b"text", "a new version is found without being told");

    command_line.destroy(APP).unwrap();
    assert!(server.reload().unwrap());
    assert!(!server.reload().unwrap());
    assert!(matches!(cipher.unseal(1, &item), Err(VaultError::KeysDestroyed { .. })));
}

#[test]
fn failed_write_changes_nothing_in_memory() {
    let (_data, keys) = fresh();
    let vault = Vault::open(&keys).unwrap();
    vault.ensure_app(APP).unwrap();
    let path = keys.join("keyring.json");
    let good = fs::read(&path).unwrap();
    // A folder in the way of the temporary file makes the write fail, for root too.
    fs::create_dir(keys.join("keyring.new")).unwrap();
    assert!(matches!(vault.rotate(APP), Err(VaultError::Io { .. })));
    assert!(vault.ensure_app(OTHER_APP).is_err());
    assert_eq!(vault.versions(APP).len(), 1);
    assert!(matches!(vault.seal(OTHER_APP, KeyClass::Profile, "t", b"1", b""), Err(VaultError::NoKeys { .. })));
    assert_eq!(fs::read(&path).unwrap(), good);
    fs::remove_dir(keys.join("keyring.new")).unwrap();
    assert_eq!(vault.rotate(APP).unwrap(), 2);
}
