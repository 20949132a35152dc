//! The section `mail`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::describe::{leaf, section};
use crate::error::Problems;
use crate::{Secret, Span};

section! {
    /// Mail that carries verification codes.
    pub struct Mail {
        /// "auto" sends through the mail server where `host` is set, and keeps letters in the outbox of the app otherwise.
        /// "smtp" insists on the mail server, "outbox" on the outbox, which the app's administrator can read.
        carrier: MailChoice = MailChoice::Auto;
        /// Name of the mail server.
        host: String => "smtp.example.com";
        /// Its port.
        port: u32 = 587;
        /// How the connection is protected: "starttls" (usually port 587), "tls" (usually 465), or "none", which is
        /// refused for a mail server on another machine.
        security: MailProtection = MailProtection::Starttls;
        /// Certificate authorities in PEM that are trusted besides those of the system.
        ca_file: Option<PathBuf> => "/etc/cerulean/mail-ca.pem";
        /// Name to sign in with; nothing for no sign-in.
        username: String => "cerulean";
        /// Password to sign in with.
        password: Secret;
        /// Reads `password` from a file instead.
        password_file: Option<PathBuf> => "/run/secrets/cerulean-mail";
        /// Sender.
        from: String => "Cerulean <no-reply@example.com>";
        /// Subject. {app} is the title of the app, {code} the code.
        subject: String = "{app}: {code} 是您的验证码 is your verification code".to_owned();
        /// Text.
        text: String = "{code}\n\n{app} 的验证码，5 分钟内有效。如果不是您本人的操作，请忽略。\n\nThe verification code of {app}, good for 5 minutes. If you did not ask for it, ignore this letter.\n".to_owned();
        /// How long one step of sending may take.
        timeout: Span = Span::millis(20_000);
    }
}

/// What carries mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailChoice {
    /// The mail server where one is set.
    Auto,
    /// The mail server.
    Smtp,
    /// The outbox of the app.
    Outbox,
}

leaf!(MailChoice, Text, |choice| match choice {
    MailChoice::Auto => "auto",
    MailChoice::Smtp => "smtp",
    MailChoice::Outbox => "outbox",
});

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailProtection {
    /// TLS after STARTTLS.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None.
    None,
}

leaf!(MailProtection, Text, |protection| match protection {
    MailProtection::Starttls => "starttls",
    MailProtection::Tls => "tls",
    MailProtection::None => "none",
});

impl Mail {
    /// Whether letters go to the mail server.
    pub fn is_smtp(&self) -> bool {
        match self.carrier {
            MailChoice::Auto => !self.host.is_empty(),
            MailChoice::Smtp => true,
            MailChoice::Outbox => false,
        }
    }

    pub(crate) fn read_secret_files(&mut self, problems: &mut Problems) {
        self.password.read_file(self.password_file.as_deref(), "mail.password", problems);
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        if !self.is_smtp() {
            return;
        }
        problems.require(!self.host.is_empty(), "mail.host", "is needed when mail.carrier is \"smtp\"");
        problems.require((1..=65_535).contains(&self.port), "mail.port", "must be between 1 and 65535");
        problems.require(
            self.from.contains('@'),
            "mail.from",
            "must be an address such as Cerulean <no-reply@example.com>",
        );
        problems.require(self.text.contains("{code}"), "mail.text", "must contain {code}");
        let is_near = ["localhost", "127.0.0.1", "::1"].contains(&self.host.as_str());
        problems.require(
            self.security != MailProtection::None || is_near,
            "mail.security",
            "may be \"none\" only for a mail server on this machine",
        );
        if let Some(path) = &self.ca_file {
            problems.require(path.is_file(), "mail.ca_file", format!("there is no file {}", path.display()));
        }
        problems.require(
            (1_000..=120_000).contains(&self.timeout.as_millis()),
            "mail.timeout",
            "must be between 1 s and 2 min",
        );
    }
}
