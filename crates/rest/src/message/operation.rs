//! `/message/recall`, `/message/ack`, `DELETE /message/conversation`

use axum::extract::State;
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_messaging::ServerSend;
use cerulean_types::{Actor, Code, DeviceSn, MessageId, UserId, Xid};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{ApiResult, Caller, Rest};

/// A message of a conversation.
#[derive(Deserialize, ToSchema)]
pub struct OneMessage {
    #[serde(deserialize_with = "lenient::id")]
    conversation_id: u64,
    #[serde(deserialize_with = "lenient::id")]
    msg_id: u64,
}

/// What a device has.
#[derive(Deserialize, ToSchema)]
pub struct Acknowledgement {
    #[serde(flatten)]
    message: OneMessage,
    /// The device; that of the token when absent.
    #[serde(default, deserialize_with = "lenient::opt_id")]
    device_sn: Option<u64>,
}

/// A conversation.
#[derive(Deserialize, ToSchema)]
pub struct OneConversation {
    #[serde(deserialize_with = "lenient::id")]
    conversation_id: u64,
}

pub(crate) fn conversation(number: u64) -> ApiResult<Xid> {
    Xid::parse(number).map_err(|_| ApiError::new(Code::BadParameter, "conversation_id names no conversation"))
}

pub(crate) fn require_user(caller: &Caller) -> ApiResult<UserId> {
    let needs = || ApiError::new(Code::PermissionDenied, "name the user to act as in the header user_id");
    caller.actor.user().ok_or_else(needs)
}

/// `POST|PUT /message/recall`. An administrator who names no user acts in groups as their owner.
pub async fn recall(State(rest): State<Rest>, caller: Caller, Params(request): Params<OneMessage>) -> Reply<bool> {
    let target = conversation(request.conversation_id)?;
    let from = match (caller.actor, target) {
        (Actor::Admin { acting_for: None }, Xid::Group(group)) => {
            let view =
                rest.platform.group_view(caller.app, group).await?.ok_or_else(|| ApiError::of(Code::GroupNotFound))?;
            view.read().owner()
        }
        _ => Some(require_user(&caller)?),
    };
    let cmd = ServerSend {
        app: caller.app,
        actor: caller.actor,
        from,
        targets: vec![target],
        content_type: 10,
        content: String::new(),
        attachment: String::new(),
        config: String::new(),
        ext: String::new(),
        online_only: false,
        related: MessageId(request.msg_id),
        transaction_id: None,
    };
    rest.messaging.send_from_server(cmd).await?;
    ok(true)
}

/// `GET /message/ack`: the device has everything up to here, and the user has seen it.
pub async fn acknowledge(
    State(rest): State<Rest>,
    caller: Caller,
    Params(request): Params<Acknowledgement>,
) -> Reply<bool> {
    let user = require_user(&caller)?;
    let message = request.message;
    let xid = conversation(message.conversation_id)?;
    let named = request.device_sn.and_then(|number| u32::try_from(number).ok()).map(DeviceSn);
    let device = named.unwrap_or_else(|| caller.actor.device());
    if device == DeviceSn::NONE {
        return Err(ApiError::new(Code::BadParameter, "device_sn is missing"));
    }
    rest.messaging.confirm(caller.app, user, device, xid, MessageId(message.msg_id)).await?;
    ok(true)
}

/// `DELETE /message/conversation`: clears the user's copy.
pub async fn clear(State(rest): State<Rest>, caller: Caller, Params(request): Params<OneConversation>) -> Reply<bool> {
    let user = require_user(&caller)?;
    let xid = conversation(request.conversation_id)?;
    rest.messaging.clear_everywhere(caller.app, user, caller.actor.device(), xid).await?;
    ok(true)
}
