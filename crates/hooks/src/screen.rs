//! The verdict of an app's own server before a message is taken.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cerulean_delivery::Event;
use cerulean_delivery::event::{body_of, kind};
use cerulean_proto::pb;
use cerulean_types::{AppId, ConversationKey, UserId, Xid};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::call::event_name;
use crate::registry::{ActiveHook, AppHooks};
use crate::{Hooks, OnFailure, Scope, catalogue, message};

/// A message about to be taken.
#[derive(Debug, Clone)]
pub struct AskedMessage {
    /// App.
    pub app: AppId,
    /// Sender.
    pub from: UserId,
    /// Conversation as the sender names it.
    pub to: Xid,
    /// Where it came in, or that it changes another.
    pub scope: Scope,
    /// The body.
    pub body: pb::MessageBody,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub enum ScreenVerdict {
    /// It is sent.
    Allow,
    /// It is refused; the sender is shown the text.
    Deny(String),
    /// This is sent instead.
    Replace(Box<pb::MessageBody>),
}

/// What a receiver answers. An empty answer allows.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Reply {
    Allow,
    Deny {
        #[serde(default)]
        text: String,
    },
    Replace {
        content: Option<String>,
        attachment: Option<String>,
        ext: Option<String>,
        config: Option<String>,
    },
}

/// A whole message fits in, replaced parts included.
const ANSWER_BYTES: usize = 512 << 10;
const TEXT_CHARS: usize = 200;
const DENIED: &str = "the message was refused";
const NO_VERDICT: &str = "the message cannot be checked now, try again later";

impl Hooks {
    /// Whether an app's server is asked about such messages. One look at a flag where no app has such a server.
    pub fn wants(&self, app: AppId, scope: Scope) -> bool {
        self.0.has_screens.load(Ordering::Relaxed) && self.screen_of(app, scope).is_some()
    }

    fn screen_of(&self, app: AppId, scope: Scope) -> Option<(Arc<AppHooks>, Arc<ActiveHook>)> {
        let hooks = self.0.registry.app(app)?;
        let screen = hooks.screen.clone()?;
        screen.stored.screen.scope.contains(&scope).then_some((hooks, screen))
    }

    /// Asks the app's server. Waits no longer than it was given, the wait for a place included. An answer that replaces the message by what
    /// cannot be sent counts as none.
    pub async fn ask(
        &self,
        asked: AskedMessage,
        is_sendable: &(dyn Fn(&pb::MessageBody) -> bool + Sync),
    ) -> ScreenVerdict {
        let Some((app, hook)) = self.screen_of(asked.app, asked.scope) else { return ScreenVerdict::Allow };
        let started = Instant::now();
        let verdict = if hook.runtime.breaker.may_try(self.now()) {
            let limit = Duration::from_millis(hook.stored.screen.time_limit_ms);
            let asking = self.try_ask(&app, &hook, &asked, limit);
            let verdict = tokio::time::timeout(limit, asking).await.unwrap_or(None).filter(|verdict| match verdict {
                ScreenVerdict::Replace(body) => is_sendable(body),
                ScreenVerdict::Allow | ScreenVerdict::Deny(_) => true,
            });
            match verdict {
                Some(_) => hook.runtime.breaker.succeeded(),
                None => hook.runtime.breaker.failed(self.now()),
            }
            verdict
        } else {
            None
        };
        metrics::histogram!("cerulean_hooks_verdict_seconds").record(started.elapsed().as_secs_f64());
        let label = match &verdict {
            None => "none",
            Some(ScreenVerdict::Allow) => "allow",
            Some(ScreenVerdict::Deny(_)) => "deny",
            Some(ScreenVerdict::Replace(_)) => "replace",
        };
        metrics::counter!("cerulean_hooks_verdicts_total", "verdict" => label).increment(1);
        let is_judged = verdict.is_some();
        let verdict = verdict.unwrap_or_else(|| match hook.stored.screen.on_failure {
            OnFailure::Allow => ScreenVerdict::Allow,
            OnFailure::Deny => ScreenVerdict::Deny(NO_VERDICT.into()),
        });
        self.tell_of_verdict(&asked, &verdict, is_judged);
        verdict
    }

    /// Tells receivers of moderation what was not sent as it was written.
    fn tell_of_verdict(&self, asked: &AskedMessage, verdict: &ScreenVerdict, is_judged: bool) {
        let kind = match verdict {
            ScreenVerdict::Allow => return,
            ScreenVerdict::Deny(_) => kind::MODERATION_MESSAGE_DENIED,
            ScreenVerdict::Replace(_) => kind::MODERATION_MESSAGE_REPLACED,
        };
        let mut facts = message::address(asked.from.get(), asked.to.get());
        facts["content_type"] = asked.body.ctype.into();
        facts["scope"] = json!(asked.scope);
        if let Some(operation) = &asked.body.operation.filter(|operation| operation.mid != 0) {
            facts["related_mid"] = operation.mid.into();
        }
        let mut content = message::content_of(&asked.body);
        match verdict {
            ScreenVerdict::Allow => {}
            ScreenVerdict::Deny(text) => {
                facts["is_judged"] = is_judged.into();
                facts["text"] = text.as_str().into();
            }
            ScreenVerdict::Replace(body) => content["replacement"] = message::content_of(body),
        }
        let key = ConversationKey::of(asked.from, asked.to);
        let event = Event::conversation(kind, key, facts).with_content(content);
        self.0.platform.record_soon(asked.app, event);
    }

    async fn try_ask(
        &self,
        app: &AppHooks,
        hook: &ActiveHook,
        asked: &AskedMessage,
        limit: Duration,
    ) -> Option<ScreenVerdict> {
        let _place = app.verdicts.acquire().await.ok()?;
        let settings = self.0.platform.settings_of(asked.app).await.ok()?;
        let mut data = message::facts(asked.from.get(), asked.to.get(), &asked.body);
        data["scope"] = serde_json::to_value(asked.scope).ok()?;
        if let Some(operation) = &asked.body.operation {
            data["related_mid"] = operation.mid.into();
        }
        let body = body_of(catalogue::BEFORE_SEND, &settings, self.now(), &data);
        let id = event_name(&rand::random());
        let answer = self.call(&hook.stored, &id, body, limit, ANSWER_BYTES).await.ok()?;
        if !answer.status.is_success() || answer.is_cut {
            return None;
        }
        if answer.body.iter().all(u8::is_ascii_whitespace) {
            return Some(ScreenVerdict::Allow);
        }
        let reply: Reply = serde_json::from_slice(&answer.body).ok()?;
        Some(verdict_of(reply, &asked.body))
    }
}

fn verdict_of(reply: Reply, body: &pb::MessageBody) -> ScreenVerdict {
    match reply {
        Reply::Allow => ScreenVerdict::Allow,
        Reply::Deny { text } if text.trim().is_empty() => ScreenVerdict::Deny(DENIED.into()),
        Reply::Deny { text } => ScreenVerdict::Deny(text.chars().take(TEXT_CHARS).collect()),
        Reply::Replace { content, attachment, ext, config } => {
            let mut replaced = body.clone();
            replaced.content = content.unwrap_or(replaced.content);
            replaced.attachment = attachment.unwrap_or(replaced.attachment);
            replaced.ext = ext.unwrap_or(replaced.ext);
            replaced.config = config.unwrap_or(replaced.config);
            ScreenVerdict::Replace(Box::new(replaced))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<ScreenVerdict> {
        let body = pb::MessageBody { content: "hello".into(), ext: "e".into(), ..Default::default() };
        serde_json::from_str::<Reply>(json).ok().map(|reply| verdict_of(reply, &body))
    }

    #[test]
    fn answers_are_read() {
        assert_eq!(read(r#"{"action":"allow"}"#), Some(ScreenVerdict::Allow));
        assert_eq!(read(r#"{"action":"deny","text":"no"}"#), Some(ScreenVerdict::Deny("no".into())));
        assert_eq!(read(r#"{"action":"deny"}"#), Some(ScreenVerdict::Deny(DENIED.into())));
        let Some(ScreenVerdict::Replace(body)) = read(r#"{"action":"replace","content":"h***o"}"#) else { panic!() };
        assert_eq!((body.content.as_str(), body.ext.as_str()), ("h***o", "e"));
        for bad in ["{}", "[]", "1", r#"{"action":"explode"}"#, r#"{"action":"replace","content":1}"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
