//! `GET /message/conversation`, `GET /message/unread`

use axum::extract::State;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_messaging::{conversations, history, unread_of};
use cerulean_proto::pb;
use cerulean_types::{ConversationKey, MessageId, StoredItem};
use prost::Message;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::operation::{conversation, require_user};
use crate::{Caller, Rest};

/// Which page.
#[derive(Deserialize, ToSchema)]
pub struct HistoryOf {
    #[serde(deserialize_with = "lenient::id")]
    opposite_id: u64,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    msg_id_start: Option<u64>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    limit: Option<u64>,
}

/// A page of messages, newest first.
#[derive(Serialize, ToSchema)]
pub struct HistoryPage {
    is_last: bool,
    next_msg_id: u64,
    messages: Vec<MessageView>,
}

#[derive(Serialize, ToSchema)]
struct DeviceAddress {
    uid: u64,
    device_sn: u32,
}

/// A message as the server API shows it.
#[derive(Serialize, ToSchema)]
pub struct MessageView {
    msg_id: u64,
    from_xid: DeviceAddress,
    to_xid: DeviceAddress,
    timestamp: i64,
    ctype: &'static str,
    content: String,
    attachment: String,
    config: String,
    ext: String,
    status: &'static str,
}

const USUAL_PAGE: u64 = 20;

impl MessageView {
    fn of(item: &StoredItem) -> Self {
        let body = pb::MessageBody::decode(item.payload.clone()).unwrap_or_default();
        Self {
            msg_id: item.mid.0,
            from_xid: DeviceAddress { uid: item.from, device_sn: item.from_device.0 },
            to_xid: DeviceAddress { uid: item.to, device_sn: 0 },
            timestamp: item.timestamp,
            ctype: body.ctype().as_str_name(),
            status: body.status().as_str_name(),
            content: body.content,
            attachment: body.attachment,
            config: body.config,
            ext: body.ext,
        }
    }
}

/// Messages older than `msg_id_start`, or the newest for 0.
pub async fn page(State(rest): State<Rest>, caller: Caller, Params(request): Params<HistoryOf>) -> Reply<HistoryPage> {
    let user = require_user(&caller)?;
    let xid = conversation(request.opposite_id)?;
    rest.messaging.require_conversation(caller.app, user, xid).await?;
    let before = MessageId(request.msg_id_start.unwrap_or(0));
    let limit = request.limit.unwrap_or(USUAL_PAGE) as usize;
    let page = history(&rest.platform, caller.app, user, xid, before, limit).await?;
    let messages = page.items.iter().map(MessageView::of).collect();
    ok(HistoryPage { is_last: page.next.0 == 0, next_msg_id: page.next.0, messages })
}

#[derive(Serialize, ToSchema)]
struct ConversationId {
    uid: u64,
}

/// UnreadCount messages of one conversation.
#[derive(Serialize, ToSchema)]
pub struct UnreadCount {
    conversation_id: ConversationId,
    num: usize,
}

/// Conversations with unread messages; what the system told the user stands under 0.
pub async fn unread(State(rest): State<Rest>, caller: Caller) -> Reply<Vec<UnreadCount>> {
    let user = require_user(&caller)?;
    let listed = conversations(&rest.platform, caller.app, user).await?;
    let counts = unread_of(&rest.platform, caller.app, user, &listed).await?;
    let unread = |key: ConversationKey| {
        let conversation_id = ConversationId { uid: key.seen_by(user).get() };
        counts.get(&key).map(|num| UnreadCount { conversation_id, num: *num })
    };
    ok(listed.iter().filter_map(|summary| unread(summary.state.key)).collect())
}
