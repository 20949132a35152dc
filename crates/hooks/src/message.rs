//! Messages as receivers see them.

use cerulean_delivery::Event;
use cerulean_delivery::event::{Watch, kind};
use cerulean_proto::pb;
use cerulean_storage::StorageError;
use cerulean_storage::hook_queue::NewHookEvent;
use cerulean_types::{ConversationKey, ItemKind, StoredItem, Xid};
use prost::Message;
use serde_json::{Value, json};

use crate::Hooks;
use crate::catalogue::{MESSAGE_EDITED, MESSAGE_RECALLED, MESSAGE_SENT};

/// Sender and conversation.
pub(crate) fn address(from: u64, to: u64) -> Value {
    let to_kind = if matches!(Xid::parse(to), Ok(Xid::Group(_))) { "group" } else { "user" };
    json!({ "from_id": from, "to_kind": to_kind, "to_id": to })
}

/// What a message says.
pub(crate) fn content_of(body: &pb::MessageBody) -> Value {
    json!({ "content": body.content, "attachment": body.attachment, "ext": body.ext, "config": body.config })
}

/// Sender, conversation and content.
pub(crate) fn facts(from: u64, to: u64, body: &pb::MessageBody) -> Value {
    let mut facts = address(from, to);
    facts["content_type"] = body.ctype.into();
    if let (Value::Object(facts), Value::Object(content)) = (&mut facts, content_of(body)) {
        facts.extend(content);
    }
    facts
}

/// The body of an item; empty when it was erased.
pub(crate) fn body_of(item: &StoredItem) -> pb::MessageBody {
    pb::MessageBody::decode(item.payload.clone()).unwrap_or_default()
}

fn kind_of(item: &StoredItem) -> Option<&'static str> {
    match item.kind {
        ItemKind::Message => Some(MESSAGE_SENT),
        ItemKind::Recall => Some(MESSAGE_RECALLED),
        ItemKind::Append | ItemKind::Replace => Some(MESSAGE_EDITED),
        ItemKind::Other => None,
    }
}

impl Hooks {
    /// The events of an item of the log that somebody asked for. Their ids follow from the item, so that an item taken from the feed twice
    /// is told once.
    pub(crate) async fn events_of(&self, watch: &Watch, item: &StoredItem) -> Result<Vec<NewHookEvent>, StorageError> {
        let settings = self.0.platform.settings_of(item.app).await?;
        let mut rows = Vec::new();
        if let Some(event) = kind_of(item).and_then(|kind| message_event(kind, watch, item)) {
            rows.extend(watch.rows_of(event, &settings, item.timestamp, [id_of(item, ""), id_of(item, "whole")]));
        }
        if let Some(event) = self.recall_event(watch, item).await? {
            let ids = [id_of(item, "moderation"), id_of(item, "moderation whole")];
            rows.extend(watch.rows_of(event, &settings, item.timestamp, ids));
        }
        if item.kind == ItemKind::Message && !watch.receivers_of(kind::PUSH_MESSAGE).is_empty() {
            for (number, event) in self.push_events(watch, item).await?.into_iter().enumerate() {
                let ids = ["push", "push whole"].map(|kind| id_of(item, &format!("{kind} {number}")));
                rows.extend(watch.rows_of(event, &settings, item.timestamp, ids));
            }
        }
        Ok(rows)
    }

    /// Somebody took the message of another back.
    async fn recall_event(&self, watch: &Watch, item: &StoredItem) -> Result<Option<Event>, StorageError> {
        let kind = kind::MODERATION_MESSAGE_RECALLED;
        let (ConversationKey::Group(group), Some(related)) = (item.key, item.related) else { return Ok(None) };
        if item.kind != ItemKind::Recall || watch.receivers_of(kind).is_empty() {
            return Ok(None);
        }
        let message = self.0.platform.log.find_item(item.app, item.key, related).await?;
        let author = message.map(|message| message.from).filter(|author| *author != item.from);
        let event = |author: u64| {
            Event::conversation(kind, item.key, json!({ "group_id": group.get(), "actor_id": item.from }))
                .with("author_id", author)
                .with("mid", item.mid.0)
                .with("related_mid", related.0)
        };
        Ok(author.map(event))
    }
}

fn message_event(kind: &'static str, watch: &Watch, item: &StoredItem) -> Option<Event> {
    if watch.receivers_of(kind).is_empty() {
        return None;
    }
    let mut data = match item.kind {
        ItemKind::Recall => json!({ "from_id": item.from, "to_id": item.to }),
        _ => facts(item.from, item.to, &body_of(item)),
    };
    data["mid"] = item.mid.0.into();
    data["sent_at"] = item.timestamp.into();
    if let Some(related) = item.related {
        data["related_mid"] = related.0.into();
    }
    match item.kind {
        ItemKind::Append => data["operation"] = "append".into(),
        ItemKind::Replace => data["operation"] = "replace".into(),
        // Taken back before anyone could be told what it said.
        ItemKind::Message if item.is_erased => data["is_erased"] = true.into(),
        _ => {}
    }
    Some(Event::conversation(kind, item.key, data))
}

fn id_of(item: &StoredItem, which: &str) -> [u8; 16] {
    let (a, b) = item.key.as_columns();
    let mut hasher = blake3::Hasher::new_derive_key("cerulean webhook event of an item 1");
    hasher.update(&item.app.0.to_be_bytes());
    for part in [a as u64, b as u64, item.mid.0] {
        hasher.update(&part.to_be_bytes());
    }
    hasher.update(which.as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    id
}
