//! A receiver.

use cerulean_storage::StorageError;
use cerulean_storage::hook::{HookRow, HookStatus};
use cerulean_types::Millis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happens to a message when no verdict on it can be had in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// It is sent.
    Allow,
    /// It is refused.
    Deny,
}

/// Which messages a verdict is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Those that come from clients.
    Client,
    /// Those sent in a user's name through the server API.
    Server,
    /// Changes of messages from either.
    Edits,
}

/// How the receiver of `message.before_send` is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScreenSettings {
    /// How long the sender waits, in milliseconds.
    pub time_limit_ms: u64,
    /// What happens when it fails or takes longer.
    pub on_failure: OnFailure,
    /// Which messages it is asked about.
    pub scope: Vec<Scope>,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self {
            time_limit_ms: 3000,
            on_failure: OnFailure::Allow,
            scope: vec![Scope::Client, Scope::Server, Scope::Edits],
        }
    }
}

/// What is changed of how a receiver is asked; the rest stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScreenChange {
    /// How long the sender waits, in milliseconds.
    pub time_limit_ms: Option<u64>,
    /// What happens when it fails or takes longer.
    pub on_failure: Option<OnFailure>,
    /// Which messages it is asked about.
    pub scope: Option<Vec<Scope>>,
}

impl ScreenSettings {
    /// These settings with a change.
    #[must_use]
    pub fn changed(self, change: ScreenChange) -> Self {
        Self {
            time_limit_ms: change.time_limit_ms.unwrap_or(self.time_limit_ms),
            on_failure: change.on_failure.unwrap_or(self.on_failure),
            scope: change.scope.unwrap_or(self.scope),
        }
    }
}

/// A receiver as its app's administrator sees it. Secrets are shown only when they are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Hook {
    /// Its id.
    pub id: String,
    /// Where events go.
    pub url: String,
    /// For people.
    pub description: String,
    /// Names of the events it gets.
    pub events: Vec<String>,
    /// `enabled`, `disabled`, or `gone` when it answered 410.
    pub status: &'static str,
    /// Whether events of pushes and moderation tell it what was said.
    pub with_content: bool,
    /// How it is asked for verdicts.
    pub screen: ScreenSettings,
    /// How many secrets sign at present: two while one is being replaced.
    pub secrets: usize,
    /// Milliseconds.
    pub created_at: Millis,
    /// Milliseconds.
    pub updated_at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secret {
    pub text: String,
    /// Until when it signs; for ever when absent.
    pub until: Option<Millis>,
}

/// What of a receiver is stored sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub url: String,
    pub description: String,
    pub secrets: Vec<Secret>,
    #[serde(default)]
    pub with_content: bool,
    #[serde(default)]
    pub screen: ScreenSettings,
}

impl Stored {
    pub fn of(row: &HookRow) -> Result<Self, StorageError> {
        let inconsistent = |_| StorageError::Inconsistent { table: "hook_endpoints", key: row.id.clone() };
        serde_json::from_str(&row.body).map_err(inconsistent)
    }

    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers become JSON")
    }

    /// The secrets that sign now.
    pub fn secrets_at(&self, now: Millis) -> impl Iterator<Item = &str> {
        let in_force = self.secrets.iter().filter(move |secret| secret.until.is_none_or(|until| until > now));
        in_force.map(|secret| secret.text.as_str())
    }
}

impl Hook {
    pub(crate) fn of(row: HookRow, now: Millis) -> Result<Self, StorageError> {
        let stored = Stored::of(&row)?;
        Ok(Self {
            secrets: stored.secrets_at(now).count(),
            url: stored.url,
            description: stored.description,
            events: row.events,
            status: match row.status {
                HookStatus::Enabled => "enabled",
                HookStatus::Disabled => "disabled",
                HookStatus::Gone => "gone",
            },
            with_content: stored.with_content,
            screen: stored.screen,
            created_at: row.created_at,
            updated_at: row.updated_at,
            id: row.id,
        })
    }
}
