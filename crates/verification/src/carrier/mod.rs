//! What carries codes to people.

mod mail;
mod runner;
mod sms;
mod template;

pub use mail::{MailCarrier, MailOptions, MailSecurity};
pub use runner::{Carriers, DeleteExpired, Deliver, Wordings};
pub use sms::{SmsCarrier, SmsOptions, sms_signature};

use cerulean_types::{Contact, Millis};
use serde::{Deserialize, Serialize};
use template::{Escape, fill};

/// A code on its way. Stored sealed, and only until it has arrived.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub(crate) contact: Contact,
    pub(crate) code: String,
    /// Title of the app, for people.
    pub(crate) title: String,
    /// After this it is of no use any more.
    pub(crate) expires_at: Millis,
}

impl Letter {
    /// A text with the places `{code}` and `{app}` filled.
    pub(crate) fn filled(&self, template: &str) -> String {
        fill(template, Escape::Plain, &[("code", &self.code), ("app", &self.title)])
    }

    /// The `Message-ID` under which a letter goes out: the same when it is sent again, so that mail servers know it for one. Made of its
    /// moment, its receiver and the code, which all stand in the letter.
    pub(crate) fn message_id(&self, domain: &str) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("cerulean id of a letter 1");
        for part in [self.contact.as_str(), &self.code, &self.expires_at.to_string()] {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        format!("<{}@{domain}>", hex::encode(&hasher.finalize().as_bytes()[..16]))
    }
}
