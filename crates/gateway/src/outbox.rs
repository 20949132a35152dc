//! What waits to be written to one socket, and what the device behind it has been given.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use cerulean_storage::log::read::Cursor;
use cerulean_types::{ConversationKey, MessageId};
use tokio::time::Instant;

/// How long a confirmed place is remembered: longer than the log waits before it writes, and than a late fan-out takes.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// A conversation the device is not up to date in. It gets wakes instead of items until a pull has come to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Behind {
    /// Up to here items were handed out, as far as this connection knows.
    pub sent: Option<MessageId>,
    /// The client knows (a wake or an unread count went out) or is pulling.
    pub is_told: bool,
    /// Something came since the last pull began.
    pub is_dirty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Phase {
    /// Provisioned or not, but UNREAD was not answered yet: what comes is noted, not sent.
    #[default]
    Starting,
    /// Items are pushed as they come.
    Live,
    /// Nothing more is delivered.
    Ended,
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub frames: VecDeque<Bytes>,
    pub bytes: usize,
    pub phase: Phase,
    pub behind: HashMap<ConversationKey, Behind>,
    /// Last item handed out per conversation, until the device confirms it.
    pub unconfirmed: HashMap<ConversationKey, Cursor>,
    /// Confirmed places that a read of the database may not find yet, and that what is fanned out late must not repeat.
    settling: Vec<(ConversationKey, MessageId, Instant)>,
    /// Conversations to wake for once the socket has drained.
    pub wakes: Vec<ConversationKey>,
    /// The client was told why its session ends.
    pub has_last_word: bool,
}

impl Outbox {
    pub fn push(&mut self, frame: Bytes) {
        self.bytes += frame.len();
        self.frames.push_back(frame);
    }

    /// Notes that the device has everything of a conversation up to here.
    pub fn settle(&mut self, key: ConversationKey, mid: MessageId) {
        let now = Instant::now();
        let known = self.settled(key);
        self.settling.retain(|(other, _, since)| *other != key && now < *since + SETTLED_AFTER);
        self.settling.push((key, mid.max(known), now));
    }

    /// Up to where the device confirmed a conversation on this connection, as far as it was lately; 0 when that is not known.
    pub fn settled(&self, key: ConversationKey) -> MessageId {
        let found = self.settling.iter().find(|(other, _, _)| *other == key);
        found.map_or(MessageId(0), |(_, mid, _)| *mid)
    }

    /// Whether the item itself may be sent now; otherwise notes what has to happen instead and tells whether to wake the client.
    pub fn may_push(&mut self, key: ConversationKey, length: usize, limit: usize) -> Verdict {
        match self.phase {
            Phase::Ended => return Verdict::Nothing,
            Phase::Starting => {
                self.behind.entry(key).or_default().is_dirty = true;
                return Verdict::Nothing;
            }
            Phase::Live => {}
        }
        if let Some(behind) = self.behind.get_mut(&key) {
            behind.is_dirty = true;
            if behind.is_told {
                return Verdict::Nothing;
            }
            behind.is_told = true;
            return Verdict::Wake;
        }
        if self.bytes + length > limit {
            let sent = self.unconfirmed.get(&key).map(|cursor| cursor.mid);
            self.behind.insert(key, Behind { sent, is_told: true, is_dirty: true });
            self.wakes.push(key);
            return Verdict::Nothing;
        }
        Verdict::Push
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Push,
    Wake,
    Nothing,
}

#[cfg(test)]
mod tests {
    use cerulean_types::{GroupId, UserId};

    use super::*;

    fn key() -> ConversationKey {
        ConversationKey::Group(GroupId::from_stored(10))
    }

    #[test]
    fn nothing_is_pushed_before_the_first_unread() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.may_push(key(), 1, 100), Verdict::Nothing);
        assert!(outbox.behind[&key()].is_dirty && !outbox.behind[&key()].is_told);
    }

    #[test]
    fn a_device_that_is_behind_is_woken_once() {
        let mut outbox = Outbox { phase: Phase::Live, ..Outbox::default() };
        outbox.behind.insert(key(), Behind::default());
        assert_eq!(outbox.may_push(key(), 1, 100), Verdict::Wake);
        assert_eq!(outbox.may_push(key(), 1, 100), Verdict::Nothing);
        let other = ConversationKey::System(UserId::from_stored(9));
        assert_eq!(outbox.may_push(other, 1, 100), Verdict::Push);
    }

    #[test]
    fn settled_places_only_rise() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.settled(key()), MessageId(0));
        outbox.settle(key(), MessageId(7));
        outbox.settle(key(), MessageId(5));
        assert_eq!(outbox.settled(key()), MessageId(7));
        assert_eq!(outbox.settled(ConversationKey::System(UserId::from_stored(9))), MessageId(0));
    }

    #[test]
    fn a_full_outbox_turns_to_wakes() {
        let mut outbox = Outbox { phase: Phase::Live, ..Outbox::default() };
        outbox.push(Bytes::from_static(&[0; 90]));
        assert_eq!(outbox.may_push(key(), 20, 100), Verdict::Nothing);
        assert_eq!(outbox.wakes, [key()]);
        assert_eq!(outbox.may_push(key(), 20, 100), Verdict::Nothing);
        assert_eq!(outbox.wakes.len(), 1);
    }
}
