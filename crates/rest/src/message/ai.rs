//! `POST|PUT /ai/message/send`: a message in the name of an assistant's account.

use axum::extract::State;
use cerulean_http_kit::{ApiError, Params, Reply, ok};
use cerulean_messaging::ServerSent;
use cerulean_proto::pb;
use cerulean_types::{Code, Xid};
use serde::Serialize;
use utoipa::ToSchema;

use super::send::ServerMessage;
use crate::{Caller, Rest};

/// Who sent or gets a message.
#[derive(Serialize, ToSchema)]
pub struct MessageAddress {
    uid: u64,
    device_sn: u32,
}

/// A message that was sent.
#[derive(Serialize, ToSchema)]
pub struct AssistantMessage {
    msg_id: u64,
    from_xid: MessageAddress,
    to_xid: MessageAddress,
    /// Milliseconds.
    timestamp: i64,
    /// `CHAT` or `GROUPCHAT`.
    #[serde(rename = "type")]
    kind: &'static str,
    ctype: &'static str,
    content: String,
    attachment: String,
    config: String,
    ext: String,
}

/// What was sent, in the order of the targets.
#[derive(Serialize, ToSchema)]
pub struct AssistantAnswer {
    messages: Vec<AssistantMessage>,
    /// What the messages took of a quota. Messages have none here.
    message_quota_usage: f64,
}

/// Sends as `from_user_id`, or as the user acted for: an assistant is a user like others, never the system.
pub async fn send(
    State(rest): State<Rest>,
    caller: Caller,
    Params(request): Params<ServerMessage>,
) -> Reply<AssistantAnswer> {
    let cmd = request.into_command(&caller, caller.actor)?;
    let nobody = || ApiError::new(Code::BadParameter, "from_user_id must name the assistant's account");
    let from = cmd.from.or(caller.actor.user()).ok_or_else(nobody)?;
    let sent = rest.messaging.send_and_tell(cmd.clone()).await?;
    let ctype = pb::message_body::ContentType::try_from(cmd.content_type).unwrap_or_default().as_str_name();
    let device_sn = caller.actor.device().0;
    let message = |sent: ServerSent| AssistantMessage {
        msg_id: sent.mid.0,
        from_xid: MessageAddress { uid: from.get(), device_sn },
        to_xid: MessageAddress { uid: sent.target.get(), device_sn: 0 },
        timestamp: sent.timestamp,
        kind: if matches!(sent.target, Xid::Group(_)) { "GROUPCHAT" } else { "CHAT" },
        ctype,
        content: cmd.content.clone(),
        attachment: cmd.attachment.clone(),
        config: cmd.config.clone(),
        ext: cmd.ext.clone(),
    };
    ok(AssistantAnswer { messages: sent.into_iter().map(message).collect(), message_quota_usage: 0.0 })
}
