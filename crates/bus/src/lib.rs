//! What nodes tell each other. One closed enum, one trait, and the in-process bus.
//!
//! Owns fan-out of events between parts of a node and between nodes; nothing durable rides on it, so a lost event costs a pull or a cache
//! miss, never a message. To add an event: a variant of [`BusEvent`], and every subscriber's `match` will ask what to do with it.

use std::sync::Arc;

use bytes::Bytes;
use cerulean_types::{AppId, ConversationKey, DeviceSn, GroupId, Millis, StoredItem, UserId};
use parking_lot::RwLock;

/// An item that is never stored: typing, presence, call signalling, a kick notice.
#[derive(Debug, Clone)]
pub struct EphemeralItem {
    /// App.
    pub app: AppId,
    /// Conversation it belongs to.
    pub key: ConversationKey,
    /// Who gets it: everyone in the conversation when empty.
    pub only: Vec<UserId>,
    /// `Meta.ns`.
    pub namespace: u8,
    /// `Meta.id`; 0 where the client does not look at it.
    pub mid: u64,
    /// `Meta.from.uid`.
    pub from: u64,
    /// `Meta.from.deviceSN`; this device does not get it.
    pub from_device: DeviceSn,
    /// `Meta.to.uid`.
    pub to: u64,
    /// Milliseconds.
    pub timestamp: i64,
    /// Encoded body.
    pub payload: Bytes,
}

/// Which sessions of a user an event speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionsOf {
    /// All of them.
    All,
    /// Those of one device.
    Device(DeviceSn),
    /// All but those of one device.
    AllBut(DeviceSn),
    /// Those provisioned with one token (its number).
    Token(i64),
}

/// A change of a group's audience. It tells the new value, so that hearing one twice does no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupChange {
    /// Made or dissolved: what was known of it is void.
    Remade,
    /// Users came in.
    Joined {
        /// Who.
        users: Arc<[UserId]>,
        /// Milliseconds.
        at: Millis,
    },
    /// Users went, or were put out.
    Left {
        /// Who.
        users: Arc<[UserId]>,
    },
    /// Members have another role.
    Role {
        /// Who.
        users: Arc<[UserId]>,
        /// 0 member, 1 admin, 2 owner.
        role: u8,
    },
    /// Members may not speak, or may again.
    Banned {
        /// Who.
        users: Arc<[UserId]>,
        /// Milliseconds; 0 when they may.
        until: Millis,
    },
    /// A member wants the group louder or more silent.
    Muted {
        /// Who.
        user: UserId,
        /// 0 loud, 1 no local notification, 2 no messages.
        mode: u8,
    },
    /// Ordinary members may not speak, or may again.
    AllBanned {
        /// Milliseconds; 0 when they may.
        until: Millis,
    },
    /// Whether members see what was said before they joined.
    HistoryVisible {
        /// Whether they do.
        is_on: bool,
    },
}

/// Everything that crosses parts or nodes.
#[derive(Debug, Clone)]
pub enum BusEvent {
    /// Items became durable; in order within each conversation.
    Committed(Arc<[StoredItem]>),
    /// Push to whoever is online, forget otherwise.
    Ephemeral(EphemeralItem),
    /// End sessions, with the number of a `UserNotice.Type` as the reason.
    EndSessions {
        /// App.
        app: AppId,
        /// User.
        user: UserId,
        /// Which of his sessions.
        which: SessionsOf,
        /// `UserNotice.Type`, or `None` to close without a word.
        notice: Option<i32>,
    },
    /// A token is no longer good.
    TokenRevoked {
        /// App.
        app: AppId,
        /// Number of the token.
        token: i64,
    },
    /// A user's record changed (frozen, removed, profile, settings).
    UserChanged {
        /// App.
        app: AppId,
        /// User.
        user: UserId,
    },
    /// The relation of two users changed.
    RelationChanged {
        /// App.
        app: AppId,
        /// One of them.
        user: UserId,
        /// The other.
        peer: UserId,
    },
    /// Who is in a group, or who may speak there, changed.
    GroupChanged {
        /// App.
        app: AppId,
        /// Group.
        group: GroupId,
        /// Number of the change in this group, without gaps: who misses one reads the group anew.
        version: i64,
        /// What changed.
        change: GroupChange,
    },
    /// There is work for whoever has the role of a worker.
    JobQueued,
    /// An app's status or settings changed.
    AppChanged {
        /// App.
        app: AppId,
    },
}

/// Receives events. Must be quick: it runs on the publisher's thread.
pub type Subscriber = Arc<dyn Fn(&BusEvent) + Send + Sync>;

/// Carries events to every subscriber, on this node and on others.
pub trait Bus: Send + Sync {
    /// Hands an event to everyone.
    fn publish(&self, event: BusEvent);

    /// Adds a subscriber for the life of the bus.
    fn subscribe(&self, subscriber: Subscriber);
}

/// The bus of a single process: subscribers are called in the order they came.
#[derive(Default)]
pub struct LocalBus {
    subscribers: RwLock<Vec<Subscriber>>,
}

impl Bus for LocalBus {
    fn publish(&self, event: BusEvent) {
        for subscriber in self.subscribers.read().iter() {
            subscriber(&event);
        }
    }

    fn subscribe(&self, subscriber: Subscriber) {
        self.subscribers.write().push(subscriber);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn every_subscriber_hears_every_event() {
        let bus = LocalBus::default();
        let heard = Arc::new(AtomicUsize::new(0));
        for _ in 0..3 {
            let heard = heard.clone();
            bus.subscribe(Arc::new(move |event| {
                assert!(matches!(event, BusEvent::AppChanged { app: AppId(7) }));
                heard.fetch_add(1, Ordering::Relaxed);
            }));
        }
        bus.publish(BusEvent::AppChanged { app: AppId(7) });
        assert_eq!(heard.load(Ordering::Relaxed), 3);
    }
}
