//! What a user changes about a conversation: clear, pin, mute.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::NoContent;
use cerulean_http_kit::{Params, ProblemReply, lenient};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::message::{conversation, require_user};
use crate::{Caller, Rest};

/// Pinned or not.
#[derive(Deserialize, ToSchema)]
pub struct PinState {
    is_pinned: bool,
}

/// Silent or not.
#[derive(Deserialize, ToSchema)]
pub struct MuteState {
    is_muted: bool,
}

/// Everywhere, or on the calling device only.
#[derive(Deserialize, ToSchema)]
pub struct ClearOf {
    /// The copy of the calling device alone; other devices keep theirs.
    #[serde(default, deserialize_with = "lenient::opt_flag")]
    this_device: Option<bool>,
}

/// `DELETE /client/v1/conversations/{xid}`
pub async fn clear(
    State(rest): State<Rest>,
    caller: Caller,
    Path(xid): Path<u64>,
    Params(clear): Params<ClearOf>,
) -> ProblemReply<NoContent> {
    let user = require_user(&caller)?;
    let (xid, device) = (conversation(xid)?, caller.actor.device());
    if clear.this_device == Some(true) {
        let key = rest.messaging.require_conversation(caller.app, user, xid).await?;
        rest.messaging.drop_on_device(caller.app, user, device, key).await?;
    } else {
        rest.messaging.clear_everywhere(caller.app, user, device, xid).await?;
    }
    Ok(NoContent)
}

/// `PUT /client/v1/conversations/{xid}/pin`
pub async fn pin(
    State(rest): State<Rest>,
    caller: Caller,
    Path(xid): Path<u64>,
    Json(pin): Json<PinState>,
) -> ProblemReply<NoContent> {
    let (user, xid) = (require_user(&caller)?, conversation(xid)?);
    rest.messaging.pin_everywhere(caller.app, user, caller.actor.device(), xid, pin.is_pinned).await?;
    Ok(NoContent)
}

/// `PUT /client/v1/conversations/{xid}/mute`
pub async fn mute(
    State(rest): State<Rest>,
    caller: Caller,
    Path(xid): Path<u64>,
    Json(mute): Json<MuteState>,
) -> ProblemReply<NoContent> {
    let (user, xid) = (require_user(&caller)?, conversation(xid)?);
    rest.messaging.mute_everywhere(caller.app, user, caller.actor.device(), xid, mute.is_muted).await?;
    Ok(NoContent)
}
