//! Samples sealed by earlier builds must open for ever. Root key and keyring of the samples are checked in beside them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use cerulean_types::AppId;
use cerulean_vault::{FILE_HEADER_BYTES, FileLayout, KeyClass, Vault};
use serde_json::{Value, json};
use tempfile::TempDir;

const APP: AppId = AppId(1);
const TEXT: &str = "sealed once, opens for ever · 一次封存，永远可开";
const LINE: i64 = 77;
const MID: u64 = 374_000_000_000_001;

fn samples_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[test]
fn old_samples_still_open() {
    let folder = TempDir::new().unwrap();
    for name in ["root.key", "keyring.json"] {
        let copy = folder.path().join(name);
        fs::copy(samples_folder().join(name), &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let samples: Value =
        serde_json::from_slice(&fs::read(samples_folder().join("samples.json")).unwrap()).expect("valid JSON");
    let sample = |name: &str| decode(samples[name].as_str().unwrap());
    let vault = Vault::open(folder.path()).unwrap();

    for row in ["row_version_1", "row_version_2"] {
        assert_eq!(vault.unseal(APP, KeyClass::Profile, "users", b"42", &sample(row)).unwrap(), TEXT.as_bytes());
    }
    let cipher = vault.conversation_cipher(APP, LINE).unwrap();
    assert_eq!(cipher.unseal(MID, &sample("item")).unwrap(), TEXT.as_bytes());
    let file = sample("file");
    let opener = vault.file_opener(APP, b"file 1", &file[..FILE_HEADER_BYTES]).unwrap();
    let whole = FileLayout::of_sealed(file.len() as u64).unwrap().whole();
    let mut opened = Vec::new();
    opener.open_range(&whole).push(&file[FILE_HEADER_BYTES..], &mut opened).unwrap();
    assert_eq!(opened, TEXT.as_bytes());
    assert_eq!(vault.blind_index(APP, "phone", "13800138000").unwrap()[..], sample("blind_index"));
    assert!(vault.verify(APP, "download", b"file 1", &sample("signature")).unwrap());
}

/// Makes a new set of samples: `CERULEAN_GOLDEN=folder cargo test -p cerulean-vault write_samples -- --ignored`.
/// Add it beside the old one when a form changes; never replace the old one.
#[test]
#[ignore = "writes files; run by hand when a sealed form is added"]
fn write_samples() {
    let folder = PathBuf::from(std::env::var_os("CERULEAN_GOLDEN").expect("CERULEAN_GOLDEN names a folder"));
    let vault = Vault::open(&folder).unwrap();
    vault.ensure_app(APP).unwrap();
    let row = || encode(&vault.seal(APP, KeyClass::Profile, "users", b"42", TEXT.as_bytes()).unwrap());
    let mut item = Vec::new();
    vault.conversation_cipher(APP, LINE).unwrap().seal_into(MID, 1, TEXT.as_bytes(), &mut item).unwrap();
    let mut sealer = vault.file_sealer(APP, b"file 1").unwrap();
    let mut file = Vec::new();
    sealer.push(TEXT.as_bytes(), &mut file).unwrap();
    sealer.finish(&mut file).unwrap();
    let row_version_1 = row();
    vault.rotate(APP).unwrap();
    let samples = json!({
        "row_version_1": row_version_1,
        "row_version_2": row(),
        "item": encode(&item),
        "file": encode(&file),
        "blind_index": encode(&vault.blind_index(APP, "phone", "13800138000").unwrap()),
        "signature": encode(&vault.sign(APP, "download", b"file 1").unwrap()),
    });
    fs::write(folder.join("samples.json"), serde_json::to_string_pretty(&samples).unwrap() + "\n").unwrap();
}

fn encode(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

fn decode(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}
