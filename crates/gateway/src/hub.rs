//! All sessions of this node, and the fan-out of what the bus brings.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use cerulean_accounts::Accounts;
use cerulean_bus::{BusEvent, EphemeralItem, GroupChange, SessionsOf};
use cerulean_delivery::{GroupFacts, GroupView, Platform};
use cerulean_messaging::{Messaging, is_message_of_another};
use cerulean_proto::encode::{self, Item};
use cerulean_proto::pb;
use cerulean_types::{AppId, ConversationKey, GroupId, MessageId, StoredItem, UserId, Xid, namespace};
use parking_lot::{Mutex, RwLock};
use prost::Message;
use smallvec::SmallVec;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::GatewayOptions;
use crate::audience::Audiences;
use crate::presence::Watchers;
use crate::push::{ephemeral_frame, push_frame, users_of};
use crate::session::{Identity, Session};

type UserKey = (AppId, UserId);
type Sessions = SmallVec<[Arc<Session>; 1]>;
type GroupKey = (AppId, GroupId);

/// What a node's sockets have done since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GatewayStats {
    /// Live connections, provisioned or not.
    pub connections: u64,
    /// Provisioned sessions.
    pub sessions: u64,
    /// Frames received.
    pub frames_in: u64,
    /// Frames written.
    pub frames_out: u64,
    /// Groups whose members are being read; what came in them is handed out after that.
    pub waiting_groups: u64,
}

/// Those of the items that the member wants.
fn wanted_by<'a, 'b>(
    user: UserId,
    facts: &GroupFacts,
    frames: &'a [(&'b StoredItem, Bytes)],
) -> Cow<'a, [(&'b StoredItem, Bytes)]> {
    if !facts.wants_no_messages(user) {
        return Cow::Borrowed(frames);
    }
    Cow::Owned(frames.iter().filter(|(item, _)| !is_message_of_another(item, user)).cloned().collect())
}

#[derive(Default)]
pub(crate) struct Counters {
    pub connections: AtomicU64,
    pub frames_in: AtomicU64,
    pub frames_out: AtomicU64,
}

pub(crate) struct Hub {
    pub messaging: Messaging,
    pub accounts: Accounts,
    pub options: GatewayOptions,
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
    pub counters: Counters,
    pub watchers: Watchers,
    audiences: Audiences,
    sessions: RwLock<HashMap<UserKey, Sessions>>,
    next_number: AtomicU64,
    /// Items of groups whose members are being looked up, kept in order.
    waiting_groups: Mutex<HashMap<GroupKey, Vec<StoredItem>>>,
}

impl Hub {
    pub fn new(messaging: Messaging, accounts: Accounts, options: GatewayOptions) -> Self {
        Self {
            messaging,
            accounts,
            options,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            counters: Counters::default(),
            watchers: Watchers::default(),
            audiences: Audiences::default(),
            sessions: RwLock::default(),
            next_number: AtomicU64::new(1),
            waiting_groups: Mutex::default(),
        }
    }

    pub fn platform(&self) -> &Arc<Platform> {
        self.messaging.platform()
    }

    pub fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    pub fn follow_bus(self: &Arc<Self>) {
        let weak: Weak<Self> = Arc::downgrade(self);
        self.platform().bus.subscribe(Arc::new(move |event| {
            if let Some(hub) = weak.upgrade() {
                hub.hear(event);
            }
        }));
    }

    fn hear(self: &Arc<Self>, event: &BusEvent) {
        match event {
            BusEvent::Committed(items) => self.fan_out(items),
            BusEvent::Ephemeral(item) => self.push_ephemeral(item),
            BusEvent::EndSessions { app, user, which, notice } => self.end_sessions(*app, *user, *which, *notice),
            BusEvent::TokenRevoked { app, token } => self.end_token(*app, *token),
            BusEvent::GroupChanged { app, group, change, .. } => self.hear_group_change(*app, *group, change),
            BusEvent::RelationChanged { app, user, peer } => self.part_watchers(*app, *user, *peer),
            BusEvent::AppChanged { app } => self.end_if_frozen(*app),
            BusEvent::UserChanged { .. } | BusEvent::JobQueued => {}
        }
    }

    fn hear_group_change(&self, app: AppId, group: GroupId, change: &GroupChange) {
        match change {
            GroupChange::Joined { users, .. } => {
                let is_online = |user: &UserId| self.is_online(app, *user);
                let online: Vec<UserId> = users.iter().copied().filter(is_online).collect();
                self.audiences.join(app, group, &online);
            }
            GroupChange::Remade => self.audiences.forget(app, group),
            _ => {}
        }
    }

    /// Adds a provisioned session and ends an older one of the same device.
    pub fn add(&self, identity: &Identity, session: &Arc<Session>) {
        let (older, is_first) = {
            let mut all = self.sessions.write();
            let of_user = all.entry((identity.app, identity.user)).or_default();
            let is_same =
                |other: &Arc<Session>| other.identity.get().is_some_and(|known| known.device == identity.device);
            let older: Sessions = of_user.iter().filter(|other| is_same(other)).cloned().collect();
            of_user.retain(|other| !older.iter().any(|old| Arc::ptr_eq(old, other)));
            let is_first = of_user.is_empty() && older.is_empty();
            of_user.push(session.clone());
            (older, is_first)
        };
        for old in older {
            let last_word = self.user_notice(identity.user, pb::user_notice::Type::KickBySameDevice as i32);
            old.end(Some(last_word));
        }
        if is_first {
            self.enter_audiences(identity.app, identity.user);
            self.tell_watchers(identity.app, identity.user, true);
        }
    }

    fn enter_audiences(&self, app: AppId, user: UserId) {
        self.audiences.enter(app, user, |group| {
            let view = self.platform().known_group(app, group)?;
            let is_member = view.read().is_member(user);
            Some(is_member)
        });
    }

    pub fn remove(&self, identity: &Identity, session: &Session) {
        let is_last = {
            let mut all = self.sessions.write();
            let Some(of_user) = all.get_mut(&(identity.app, identity.user)) else { return };
            let before = of_user.len();
            of_user.retain(|other| other.number != session.number);
            let is_last = of_user.is_empty();
            let has_left = before != of_user.len();
            if is_last {
                all.remove(&(identity.app, identity.user));
            }
            is_last && has_left
        };
        self.watchers.forget(session.number);
        if is_last {
            self.tell_watchers(identity.app, identity.user, false);
        }
    }

    pub fn is_online(&self, app: AppId, user: UserId) -> bool {
        self.sessions.read().contains_key(&(app, user))
    }

    pub fn sessions_of(&self, app: AppId, user: UserId) -> Sessions {
        self.sessions.read().get(&(app, user)).cloned().unwrap_or_default()
    }

    pub fn stats(&self) -> GatewayStats {
        GatewayStats {
            connections: self.counters.connections.load(Ordering::Relaxed),
            sessions: self.sessions.read().values().map(|sessions| sessions.len() as u64).sum(),
            frames_in: self.counters.frames_in.load(Ordering::Relaxed),
            frames_out: self.counters.frames_out.load(Ordering::Relaxed),
            waiting_groups: self.waiting_groups.lock().len() as u64,
        }
    }

    /// Delivers committed items, conversation by conversation, so that a session is locked and woken once for all of them.
    fn fan_out(self: &Arc<Self>, items: &Arc<[StoredItem]>) {
        let mut order: Vec<&StoredItem> = items.iter().collect();
        order.sort_by_key(|item| (item.app, item.key));
        for line in order.chunk_by(|one, next| one.app == next.app && one.key == next.key) {
            match line[0].key {
                ConversationKey::Group(group) => self.fan_out_group((line[0].app, group), line),
                key => self.fan_out_users(key, line),
            }
        }
    }

    fn fan_out_users(&self, key: ConversationKey, line: &[&StoredItem]) {
        let app = line[0].app;
        let all = self.sessions.read();
        for user in users_of(key) {
            let Some(sessions) = all.get(&(app, user)) else { continue };
            let xid = key.seen_by(user).get();
            let mut frames: Vec<(&StoredItem, Bytes)> = Vec::new();
            for session in sessions {
                let Some(identity) = session.identity.get() else { continue };
                // The sending device, where it is the user's only one, needs no frames, just its cursor moved.
                if frames.is_empty() {
                    let is_foreign = |item: &&StoredItem| !item.is_made_by(identity.user, identity.device);
                    let is_needed = sessions.len() > 1 || line.iter().any(is_foreign);
                    let frame = |item| if is_needed { push_frame(item, xid) } else { Bytes::new() };
                    frames = line.iter().map(|item| (*item, frame(item))).collect();
                }
                session.deliver(identity, key, &frames, self.options.outbox_bytes);
            }
        }
    }

    fn fan_out_group(self: &Arc<Self>, group: GroupKey, line: &[&StoredItem]) {
        let mut waiting = self.waiting_groups.lock();
        if let Some(queue) = waiting.get_mut(&group) {
            queue.extend(line.iter().map(|item| (*item).clone()));
            return;
        }
        match self.platform().cached_group(group.0, group.1) {
            Some(Some(view)) => {
                drop(waiting);
                self.push_group(group, &view, line);
            }
            Some(None) => {}
            None => {
                waiting.insert(group, line.iter().map(|item| (*item).clone()).collect());
                drop(waiting);
                let hub = self.clone();
                self.tasks.spawn(async move { hub.drain_waiting(group).await });
            }
        }
    }

    async fn drain_waiting(self: Arc<Self>, group: GroupKey) {
        let view = match self.platform().group_view(group.0, group.1).await {
            Ok(view) => view,
            Err(error) => {
                tracing::error!(
                    app.id = group.0.0,
                    group.id = group.1.get(),
                    "members cannot be read, devices will pull: {error}"
                );
                None
            }
        };
        // The lock is held until everything is handed out, so that nothing newer overtakes.
        let mut waiting = self.waiting_groups.lock();
        let items = waiting.remove(&group).unwrap_or_default();
        if let Some(view) = view {
            let line: Vec<&StoredItem> = items.iter().collect();
            self.push_group(group, &view, &line);
        }
    }

    fn push_group(&self, group: GroupKey, view: &GroupView, line: &[&StoredItem]) {
        let key = ConversationKey::Group(group.1);
        let frames: Vec<(&StoredItem, Bytes)> =
            line.iter().map(|item| (*item, push_frame(item, group.1.get()))).collect();
        let all = self.sessions.read();
        let facts = view.read();
        let deliver = |user: UserId| {
            let Some(sessions) = all.get(&(group.0, user)) else { return false };
            let floor = facts.floor_of(user).unwrap_or(MessageId(u64::MAX));
            let first = frames.partition_point(|(item, _)| item.mid <= floor);
            let wanted = wanted_by(user, &facts, &frames[first..]);
            for session in sessions {
                if let Some(identity) = session.identity.get() {
                    session.deliver(identity, key, &wanted, self.options.outbox_bytes);
                }
            }
            true
        };
        self.audiences.reach(group.0, group.1, &facts, all.keys(), deliver);
    }

    fn push_ephemeral(self: &Arc<Self>, item: &EphemeralItem) {
        if !item.only.is_empty() {
            return self.push_ephemeral_to(item, item.only.iter().copied());
        }
        let ConversationKey::Group(group) = item.key else {
            return self.push_ephemeral_to(item, users_of(item.key));
        };
        if let Some(view) = self.platform().known_group(item.app, group) {
            return self.push_ephemeral_to_group(item, group, &view);
        }
        let (hub, item) = (self.clone(), item.clone());
        self.tasks.spawn(async move {
            match hub.platform().group_view(item.app, group).await {
                Ok(Some(view)) => hub.push_ephemeral_to_group(&item, group, &view),
                Ok(None) => {}
                Err(error) => tracing::warn!("members cannot be read, what is not stored is lost: {error}"),
            }
        });
    }

    fn push_ephemeral_to_group(&self, item: &EphemeralItem, group: GroupId, view: &GroupView) {
        let all = self.sessions.read();
        let facts = view.read();
        let frame = ephemeral_frame(item, group.get());
        let deliver = |user: UserId| {
            let Some(sessions) = all.get(&(item.app, user)) else { return false };
            if !facts.wants_no_messages(user) {
                self.offer_ephemeral(item, user, sessions, &frame);
            }
            true
        };
        self.audiences.reach(item.app, group, &facts, all.keys(), deliver);
    }

    fn offer_ephemeral(&self, item: &EphemeralItem, user: UserId, sessions: &Sessions, frame: &Bytes) {
        for session in sessions {
            let Some(identity) = session.identity.get() else { continue };
            let is_own = item.from == user.get() && item.from_device == identity.device;
            if !is_own {
                session.offer(frame.clone(), self.options.outbox_bytes);
            }
        }
    }

    fn push_ephemeral_to(&self, item: &EphemeralItem, users: impl Iterator<Item = UserId>) {
        let all = self.sessions.read();
        let mut encoded: SmallVec<[(u64, Bytes); 2]> = SmallVec::new();
        for user in users {
            let Some(sessions) = all.get(&(item.app, user)) else { continue };
            let xid = item.key.seen_by(user).get();
            let known = encoded.iter().find(|(for_xid, _)| *for_xid == xid).map(|(_, frame)| frame.clone());
            let frame = known.unwrap_or_else(|| {
                let frame = ephemeral_frame(item, xid);
                encoded.push((xid, frame.clone()));
                frame
            });
            self.offer_ephemeral(item, user, sessions, &frame);
        }
    }

    /// The frame that tells a session why it ends. Never stored, so that no later session of the device finds it.
    pub fn user_notice(&self, user: UserId, kind: i32) -> Bytes {
        let now = self.platform().clock.now();
        let payload = pb::UserNotice { r#type: kind, content: String::new() }.encode_to_vec();
        let item = Item {
            mid: MessageId::at(now).0,
            from: (0, 0),
            to: user.get(),
            timestamp: now as u64,
            namespace: namespace::USER_NOTICE,
            payload: &payload,
            payload_tail: &[],
            link: &[],
            digest: &[],
            position: 0,
            prev_mid: 0,
            recalled_by: 0,
        };
        encode::items_frame(Xid::System.get(), &[item], 0, false, true)
    }

    fn end_sessions(&self, app: AppId, user: UserId, which: SessionsOf, notice: Option<i32>) {
        for session in self.sessions_of(app, user) {
            let Some(identity) = session.identity.get() else { continue };
            let is_meant = match which {
                SessionsOf::All => true,
                SessionsOf::Device(device) => identity.device == device,
                SessionsOf::AllBut(device) => identity.device != device,
                SessionsOf::Token(token) => identity.token_no == token,
            };
            if is_meant {
                session.end(notice.map(|kind| self.user_notice(user, kind)));
                self.remove(identity, &session);
            }
        }
    }

    /// Ends every session of an app that does not work any more. Clients come back and are told why by discovery.
    fn end_if_frozen(self: &Arc<Self>, app: AppId) {
        let hub = self.clone();
        self.tasks.spawn(async move {
            match hub.platform().settings_of(app).await {
                Ok(settings) if settings.is_normal() => {}
                Ok(_) => {
                    let users: Vec<UserId> =
                        hub.sessions.read().keys().filter(|(of, _)| *of == app).map(|(_, user)| *user).collect();
                    for user in users {
                        hub.end_sessions(app, user, SessionsOf::All, None);
                    }
                }
                Err(error) => tracing::error!(app.id = app.0, "settings cannot be read: {error}"),
            }
        });
    }

    /// Looks for sessions that have outlived their token until the node stops. A client signs in again as after any broken connection.
    pub fn watch_expiry(self: &Arc<Self>) {
        let (weak, stop, every) = (Arc::downgrade(self), self.stop.clone(), self.options.expiry_every);
        self.tasks.spawn(async move {
            let mut turns = tokio::time::interval(every);
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = turns.tick() => {}
                }
                let Some(hub) = weak.upgrade() else { return };
                hub.end_expired();
            }
        });
    }

    fn end_expired(&self) {
        let now = self.platform().clock.now();
        let all = self.sessions.read();
        for session in all.values().flatten() {
            if session.identity.get().is_some_and(|identity| identity.expires_at <= now) {
                session.end(None);
            }
        }
    }

    fn end_token(&self, app: AppId, token: i64) {
        let all = self.sessions.read();
        for session in all.values().flatten() {
            if session.identity.get().is_some_and(|identity| identity.app == app && identity.token_no == token) {
                session.end(None);
            }
        }
    }

    pub async fn close(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
