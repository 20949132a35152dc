//! Texts handed over once, from one device of a person to another.

use cerulean_delivery::Platform;
use cerulean_types::{AppId, Millis, limits};
use cerulean_vault::random_bytes;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::AccountError;

/// Longest life of a secret, in seconds.
const MAX_SECONDS: i64 = 86_400;
/// Waiting secrets of one app; anyone may leave one, so there must be an end.
const MAX_WAITING: u64 = 10_000;

/// Keeps a text until it is fetched once or its time is over; answers with the code that fetches it.
pub async fn keep_secret(platform: &Platform, app: AppId, text: &str, seconds: i64) -> Result<String, AccountError> {
    let bad = |field, reason: String| Err(AccountError::BadField { field, reason });
    if text.is_empty() || text.chars().count() > limits::FREE_TEXT_CHARS {
        return bad("secret_text", format!("it must have 1 to {} characters", limits::FREE_TEXT_CHARS));
    }
    if !(1..=MAX_SECONDS).contains(&seconds) {
        return bad("expire_seconds", format!("it must be 1 to {MAX_SECONDS}"));
    }
    let code = URL_SAFE_NO_PAD.encode(random_bytes::<24>());
    let now = platform.clock.now();
    let tx = platform.db.begin(app).await?;
    tx.secrets().delete_expired(now).await?;
    if tx.secrets().count().await? >= MAX_WAITING {
        return Err(AccountError::TooManySecrets);
    }
    tx.secrets().insert(&hash(&code), text, now + seconds * 1000 as Millis).await?;
    tx.commit().await?;
    Ok(code)
}

/// Takes a text away.
pub async fn take_secret(platform: &Platform, app: AppId, code: &str) -> Result<String, AccountError> {
    let tx = platform.db.begin(app).await?;
    let text = tx.secrets().take(&hash(code), platform.clock.now()).await?.ok_or(AccountError::SecretGone)?;
    tx.commit().await?;
    Ok(text)
}

fn hash(code: &str) -> [u8; 32] {
    *blake3::hash(code.as_bytes()).as_bytes()
}
