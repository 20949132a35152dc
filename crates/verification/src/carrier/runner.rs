//! Jobs of the carriers.

use std::sync::Arc;

use async_trait::async_trait;
use cerulean_delivery::Platform;
use cerulean_jobs::{Job, JobFailure, Runner};
use cerulean_storage::carrier_outbox::CarrierLetter;
use cerulean_types::Contact;
use serde_json::{Value, json};

use super::Letter;
use crate::{MailCarrier, SmsCarrier};

/// What carries which contact; where nothing does, letters go to the outbox of the app, for its administrator to read.
#[derive(Clone, Default)]
pub struct Carriers {
    /// For e-mail addresses.
    pub mail: Option<MailCarrier>,
    /// For phone numbers.
    pub sms: Option<SmsCarrier>,
    /// What stands in the outbox.
    pub wordings: Wordings,
}

/// What letters in the outbox say, with places: what would have been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wordings {
    /// Subject of a mail.
    pub mail_subject: String,
    /// Text of a mail.
    pub mail_text: String,
    /// Text of a text message.
    pub sms_text: String,
}

impl Default for Wordings {
    fn default() -> Self {
        let text = || "{app}: {code}".to_owned();
        Self { mail_subject: "Code of {app}".to_owned(), mail_text: text(), sms_text: text() }
    }
}

impl Wordings {
    fn render(&self, letter: &Letter) -> (&'static str, String) {
        match letter.contact {
            Contact::Email(_) => {
                let (subject, text) = (letter.filled(&self.mail_subject), letter.filled(&self.mail_text));
                ("mail", format!("{subject}\n\n{text}"))
            }
            Contact::Mobile(_) => ("sms", letter.filled(&self.sms_text)),
        }
    }
}

/// Runs `JobKind::DeliverCode`.
pub struct Deliver {
    /// What all actions share.
    pub platform: Arc<Platform>,
    /// What carries.
    pub carriers: Carriers,
}

#[async_trait]
impl Runner for Deliver {
    async fn run(&self, job: &Job) -> Result<Option<Value>, JobFailure> {
        let letter: Letter = job.payload()?;
        let now = self.platform.clock.now();
        if letter.expires_at <= now {
            return Err(JobFailure::permanent("the code was past its time before it could be sent"));
        }
        let carrier = match (&letter.contact, &self.carriers) {
            (Contact::Email(_), Carriers { mail: Some(mail), .. }) => {
                mail.send(&letter).await?;
                "mail"
            }
            (Contact::Mobile(_), Carriers { sms: Some(sms), .. }) => {
                sms.send(&letter, now).await?;
                "sms"
            }
            _ => {
                self.keep(job, &letter, now).await?;
                "outbox"
            }
        };
        Ok(Some(json!({ "carrier": carrier })))
    }
}

impl Deliver {
    async fn keep(&self, job: &Job, letter: &Letter, now: i64) -> Result<(), JobFailure> {
        let (carrier, content) = self.carriers.wordings.render(letter);
        let tx = self.platform.db.begin(job.app()).await?;
        let letter = CarrierLetter {
            number: job.id(),
            carrier: carrier.to_owned(),
            receiver: letter.contact.as_str().to_owned(),
            content,
            created_at: now,
        };
        tx.carrier_outbox().put(&letter).await?;
        Ok(tx.commit().await?)
    }
}

/// Runs `JobKind::DeleteExpired`.
pub struct DeleteExpired(pub Arc<Platform>);

#[async_trait]
impl Runner for DeleteExpired {
    async fn run(&self, _job: &Job) -> Result<Option<Value>, JobFailure> {
        let tx = self.0.db.platform().await?;
        let deleted = tx.delete_expired(self.0.clock.now()).await?;
        tx.commit().await?;
        Ok(Some(json!({ "deleted": deleted })))
    }
}
