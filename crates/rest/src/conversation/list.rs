//! `GET /client/v1/conversations`

use axum::Json;
use axum::extract::State;
use cerulean_http_kit::{Params, ProblemReply, lenient};
use cerulean_messaging::{Overview, listed_conversations, overviews};
use cerulean_proto::pb;
use cerulean_types::{ConversationKey, StoredItem, UserId};
use prost::Message;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::require_user;
use crate::{Caller, Rest};

/// Which page.
#[derive(Deserialize, ToSchema)]
pub struct ConversationsOf {
    #[serde(default, deserialize_with = "lenient::opt_id")]
    limit: Option<u64>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    cursor: Option<u64>,
}

/// A page of conversations, newest first.
#[derive(Serialize, ToSchema)]
pub struct ConversationPage {
    items: Vec<ConversationView>,
    next_cursor: Option<String>,
}

/// A conversation in the list.
#[derive(Serialize, ToSchema)]
pub struct ConversationView {
    xid: u64,
    kind: &'static str,
    unread: usize,
    head_mid: u64,
    position: u64,
    read_mid: u64,
    peer_read_mid: u64,
    is_pinned: bool,
    is_muted: bool,
    last: Option<LastMessage>,
}

#[derive(Serialize, ToSchema)]
struct LastMessage {
    mid: u64,
    from: u64,
    timestamp: i64,
    ctype: i32,
    content: String,
}

const PREVIEW_CHARS: usize = 200;
const USUAL_PAGE: u64 = 100;
const LARGEST_PAGE: u64 = 500;

impl LastMessage {
    fn of(item: &StoredItem) -> Self {
        let body = pb::MessageBody::decode(item.payload.clone()).unwrap_or_default();
        let content = body.content.chars().take(PREVIEW_CHARS).collect();
        Self { mid: item.mid.0, from: item.from, timestamp: item.timestamp, ctype: body.ctype, content }
    }
}

impl ConversationView {
    fn of(overview: &Overview, user: UserId) -> Self {
        let state = overview.summary.state;
        let is_empty = overview.summary.is_empty();
        Self {
            xid: state.key.seen_by(user).get(),
            kind: match state.key {
                ConversationKey::Pair(..) => "user",
                ConversationKey::Group(_) => "group",
                ConversationKey::System(_) => "system",
            },
            unread: overview.unread,
            head_mid: if is_empty { 0 } else { state.head.mid.0 },
            position: if is_empty { 0 } else { state.head.position },
            read_mid: state.read_mid.0,
            peer_read_mid: overview.peer_read_mid.0,
            is_pinned: state.is_pinned,
            is_muted: state.is_muted,
            last: overview.last.as_ref().map(LastMessage::of),
        }
    }
}

/// The caller's conversations by their newest item; `cursor` is the id of the last one's newest item.
pub async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Params(request): Params<ConversationsOf>,
) -> ProblemReply<Json<ConversationPage>> {
    let user = require_user(&caller)?;
    let limit = request.limit.unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE) as usize;
    let before = request.cursor.unwrap_or(u64::MAX);
    let all = listed_conversations(&rest.platform, caller.app, user).await?;
    let older: Vec<_> = all.into_iter().rev().filter(|summary| summary.state.head.mid.0 < before).collect();
    // Conversations with the same newest id (empty groups: 0) stay on one page, or the cursor would skip some of them.
    let mut end = older.len().min(limit);
    while end < older.len() && older[end].state.head.mid == older[end - 1].state.head.mid {
        end += 1;
    }
    let next_cursor = (end < older.len()).then(|| older[end - 1].state.head.mid.0.to_string());
    let overviews = overviews(&rest.platform, caller.app, user, &older[..end]).await?;
    let items = overviews.iter().map(|overview| ConversationView::of(overview, user)).collect();
    Ok(Json(ConversationPage { items, next_cursor }))
}
