//! The section `sms`.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Value;

use crate::describe::{Kind, Leaf, leaf, section};
use crate::error::Problems;
use crate::server::is_web_address;
use crate::{Secret, Span};

section! {
    /// Text messages that carry verification codes, by the HTTP gateway of whoever sells them. {mobile}, {code}, {text} and
    /// {app} are filled in. The gateway may be on a private network and on any port, whatever `egress` says of those;
    /// its limits of size and its `ca_file` hold, and redirects are not followed.
    pub struct Sms {
        /// "auto" calls the gateway where `url` is set, and keeps messages in the outbox of the app otherwise. "http"
        /// insists on the gateway, "outbox" on the outbox, which the app's administrator can read.
        carrier: SmsChoice = SmsChoice::Auto;
        /// Address of the gateway.
        url: String => "https://sms.example.com/send?to={mobile}";
        /// "GET" or "POST".
        method: String = "POST".to_owned();
        /// Headers, "Name: value" each.
        headers: Vec<String>;
        /// Body of a POST; values are escaped as `content_type` asks.
        body: String = r#"{"mobile":"{mobile}","text":"{text}","code":"{code}"}"#.to_owned();
        /// Content type of the body.
        content_type: String = "application/json".to_owned();
        /// Text of the message.
        text: String = "【{app}】{code} 是您的验证码，5 分钟内有效。".to_owned();
        /// Signs requests: `x-cerulean-signature` is the HMAC-SHA256 in hex, under this secret, of the seconds in
        /// `x-cerulean-timestamp`, the method, the address and the body, joined by line feeds. Nothing for no signature.
        secret: Secret;
        /// Reads `secret` from a file instead.
        secret_file: Option<PathBuf> => "/run/secrets/cerulean-sms";
        /// What a good answer contains, for gateways that answer 200 to everything.
        success_contains: String => "\"code\":0";
        /// How long a request may take.
        timeout: Span = Span::millis(10_000);
    }
}

/// What carries text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsChoice {
    /// The gateway where one is set.
    Auto,
    /// The gateway.
    Http,
    /// The outbox of the app.
    Outbox,
}

leaf!(SmsChoice, Text, |choice| match choice {
    SmsChoice::Auto => "auto",
    SmsChoice::Http => "http",
    SmsChoice::Outbox => "outbox",
});

impl Leaf for Vec<String> {
    const KIND: Kind = Kind::List;
    fn to_value(&self) -> Option<Value> {
        Some(Value::from(self.clone()))
    }
}

impl Sms {
    /// Whether messages go to the gateway.
    pub fn is_http(&self) -> bool {
        match self.carrier {
            SmsChoice::Auto => !self.url.is_empty(),
            SmsChoice::Http => true,
            SmsChoice::Outbox => false,
        }
    }

    pub(crate) fn read_secret_files(&mut self, problems: &mut Problems) {
        self.secret.read_file(self.secret_file.as_deref(), "sms.secret", problems);
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        if !self.is_http() {
            return;
        }
        problems.require(
            is_web_address(&self.url),
            "sms.url",
            "must be an address such as https://sms.example.com/send",
        );
        problems.require(["GET", "POST"].contains(&self.method.as_str()), "sms.method", "must be \"GET\" or \"POST\"");
        problems.require(
            self.headers.iter().all(|line| line.contains(':')),
            "sms.headers",
            "must be \"Name: value\" each",
        );
        let sent = if self.method == "GET" { self.url.clone() } else { format!("{}{}", self.url, self.body) };
        let has_code = sent.contains("{code}") || (sent.contains("{text}") && self.text.contains("{code}"));
        problems.require(
            has_code && sent.contains("{mobile}"),
            "sms.body",
            "must tell the gateway {mobile} and {code} or {text}",
        );
        problems.require(
            (500..=60_000).contains(&self.timeout.as_millis()),
            "sms.timeout",
            "must be between 500 ms and 1 min",
        );
    }
}
