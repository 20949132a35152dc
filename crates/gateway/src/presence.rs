//! Who is told when a user comes or goes (extension `watch_presence`).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use cerulean_delivery::Event;
use cerulean_delivery::event::kind;
use cerulean_proto::encode::{self, Item};
use cerulean_proto::pb;
use cerulean_storage::StorageError;
use cerulean_types::{AppId, MessageId, UserId, Xid, limits, namespace};
use parking_lot::Mutex;
use prost::Message;

use crate::hub::Hub;
use crate::session::{Identity, Session};

type Watched = (AppId, UserId);

#[derive(Default)]
pub(crate) struct Watchers(Mutex<Tables>);

#[derive(Default)]
struct Tables {
    watchers: HashMap<Watched, Vec<(u64, Weak<Session>)>>,
    /// What each session watches, so that forgetting it touches nothing else.
    watched_by: HashMap<u64, Vec<Watched>>,
}

impl Tables {
    fn forget(&mut self, session_number: u64) {
        for watched in self.watched_by.remove(&session_number).unwrap_or_default() {
            if let Some(watchers) = self.watchers.get_mut(&watched) {
                watchers.retain(|(number, _)| *number != session_number);
                if watchers.is_empty() {
                    self.watchers.remove(&watched);
                }
            }
        }
    }
}

impl Watchers {
    fn replace(&self, session: &Arc<Session>, app: AppId, users: &[UserId]) {
        let mut tables = self.0.lock();
        tables.forget(session.number);
        for user in users {
            tables.watchers.entry((app, *user)).or_default().push((session.number, Arc::downgrade(session)));
        }
        if !users.is_empty() {
            tables.watched_by.insert(session.number, users.iter().map(|user| (app, *user)).collect());
        }
    }

    pub fn forget(&self, session_number: u64) {
        self.0.lock().forget(session_number);
    }

    /// Ends what one user's sessions watch of another, and answers those that did.
    fn part(&self, app: AppId, watcher: UserId, watched: UserId) -> Vec<Arc<Session>> {
        let tables = &mut *self.0.lock();
        let Some(watchers) = tables.watchers.get_mut(&(app, watched)) else { return Vec::new() };
        let is_his = |session: &Arc<Session>| session.identity.get().is_some_and(|known| known.user == watcher);
        let parted: Vec<Arc<Session>> =
            watchers.iter().filter_map(|(_, session)| session.upgrade().filter(is_his)).collect();
        watchers.retain(|(number, _)| !parted.iter().any(|session| session.number == *number));
        if watchers.is_empty() {
            tables.watchers.remove(&(app, watched));
        }
        for session in &parted {
            if let Some(others) = tables.watched_by.get_mut(&session.number) {
                others.retain(|other| *other != (app, watched));
            }
        }
        parted
    }

    fn of(&self, app: AppId, user: UserId) -> Vec<Arc<Session>> {
        let tables = self.0.lock();
        let watchers = tables.watchers.get(&(app, user));
        watchers.into_iter().flatten().filter_map(|(_, session)| session.upgrade()).collect()
    }
}

fn presence_frame(users: &[(UserId, bool)], receiver: UserId, now: i64) -> Bytes {
    let payloads: Vec<Vec<u8>> = users
        .iter()
        .map(|(user, is_online)| {
            pb::Presence { uid: user.get(), is_online: *is_online, since: now as u64 }.encode_to_vec()
        })
        .collect();
    let items: Vec<Item<'_>> = users
        .iter()
        .zip(&payloads)
        .map(|((user, _), payload)| Item {
            mid: MessageId::at(now).0,
            from: (user.get(), 0),
            to: receiver.get(),
            timestamp: now as u64,
            namespace: namespace::PRESENCE,
            payload,
            payload_tail: &[],
            link: &[],
            digest: &[],
            position: 0,
            prev_mid: 0,
            recalled_by: 0,
        })
        .collect();
    encode::items_frame(Xid::System.get(), &items, 0, false, true)
}

impl Hub {
    /// Replaces the set of users a session watches; only friends count, and none who blocked the other.
    pub async fn watch(&self, session: &Arc<Session>, identity: &Identity, wanted: &[u64]) -> Result<(), StorageError> {
        let tx = self.platform().db.read(identity.app).await?;
        let friends: HashSet<UserId> = tx.roster().friends(identity.user).await?.into_iter().collect();
        let mut users: Vec<UserId> = wanted
            .iter()
            .filter_map(|number| UserId::parse(*number).ok())
            .filter(|user| friends.contains(user))
            .take(limits::WATCHED_USERS)
            .collect();
        let blocked = tx.roster().blocked_among(identity.user, &users).await?;
        let blockers = tx.roster().blockers_among(identity.user, &users).await?;
        drop(tx);
        users.retain(|user| !blocked.contains(user) && !blockers.contains(user));
        self.watchers.replace(session, identity.app, &users);
        let states: Vec<(UserId, bool)> =
            users.iter().map(|user| (*user, self.is_online(identity.app, *user))).collect();
        session.send(presence_frame(&states, identity.user, self.platform().clock.now()));
        Ok(())
    }

    /// Two users are to each other what they were not before: neither sees the other until he asks again. Who did is told what he would be
    /// told if the other went.
    pub fn part_watchers(&self, app: AppId, one: UserId, other: UserId) {
        for (watcher, watched) in [(one, other), (other, one)] {
            for session in self.watchers.part(app, watcher, watched) {
                let frame = presence_frame(&[(watched, false)], watcher, self.platform().clock.now());
                session.offer(frame, self.options.outbox_bytes);
            }
        }
    }

    pub fn tell_watchers(&self, app: AppId, user: UserId, is_online: bool) {
        let kind = if is_online { kind::USER_ONLINE } else { kind::USER_OFFLINE };
        self.platform().record_soon(app, Event::user(kind, user));
        for session in self.watchers.of(app, user) {
            if let Some(identity) = session.identity.get() {
                let frame = presence_frame(&[(user, is_online)], identity.user, self.platform().clock.now());
                session.offer(frame, self.options.outbox_bytes);
            }
        }
    }
}
