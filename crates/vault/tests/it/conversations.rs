use cerulean_vault::{ConversationCipher, VaultError};

use crate::{APP, OTHER_APP, vault};

fn sealed(cipher: &ConversationCipher, mid: u64, text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    cipher.seal_into(mid, 1, text.as_bytes(), &mut out).unwrap();
    out
}

#[test]
fn item_opens_under_its_id_in_its_conversation_only() {
    let vault = vault();
    let cipher = vault.conversation_cipher(APP, 5).unwrap();
    let item = sealed(&cipher, 100, "你好");
    assert_eq!(item.len(), "你好".len() + ConversationCipher::OVERHEAD_BYTES);
    assert_eq!(cipher.unseal(100, &item).unwrap(), "你好".as_bytes());
    assert_eq!(vault.conversation_cipher(APP, 5).unwrap().unseal(100, &item).unwrap(), "你好".as_bytes());

    let other_line = vault.conversation_cipher(APP, 6).unwrap();
    let other_app = vault.conversation_cipher(OTHER_APP, 5).unwrap();
    let elsewhere = [(&cipher, 101), (&other_line, 100), (&other_app, 100)];
    for (cipher, mid) in elsewhere {
        assert!(matches!(cipher.unseal(mid, &item), Err(VaultError::Unreadable { .. })), "{cipher:?} {mid}");
    }
}

#[test]
fn altered_item_does_not_open() {
    let cipher = vault().conversation_cipher(APP, 5).unwrap();
    let item = sealed(&cipher, 100, "hello");
    for position in 0..item.len() {
        let mut altered = item.clone();
        altered[position] ^= 1;
        assert!(cipher.unseal(100, &altered).is_err(), "byte {position}");
        assert!(cipher.unseal(100, &item[..position]).is_err(), "cut at {position}");
    }
}

#[test]
fn sealing_appends_and_tells_namespace_and_version() {
    let vault = vault();
    let cipher = vault.conversation_cipher(APP, 5).unwrap();
    let mut out = b"before".to_vec();
    cipher.seal_into(1, 6, b"", &mut out).unwrap();
    assert_eq!(&out[..6], b"before");
    let item = &out[6..];
    assert_eq!(ConversationCipher::namespace_of(item).unwrap(), 6);
    assert_eq!(ConversationCipher::version_of(item).unwrap(), 1);
    assert_eq!(cipher.unseal(1, item).unwrap(), b"");
}

#[test]
fn second_try_under_the_same_id_has_another_nonce() {
    let cipher = vault().conversation_cipher(APP, 5).unwrap();
    let (first, second) = (sealed(&cipher, 100, "same"), sealed(&cipher, 100, "same"));
    assert_ne!(first[10..], second[10..]);
    assert_eq!(cipher.unseal(100, &first).unwrap(), cipher.unseal(100, &second).unwrap());
}

#[test]
fn cached_cipher_follows_rotation() {
    let vault = vault();
    let cipher = vault.conversation_cipher(APP, 5).unwrap();
    let old = sealed(&cipher, 1, "old");
    vault.rotate(APP).unwrap();
    let new = sealed(&cipher, 2, "new");
    assert_eq!(ConversationCipher::version_of(&new).unwrap(), 2);
    for reader in [&cipher, &vault.conversation_cipher(APP, 5).unwrap()] {
        assert_eq!(reader.unseal(1, &old).unwrap(), b"old");
        assert_eq!(reader.unseal(2, &new).unwrap(), b"new");
    }
}

#[test]
fn unknown_key_version_is_named() {
    let cipher = vault().conversation_cipher(APP, 5).unwrap();
    let mut item = sealed(&cipher, 1, "text");
    item[4] = 9;
    assert!(matches!(cipher.unseal(1, &item), Err(VaultError::UnknownVersion { version: 9, .. })));
}

#[test]
fn threads_seal_while_keys_rotate() {
    let vault = vault();
    let cipher = vault.conversation_cipher(APP, 5).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..2u64 {
            let cipher = cipher.clone();
            scope.spawn(move || {
                for number in 0..2000 {
                    let mid = thread << 32 | number;
                    let item = sealed(&cipher, mid, "text");
                    assert_eq!(cipher.unseal(mid, &item).unwrap(), b"text");
                }
            });
        }
        for _ in 0..5 {
            vault.rotate(APP).unwrap();
        }
    });
}
