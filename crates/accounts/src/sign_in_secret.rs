//! Secrets that sign a user in once, in place of his password: what a client is handed when something else has proven who he is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cerulean_storage::Tx;
use cerulean_types::{Millis, UserId};

use crate::AccountError;

/// How long a secret is good.
pub(crate) const SECRET_MS: Millis = 60_000;
/// A password of this beginning is tried as a secret first.
const PREFIX: &str = "once.";

/// The text of a secret of 256 random bits.
pub(crate) fn sign_in_secret_from(bits: &[u8; 32]) -> String {
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bits))
}

/// Makes a secret good for a user, once and for [`SECRET_MS`].
pub(crate) async fn keep_sign_in_secret(tx: &Tx, secret: &str, user: UserId, now: Millis) -> Result<(), AccountError> {
    tx.sign_in_secrets().delete_expired(now).await?;
    Ok(tx.sign_in_secrets().insert(&hash(secret), user, now + SECRET_MS).await?)
}

/// Whether a secret is still good.
pub(crate) async fn is_secret_unused(tx: &Tx, secret: &str, now: Millis) -> Result<bool, AccountError> {
    Ok(tx.sign_in_secrets().is_there(&hash(secret), now).await?)
}

/// Whether a password is a secret that is good for this user; uses it up.
pub(crate) async fn take_sign_in_secret(
    tx: &Tx,
    user: UserId,
    password: &str,
    now: Millis,
) -> Result<bool, AccountError> {
    Ok(tx.sign_in_secrets().take(&hash(password), user, now).await?)
}

/// Whether a password has the form of a secret.
pub(crate) fn is_sign_in_secret(password: &str) -> bool {
    password.starts_with(PREFIX)
}

/// What is stored and looked up is a hash of 256 random bits: how long the look-up takes tells nothing about them.
fn hash(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}
