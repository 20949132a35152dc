//! The sealed form of conversation items: format 2, under a key per conversation with the message id in the nonce.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use cerulean_types::AppId;
use parking_lot::RwLock;

use crate::app_keys::{AppKeys, KeyVersion};
use crate::row::TAG_BYTES;
use crate::secret::random_bytes;
use crate::{KeyClass, Vault, VaultError};

const FORMAT: u8 = 2;
const TABLE: &[u8; 5] = b"items";
const HEADER_BYTES: usize = 1 + 4 + 1 + 4;
const AAD_BYTES: usize = HEADER_BYTES + 4 + 8 + 8 + TABLE.len();

/// Rises with every sealing of this process, from a random start.
///
/// The message id alone is unique among stored items, but an id may be tried twice with different content when a commit
/// fails or two nodes race, and the losing bytes can survive in a write-ahead log. With this in the nonce they do no harm.
static ATTEMPT: LazyLock<AtomicU32> = LazyLock::new(|| AtomicU32::new(u32::from_be_bytes(random_bytes())));

/// Seals and opens the items of one conversation. Cheap to clone, made to be kept in caches.
///
/// Seals with the app's current key, opens with whichever one an item names. Once the keys are destroyed, every
/// operation is refused. Nothing is allocated beyond the output, save once per key version.
#[derive(Clone)]
pub struct ConversationCipher {
    inner: Arc<Inner>,
}

struct Inner {
    vault: Vault,
    app: Arc<AppKeys>,
    line: i64,
    /// Keys derived so far; nearly always one.
    derived: RwLock<Vec<(u32, LessSafeKey)>>,
}

impl fmt::Debug for ConversationCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversationCipher").field("app", &self.inner.app.app).field("line", &self.inner.line).finish()
    }
}

impl ConversationCipher {
    /// Bytes that sealing adds to an item.
    pub const OVERHEAD_BYTES: usize = HEADER_BYTES + TAG_BYTES;

    pub(crate) fn new(vault: Vault, app: Arc<AppKeys>, line: i64) -> Result<Self, VaultError> {
        let version = app.current_version()?;
        let cipher = Self { inner: Arc::new(Inner { vault, app, line, derived: RwLock::default() }) };
        cipher.inner.derive(version)?;
        Ok(cipher)
    }

    /// Appends the sealed form of an item to `out`; on an error `out` is as before.
    pub fn seal_into(&self, mid: u64, namespace: u8, plain: &[u8], out: &mut Vec<u8>) -> Result<(), VaultError> {
        let version = self.inner.app.current_version()?;
        let attempt = ATTEMPT.fetch_add(1, Ordering::Relaxed);
        let header = Header { version, namespace, attempt }.to_bytes();
        let start = out.len();
        out.reserve(plain.len() + Self::OVERHEAD_BYTES);
        out.extend_from_slice(&header);
        out.resize(start + HEADER_BYTES + plain.len() + TAG_BYTES, 0);
        let (ciphertext, tag) = out[start + HEADER_BYTES..].split_at_mut(plain.len());
        let aad = Aad::from(self.inner.aad(mid, &header));
        let sealed = self.inner.with_key(version, |key| {
            key.seal_out_of_place_scatter(nonce(mid, attempt), aad, plain, ciphertext, &[], tag)
                .map_err(|_| VaultError::TooLong)
        });
        if sealed.is_err() {
            out.truncate(start);
        }
        sealed
    }

    /// Opens an item that was sealed under this id in this conversation.
    pub fn unseal(&self, mid: u64, blob: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.inner.app.current_version()?;
        let item = Sealed::parse(blob)?;
        let aad = Aad::from(self.inner.aad(mid, item.header_bytes));
        let mut plain = vec![0; item.ciphertext.len()];
        self.inner.with_key(item.header.version, |key| {
            key.open_separate_gather(nonce(mid, item.header.attempt), aad, item.ciphertext, item.tag, &mut plain)
                .map_err(|_| VaultError::Unreadable { place: "items".to_owned() })
        })?;
        Ok(plain)
    }

    /// The namespace that a sealed item says it has. It is true once the item has been opened.
    pub fn namespace_of(blob: &[u8]) -> Result<u8, VaultError> {
        Sealed::parse(blob).map(|item| item.header.namespace)
    }

    /// The key version that a sealed item names.
    pub fn version_of(blob: &[u8]) -> Result<u32, VaultError> {
        Sealed::parse(blob).map(|item| item.header.version)
    }
}

impl Inner {
    fn with_key<T>(
        &self,
        version: u32,
        operate: impl FnOnce(&LessSafeKey) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let mut derived = self.derived.read();
        if !derived.iter().any(|(known, _)| *known == version) {
            drop(derived);
            self.derive(version)?;
            derived = self.derived.read();
        }
        let (_, key) =
            derived.iter().rev().find(|(known, _)| *known == version).expect("derived keys are never removed");
        operate(key)
    }

    fn derive(&self, version: u32) -> Result<(), VaultError> {
        let (app, line) = (self.app.app.0.to_be_bytes(), self.line.to_be_bytes());
        let derive = |key: &KeyVersion| {
            key.class(KeyClass::Messages).deriver.derive_cipher(&[b"cerulean conversation 1", &app, &line])
        };
        let key = self.vault.with_version(&self.app, version, derive)?;
        let mut derived = self.derived.write();
        if !derived.iter().any(|(known, _)| *known == version) {
            derived.push((version, key));
        }
        Ok(())
    }

    fn aad(&self, mid: u64, header: &[u8; HEADER_BYTES]) -> [u8; AAD_BYTES] {
        let AppId(app) = self.app.app;
        let mut aad = [0; AAD_BYTES];
        aad[..10].copy_from_slice(header);
        aad[10..14].copy_from_slice(&app.to_be_bytes());
        aad[14..22].copy_from_slice(&self.line.to_be_bytes());
        aad[22..30].copy_from_slice(&mid.to_be_bytes());
        aad[30..].copy_from_slice(TABLE);
        aad
    }
}

struct Header {
    version: u32,
    namespace: u8,
    attempt: u32,
}

impl Header {
    fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0] = FORMAT;
        bytes[1..5].copy_from_slice(&self.version.to_be_bytes());
        bytes[5] = self.namespace;
        bytes[6..].copy_from_slice(&self.attempt.to_be_bytes());
        bytes
    }

    fn parse(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let [FORMAT, v0, v1, v2, v3, namespace, a0, a1, a2, a3] = *bytes else { return None };
        Some(Self {
            version: u32::from_be_bytes([v0, v1, v2, v3]),
            namespace,
            attempt: u32::from_be_bytes([a0, a1, a2, a3]),
        })
    }
}

/// A sealed item cut into its parts.
struct Sealed<'a> {
    header_bytes: &'a [u8; HEADER_BYTES],
    header: Header,
    ciphertext: &'a [u8],
    tag: &'a [u8],
}

impl<'a> Sealed<'a> {
    fn parse(blob: &'a [u8]) -> Result<Self, VaultError> {
        let cut = || {
            let (header_bytes, sealed) = blob.split_first_chunk()?;
            let (ciphertext, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG_BYTES)?)?;
            Some(Self { header_bytes, header: Header::parse(header_bytes)?, ciphertext, tag })
        };
        cut().ok_or_else(|| VaultError::UnknownForm { place: "items".to_owned() })
    }
}

fn nonce(mid: u64, attempt: u32) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[..8].copy_from_slice(&mid.to_be_bytes());
    bytes[8..].copy_from_slice(&attempt.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}
