//! A verdict from outside before a message is taken.
//!
//! Nobody is asked about what the server itself says, nor about what would be refused anyway. Whoever gives verdicts implements
//! [`Screen`]; without one, or in apps it does not care for, a send costs one look at a flag.

use std::sync::Arc;

use cerulean_proto::pb;
use cerulean_types::{AppId, UserId, Xid};
use prost::Message;
use serde::Deserialize;

use crate::send::Judged;
use crate::{Messaging, Outgoing, SendError};

/// Where a message came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// A client's socket.
    Client,
    /// The server API.
    Server,
}

/// A message about to be taken.
#[derive(Debug, Clone)]
pub struct Screened {
    /// App.
    pub app: AppId,
    /// Sender.
    pub from: UserId,
    /// Conversation as the sender names it.
    pub to: Xid,
    /// Where it came in.
    pub door: Door,
    /// Whether it changes a message (APPEND, REPLACE).
    pub is_edit: bool,
    /// The body.
    pub body: pb::MessageBody,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is sent.
    Allow,
    /// It is refused; the sender is shown the text.
    Deny {
        /// Why.
        text: String,
    },
    /// This is sent instead.
    Replace(Box<pb::MessageBody>),
}

/// Whether a body could be sent in place of another.
pub type IsSendable<'a> = &'a (dyn Fn(&pb::MessageBody) -> bool + Sync);

/// Gives verdicts.
#[async_trait::async_trait]
pub trait Screen: Send + Sync {
    /// Whether it wants to be asked. Must be quick: every send of every app asks.
    fn wants(&self, app: AppId, door: Door, is_edit: bool) -> bool;

    /// Gives its verdict, or the one for the case that none can be had. A replacement that could not be sent is none.
    async fn judge(&self, message: Screened, is_sendable: IsSendable<'_>) -> Verdict;
}

/// Whether a body changes a message that is there.
pub(crate) fn is_edit(body: &pb::MessageBody) -> bool {
    use pb::message_operation::OpType;

    let operation = body.operation.as_ref().map(pb::MessageOperation::r#type);
    body.r#type() == pb::message_body::Type::Oper && matches!(operation, Some(OpType::Append | OpType::Replace))
}

/// Whether there is something in it to give a verdict on. Read marks, recalls, deletions and typing have no content of their own.
fn has_content(body: &pb::MessageBody) -> bool {
    let is_operation = body.r#type() == pb::message_body::Type::Oper;
    let is_bare = has_no_text(body) && body.ext.is_empty();
    (!is_operation || is_edit(body)) && !is_bare && !is_typing(body)
}

/// Whether nothing is in it but for what `ext` may hold.
fn has_no_text(body: &pb::MessageBody) -> bool {
    body.content.is_empty() && body.attachment.is_empty() && body.config.is_empty()
}

/// Whether it only says that somebody types, as the public SDKs do it. Whoever puts anything beside that is asked about.
fn is_typing(body: &pb::MessageBody) -> bool {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Signal {
        #[serde(rename = "input_status")]
        _status: InputStatus,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum InputStatus {
        Typing,
        Nothing,
    }
    body.qos() == pb::message_body::QoS::AtMostOnce
        && has_no_text(body)
        && serde_json::from_str::<Signal>(&body.ext).is_ok()
}

impl Messaging {
    /// Asks this one for verdicts from now on. Called once, where the server is put together.
    pub fn set_screen(&self, screen: Arc<dyn Screen>) {
        let is_first = self.0.screen.set(screen).is_ok();
        debug_assert!(is_first, "a server has one screen");
    }

    pub(crate) fn screen_for(&self, app: AppId, door: Door, body: &pb::MessageBody) -> Option<&Arc<dyn Screen>> {
        let screen = self.0.screen.get()?;
        (screen.wants(app, door, is_edit(body)) && has_content(body)).then_some(screen)
    }

    /// What is to be sent after the verdict, if anything.
    pub(crate) async fn screen(
        &self,
        out: Outgoing,
        judged: Judged,
        door: Door,
    ) -> Result<(Outgoing, Judged), SendError> {
        let Some(screen) = self.screen_for(out.app, door, &judged.body) else { return Ok((out, judged)) };
        let is_edit = is_edit(&judged.body);
        let message = Screened { app: out.app, from: out.from, to: out.to, door, is_edit, body: judged.body.clone() };
        let with = |body: &pb::MessageBody| Outgoing { payload: body.encode_to_vec().into(), ..out.clone() };
        match screen.judge(message, &|body| self.judge(&with(body)).is_ok()).await {
            Verdict::Allow => Ok((out, judged)),
            Verdict::Deny { text } => Err(SendError::Denied { text }),
            Verdict::Replace(body) => {
                let out = with(&body);
                let judged = self.judge(&out)?;
                Ok((out, judged))
            }
        }
    }
}
