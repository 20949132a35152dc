//! What stands in a conversation.

use bytes::Bytes;

use crate::{AppId, ConversationKey, DeviceSn, ItemKind, MessageId, Millis, UserId};

/// A stored item, complete: everything a frame about it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredItem {
    /// App.
    pub app: AppId,
    /// Conversation.
    pub key: ConversationKey,
    /// Id.
    pub mid: MessageId,
    /// 1-based place in the conversation.
    pub position: u64,
    /// Id of the item before, 0 for the first.
    pub prev_mid: MessageId,
    /// Milliseconds.
    pub timestamp: Millis,
    /// `Meta.ns`.
    pub namespace: u8,
    /// What the log knows of it.
    pub kind: ItemKind,
    /// The message an operation acts on.
    pub related: Option<MessageId>,
    /// `Meta.from.uid`: a user, or 0 for the system.
    pub from: u64,
    /// `Meta.from.deviceSN`; this device does not get the item again.
    pub from_device: DeviceSn,
    /// `Meta.to.uid`: a user or a group.
    pub to: u64,
    /// Encoded body. Empty once erased.
    pub payload: Bytes,
    /// Whether the body was erased (recalled, expired).
    pub is_erased: bool,
    /// Hash-chain link.
    pub link: [u8; 32],
    /// BLAKE3 of the sealed body.
    pub digest: [u8; 32],
}

impl StoredItem {
    /// Whether this device made the item or, for a notice, needs not be told: it has it already.
    pub fn is_made_by(&self, user: UserId, device: DeviceSn) -> bool {
        device != DeviceSn::NONE && self.from_device == device && (self.from == user.get() || self.from == 0)
    }
}
