//! Messages as receivers see them.

use cerulean_delivery::Platform;
use cerulean_delivery::event::{Watch, body_of, order_key};
use cerulean_proto::pb;
use cerulean_storage::StorageError;
use cerulean_storage::hook_queue::NewHookEvent;
use cerulean_types::{ItemKind, StoredItem, Xid};
use prost::Message;
use serde_json::{Value, json};

use crate::catalogue::{MESSAGE_EDITED, MESSAGE_RECALLED, MESSAGE_SENT};

/// Sender, conversation and content.
pub(crate) fn facts(from: u64, to: u64, body: &pb::MessageBody) -> Value {
    let to_kind = if matches!(Xid::parse(to), Ok(Xid::Group(_))) { "group" } else { "user" };
    json!({
        "from_id": from,
        "to_kind": to_kind,
        "to_id": to,
        "content_type": body.ctype,
        "content": body.content,
        "attachment": body.attachment,
        "ext": body.ext,
        "config": body.config,
    })
}

fn kind_of(item: &StoredItem) -> Option<&'static str> {
    match item.kind {
        ItemKind::Message => Some(MESSAGE_SENT),
        ItemKind::Recall => Some(MESSAGE_RECALLED),
        ItemKind::Append | ItemKind::Replace => Some(MESSAGE_EDITED),
        ItemKind::Other => None,
    }
}

/// The event of an item of the log, if somebody asked for it. Its id follows from the item, so that an item taken from the feed twice is
/// one event.
pub(crate) async fn event_of(
    platform: &Platform,
    watch: &Watch,
    item: &StoredItem,
) -> Result<Option<NewHookEvent>, StorageError> {
    let Some(kind) = kind_of(item) else { return Ok(None) };
    let hooks = watch.receivers_of(kind);
    if hooks.is_empty() {
        return Ok(None);
    }
    let body = pb::MessageBody::decode(item.payload.clone()).unwrap_or_default();
    let mut data = match item.kind {
        ItemKind::Recall => json!({ "from_id": item.from, "to_id": item.to }),
        _ => facts(item.from, item.to, &body),
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
    let settings = platform.settings_of(item.app).await?;
    Ok(Some(NewHookEvent {
        id: id_of(item),
        kind,
        order_key: order_key(item.key),
        body: body_of(kind, &settings, item.timestamp, &data),
        hooks: hooks.to_vec(),
    }))
}

fn id_of(item: &StoredItem) -> [u8; 16] {
    let (a, b) = item.key.as_columns();
    let mut hasher = blake3::Hasher::new_derive_key("cerulean webhook event of an item 1");
    hasher.update(&item.app.0.to_be_bytes());
    for part in [a as u64, b as u64, item.mid.0] {
        hasher.update(&part.to_be_bytes());
    }
    let mut id = [0; 16];
    id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    id
}
