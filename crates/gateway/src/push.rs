//! Items on their way to sessions: encoded once for all who see the conversation under the same name.

use bytes::Bytes;
use cerulean_bus::EphemeralItem;
use cerulean_proto::encode::{self, Item};
use cerulean_types::{ConversationKey, StoredItem, UserId};

/// An item as it travels.
pub(crate) fn wire_item(item: &StoredItem) -> Item<'_> {
    Item {
        mid: item.mid.0,
        from: (item.from, item.from_device.0),
        to: item.to,
        timestamp: item.timestamp as u64,
        namespace: item.namespace,
        payload: &item.payload,
        payload_tail: &[],
        link: &item.link,
        digest: &item.digest,
        position: item.position,
        prev_mid: item.prev_mid.0,
        recalled_by: 0,
    }
}

/// The eager push of a stored item for those who call its conversation `xid`.
pub(crate) fn push_frame(item: &StoredItem, xid: u64) -> Bytes {
    encode::items_frame(xid, &[wire_item(item)], 0, false, true)
}

/// The push of an item that is not stored.
pub(crate) fn ephemeral_frame(item: &EphemeralItem, xid: u64) -> Bytes {
    let wire = Item {
        mid: item.mid,
        from: (item.from, item.from_device.0),
        to: item.to,
        timestamp: item.timestamp as u64,
        namespace: item.namespace,
        payload: &item.payload,
        payload_tail: &[],
        link: &[],
        digest: &[],
        position: 0,
        prev_mid: 0,
        recalled_by: 0,
    };
    encode::items_frame(xid, &[wire], 0, false, true)
}

/// The users of a conversation that is no group.
pub(crate) fn users_of(key: ConversationKey) -> impl Iterator<Item = UserId> {
    let (one, other) = match key {
        ConversationKey::Pair(one, other) => (Some(one), (other != one).then_some(other)),
        ConversationKey::System(user) => (Some(user), None),
        ConversationKey::Group(_) => (None, None),
    };
    one.into_iter().chain(other)
}
