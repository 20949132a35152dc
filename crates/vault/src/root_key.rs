//! The file `root.key`: 32 random bytes as 64 hexadecimal digits, readable by its owner only. It wraps the keyring.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use aws_lc_rs::hmac;
use cerulean_types::AppId;
use zeroize::{Zeroize, Zeroizing};

use crate::folder::io_error;
use crate::secret::{Secret, random_bytes};
use crate::{VaultError, folder};

const OTHERS_MAY: u32 = 0o077;

/// The root key with what is derived from it.
pub(crate) struct RootKey {
    wrapping: LessSafeKey,
    mac: hmac::Key,
    fingerprint: [u8; 16],
}

impl RootKey {
    pub(crate) fn from_secret(root: &Secret) -> Self {
        let deriver = root.deriver();
        let fingerprint_source = deriver.derive(&[b"cerulean root fingerprint 1"]);
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&fingerprint_source.expose()[..16]);
        Self {
            wrapping: deriver.derive_cipher(&[b"cerulean keyring wrap 1"]),
            mac: deriver.derive(&[b"cerulean keyring mac 1"]).into_hmac_key(),
            fingerprint,
        }
    }

    /// Tells root keys apart without telling anything about them.
    pub(crate) fn fingerprint(&self) -> String {
        hex::encode(self.fingerprint)
    }

    pub(crate) fn authenticate(&self, text: &[u8]) -> String {
        hex::encode(hmac::sign(&self.mac, text))
    }

    /// Wraps a secret for one place in the keyring: nonce, ciphertext, tag in hexadecimal.
    pub(crate) fn wrap(&self, app: AppId, label: &str, version: u32, secret: &Secret) -> String {
        let nonce: [u8; NONCE_LEN] = random_bytes();
        let mut sealed = Zeroizing::new(secret.expose().to_vec());
        let aad = Aad::from(wrap_aad(app, label, version));
        self.wrapping
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut *sealed)
            .expect("32 bytes are within the limit of AES-GCM");
        hex::encode([&nonce[..], &sealed[..]].concat())
    }

    /// Takes back what [`Self::wrap`] made for the same place.
    pub(crate) fn unwrap(&self, app: AppId, label: &str, version: u32, wrapped: &str) -> Option<Secret> {
        let mut bytes = Zeroizing::new(hex::decode(wrapped).ok()?);
        let (nonce, sealed) = bytes.split_first_chunk_mut::<NONCE_LEN>()?;
        let aad = Aad::from(wrap_aad(app, label, version));
        let plain = self.wrapping.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, sealed).ok()?;
        Secret::from_slice(plain)
    }
}

fn wrap_aad(app: AppId, label: &str, version: u32) -> Vec<u8> {
    [&app.0.to_be_bytes()[..], &version.to_be_bytes(), label.as_bytes()].concat()
}

/// Writes a root key file, durably and never visible half-written.
pub(crate) fn write(path: &Path, root: &Secret) -> Result<(), VaultError> {
    let mut text = Zeroizing::new(hex::encode(root.expose()));
    text.push('\n');
    folder::replace_file(path, text.as_bytes())
}

/// Reads a root key file; refuses one that others may read, or that is no root key.
pub(crate) fn read(path: &Path) -> Result<RootKey, VaultError> {
    let metadata = fs::metadata(path).map_err(io_error("read", path))?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & OTHERS_MAY != 0 {
        return Err(VaultError::RootKeyExposed { path: path.to_owned(), mode });
    }
    let text = Zeroizing::new(fs::read(path).map_err(io_error("read", path))?);
    let mut bytes = [0; 32];
    let is_key = hex::decode_to_slice(text.trim_ascii(), &mut bytes).is_ok();
    let root = Secret::from_slice(&bytes).filter(|_| is_key);
    bytes.zeroize();
    root.map(|root| RootKey::from_secret(&root)).ok_or_else(|| VaultError::RootKeyDamaged { path: path.to_owned() })
}
