//! The conversation log: chains, send keys, keys, the feed.

use std::sync::Arc;

use bytes::Bytes;
use cerulean_types::{
    AppId, Clock, ConversationKey, DeviceSn, GroupId, ItemKind, MessageId, StoredItem, UserId, namespace,
};
use cerulean_vault::Vault;
use parking_lot::Mutex;

use crate::Db;
use crate::log::{Idempotency, Log, LogOptions, NewItem};

pub(super) type Committed = Arc<Mutex<Vec<StoredItem>>>;

pub(super) struct Fixture {
    pub(super) log: Log,
    pub(super) committed: Committed,
    pub(super) app: AppId,
    pub(super) alice: UserId,
    pub(super) bob: UserId,
    pub(super) clock: Clock,
}

pub(super) async fn open(db: &Db, vault: &Vault, clock: &Clock) -> (Log, Committed) {
    let committed = Committed::default();
    let sink = committed.clone();
    let hook = Arc::new(move |items: Arc<[StoredItem]>| sink.lock().extend(items.iter().cloned()));
    let log = Log::open(LogOptions::default(), db, vault.clone(), clock.clone(), hook).await.expect("log opens");
    (log, committed)
}

pub(super) async fn fixture(db: &Db, app: AppId, vault: &Vault) -> Fixture {
    let clock = Clock::adjustable();
    let (log, committed) = open(db, vault, &clock).await;
    Fixture { log, committed, app, alice: UserId::from_stored(1001), bob: UserId::from_stored(2001), clock }
}

/// The same people with the log opened once more.
pub(super) async fn fixture_again(db: &Db, vault: &Vault, before: &Fixture) -> Fixture {
    let (log, committed) = open(db, vault, &before.clock).await;
    Fixture { log, committed, app: before.app, alice: before.alice, bob: before.bob, clock: before.clock.clone() }
}

impl Fixture {
    pub(super) fn pair(&self) -> ConversationKey {
        ConversationKey::pair(self.alice, self.bob)
    }

    pub(super) fn message(&self, text: &str) -> NewItem {
        NewItem {
            app: self.app,
            key: self.pair(),
            namespace: namespace::MESSAGE,
            kind: ItemKind::Message,
            related: None,
            from: self.alice.get(),
            from_device: DeviceSn(7),
            to: self.bob.get(),
            payload: Bytes::copy_from_slice(text.as_bytes()),
            idempotency: Idempotency::None,
            reply: None,
        }
    }

    pub(super) async fn send(&self, text: &str) -> StoredItem {
        self.log.append(self.message(text)).await.expect("stored").0
    }

    pub(super) async fn pull_all(&self) -> Vec<StoredItem> {
        self.log.pull(self.app, self.pair(), MessageId(0), 1000).await.expect("pull")
    }
}

pub(super) fn link_of(previous: &[u8; 32], item: &StoredItem) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous);
    hasher.update(&item.mid.0.to_be_bytes());
    hasher.update(&item.from.to_be_bytes());
    hasher.update(&(item.timestamp as u64).to_be_bytes());
    hasher.update(&[item.namespace]);
    hasher.update(&item.digest);
    *hasher.finalize().as_bytes()
}

/// Many senders at once: positions have no gap, ids rise, every link follows from the one before, and what is read is what was answered.
pub async fn items_are_chained_in_order(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let pending: Vec<_> = (0..500).map(|n| fixture.log.append_soon(fixture.message(&format!("m{n}")))).collect();
    let mut answered = Vec::new();
    for stored in pending {
        answered.push(stored.await.expect("stored").0);
    }
    let pulled = fixture.pull_all().await;
    assert_eq!(pulled, answered);
    assert_eq!(*fixture.committed.lock(), answered, "the hook hears what was stored, in order");
    let mut previous = [0; 32];
    for (index, item) in pulled.iter().enumerate() {
        assert_eq!(item.position, index as u64 + 1);
        assert_eq!(item.link, link_of(&previous, item));
        assert_eq!(item.prev_mid, index.checked_sub(1).map_or(MessageId(0), |before| pulled[before].mid));
        assert!(item.mid > item.prev_mid && item.mid.0 < 1 << 53);
        previous = item.link;
    }
    assert_eq!(pulled[499].payload, "m499");
}

/// What was answered is there after the log was closed and opened again, and the chain goes on.
pub async fn items_survive_a_restart(db: Db, app: AppId, vault: Vault) {
    let first = fixture(&db, app, &vault).await;
    let before = first.send("before").await;
    first.log.close().await;
    assert!(first.log.append(first.message("late")).await.is_err(), "a closed log refuses");
    let second = fixture(&db, app, &vault).await;
    let after = second.send("after").await;
    assert_eq!((after.position, after.prev_mid), (2, before.mid));
    assert_eq!(after.link, link_of(&before.link, &after));
    assert_eq!(second.pull_all().await.len(), 2);
}

/// A send key is one item for ever, also inside one commit and after a restart.
pub async fn send_keys_are_stored_once(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let keyed = |text: &str| NewItem { idempotency: Idempotency::SendKey([9; 16]), ..fixture.message(text) };
    let (before, _) = fixture.log.append(fixture.message("before")).await.expect("stored");
    let twins = (fixture.log.append_soon(keyed("one")), fixture.log.append_soon(keyed("one")));
    let (first, is_repeat) = twins.0.await.expect("stored");
    assert!(!is_repeat);
    let (again, is_repeat) = twins.1.await.expect("answered");
    assert!(is_repeat && again.mid == first.mid && again.link == first.link);
    fixture.log.close().await;
    let (log, _) = open(&db, &vault, &fixture.clock).await;
    let (later, is_repeat) = log.append(keyed("one")).await.expect("answered");
    assert!(is_repeat && later.mid == first.mid && later.position == first.position);
    assert!(later.prev_mid == before.mid && first.prev_mid == before.mid, "a repeat is answered as the first was");
    assert_eq!(log.pull(app, fixture.pair(), MessageId(0), 10).await.expect("pull").len(), 2);
}

/// An older client's resend is told from another message with the same id by device and body, for ten minutes, also after a restart.
pub async fn client_ids_repeat_only_with_the_same_body(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let sent = |text: &str, device: u32| NewItem {
        idempotency: Idempotency::ClientMid(5),
        from_device: DeviceSn(device),
        ..fixture.message(text)
    };
    let (first, _) = fixture.log.append(sent("a", 1)).await.expect("stored");
    assert!(fixture.log.append(sent("a", 1)).await.expect("answered").1, "same device, id and body");
    assert!(!fixture.log.append(sent("b", 1)).await.expect("stored").1, "another body");
    assert!(!fixture.log.append(sent("a", 2)).await.expect("stored").1, "another device");
    fixture.log.close().await;
    let (log, _) = open(&db, &vault, &fixture.clock).await;
    let (again, is_repeat) = log.append(sent("a", 1)).await.expect("answered");
    assert!(is_repeat && again.mid == first.mid);
    fixture.clock.advance(11 * 60_000);
    assert!(!log.append(sent("a", 1)).await.expect("stored").1, "after ten minutes it is a new message");
}

pub(super) fn assert_chained(items: &[StoredItem]) {
    let mut previous = [0; 32];
    for item in items {
        assert_eq!(item.link, link_of(&previous, item));
        previous = item.link;
    }
}

/// The same users in another app have another conversation, and a group costs one row per message.
pub async fn log_lines_belong_to_one_app(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let other = AppId(app.0 + 1);
    vault.ensure_app(other).expect("keys");
    fixture.send("here").await;
    assert!(fixture.log.pull(other, fixture.pair(), MessageId(0), 10).await.expect("pull").is_empty());
    assert!(fixture.log.states_of(other, fixture.bob).await.expect("states").is_empty());
    let group = ConversationKey::Group(GroupId::from_stored(5002));
    let (item, _) = fixture.log.append(NewItem { key: group, ..fixture.message("all") }).await.expect("stored");
    assert_eq!((item.position, item.prev_mid), (1, MessageId(0)));
    assert_eq!(fixture.log.head(app, group).await.expect("head").mid, item.mid);
}

/// Destroyed keys refuse new items without harm to other apps.
pub async fn destroyed_keys_refuse_items(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let other = AppId(app.0 + 1);
    vault.ensure_app(other).expect("keys");
    fixture.send("here").await;
    vault.destroy(app).expect("destroyed");
    let refused = fixture.log.append_soon(fixture.message("gone"));
    let kept = fixture.log.append_soon(NewItem { app: other, ..fixture.message("kept") });
    assert!(refused.await.is_err());
    assert!(kept.await.is_ok());
    assert!(fixture.log.pull(app, fixture.pair(), MessageId(0), 10).await.is_err(), "what was sealed cannot be read");
}

/// After a key rotation old and new items are read alike.
pub async fn rotated_keys_read_old_items(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    fixture.send("old").await;
    vault.rotate(app).expect("rotated");
    fixture.send("new").await;
    let texts: Vec<_> = fixture.pull_all().await.into_iter().map(|item| item.payload).collect();
    assert_eq!(texts, ["old", "new"]);
}

/// Messages of watched apps are in the feed with their commit, in order, until they are taken; nothing else is.
pub async fn watched_apps_are_fed(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let log = &fixture.log;
    fixture.send("before").await;
    log.watch([AppId(app.0 + 1)].into());
    fixture.send("of another app").await;
    log.watch([app].into());
    let first = fixture.send("first").await;
    log.append(NewItem { kind: ItemKind::Other, ..fixture.message("a read mark") }).await.expect("stored");
    log.append(NewItem { namespace: namespace::GROUP_NOTICE, ..fixture.message("a notice") }).await.expect("stored");
    let second = fixture.send("second").await;
    let fed = log.feed(10).await.expect("feed");
    let items: Vec<StoredItem> = fed.iter().map(|fed| fed.item.clone().expect("opens")).collect();
    let known = [first, second].map(|item| StoredItem { prev_mid: MessageId(0), ..item });
    assert_eq!(items, known);
    assert_eq!(log.feed(1).await.expect("feed"), fed[..1]);
    log.forget_fed(vec![fed[0].seq]).await.expect("forget");
    assert_eq!(log.feed(10).await.expect("feed"), fed[1..]);
    vault.destroy(app).expect("destroyed");
    let left = log.feed(10).await.expect("feed");
    assert_eq!((left.len(), left[0].item.clone()), (1, None));
    log.forget_fed(vec![fed[1].seq]).await.expect("forget");
    assert_eq!(log.feed(10).await.expect("feed"), []);
}
