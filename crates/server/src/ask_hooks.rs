//! Joins the verdicts of webhooks to sending.

use async_trait::async_trait;
use cerulean_hooks::{AskedMessage, Hooks, Scope, ScreenVerdict};
use cerulean_messaging::{Door, IsSendable, Screen, Screened, Verdict};
use cerulean_types::AppId;

/// Asks the receivers of `message.before_send`.
pub(crate) struct AskHooks(pub(crate) Hooks);

fn scope_of(door: Door, is_edit: bool) -> Scope {
    match (door, is_edit) {
        (_, true) => Scope::Edits,
        (Door::Client, false) => Scope::Client,
        (Door::Server, false) => Scope::Server,
    }
}

#[async_trait]
impl Screen for AskHooks {
    fn wants(&self, app: AppId, door: Door, is_edit: bool) -> bool {
        self.0.wants(app, scope_of(door, is_edit))
    }

    async fn judge(&self, message: Screened, is_sendable: IsSendable<'_>) -> Verdict {
        let scope = scope_of(message.door, message.is_edit);
        let asked = AskedMessage { app: message.app, from: message.from, to: message.to, scope, body: message.body };
        match self.0.ask(asked, is_sendable).await {
            ScreenVerdict::Allow => Verdict::Allow,
            ScreenVerdict::Deny(text) => Verdict::Deny { text },
            ScreenVerdict::Replace(body) => Verdict::Replace(body),
        }
    }
}
