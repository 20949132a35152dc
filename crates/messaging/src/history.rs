//! Pages of history: messages in their present form, edits folded in.

use bytes::Bytes;
use cerulean_delivery::Platform;
use cerulean_proto::pb;
use cerulean_storage::log::read::EditedMessage;
use cerulean_types::{AppId, ConversationKey, ItemKind, MessageId, StoredItem, UserId, Xid, limits};
use prost::Message;
use serde_json::{Map, Value};

use crate::SendError;
use crate::conversation::visible_floor;

/// Messages, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// Messages in their present form, `MessageBody.status` telling what the reader has read.
    pub items: Vec<StoredItem>,
    /// Id to ask for the next older page with; 0 when there is none.
    pub next: MessageId,
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
    let read_by_peer = match key {
        ConversationKey::Pair(one, other) if one != other => {
            let peer = if one == user { other } else { one };
            platform.log.state(app, peer, key).await?.read_mid
        }
        _ => MessageId(0),
    };
    let items: Vec<StoredItem> = page
        .into_iter()
        .map(|edited| {
            let is_own = edited.message.from == user.get();
            let read_up_to = if is_own { read_by_peer } else { state.read_mid };
            fold(edited, read_up_to)
        })
        .collect();
    let next = if has_more { items.last().map_or(MessageId(0), |item| item.mid) } else { MessageId(0) };
    Ok(HistoryPage { items, next })
}

/// Folds edits into a message and sets its read state. A message without edits keeps its bytes.
pub fn fold(edited: EditedMessage, read_up_to: MessageId) -> StoredItem {
    let EditedMessage { mut message, edits } = edited;
    if !edits.is_empty()
        && let Some(body) = fold_body(&message.payload, &edits)
    {
        message.payload = body.encode_to_vec().into();
    }
    if message.mid <= read_up_to {
        let tail = cerulean_proto::body::status_tail(pb::message_body::Status::Read as u32);
        message.payload = crate::send::with_tail(&message.payload, &tail);
    }
    message
}

fn fold_body(payload: &Bytes, edits: &[StoredItem]) -> Option<pb::MessageBody> {
    let mut body = pb::MessageBody::decode(payload.clone()).ok()?;
    for edit in edits {
        let Ok(change) = pb::MessageBody::decode(edit.payload.clone()) else { continue };
        if edit.kind == ItemKind::Append {
            body.content.push_str(&change.content);
        } else if !change.content.is_empty() {
            body.content = change.content;
        }
        merge_json(&mut body.config, &change.config);
        merge_json(&mut body.ext, &change.ext);
        body.edit_timestamp = body.edit_timestamp.max(change.edit_timestamp);
    }
    Some(body)
}

/// Merges the top-level fields of a JSON object given as text. Absent, empty and `null` mean unchanged; what is no object replaces.
fn merge_json(into: &mut String, change: &str) {
    if change.is_empty() || change.trim() == "null" {
        return;
    }
    let parse = |text: &str| serde_json::from_str::<Map<String, Value>>(text).ok();
    match (parse(into), parse(change)) {
        (Some(mut fields), Some(changed)) => {
            fields.extend(changed);
            *into = Value::Object(fields).to_string();
        }
        _ => change.clone_into(into),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_merged_by_top_level_field() {
        let mut text = r#"{"a":1,"b":2}"#.to_owned();
        merge_json(&mut text, "null");
        merge_json(&mut text, "");
        merge_json(&mut text, r#"{"b":3,"c":12345678901234567}"#);
        assert_eq!(text, r#"{"a":1,"b":3,"c":12345678901234567}"#);
        merge_json(&mut text, "plain");
        assert_eq!(text, "plain");
    }
}
