//! A connection as the rest of the node sees it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use cerulean_delivery::{FrameBucket, Traffic};
use cerulean_proto::encode;
use cerulean_storage::log::read::Cursor;
use cerulean_types::{AppId, ConversationKey, DeviceSn, Millis, StoredItem, UserId};
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::outbox::{Outbox, Phase, Verdict};

/// How frames are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Raw,
    SocketIo,
}

/// The client confirms with `ack_only`.
pub(crate) const EXPLICIT_ACK: u32 = 1;
/// The client understands presence items.
pub(crate) const PRESENCE: u32 = 2;
/// The client shows in history that a message was taken back.
pub(crate) const RECALLS: u32 = 4;

/// Who is behind a provisioned connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub app: AppId,
    pub user: UserId,
    pub device: DeviceSn,
    pub token_no: i64,
    /// When the token ends, in milliseconds.
    pub expires_at: Millis,
    pub capabilities: u32,
}

pub(crate) struct Session {
    pub number: u64,
    pub transport: Transport,
    pub identity: OnceLock<Identity>,
    pub outbox: Mutex<Outbox>,
    pub wake: Notify,
    /// Sends handed to the log and not answered yet.
    pub in_flight: AtomicUsize,
    pub is_ending: AtomicBool,
    /// How fast its frames may come.
    pub frames: FrameBucket,
    /// What its device sent today, once that is known.
    pub traffic: OnceLock<Arc<Traffic>>,
}

impl Session {
    pub fn new(number: u64, transport: Transport, frames: FrameBucket) -> Self {
        Self {
            number,
            transport,
            identity: OnceLock::new(),
            outbox: Mutex::default(),
            wake: Notify::new(),
            in_flight: AtomicUsize::new(0),
            is_ending: AtomicBool::new(false),
            frames,
            traffic: OnceLock::new(),
        }
    }

    pub fn has(&self, capability: u32) -> bool {
        self.identity.get().is_some_and(|identity| identity.capabilities & capability != 0)
    }

    /// Queues a frame, whatever the state of the device: answers and live signals.
    pub fn send(&self, frame: Bytes) {
        self.outbox.lock().push(frame);
        self.wake.notify_one();
    }

    /// Queues a frame that may be forgotten: not before the client is live, and not for a socket that is too slow already.
    pub fn offer(&self, frame: Bytes, limit: usize) {
        let mut outbox = self.outbox.lock();
        if outbox.phase != Phase::Live || outbox.bytes + frame.len() > limit {
            return;
        }
        outbox.push(frame);
        drop(outbox);
        self.wake.notify_one();
    }

    /// Delivers stored items of one conversation, each with its frame, in order.
    pub fn deliver(&self, identity: &Identity, key: ConversationKey, items: &[(&StoredItem, Bytes)], limit: usize) {
        let mut needs_waking = false;
        let mut outbox = self.outbox.lock();
        let settled = outbox.settled(key);
        for (item, frame) in items {
            if item.mid <= settled {
                // It was pulled between its commit and its fan-out.
                continue;
            }
            let cursor = Cursor { mid: item.mid, position: item.position };
            let is_own = item.is_made_by(identity.user, identity.device);
            if is_own {
                // The device made it, so it has it; unless it is behind, when a pull will pass over it.
                if outbox.phase == Phase::Live && !outbox.behind.contains_key(&key) {
                    outbox.unconfirmed.insert(key, cursor);
                }
                continue;
            }
            match outbox.may_push(key, frame.len(), limit) {
                Verdict::Push => {
                    outbox.push(frame.clone());
                    outbox.unconfirmed.insert(key, cursor);
                    needs_waking = true;
                }
                Verdict::Wake => {
                    outbox.push(encode::notice_frame(key.seen_by(identity.user).get()));
                    needs_waking = true;
                }
                Verdict::Nothing => {}
            }
        }
        drop(outbox);
        if needs_waking {
            self.wake.notify_one();
        }
    }

    /// Stops delivery at once; `frame` is the last word, then the connection is closed.
    pub fn end(&self, last_word: Option<Bytes>) {
        {
            let mut outbox = self.outbox.lock();
            if outbox.phase != Phase::Ended {
                outbox.phase = Phase::Ended;
                outbox.frames.clear();
                outbox.bytes = 0;
            }
            // The reason may come after the end itself: a revoked token ends the session, and then the kick tells why.
            if let Some(frame) = last_word.filter(|_| !outbox.has_last_word) {
                outbox.has_last_word = true;
                outbox.push(frame);
            }
        }
        self.is_ending.store(true, Ordering::Release);
        self.wake.notify_one();
    }
}
