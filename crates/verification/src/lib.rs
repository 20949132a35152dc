//! Verification codes and what carries them: mail by SMTP, text messages by an HTTP gateway, or the outbox of a development server.
//!
//! Owns codes (how they are made, limited, checked), pictures that keep programs out, proofs handed from one step to the next, and the
//! carriers. Knows nothing of what a proven contact is good for: that is for `accounts`, and the flow over both stands in their caller.
//!
//! Start at [`Verification`]: [`Verification::send_code`] and [`Verification::check_code`]. A code leaves as a job, so that a slow gateway
//! holds nobody; [`Deliver`] runs it. A new carrier is a file in `carrier/` and a variant of [`MailCarrier`] or [`SmsCarrier`].

mod carrier;
mod code;
mod error;
mod outbox;
mod picture;
mod proof;
mod verification;

pub use carrier::{
    Carriers, DeleteExpired, Deliver, MailCarrier, MailOptions, MailSecurity, SmsCarrier, SmsOptions, Wordings,
    sms_signature,
};
pub use code::Purpose;
pub use error::VerificationError;
pub use outbox::list_outbox;
pub use proof::{Proof, ProofOf};
pub use verification::Verification;
