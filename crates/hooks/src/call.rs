//! One request to a receiver.

use std::time::Duration;

use cerulean_delivery::event::body_of;
use cerulean_egress::{Answer, EgressError, HeaderName, Request};
use cerulean_types::AppId;
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::endpoint::Stored;
use crate::signature::sign;
use crate::{HookError, Hooks, catalogue};

/// How much of an answer is kept for people.
const EXCERPT_BYTES: usize = 1024;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HookOutcome {
    /// HTTP status; 0 without an answer.
    pub status: u16,
    /// How long it took.
    pub duration_ms: i64,
    /// Why there was no answer; empty when there was one.
    pub error: String,
    /// The beginning of the answer.
    pub excerpt: String,
    /// How long the receiver wants to be left alone.
    #[serde(skip)]
    #[schema(ignore)]
    pub(crate) retry_after: Option<Duration>,
}

impl HookOutcome {
    /// Whether the receiver took it.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// How an event is named to receivers.
pub(crate) fn event_name(id: &[u8; 16]) -> String {
    format!("evt_{}", hex::encode(id))
}

impl Hooks {
    /// Makes a signed request.
    pub(crate) async fn call(
        &self,
        stored: &Stored,
        id: &str,
        body: String,
        timeout: Duration,
        response_bytes: usize,
    ) -> Result<Answer, EgressError> {
        let now = self.now();
        let timestamp = now / 1000;
        let signature = sign(stored.secrets_at(now), id, timestamp, &body);
        let request = Request::post(stored.url.as_str(), body)
            .header(HeaderName::from_static("content-type"), "application/json")
            .header(ID, id)
            .header(TIMESTAMP, &timestamp.to_string())
            .header(SIGNATURE, &signature)
            .timeout(timeout)
            .response_bytes(response_bytes);
        self.0.egress.send(request).await
    }

    /// Tells a receiver of an event.
    pub(crate) async fn tell(&self, stored: &Stored, id: &str, body: String) -> HookOutcome {
        let started = Instant::now();
        let answer = self.call(stored, id, body, self.0.options.timeout, EXCERPT_BYTES).await;
        let took = started.elapsed();
        metrics::histogram!("cerulean_hooks_attempt_seconds").record(took.as_secs_f64());
        let duration_ms = took.as_millis() as i64;
        match answer {
            Ok(answer) => HookOutcome {
                status: answer.status.as_u16(),
                duration_ms,
                error: String::new(),
                excerpt: String::from_utf8_lossy(&answer.body).into_owned(),
                retry_after: answer.header("retry-after").parse().ok().map(Duration::from_secs),
            },
            Err(error) => {
                let error = error.to_string();
                HookOutcome { status: 0, duration_ms, error, excerpt: String::new(), retry_after: None }
            }
        }
    }

    /// Sends a test event to a receiver at once, whether it is enabled or not, and answers with what came of it.
    pub async fn test(&self, app: AppId, hook: &str) -> Result<HookOutcome, HookError> {
        let row = self.0.platform.db.read(app).await?.hooks().find(hook).await?.ok_or(HookError::NotFound)?;
        let stored = Stored::of(&row)?;
        let settings = self.0.platform.settings_of(app).await?;
        let body = body_of(catalogue::TEST, &settings, self.now(), &json!({ "hook_id": hook }));
        Ok(self.tell(&stored, &event_name(&rand::random()), body).await)
    }
}
