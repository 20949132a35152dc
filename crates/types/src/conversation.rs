//! What a conversation is and what stands in it.

use crate::{GroupId, UserId, Xid};

/// Names a conversation the same way for everyone in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConversationKey {
    /// Two users, the smaller id first; both the same for a user's notes to himself.
    Pair(UserId, UserId),
    /// A group.
    Group(GroupId),
    /// One user's own line for notices and private operations.
    System(UserId),
}

impl ConversationKey {
    /// The conversation of two users, in whichever order they are named.
    pub fn pair(one: UserId, other: UserId) -> Self {
        if one <= other { Self::Pair(one, other) } else { Self::Pair(other, one) }
    }

    /// The conversation that `user` names by `xid`.
    pub fn of(user: UserId, xid: Xid) -> Self {
        match xid {
            Xid::System => Self::System(user),
            Xid::User(peer) => Self::pair(user, peer),
            Xid::Group(group) => Self::Group(group),
        }
    }

    /// How `user` names this conversation on the wire.
    pub fn seen_by(self, user: UserId) -> Xid {
        match self {
            Self::Pair(low, high) => Xid::User(if low == user { high } else { low }),
            Self::Group(group) => Xid::Group(group),
            Self::System(_) => Xid::System,
        }
    }

    /// Two numbers for storage. Ids of users and groups are disjoint, so the pair is unambiguous.
    pub fn as_columns(self) -> (i64, i64) {
        match self {
            Self::Pair(low, high) => (low.as_i64(), high.as_i64()),
            Self::Group(group) => (group.as_i64(), 0),
            Self::System(user) => (0, user.as_i64()),
        }
    }

    /// Takes back what [`Self::as_columns`] stored.
    pub fn from_columns(a: i64, b: i64) -> Self {
        match (a, b) {
            (0, user) => Self::System(UserId::from_stored(user)),
            (group, 0) => Self::Group(GroupId::from_stored(group)),
            (low, high) => Self::Pair(UserId::from_stored(low), UserId::from_stored(high)),
        }
    }
}

/// Values of `Meta.ns`.
pub mod namespace {
    /// A message or an operation on one.
    pub const MESSAGE: u8 = 1;
    /// A change in a group.
    pub const GROUP_NOTICE: u8 = 2;
    /// A change in a friend relation.
    pub const ROSTER_NOTICE: u8 = 3;
    /// A change of the account or its devices.
    pub const USER_NOTICE: u8 = 4;
    /// An operation on a whole conversation.
    pub const CONVERSATION: u8 = 6;
    /// Call signalling, never stored.
    pub const RTC_SIGNAL: u8 = 8;
    /// Presence of a watched user (extension), never stored.
    pub const PRESENCE: u8 = 100;
}

/// What an item is, as far as the log must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ItemKind {
    /// Content people read; part of history.
    Message = 1,
    /// Takes a message back for everyone; erases its body.
    Recall = 2,
    /// Adds text to a message.
    Append = 3,
    /// Replaces the content of a message.
    Replace = 4,
    /// Any other operation, or a notice: delivered, not part of history.
    Other = 5,
}

impl ItemKind {
    /// The stored form.
    pub fn as_i64(self) -> i64 {
        self as i64
    }

    /// Takes back the stored form.
    pub fn from_stored(number: i64) -> Option<Self> {
        Some(match number {
            1 => Self::Message,
            2 => Self::Recall,
            3 => Self::Append,
            4 => Self::Replace,
            5 => Self::Other,
            _ => return None,
        })
    }

    /// Whether the item changes an earlier one.
    pub fn is_fold(self) -> bool {
        matches!(self, Self::Recall | Self::Append | Self::Replace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_storage_and_name_the_other_side() {
        let mut rng = rand::rng();
        let (one, other, group) = (UserId::random(&mut rng), UserId::random(&mut rng), GroupId::random(&mut rng));
        for key in [
            ConversationKey::pair(one, other),
            ConversationKey::pair(one, one),
            ConversationKey::Group(group),
            ConversationKey::System(one),
        ] {
            let (a, b) = key.as_columns();
            assert_eq!(ConversationKey::from_columns(a, b), key);
            assert_eq!(ConversationKey::of(one, key.seen_by(one)), key);
        }
        assert_eq!(ConversationKey::pair(one, other).seen_by(other), Xid::User(one));
    }
}
