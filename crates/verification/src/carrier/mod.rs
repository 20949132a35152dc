//! What carries codes to people.

mod mail;
mod runner;
mod sms;
mod template;

pub use mail::{MailCarrier, MailOptions, MailSecurity};
pub use runner::{Carriers, DeleteExpired, Deliver};
pub use sms::{SmsCarrier, SmsOptions, sms_signature};

use cerulean_types::{Contact, Millis};
use serde::{Deserialize, Serialize};

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
