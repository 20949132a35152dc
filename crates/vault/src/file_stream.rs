//! The sealed form of files: format 3, 64 KiB chunks under a key per file (the STREAM construction).
//!
//! Each chunk is sealed with its number and whether it is the last, so chunks cannot be dropped, repeated, reordered,
//! cut off or taken from another file, and any of them opens alone.

use std::sync::Arc;

use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use zeroize::Zeroizing;

use crate::app_keys::{AppKeys, KeyVersion};
use crate::row::TAG_BYTES;
use crate::secret::random_bytes;
use crate::{FILE_CHUNK_BYTES, FILE_HEADER_BYTES, FileLayout, FileRange, KeyClass, Vault, VaultError};

const FORMAT: u8 = 3;
const CHUNK_POWER: u8 = FILE_CHUNK_BYTES.trailing_zeros() as u8;
const SALT_BYTES: usize = 16;
const PLACE: &str = "files";

/// The key of one file with everything its chunks are bound to.
struct FileCipher {
    app: Arc<AppKeys>,
    key: LessSafeKey,
    aad: Vec<u8>,
}

impl FileCipher {
    fn derive(version: &KeyVersion, app: &AppKeys, file_id: &[u8], header: &[u8; FILE_HEADER_BYTES]) -> LessSafeKey {
        let salt = &header[FILE_HEADER_BYTES - SALT_BYTES..];
        let info: [&[u8]; 4] = [b"cerulean file 1", &app.app.0.to_be_bytes(), salt, file_id];
        version.class(KeyClass::Files).deriver.derive_cipher(&info)
    }

    fn new(app: Arc<AppKeys>, key: LessSafeKey, file_id: &[u8], header: &[u8; FILE_HEADER_BYTES]) -> Self {
        let aad = [&header[..], &app.app.0.to_be_bytes(), file_id].concat();
        Self { app, key, aad }
    }

    fn seal_chunk(&self, number: u64, is_last: bool, plain: &[u8], out: &mut Vec<u8>) -> Result<(), VaultError> {
        let start = out.len();
        out.resize(start + plain.len() + TAG_BYTES, 0);
        let (ciphertext, tag) = out[start..].split_at_mut(plain.len());
        self.key
            .seal_out_of_place_scatter(nonce(number, is_last), Aad::from(&self.aad[..]), plain, ciphertext, &[], tag)
            .map_err(|_| VaultError::TooLong)
    }

    /// Opens a chunk onto the end of `out`; nothing is left there when it does not open.
    fn open_chunk(&self, number: u64, is_last: bool, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), VaultError> {
        let start = out.len();
        let plain_len = sealed.len().checked_sub(TAG_BYTES).ok_or(VaultError::Truncated)?;
        let (ciphertext, tag) = sealed.split_at(plain_len);
        out.resize(start + plain_len, 0);
        let opened = self.key.open_separate_gather(
            nonce(number, is_last),
            Aad::from(&self.aad[..]),
            ciphertext,
            tag,
            &mut out[start..],
        );
        opened.map_err(|_| {
            out.truncate(start);
            VaultError::Unreadable { place: PLACE.to_owned() }
        })
    }
}

fn nonce(number: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes[NONCE_LEN - 1] = u8::from(is_last);
    Nonce::assume_unique_for_key(bytes)
}

/// Seals a file while it streams in. Keeps at most one chunk.
pub struct FileSealer {
    cipher: FileCipher,
    header: Option<[u8; FILE_HEADER_BYTES]>,
    pending: Zeroizing<Vec<u8>>,
    next_chunk: u64,
    plain_len: u64,
}

impl FileSealer {
    pub(crate) fn new(app: Arc<AppKeys>, file_id: &[u8]) -> Result<Self, VaultError> {
        let salt: [u8; SALT_BYTES] = random_bytes();
        let (header, key) = app.with_live(|live| {
            let version = live.current();
            let mut header = [0; FILE_HEADER_BYTES];
            header[0] = FORMAT;
            header[1..5].copy_from_slice(&version.version.to_be_bytes());
            header[5] = CHUNK_POWER;
            header[6..].copy_from_slice(&salt);
            (header, FileCipher::derive(version, &app, file_id, &header))
        })?;
        let cipher = FileCipher::new(app, key, file_id, &header);
        Ok(Self { cipher, header: Some(header), pending: Zeroizing::default(), next_chunk: 0, plain_len: 0 })
    }

    /// Takes the next bytes of the file and appends what is sealed so far to `out`, the header first.
    pub fn push(&mut self, mut plain: &[u8], out: &mut Vec<u8>) -> Result<(), VaultError> {
        self.begin(out)?;
        self.plain_len += plain.len() as u64;
        // A full chunk waits until more comes, because the last one is sealed as such.
        while self.pending.len() + plain.len() > FILE_CHUNK_BYTES {
            let (now, later) = plain.split_at(FILE_CHUNK_BYTES - self.pending.len());
            if self.pending.is_empty() {
                self.cipher.seal_chunk(self.next_chunk, false, now, out)?;
            } else {
                self.pending.extend_from_slice(now);
                self.cipher.seal_chunk(self.next_chunk, false, &self.pending, out)?;
                self.pending.clear();
            }
            self.next_chunk += 1;
            plain = later;
        }
        self.pending.reserve_exact(plain.len());
        self.pending.extend_from_slice(plain);
        Ok(())
    }

    /// Appends the last chunk. A sealed file without it does not open.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<FileLayout, VaultError> {
        self.begin(out)?;
        self.cipher.seal_chunk(self.next_chunk, true, &self.pending, out)?;
        Ok(FileLayout::of_plain(self.plain_len))
    }

    /// Plain bytes taken so far.
    pub fn plain_len(&self) -> u64 {
        self.plain_len
    }

    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), VaultError> {
        self.cipher.app.current_version()?;
        if let Some(header) = self.header.take() {
            out.extend_from_slice(&header);
        }
        Ok(())
    }
}

/// Opens a sealed file, whole or by ranges.
#[derive(Clone)]
pub struct FileOpener {
    cipher: Arc<FileCipher>,
}

impl FileOpener {
    pub(crate) fn new(vault: &Vault, app: Arc<AppKeys>, file_id: &[u8], header: &[u8]) -> Result<Self, VaultError> {
        app.current_version()?;
        let unknown = || VaultError::UnknownForm { place: PLACE.to_owned() };
        let header: &[u8; FILE_HEADER_BYTES] = header.try_into().map_err(|_| unknown())?;
        let [FORMAT, v0, v1, v2, v3, CHUNK_POWER, ..] = *header else { return Err(unknown()) };
        let version = u32::from_be_bytes([v0, v1, v2, v3]);
        let key = vault.with_version(&app, version, |key| FileCipher::derive(key, &app, file_id, header))?;
        Ok(Self { cipher: Arc::new(FileCipher::new(app, key, file_id, header)) })
    }

    /// Starts opening a range that [`FileLayout::range`] or [`FileLayout::whole`] planned.
    ///
    /// The layout should come from the real size of the sealed file, so that a cut file is noticed.
    pub fn open_range(&self, range: &FileRange) -> RangeOpener {
        RangeOpener {
            cipher: Arc::clone(&self.cipher),
            pending: Vec::new(),
            next_chunk: range.first_chunk,
            last_chunk: range.last_chunk,
            sealed_left: range.sealed.end - range.sealed.start,
            skip: range.skip as usize,
            take: range.take,
        }
    }
}

/// Opens the chunks of a range while they stream in. Keeps at most one chunk.
pub struct RangeOpener {
    cipher: Arc<FileCipher>,
    pending: Vec<u8>,
    next_chunk: u64,
    last_chunk: u64,
    sealed_left: u64,
    skip: usize,
    take: u64,
}

const SEALED_CHUNK_BYTES: usize = FILE_CHUNK_BYTES + TAG_BYTES;

impl RangeOpener {
    /// Takes the next bytes of [`FileRange::sealed`] and appends the plain bytes of the range to `out`.
    pub fn push(&mut self, mut sealed: &[u8], out: &mut Vec<u8>) -> Result<(), VaultError> {
        self.cipher.app.current_version()?;
        self.sealed_left = self.sealed_left.checked_sub(sealed.len() as u64).ok_or(VaultError::TooLong)?;
        while self.pending.len() + sealed.len() >= SEALED_CHUNK_BYTES {
            let (now, later) = sealed.split_at(SEALED_CHUNK_BYTES - self.pending.len());
            self.take_chunk(now, out)?;
            sealed = later;
        }
        if self.sealed_left == 0 && self.pending.len() + sealed.len() > 0 {
            return self.take_chunk(sealed, out);
        }
        self.pending.extend_from_slice(sealed);
        Ok(())
    }

    /// Ends the range; fails when not all of it came.
    pub fn finish(self) -> Result<(), VaultError> {
        if self.sealed_left == 0 && self.take == 0 { Ok(()) } else { Err(VaultError::Truncated) }
    }

    fn take_chunk(&mut self, rest: &[u8], out: &mut Vec<u8>) -> Result<(), VaultError> {
        let mut joined = std::mem::take(&mut self.pending);
        let sealed = if joined.is_empty() {
            rest
        } else {
            joined.extend_from_slice(rest);
            &joined[..]
        };
        let start = out.len();
        self.cipher.open_chunk(self.next_chunk, self.next_chunk == self.last_chunk, sealed, out)?;
        self.next_chunk += 1;
        let skipped = self.skip.min(out.len() - start);
        out.drain(start..start + skipped);
        self.skip -= skipped;
        let wanted = self.take.min((out.len() - start) as u64);
        out.truncate(start + wanted as usize);
        self.take -= wanted;
        joined.clear();
        self.pending = joined;
        Ok(())
    }
}
