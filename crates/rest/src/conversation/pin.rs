//! `/user/conversation/pin`, `/unpin`, `/pin_list`

use axum::extract::State;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_messaging::conversations;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::{conversation, require_user};
use crate::{ApiResult, Caller, Rest};

/// A conversation.
#[derive(Deserialize, ToSchema)]
pub struct PinOf {
    #[serde(deserialize_with = "lenient::id")]
    conversation_id: u64,
}

/// PinnedConversations conversations.
#[derive(Serialize, ToSchema)]
pub struct PinnedConversations {
    conversation_ids: Vec<u64>,
}

async fn set(rest: &Rest, caller: &Caller, xid: u64, is_pinned: bool) -> ApiResult<()> {
    let user = require_user(caller)?;
    let device = caller.actor.device();
    Ok(rest.messaging.pin_everywhere(caller.app, user, device, conversation(xid)?, is_pinned).await?)
}

/// Pins.
pub async fn pin(State(rest): State<Rest>, caller: Caller, Params(request): Params<PinOf>) -> Reply<bool> {
    set(&rest, &caller, request.conversation_id, true).await?;
    ok(true)
}

/// Unpins.
pub async fn unpin(State(rest): State<Rest>, caller: Caller, Params(request): Params<PinOf>) -> Reply<bool> {
    set(&rest, &caller, request.conversation_id, false).await?;
    ok(true)
}

/// Lists pinned conversations, newest first.
pub async fn list(State(rest): State<Rest>, caller: Caller) -> Reply<PinnedConversations> {
    let user = require_user(&caller)?;
    let all = conversations(&rest.platform, caller.app, user).await?;
    let pinned = all.iter().rev().filter(|summary| summary.state.is_pinned);
    ok(PinnedConversations { conversation_ids: pinned.map(|summary| summary.state.key.seen_by(user).get()).collect() })
}
