//! Mail by SMTP.

use std::time::Duration;

use cerulean_jobs::JobFailure;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::Letter;
use super::template::{Escape, fill};

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the first byte (usually port 465).
    Tls,
    /// TLS after STARTTLS, and nothing without it (usually port 587).
    StartTls,
    /// Nothing: for a mail server on the same machine.
    None,
}

/// The mail server and what is written.
#[derive(Clone)]
pub struct MailOptions {
    /// Name of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// Name to sign in with; empty for no sign-in.
    pub username: String,
    /// Password to sign in with.
    pub password: String,
    /// `Name <address>` of the sender.
    pub from: String,
    /// Subject, with places.
    pub subject: String,
    /// Text, with places.
    pub text: String,
    /// How long one step may take.
    pub timeout: Duration,
}

/// Sends mail. Connections are kept for the next letter.
#[derive(Clone)]
pub struct MailCarrier {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    subject: String,
    text: String,
}

impl MailCarrier {
    /// Prepares the connection; nothing is sent. Fails when the sender is no address or the name of the server none.
    pub fn new(options: MailOptions) -> Result<Self, String> {
        let from = options.from.parse::<Mailbox>().map_err(|error| format!("mail.from is no address: {error}"))?;
        let parameters =
            || TlsParameters::new(options.host.clone()).map_err(|error| format!("TLS for {}: {error}", options.host));
        let tls = match options.security {
            MailSecurity::Tls => Tls::Wrapper(parameters()?),
            MailSecurity::StartTls => Tls::Required(parameters()?),
            MailSecurity::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&options.host)
            .port(options.port)
            .tls(tls)
            .timeout(Some(options.timeout))
            .pool_config(PoolConfig::new().max_size(4).idle_timeout(Duration::from_secs(30)));
        if !options.username.is_empty() {
            builder = builder.credentials(Credentials::new(options.username, options.password));
        }
        Ok(Self { transport: builder.build(), from, subject: options.subject, text: options.text })
    }

    pub(crate) async fn send(&self, letter: &Letter) -> Result<(), JobFailure> {
        let to: lettre::Address = letter
            .contact
            .as_str()
            .parse()
            .map_err(|_| JobFailure::permanent("it is no address to the mail library"))?;
        let values = [("code", letter.code.as_str()), ("app", letter.title.as_str())];
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(fill(&self.subject, Escape::Plain, &values))
            .header(ContentType::TEXT_PLAIN)
            .body(fill(&self.text, Escape::Plain, &values))
            .map_err(|_| JobFailure::permanent("the letter cannot be written"))?;
        self.transport.send(message).await.map(drop).map_err(|error| failure_of(&error))
    }
}

/// What the mail server says may name the receiver, so only its number is told.
fn failure_of(error: &smtp::Error) -> JobFailure {
    let status = error.status().map(|code| code.to_string());
    match status {
        Some(code) if error.is_permanent() => JobFailure::permanent(format!("the mail server refused it: {code}")),
        Some(code) => JobFailure::retry(format!("the mail server put it off: {code}")),
        None if error.is_timeout() => JobFailure::retry("the mail server did not answer in time"),
        None => JobFailure::retry("the mail server cannot be reached"),
    }
}
