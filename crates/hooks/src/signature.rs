//! Signatures as the Standard Webhooks specification has them: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const PREFIX: &str = "whsec_";
const SECRET_BYTES: usize = 32;

/// A fresh secret, as it is shown once.
pub(crate) fn fresh_secret() -> String {
    format!("{PREFIX}{}", STANDARD.encode(rand::random::<[u8; SECRET_BYTES]>()))
}

/// The value of `webhook-signature`: one signature for each secret in force. Texts that are no secrets sign nothing.
pub(crate) fn sign<'a>(secrets: impl Iterator<Item = &'a str>, id: &str, timestamp: i64, body: &str) -> String {
    let signatures: Vec<String> = secrets
        .filter_map(|secret| STANDARD.decode(secret.strip_prefix(PREFIX)?).ok())
        .map(|secret| {
            let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &secret));
            context.update(format!("{id}.{timestamp}.").as_bytes());
            context.update(body.as_bytes());
            format!("v1,{}", STANDARD.encode(context.sign()))
        })
        .collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_of_the_specification_is_signed_alike() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let body = r#"{"test": 2432232314}"#;
        let signature = sign([secret].into_iter(), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn every_secret_in_force_signs() {
        let (one, other) = (fresh_secret(), fresh_secret());
        let both = sign([one.as_str(), other.as_str()].into_iter(), "a", 1, "b");
        let alone = sign([other.as_str()].into_iter(), "a", 1, "b");
        assert_eq!(both.split(' ').nth(1), Some(alone.as_str()));
        assert_ne!(one, other);
    }
}
