//! The text of a token: `base64url(app number, token number, 24 random bytes)`. What it says is only where to look; what counts is that
//! its hash is stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cerulean_types::{AppId, Millis};
use cerulean_vault::random_bytes;

const SECRET_BYTES: usize = 24;
const BYTES: usize = 4 + 8 + SECRET_BYTES;
/// Length of the text; 36 bytes fill it without padding.
const CHARS: usize = BYTES / 3 * 4;
/// Random low bits of a token number; the high ones are milliseconds, so that rows are written in order.
const RANDOM_BITS: u32 = 22;

/// A token as its holder has it. Never stored, never logged.
pub(crate) struct TokenText {
    pub(crate) number: i64,
    pub(crate) text: String,
}

impl TokenText {
    /// Makes a fresh one.
    pub(crate) fn random(app: AppId, now: Millis) -> Self {
        let since_2024 = now - cerulean_types::MessageId::EPOCH_MS as i64;
        let low = i64::from(u32::from_be_bytes(random_bytes()) >> (32 - RANDOM_BITS));
        let number = (since_2024.max(0) << RANDOM_BITS | low) & i64::MAX;
        let secret: [u8; SECRET_BYTES] = random_bytes();
        let bytes = [&app.0.to_be_bytes()[..], &number.to_be_bytes(), &secret].concat();
        Self { number, text: URL_SAFE_NO_PAD.encode(bytes) }
    }

    /// Reads where to look; says nothing about whether the token is good.
    pub(crate) fn parse(text: &str) -> Option<(AppId, i64)> {
        let mut bytes = [0; BYTES];
        if text.len() != CHARS || URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()? != BYTES {
            return None;
        }
        let app = i32::from_be_bytes(bytes[..4].try_into().ok()?);
        let number = i64::from_be_bytes(bytes[4..12].try_into().ok()?);
        Some((AppId(app), number))
    }

    /// What is stored of it.
    pub(crate) fn hash(text: &str) -> [u8; 32] {
        *blake3::hash(text.as_bytes()).as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_tells_where_to_look() {
        let now = cerulean_types::MessageId::EPOCH_MS as i64 + 40 * 366 * 86_400_000;
        let token = TokenText::random(AppId(7), now);
        assert!(token.number > 0);
        assert_eq!(TokenText::parse(&token.text), Some((AppId(7), token.number)));
        assert_ne!(token.text, TokenText::random(AppId(7), now).text);
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let good = TokenText::random(AppId(1), 1).text;
        for bad in ["", "x", &good[1..], &format!("{good}A"), &"=".repeat(CHARS), &"é".repeat(CHARS / 2)] {
            assert_eq!(TokenText::parse(bad), None, "{bad}");
        }
    }
}
