//! What stands in signed addresses: a few numbers and a signature over them, as base64url. The text after `sign=` authorises itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cerulean_storage::file::RandomId;
use cerulean_types::{AppId, Millis};
use cerulean_vault::{Vault, VaultError};

use crate::{FileError, Purpose};

const FORM: u8 = 1;
const DOWNLOAD: &str = "file.download";
const UPLOAD: &str = "file.upload";
const TAG_BYTES: usize = 32;
const DOWNLOAD_BYTES: usize = 1 + 4 + 16;
const UPLOAD_BYTES: usize = DOWNLOAD_BYTES + 8 + 2 + 8 + 1 + 8;

/// What a download address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DownloadAddress {
    pub app: AppId,
    pub file: RandomId,
}

/// What an upload address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UploadAddress {
    pub app: AppId,
    pub file: RandomId,
    pub owner: u64,
    pub purpose: Purpose,
    pub most_bytes: u64,
    /// Whether `most_bytes` is what the client announced, rather than a limit of ours.
    pub is_announced: bool,
    pub expires_at: Millis,
}

impl DownloadAddress {
    pub fn sign(self, vault: &Vault) -> Result<String, VaultError> {
        let mut body = vec![FORM];
        body.extend(self.app.0.to_be_bytes());
        body.extend(self.file);
        finish(vault, self.app, DOWNLOAD, body)
    }

    pub fn verify(vault: &Vault, text: &str) -> Result<Self, FileError> {
        let (app, body) = open(vault, DOWNLOAD, text, DOWNLOAD_BYTES)?;
        Ok(Self { app, file: take(&mut &body[5..]) })
    }
}

impl UploadAddress {
    pub fn sign(self, vault: &Vault) -> Result<String, VaultError> {
        let mut body = vec![FORM];
        body.extend(self.app.0.to_be_bytes());
        body.extend(self.file);
        body.extend(self.owner.to_be_bytes());
        body.extend((self.purpose as i16).to_be_bytes());
        body.extend(self.most_bytes.to_be_bytes());
        body.push(u8::from(self.is_announced));
        body.extend(self.expires_at.to_be_bytes());
        finish(vault, self.app, UPLOAD, body)
    }

    pub fn verify(vault: &Vault, text: &str) -> Result<Self, FileError> {
        let (app, body) = open(vault, UPLOAD, text, UPLOAD_BYTES)?;
        let mut rest = &body[5..];
        Ok(Self {
            app,
            file: take(&mut rest),
            owner: u64::from_be_bytes(take(&mut rest)),
            purpose: Purpose::from_stored(i16::from_be_bytes(take(&mut rest))).ok_or(FileError::BadSignature)?,
            most_bytes: u64::from_be_bytes(take(&mut rest)),
            is_announced: take::<1>(&mut rest) != [0],
            expires_at: Millis::from_be_bytes(take(&mut rest)),
        })
    }
}

fn finish(vault: &Vault, app: AppId, purpose: &str, mut body: Vec<u8>) -> Result<String, VaultError> {
    let tag = vault.sign(app, purpose, &body)?;
    body.extend(tag);
    Ok(URL_SAFE_NO_PAD.encode(body))
}

fn open(vault: &Vault, purpose: &str, text: &str, body_bytes: usize) -> Result<(AppId, Vec<u8>), FileError> {
    let mut body = URL_SAFE_NO_PAD.decode(text).map_err(|_| FileError::BadSignature)?;
    if body.len() != body_bytes + TAG_BYTES || body[0] != FORM {
        return Err(FileError::BadSignature);
    }
    let tag = body.split_off(body_bytes);
    let app = AppId(i32::from_be_bytes(take(&mut &body[1..])));
    match VaultError::unless_foreign(vault.verify(app, purpose, &body, &tag))? {
        Some(true) => Ok((app, body)),
        _ => Err(FileError::BadSignature),
    }
}

/// The next `N` bytes; the length was checked as a whole.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let (now, later) = rest.split_first_chunk::<N>().expect("the length of the body was checked");
    *rest = later;
    *now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        let vault = Vault::in_memory();
        vault.ensure_app(AppId(1)).unwrap();
        vault.ensure_app(AppId(2)).unwrap();
        vault
    }

    fn upload() -> UploadAddress {
        UploadAddress {
            app: AppId(1),
            file: [7; 16],
            owner: 8_001,
            purpose: Purpose::Image,
            most_bytes: 99,
            is_announced: true,
            expires_at: 1_700_000_000_000,
        }
    }

    #[test]
    fn addresses_come_back_as_they_were_signed() {
        let vault = vault();
        let text = upload().sign(&vault).unwrap();
        assert_eq!(UploadAddress::verify(&vault, &text).unwrap(), upload());
        let download = DownloadAddress { app: AppId(2), file: [9; 16] };
        let text = download.sign(&vault).unwrap();
        assert_eq!(DownloadAddress::verify(&vault, &text).unwrap(), download);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }

    #[test]
    fn changed_addresses_and_those_for_another_use_are_refused() {
        let vault = vault();
        let text = DownloadAddress { app: AppId(1), file: [9; 16] }.sign(&vault).unwrap();
        assert!(UploadAddress::verify(&vault, &text).is_err());
        assert!(DownloadAddress::verify(&vault, &upload().sign(&vault).unwrap()).is_err());
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(DownloadAddress::verify(&vault, &URL_SAFE_NO_PAD.encode(changed)).is_err(), "byte {at}");
        }
        for junk in ["", "!", "AAAA", &text[1..], &format!("{text}AAAA"), "undefined"] {
            assert!(DownloadAddress::verify(&vault, junk).is_err(), "{junk}");
        }
        vault.destroy(AppId(1)).unwrap();
        assert!(matches!(DownloadAddress::verify(&vault, &text), Err(FileError::BadSignature)));
    }
}
