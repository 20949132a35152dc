use cerulean_types::AppId;
use cerulean_vault::{KeyClass, Vault, VaultError};
use rand::{Rng, SeedableRng};

use crate::{APP, OTHER_APP, vault};

fn seal_phone(vault: &Vault) -> Vec<u8> {
    vault.seal(APP, KeyClass::Profile, "users", b"42", b"+86 138 0013 8000").unwrap()
}

#[test]
fn sealed_value_opens_in_its_place() {
    let vault = vault();
    let blob = seal_phone(&vault);
    assert_eq!(vault.unseal(APP, KeyClass::Profile, "users", b"42", &blob).unwrap(), b"+86 138 0013 8000");
    assert_ne!(blob, seal_phone(&vault), "equal values do not look equal");
}

#[test]
fn sealed_value_opens_nowhere_else() {
    let vault = vault();
    let blob = seal_phone(&vault);
    let elsewhere = [
        (OTHER_APP, KeyClass::Profile, "users", &b"42"[..]),
        (APP, KeyClass::Messages, "users", b"42"),
        (APP, KeyClass::Profile, "devices", b"42"),
        (APP, KeyClass::Profile, "users4", b"2"),
        (APP, KeyClass::Profile, "users", b"43"),
    ];
    for (app, class, table, row) in elsewhere {
        let outcome = vault.unseal(app, class, table, row, &blob);
        assert!(matches!(outcome, Err(VaultError::Unreadable { .. })), "{app:?} {class:?} {table}: {outcome:?}");
    }
}

#[test]
fn altered_value_does_not_open() {
    let vault = vault();
    let blob = seal_phone(&vault);
    for position in 0..blob.len() {
        let mut altered = blob.clone();
        altered[position] ^= 0x10;
        assert!(vault.unseal(APP, KeyClass::Profile, "users", b"42", &altered).is_err(), "byte {position}");
        assert!(vault.unseal(APP, KeyClass::Profile, "users", b"42", &blob[..position]).is_err(), "cut at {position}");
    }
}

#[test]
fn random_bytes_never_open_and_never_panic() {
    let vault = vault();
    let cipher = vault.conversation_cipher(APP, 1).unwrap();
    let mut rng = rand::rngs::StdRng::seed_from_u64(1);
    for _ in 0..20_000 {
        let mut noise = vec![0; rng.random_range(0..80)];
        rng.fill(&mut noise[..]);
        if let [format, ..] = &mut noise[..] {
            *format = rng.random_range(0..5);
        }
        assert!(vault.unseal(APP, KeyClass::Files, "users", b"42", &noise).is_err());
        assert!(cipher.unseal(42, &noise).is_err());
        assert!(vault.file_opener(APP, b"42", &noise).is_err() || noise.len() == 22);
    }
}

#[test]
fn rotation_seals_anew_and_still_opens_the_old() {
    let vault = vault();
    let old = seal_phone(&vault);
    assert_eq!(vault.rotate(APP).unwrap(), 2);
    let new = seal_phone(&vault);
    assert_eq!((&old[1..5], &new[1..5]), (&[0, 0, 0, 1][..], &[0, 0, 0, 2][..]));
    for blob in [old, new] {
        assert!(vault.unseal(APP, KeyClass::Profile, "users", b"42", &blob).is_ok());
    }
    let versions = vault.versions(APP);
    assert_eq!(versions.iter().map(|v| (v.version, v.is_current)).collect::<Vec<_>>(), [(1, false), (2, true)]);
    assert_eq!(vault.versions(OTHER_APP).len(), 1, "another app is not touched");
}

#[test]
fn destroyed_app_refuses_everything_and_another_goes_on() {
    let vault = vault();
    let blob = seal_phone(&vault);
    let cipher = vault.conversation_cipher(APP, 1).unwrap();
    let mut item = Vec::new();
    cipher.seal_into(1, 1, b"hello", &mut item).unwrap();
    let mut sealer = vault.file_sealer(APP, b"f").unwrap();
    let mut file = Vec::new();
    sealer.push(b"content", &mut file).unwrap();
    let opener = vault.file_opener(APP, b"f", &file[..22]).unwrap();
    let range = cerulean_vault::FileLayout::of_plain(7).whole();

    vault.destroy(APP).unwrap();

    let gone = |error: VaultError| matches!(error, VaultError::KeysDestroyed { app: APP });
    assert!(gone(vault.seal(APP, KeyClass::Profile, "users", b"42", b"").unwrap_err()));
    assert!(gone(vault.unseal(APP, KeyClass::Profile, "users", b"42", &blob).unwrap_err()));
    assert!(gone(vault.blind_index(APP, "phone", "1").unwrap_err()));
    assert!(gone(vault.sign(APP, "file", b"1").unwrap_err()));
    assert!(gone(vault.rotate(APP).unwrap_err()));
    assert!(gone(vault.ensure_app(APP).unwrap_err()), "the number never gets keys again");
    assert!(gone(vault.destroy(APP).unwrap_err()));
    assert!(gone(vault.conversation_cipher(APP, 1).unwrap_err()));
    assert!(gone(cipher.seal_into(2, 1, b"hello", &mut Vec::new()).unwrap_err()), "ciphers in caches too");
    assert!(gone(cipher.unseal(1, &item).unwrap_err()));
    assert!(gone(sealer.push(b"more", &mut file).unwrap_err()), "uploads under way too");
    assert!(gone(opener.open_range(&range).push(&file, &mut Vec::new()).unwrap_err()), "downloads too");
    assert!(vault.is_destroyed(APP) && vault.versions(APP).is_empty());
    assert!(!vault.is_destroyed(OTHER_APP));
    assert!(vault.seal(OTHER_APP, KeyClass::Profile, "users", b"42", b"").is_ok());
}

#[test]
fn app_without_keys_is_told_apart() {
    let outcome = vault().seal(AppId(99), KeyClass::Profile, "users", b"42", b"");
    assert!(matches!(outcome, Err(VaultError::NoKeys { app: AppId(99) })));
}

#[test]
fn blind_index_is_the_same_for_the_same_value_only() {
    let vault = vault();
    let index = |app, field, value| vault.blind_index(app, field, value).unwrap();
    let phone = index(APP, "phone", "13800138000");
    assert_ne!(phone, index(APP, "phone", "13800138001"));
    assert_ne!(phone, index(APP, "email", "13800138000"));
    assert_ne!(phone, index(OTHER_APP, "phone", "13800138000"), "apps cannot be joined by it");
    assert_ne!(index(APP, "ab", "c"), index(APP, "a", "bc"));
    vault.rotate(APP).unwrap();
    assert_eq!(phone, index(APP, "phone", "13800138000"), "rotation keeps it");
}

#[test]
fn signature_holds_for_its_purpose_and_app_only() {
    let vault = vault();
    let tag = vault.sign(APP, "download", b"file 1").unwrap();
    assert!(vault.verify(APP, "download", b"file 1", &tag).unwrap());
    assert!(!vault.verify(APP, "download", b"file 2", &tag).unwrap());
    assert!(!vault.verify(APP, "upload", b"file 1", &tag).unwrap());
    assert!(!vault.verify(OTHER_APP, "download", b"file 1", &tag).unwrap());
    assert!(!vault.verify(APP, "download", b"file 1", &tag[..31]).unwrap());
    assert!(!vault.verify(APP, "download", b"file 1", b"").unwrap());
}

#[test]
fn keys_are_not_printed() {
    let vault = vault();
    assert_eq!(format!("{vault:?}"), "Vault(***)");
}
