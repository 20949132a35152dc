//! Codes: made, limited, sent, checked.

use std::net::IpAddr;

use cerulean_bus::BusEvent;
use cerulean_delivery::AppSettings;
use cerulean_jobs::{JobKind, NewJob, enqueue};
use cerulean_storage::Tx;
use cerulean_storage::verification::CodeTry;
use cerulean_types::{AppId, Contact, Millis};
use cerulean_vault::constant_time_eq;
use rand::Rng;

use crate::carrier::Letter;
use crate::{Verification, VerificationError};

/// How long a code is good.
pub(crate) const CODE_MS: Millis = 5 * 60_000;
/// How often one code may be tried.
const ATTEMPTS: u32 = 5;
const MINUTE_MS: Millis = 60_000;
const HOUR_MS: Millis = 60 * MINUTE_MS;
const DAY_MS: Millis = 24 * HOUR_MS;
/// Codes to one contact: within which time at most how many, whatever they are for.
const PER_CONTACT: [(&str, Millis, u32); 2] = [("contact.hour", HOUR_MS, 5), ("contact.day", DAY_MS, 10)];
/// Codes on behalf of one address, behind which there may be a whole office.
const PER_ADDRESS: [(&str, Millis, u32); 2] = [("address.hour", HOUR_MS, 30), ("address.day", DAY_MS, 100)];

/// What a code is for: one asked for to one end is worth nothing to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The calls of the public protocol, which do not say.
    Any,
    /// To have a contact in one's profile.
    Bind,
    /// To set a new password.
    ResetPassword,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Bind => "bind",
            Self::ResetPassword => "reset_password",
        }
    }

    /// The count of codes for this end: a contact gets one in a minute.
    fn minute_count(self) -> &'static str {
        match self {
            Self::Any => "contact.minute",
            Self::Bind => "contact.minute.bind",
            Self::ResetPassword => "contact.minute.reset_password",
        }
    }
}

impl Verification {
    /// Sends a code to a contact; one sent before for the same end is void. The answer does not tell whether anybody is known by it.
    pub async fn send_code(
        &self,
        app: AppId,
        contact: &Contact,
        purpose: Purpose,
        address: Option<IpAddr>,
    ) -> Result<(), VerificationError> {
        self.require_feature(app, contact).await?;
        self.send(app, contact, purpose, address, true).await
    }

    /// As [`Verification::send_code`], where nothing shall be sent unless `is_known`: it costs the same, counts the same and answers the same.
    pub async fn send_code_if(
        &self,
        is_known: bool,
        app: AppId,
        contact: &Contact,
        purpose: Purpose,
        address: Option<IpAddr>,
    ) -> Result<(), VerificationError> {
        self.require_feature(app, contact).await?;
        self.send(app, contact, purpose, address, is_known).await
    }

    async fn send(
        &self,
        app: AppId,
        contact: &Contact,
        purpose: Purpose,
        address: Option<IpAddr>,
        is_sent: bool,
    ) -> Result<(), VerificationError> {
        let settings = self.platform.settings_of(app).await?;
        let now = self.platform.clock.now();
        // What was asked for counts, also where it is refused.
        let tx = self.platform.db.begin(app).await?;
        let is_within_limits = count(&tx, contact, purpose, address, &settings, now).await?;
        if !is_within_limits {
            tx.commit().await?;
            return Err(VerificationError::TooManyCodes);
        }
        let code = format!("{:06}", rand::rng().random_range(0..1_000_000));
        let expires_at = now + CODE_MS;
        tx.verifications()
            .put_code(contact, purpose.as_str(), &self.hash(app, contact, purpose, &code)?, expires_at)
            .await?;
        if is_sent {
            let letter = Letter { contact: contact.clone(), code, title: settings.title.clone(), expires_at };
            enqueue(&tx, now, NewJob::new(JobKind::DeliverCode, &letter)).await?;
        }
        tx.commit().await?;
        self.platform.bus.publish(BusEvent::JobQueued);
        Ok(())
    }

    /// Checks a code and uses it up. After five tries it is void.
    pub async fn check_code(
        &self,
        app: AppId,
        contact: &Contact,
        purpose: Purpose,
        code: &str,
    ) -> Result<(), VerificationError> {
        self.require_feature(app, contact).await?;
        let given = self.hash(app, contact, purpose, code.trim())?;
        let tx = self.platform.db.begin(app).await?;
        let now = self.platform.clock.now();
        let tried = tx.verifications().try_code(contact, purpose.as_str(), ATTEMPTS, now).await?;
        let outcome = match tried {
            CodeTry::Absent => Err(VerificationError::WrongCode),
            CodeTry::Exhausted => Err(VerificationError::TooManyAttempts),
            CodeTry::Expected(expected) if !constant_time_eq(&expected, &given) => Err(VerificationError::WrongCode),
            CodeTry::Expected(expected) => {
                let is_unused = tx.verifications().take_code(contact, purpose.as_str(), &expected).await?;
                if is_unused { Ok(()) } else { Err(VerificationError::WrongCode) }
            }
        };
        tx.commit().await?;
        outcome
    }

    /// Refuses where the app has not turned codes for such contacts on.
    pub async fn require_feature(&self, app: AppId, contact: &Contact) -> Result<(), VerificationError> {
        let settings = self.platform.settings_of(app).await?;
        let is_on = match contact {
            Contact::Mobile(_) => settings.mobile_codes,
            Contact::Email(_) => settings.email_codes,
        };
        if is_on { Ok(()) } else { Err(VerificationError::FeatureOff) }
    }

    /// Refuses where the app has not turned codes by text message on.
    pub async fn require_mobile_codes(&self, app: AppId) -> Result<(), VerificationError> {
        if self.platform.settings_of(app).await?.mobile_codes { Ok(()) } else { Err(VerificationError::FeatureOff) }
    }

    /// Six digits are few, so the hash is keyed: a copied table tells no code.
    fn hash(&self, app: AppId, contact: &Contact, purpose: Purpose, code: &str) -> Result<[u8; 32], VerificationError> {
        let text = format!("{}\n{}\n{}\n{code}", purpose.as_str(), contact.kind(), contact.as_str().to_lowercase());
        Ok(self.platform.vault.sign(app, "verification code", text.as_bytes())?)
    }
}

/// Counts one more code; whether all limits allow it.
async fn count(
    tx: &Tx,
    contact: &Contact,
    purpose: Purpose,
    address: Option<IpAddr>,
    settings: &AppSettings,
    now: Millis,
) -> Result<bool, VerificationError> {
    let verifications = tx.verifications();
    let address = address.map(|address| address.to_string());
    let of_address = PER_ADDRESS.iter().filter_map(|limit| address.as_deref().map(|address| (*limit, address)));
    let of_app = (("app.hour", HOUR_MS, settings.codes_per_hour), "");
    for ((what, window_ms, most), value) in of_address.chain([of_app]) {
        if verifications.count(what, value, window_ms, now).await? > most {
            return Ok(false);
        }
    }
    // Last, so that who is beyond his own limits cannot use up those of others' numbers.
    let in_a_minute = (purpose.minute_count(), MINUTE_MS, 1);
    for (what, window_ms, most) in [in_a_minute].into_iter().chain(PER_CONTACT) {
        if verifications.count(what, &contact.as_str().to_lowercase(), window_ms, now).await? > most {
            return Ok(false);
        }
    }
    Ok(true)
}
