//! Messages: who may say what to whom, operations on messages, history, and what a device still has to pull.
//!
//! Owns the rules of conversations; knows no frames beyond the message body and no HTTP. Start at [`Messaging::send`]. A new operation is
//! a branch in `operation.rs`; a new refusal is a variant of [`SendError`].

mod broadcast;
mod conversation;
mod error;
mod gate;
mod history;
mod notify;
mod operation;
mod readers;
mod screen;
mod send;
mod server_send;
mod sync;

pub use broadcast::{AcceptedBroadcast, Broadcast, SendBroadcast, broadcast};
pub use conversation::{
    ConversationSummary, Overview, UNREAD_CAP, chain, conversations, listed_conversations, overviews, unread_of,
};
pub use error::SendError;
pub use history::{HistoryPage, Marks, fold, history, recalled};
pub use notify::{SendNotices, notify};
pub use readers::{COUNTED_MESSAGES, ReadCount, count_readers, list_readers};
pub use screen::{Door, IsSendable, Screen, Screened, Verdict};
pub use send::{Outgoing, SendReply, SendReplyFn};
pub use server_send::{ServerSend, ServerSent};
pub use sync::{DeviceLine, Pulled, device_cursor, device_lines, is_message_of_another, pull};

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cerulean_bus::BusEvent;
use cerulean_delivery::Platform;
use cerulean_types::{AppId, MessageId, Millis, UserId, limits};
use moka::sync::Cache;

/// The sending side, with its caches. Cheap to clone.
#[derive(Clone)]
pub struct Messaging(Arc<Inner>);

struct Inner {
    platform: Arc<Platform>,
    screen: OnceLock<Arc<dyn Screen>>,
    gates: Cache<(AppId, UserId, UserId), gate::PairGate>,
    /// Rises with every change of a user or relation, so that a gate computed meanwhile is not kept.
    changes: AtomicU64,
    /// Answers to sends that are not stored, by send key: a repeat is not pushed again.
    unstored: Cache<(AppId, u64, [u8; 16]), (MessageId, Millis)>,
}

/// Sends that are not stored remembered at most, and for how long.
const UNSTORED: u64 = 100_000;
const UNSTORED_FOR: Duration = Duration::from_millis(limits::RESEND_MS as u64);

impl Messaging {
    /// Joins the bus, so that changes of relations act on the next send.
    pub fn new(platform: Arc<Platform>) -> Self {
        let gates = Cache::builder().max_capacity(200_000).support_invalidation_closures().build();
        let unstored = Cache::builder().max_capacity(UNSTORED).time_to_live(UNSTORED_FOR).build();
        let inner = Arc::new(Inner { platform, screen: OnceLock::new(), gates, changes: AtomicU64::new(0), unstored });
        let weak = Arc::downgrade(&inner);
        inner.platform.bus.subscribe(Arc::new(move |event| {
            let Some(inner) = weak.upgrade() else { return };
            match *event {
                BusEvent::RelationChanged { app, user, peer } => {
                    inner.changes.fetch_add(1, Ordering::AcqRel);
                    inner.gates.invalidate(&(app, user, peer));
                    inner.gates.invalidate(&(app, peer, user));
                }
                BusEvent::UserChanged { app, user } => {
                    inner.changes.fetch_add(1, Ordering::AcqRel);
                    let names_user = move |key: &(AppId, UserId, UserId), _: &gate::PairGate| {
                        key.0 == app && (key.1 == user || key.2 == user)
                    };
                    if inner.gates.invalidate_entries_if(names_user).is_err() {
                        inner.gates.invalidate_all();
                    }
                }
                BusEvent::AppChanged { .. } => inner.gates.invalidate_all(),
                _ => {}
            }
        }));
        Self(inner)
    }

    /// What all actions share.
    pub fn platform(&self) -> &Arc<Platform> {
        &self.0.platform
    }
}
