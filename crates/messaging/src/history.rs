//! Pages of history: messages in their present form, edits folded in.

use cerulean_delivery::Platform;
use cerulean_proto::form::Form;
use cerulean_proto::pb;
use cerulean_storage::log::read::{EditedMessage, RecalledMessage};
use cerulean_types::{AppId, ConversationKey, MessageId, StoredItem, UserId, Xid, limits};

use crate::SendError;
use crate::conversation::visible_floor;

/// Messages, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// Messages in their present form, `MessageBody.status` telling what the reader has read.
    pub items: Vec<StoredItem>,
    /// Id to ask for the next older page with; 0 when there is none.
    pub next: MessageId,
    /// The page has everything the reader may see between this id and the one it was asked with.
    pub above: MessageId,
}

/// The page older than `before` (0: the newest page) of a conversation as `user` may see it.
pub async fn history(
    platform: &Platform,
    app: AppId,
    user: UserId,
    xid: Xid,
    before: MessageId,
    limit: usize,
) -> Result<HistoryPage, SendError> {
    let limit = limit.clamp(1, limits::HISTORY_ITEMS);
    let key = ConversationKey::of(user, xid);
    let state = platform.log.state(app, user, key).await?;
    let floor = visible_floor(platform, app, user, key, state.clear_mid).await?;
    let mut page = platform.log.history(app, key, user, floor, before, limit + 1).await?;
    let has_more = page.len() > limit;
    page.truncate(limit);
    let by_peer = match key {
        ConversationKey::Pair(one, other) if one != other => {
            let peer = if one == user { other } else { one };
            let state = platform.log.state(app, peer, key).await?;
            Marks { read: state.read_mid, delivered: state.delivered_mid }
        }
        _ => Marks::default(),
    };
    let own = Marks { read: state.read_mid, ..Marks::default() };
    let items: Vec<StoredItem> = page
        .into_iter()
        .map(|edited| {
            let is_own = edited.message.from == user.get();
            fold(edited, if is_own { by_peer } else { own })
        })
        .collect();
    let next = if has_more { items.last().map_or(MessageId(0), |item| item.mid) } else { MessageId(0) };
    Ok(HistoryPage { items, next, above: floor.max(next) })
}

/// What is left of the messages in the span of a page that were taken back, newest first.
pub async fn recalled(
    platform: &Platform,
    app: AppId,
    user: UserId,
    xid: Xid,
    page: &HistoryPage,
    before: MessageId,
) -> Result<Vec<RecalledMessage>, SendError> {
    let key = ConversationKey::of(user, xid);
    let below = if before.0 == 0 { MessageId(i64::MAX as u64) } else { before };
    Ok(platform.log.recalled(app, key, user, page.above, below, limits::RECALLED_ITEMS).await?)
}

/// Up to where the messages of a page were read, and delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// Read.
    pub read: MessageId,
    /// On a device of the other.
    pub delivered: MessageId,
}

impl Marks {
    fn status_of(self, mid: MessageId) -> Option<pb::message_body::Status> {
        match mid {
            _ if mid <= self.read => Some(pb::message_body::Status::Read),
            _ if mid <= self.delivered => Some(pb::message_body::Status::Delivered),
            _ => None,
        }
    }
}

/// Folds edits into a message and sets its read state. A message without edits keeps its bytes.
pub fn fold(edited: EditedMessage, marks: Marks) -> StoredItem {
    let EditedMessage { mut message, edits } = edited;
    if !edits.is_empty()
        && let Some(mut form) = Form::read(&message.payload)
    {
        for edit in &edits {
            form.fold(edit.kind, &edit.payload);
        }
        message.payload = form.encode().into();
    }
    if let Some(status) = marks.status_of(message.mid) {
        let tail = cerulean_proto::body::status_tail(status as u32);
        message.payload = crate::send::with_tail(&message.payload, &tail);
    }
    message
}
