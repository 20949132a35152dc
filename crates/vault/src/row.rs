//! The sealed form of a value in a row: format 1, key version, random nonce, ciphertext, tag.

use aws_lc_rs::aead::{Aad, NONCE_LEN, Nonce};
use cerulean_types::AppId;

use crate::app_keys::KeyVersion;
use crate::secret::random_bytes;
use crate::{KeyClass, VaultError};

pub(crate) const TAG_BYTES: usize = 16;
const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 1 + 4 + NONCE_LEN;

/// Where a value belongs; it opens nowhere else.
pub(crate) struct Place<'a> {
    pub(crate) app: AppId,
    pub(crate) class: KeyClass,
    pub(crate) table: &'a str,
    pub(crate) row: &'a [u8],
}

impl Place<'_> {
    fn aad(&self, header: &[u8]) -> Vec<u8> {
        let mut aad = Vec::with_capacity(header.len() + 9 + self.table.len() + self.row.len());
        aad.extend_from_slice(header);
        aad.extend_from_slice(&self.app.0.to_be_bytes());
        aad.push(self.class as u8);
        aad.extend_from_slice(&(self.table.len() as u32).to_be_bytes());
        aad.extend_from_slice(self.table.as_bytes());
        aad.extend_from_slice(self.row);
        aad
    }
}

pub(crate) fn seal(key: &KeyVersion, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE_LEN] = random_bytes();
    let mut blob = vec![0; HEADER_BYTES + plain.len() + TAG_BYTES];
    let (header, sealed) = blob.split_at_mut(HEADER_BYTES);
    header[0] = FORMAT;
    header[1..5].copy_from_slice(&key.version.to_be_bytes());
    header[5..].copy_from_slice(&nonce);
    let (ciphertext, tag) = sealed.split_at_mut(plain.len());
    key.class(place.class)
        .rows
        .seal_out_of_place_scatter(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.aad(header)),
            plain,
            ciphertext,
            &[],
            tag,
        )
        .map_err(|_| VaultError::TooLong)?;
    Ok(blob)
}

/// The key version that a value names, once its outer form is right.
pub(crate) fn version_of(place: &Place<'_>, blob: &[u8]) -> Result<u32, VaultError> {
    match blob {
        [FORMAT, a, b, c, d, rest @ ..] if rest.len() >= NONCE_LEN + TAG_BYTES => {
            Ok(u32::from_be_bytes([*a, *b, *c, *d]))
        }
        _ => Err(VaultError::UnknownForm { place: place.table.to_owned() }),
    }
}

/// Opens a value whose outer form [`version_of`] has checked.
pub(crate) fn unseal(key: &KeyVersion, place: &Place<'_>, blob: &[u8]) -> Result<Vec<u8>, VaultError> {
    let (header, sealed) = blob.split_at(HEADER_BYTES);
    let nonce = Nonce::try_assume_unique_for_key(&header[5..]).expect("the header ends with a whole nonce");
    let (ciphertext, tag) = sealed.split_at(sealed.len() - TAG_BYTES);
    let mut plain = vec![0; ciphertext.len()];
    key.class(place.class)
        .rows
        .open_separate_gather(nonce, Aad::from(place.aad(header)), ciphertext, tag, &mut plain)
        .map_err(|_| VaultError::Unreadable { place: place.table.to_owned() })?;
    Ok(plain)
}
