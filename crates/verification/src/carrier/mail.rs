//! Mail by SMTP.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use cerulean_jobs::JobFailure;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, MIME_VERSION_1_0};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::Letter;

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
    /// Certificate authorities in PEM that are trusted besides those of the system.
    pub ca_file: Option<PathBuf>,
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
    /// Prepares the connection; nothing is sent. Fails when the sender is no address, the name of the server none, or the authorities
    /// cannot be read.
    pub fn new(options: MailOptions) -> Result<Self, String> {
        let from = options.from.parse::<Mailbox>().map_err(|error| format!("mail.from is no address: {error}"))?;
        let tls = match options.security {
            MailSecurity::Tls => Tls::Wrapper(tls_of(&options)?),
            MailSecurity::StartTls => Tls::Required(tls_of(&options)?),
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
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(letter.message_id(self.from.email.domain())))
            .subject(letter.filled(&self.subject))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.filled(&self.text))
            .map_err(|_| JobFailure::permanent("the letter cannot be written"))?;
        self.transport.send(message).await.map(drop).map_err(|error| failure_of(&error))
    }
}

fn tls_of(options: &MailOptions) -> Result<TlsParameters, String> {
    let mut parameters = TlsParameters::builder(options.host.clone());
    if let Some(path) = &options.ca_file {
        let bundle = std::fs::read(path).map_err(|error| error.to_string());
        let authorities = bundle.and_then(|pem| Certificate::from_pem(&pem).map_err(|error| error.to_string()));
        let authorities = authorities.map_err(|error| format!("mail.ca_file {}: {error}", path.display()))?;
        parameters = parameters.add_root_certificate(authorities);
    }
    let with = options.ca_file.as_ref().map_or(String::new(), |path| format!(" with mail.ca_file {}", path.display()));
    parameters.build().map_err(|error| format!("TLS for {}{with}: {error}", options.host))
}

/// What the mail server says may name the receiver, so only its number is told.
fn failure_of(error: &smtp::Error) -> JobFailure {
    let status = error.status().map(|code| code.to_string());
    match status {
        Some(code) if error.is_permanent() => JobFailure::permanent(format!("the mail server refused it: {code}")),
        Some(code) => JobFailure::retry(format!("the mail server put it off: {code}")),
        None if is_untrusted(error) => {
            JobFailure::retry("the certificate of the mail server is not trusted, see mail.host and mail.ca_file")
        }
        None if error.is_timeout() => JobFailure::retry("the mail server did not answer in time"),
        None => JobFailure::retry("the mail server cannot be reached"),
    }
}

/// Whether the server did not prove who it is.
fn is_untrusted(error: &smtp::Error) -> bool {
    let refused = |cause: &(dyn Error + 'static)| {
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        matches!(inner.and_then(|inner| inner.downcast_ref()), Some(rustls::Error::InvalidCertificate(_)))
    };
    let mut cause = error.source();
    while let Some(error) = cause {
        if refused(error) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests;
