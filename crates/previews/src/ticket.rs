//! The address of a picture on our server: the picture's own address sealed with the key of the app, and until when it is good. So nobody
//! makes this server fetch what no page named, nobody reads the address off the way, and an `<img>` needs no token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cerulean_egress::Url;
use cerulean_types::{AppId, Millis};
use cerulean_vault::{KeyClass, Vault, VaultError};

use crate::PreviewError;

const FORM: u8 = 1;
const TABLE: &str = "link_preview_pictures";
/// Beyond any that is made here.
const LONGEST: usize = 8192;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub app: AppId,
    pub url: Url,
    pub until: Millis,
}

impl Ticket {
    pub fn seal(&self, vault: &Vault) -> Result<String, VaultError> {
        let mut plain = self.until.to_be_bytes().to_vec();
        plain.extend(self.url.as_str().bytes());
        let sealed = vault.seal(self.app, KeyClass::Files, TABLE, b"", &plain)?;
        let mut bytes = vec![FORM];
        bytes.extend(self.app.0.to_be_bytes());
        bytes.extend(sealed);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn open(vault: &Vault, text: &str, now: Millis) -> Result<Self, PreviewError> {
        let ticket = Self::unseal(vault, text)?.ok_or(PreviewError::NoPicture)?;
        if now < ticket.until { Ok(ticket) } else { Err(PreviewError::NoPicture) }
    }

    fn unseal(vault: &Vault, text: &str) -> Result<Option<Self>, VaultError> {
        let bytes = if text.len() <= LONGEST { URL_SAFE_NO_PAD.decode(text).unwrap_or_default() } else { Vec::new() };
        let Some((&[FORM, a, b, c, d], sealed)) = bytes.split_first_chunk() else { return Ok(None) };
        let app = AppId(i32::from_be_bytes([a, b, c, d]));
        let opened = vault.unseal(app, KeyClass::Files, TABLE, b"", sealed);
        let Some(plain) = VaultError::unless_foreign(opened)? else { return Ok(None) };
        let Some((until, url)) = plain.split_first_chunk() else { return Ok(None) };
        let url = std::str::from_utf8(url).ok().and_then(|text| Url::parse(text).ok());
        Ok(url.map(|url| Self { app, url, until: Millis::from_be_bytes(*until) }))
    }
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

    fn ticket() -> Ticket {
        Ticket { app: AppId(1), url: Url::parse("https://example.com/a.png?x=1").unwrap(), until: 1000 }
    }

    #[test]
    fn tickets_come_back_until_they_end() {
        let vault = vault();
        let text = ticket().seal(&vault).unwrap();
        assert_eq!(Ticket::open(&vault, &text, 999).unwrap(), ticket());
        assert!(matches!(Ticket::open(&vault, &text, 1000), Err(PreviewError::NoPicture)));
        assert!(!text.contains("example"));
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }

    #[test]
    fn changed_tickets_and_those_of_another_app_are_none() {
        let vault = vault();
        let text = ticket().seal(&vault).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 3;
            let opened = Ticket::open(&vault, &URL_SAFE_NO_PAD.encode(changed), 0);
            assert!(matches!(opened, Err(PreviewError::NoPicture)), "byte {at}");
        }
        let long = "A".repeat(1 << 20);
        for junk in ["", "!", "AAAA", &text[1..], &format!("{text}AAAA"), &long] {
            assert!(matches!(Ticket::open(&vault, junk, 0), Err(PreviewError::NoPicture)), "{junk}");
        }
        vault.destroy(AppId(1)).unwrap();
        assert!(matches!(Ticket::open(&vault, &text, 0), Err(PreviewError::NoPicture)));
    }
}
