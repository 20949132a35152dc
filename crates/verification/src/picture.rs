//! Pictures of letters, to make programs pay for each text message they cause. Whoever reads them with effort may pass; limits stop him.

mod draw;
mod glyphs;

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cerulean_types::{AppId, Millis};
use cerulean_vault::{constant_time_eq, random_bytes};
use rand::Rng;

use crate::{Verification, VerificationError};

/// How long a picture is good.
const PICTURE_MS: Millis = 5 * 60_000;
const LETTERS: usize = 5;
/// Pictures for one address within ten minutes.
const PER_ADDRESS: u32 = 120;
const ADDRESS_WINDOW_MS: Millis = 10 * 60_000;

impl Verification {
    /// Makes up a picture; answers with its id.
    pub async fn new_picture(&self, app: AppId, address: Option<IpAddr>) -> Result<String, VerificationError> {
        self.require_mobile_codes(app).await?;
        let id = URL_SAFE_NO_PAD.encode(random_bytes::<18>());
        let letters: String = {
            let mut rng = rand::rng();
            (0..LETTERS).map(|_| glyphs::GLYPHS[rng.random_range(0..glyphs::GLYPHS.len())].0).collect()
        };
        let now = self.platform.clock.now();
        let tx = self.platform.db.begin(app).await?;
        if let Some(address) = address {
            let asked = tx.verifications().count("picture", &address.to_string(), ADDRESS_WINDOW_MS, now).await?;
            if asked > PER_ADDRESS {
                tx.commit().await?;
                return Err(VerificationError::TooManyCodes);
            }
        }
        tx.secrets().insert(&hash(&id), &letters, now + PICTURE_MS).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Draws a picture as PNG; the same each time, so that many drawings tell no more than one.
    pub async fn draw_picture(&self, app: AppId, id: &str) -> Result<Vec<u8>, VerificationError> {
        let tx = self.platform.db.read(app).await?;
        let letters = tx.secrets().find(&hash(id), self.platform.clock.now()).await?;
        let letters = letters.ok_or(VerificationError::PictureGone)?;
        Ok(draw::png(&letters, blake3::derive_key("cerulean picture seed 1", id.as_bytes())))
    }

    /// Checks what somebody reads in a picture; right or wrong, the picture is used up.
    pub async fn check_picture(&self, app: AppId, id: &str, letters: &str) -> Result<(), VerificationError> {
        let tx = self.platform.db.begin(app).await?;
        let expected = tx.secrets().take(&hash(id), self.platform.clock.now()).await?;
        tx.commit().await?;
        let given = letters.trim().to_ascii_uppercase();
        match expected {
            Some(expected) if constant_time_eq(expected.as_bytes(), given.as_bytes()) => Ok(()),
            _ => Err(VerificationError::WrongPicture),
        }
    }
}

/// Apart from the texts that clients leave in the same place.
fn hash(id: &str) -> [u8; 32] {
    blake3::derive_key("cerulean picture 1", id.as_bytes())
}
