//! Text messages by the HTTP gateway of whoever sells them.

use std::time::Duration;

use aws_lc_rs::hmac;
use cerulean_egress::{Egress, EgressError, EgressOptions, HeaderName, Method, Request};
use cerulean_jobs::JobFailure;
use cerulean_types::Millis;

use super::Letter;
use super::template::{Escape, fill};

/// The gateway and what it is told. Address, headers and body have places: `{mobile}`, `{code}`, `{text}`, `{app}`.
#[derive(Clone)]
pub struct SmsOptions {
    /// Address of the gateway.
    pub url: String,
    /// `GET` or `POST`.
    pub method: String,
    /// `Name: value` each.
    pub headers: Vec<String>,
    /// Body; values are escaped as its content type asks.
    pub body: String,
    /// Content type of the body.
    pub content_type: String,
    /// Text of the message, with the places `{code}` and `{app}`.
    pub text: String,
    /// Signs requests; empty for none.
    pub secret: String,
    /// What a good answer contains; empty where the status says it all.
    pub success_contains: String,
    /// How long a request may take.
    pub timeout: Duration,
}

/// Sends text messages.
#[derive(Clone)]
pub struct SmsCarrier {
    egress: Egress,
    options: SmsOptions,
    method: Method,
    headers: Vec<(HeaderName, String)>,
    escape: Escape,
}

impl SmsCarrier {
    /// Checks the settings; nothing is sent. The gateway is the operator's own choice, so it may be anywhere.
    pub fn new(egress: EgressOptions, options: SmsOptions) -> Result<Self, String> {
        let method = match options.method.as_str() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            _ => return Err("sms.method must be GET or POST".into()),
        };
        let mut headers = Vec::new();
        for line in &options.headers {
            let (name, value) = line.split_once(':').ok_or_else(|| format!("sms.headers: {line:?} has no colon"))?;
            let name = name.trim().parse().map_err(|_| format!("sms.headers: {name:?} is no name of a header"))?;
            headers.push((name, value.trim().to_owned()));
        }
        let escape = match options.content_type.split(';').next().unwrap_or_default().trim() {
            kind if kind.ends_with("json") => Escape::Json,
            "application/x-www-form-urlencoded" => Escape::Percent,
            _ => Escape::Plain,
        };
        let egress = Egress::new(egress.anywhere()).map_err(|error| format!("egress.ca_file: {error}"))?;
        Ok(Self { egress, options, method, headers, escape })
    }

    pub(crate) async fn send(&self, letter: &Letter, now: Millis) -> Result<(), JobFailure> {
        let mobile = letter.contact.as_str();
        let text = letter.filled(&self.options.text);
        let values = [("mobile", mobile), ("code", &letter.code), ("text", &text), ("app", &letter.title)];
        let url = fill(&self.options.url, Escape::Percent, &values);
        let is_get = self.method == Method::GET;
        let body = if is_get { String::new() } else { fill(&self.options.body, self.escape, &values) };
        let mut request = Request::new(self.method.clone(), url.clone())
            .timeout(self.options.timeout)
            .response_bytes(64 << 10)
            .body(body.clone());
        if !is_get {
            request = request.header(HeaderName::from_static("content-type"), &self.options.content_type);
        }
        for (name, value) in &self.headers {
            request = request.header(name.clone(), &fill(value, Escape::Plain, &values));
        }
        if !self.options.secret.is_empty() {
            let seconds = (now / 1000).to_string();
            let signature = sms_signature(&self.options.secret, &seconds, self.method.as_str(), &url, &body);
            request = request
                .header(HeaderName::from_static("x-cerulean-timestamp"), &seconds)
                .header(HeaderName::from_static("x-cerulean-signature"), &signature);
        }
        let answer = self.egress.send(request).await.map_err(|error| failure_of(&error))?;
        let is_good = answer.status.is_success()
            && String::from_utf8_lossy(&answer.body).contains(&self.options.success_contains);
        if is_good {
            return Ok(());
        }
        // What the gateway says may name the receiver, so only its number is told.
        let reason = format!("the gateway answered {} without success", answer.status.as_u16());
        let is_final = answer.status.is_client_error() && answer.status.as_u16() != 429;
        Err(if is_final { JobFailure::permanent(reason) } else { JobFailure::retry(reason) })
    }
}

fn failure_of(error: &EgressError) -> JobFailure {
    match error {
        EgressError::BadUrl(_) | EgressError::PortRefused(_) | EgressError::AddressRefused | EgressError::BadHeader => {
            JobFailure::permanent(format!("the gateway may not be called: {error}"))
        }
        EgressError::Connection(_) => JobFailure::retry("the connection to the gateway failed"),
        other => JobFailure::retry(format!("the gateway did not answer: {other}")),
    }
}

/// What the header `x-cerulean-signature` holds: HMAC-SHA256 in hex over timestamp (seconds), method, address and body, each but the last
/// followed by a line feed.
pub fn sms_signature(secret: &str, timestamp: &str, method: &str, url: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let text = format!("{timestamp}\n{method}\n{url}\n{body}");
    hex::encode(hmac::sign(&key, text.as_bytes()))
}
