//! The conversation log.

use std::sync::Arc;

use bytes::Bytes;
use cerulean_types::{
    AppId, Clock, ConversationKey, DeviceSn, GroupId, ItemKind, MessageId, StoredItem, UserId, namespace,
};
use cerulean_vault::Vault;
use parking_lot::Mutex;

use crate::Db;
use crate::log::{Idempotency, Log, LogOptions, NewItem, StateChange};

type Committed = Arc<Mutex<Vec<StoredItem>>>;

struct Fixture {
    log: Log,
    committed: Committed,
    app: AppId,
    alice: UserId,
    bob: UserId,
    clock: Clock,
}

async fn open(db: &Db, vault: &Vault, clock: &Clock) -> (Log, Committed) {
    let committed = Committed::default();
    let sink = committed.clone();
    let hook = Arc::new(move |items: Arc<[StoredItem]>| sink.lock().extend(items.iter().cloned()));
    let log = Log::open(LogOptions::default(), db, vault.clone(), clock.clone(), hook).await.expect("log opens");
    (log, committed)
}

async fn fixture(db: &Db, app: AppId, vault: &Vault) -> Fixture {
    let clock = Clock::adjustable();
    let (log, committed) = open(db, vault, &clock).await;
    Fixture { log, committed, app, alice: UserId::from_stored(1001), bob: UserId::from_stored(2001), clock }
}

impl Fixture {
    fn pair(&self) -> ConversationKey {
        ConversationKey::pair(self.alice, self.bob)
    }

    fn message(&self, text: &str) -> NewItem {
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

    async fn send(&self, text: &str) -> StoredItem {
        self.log.append(self.message(text)).await.expect("stored").0
    }

    async fn pull_all(&self) -> Vec<StoredItem> {
        self.log.pull(self.app, self.pair(), MessageId(0), 1000).await.expect("pull")
    }
}

fn link_of(previous: &[u8; 32], item: &StoredItem) -> [u8; 32] {
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

/// Recalling erases the body and those of its edits; the chain still verifies.
pub async fn recall_erases_but_keeps_the_chain(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let message = fixture.send("secret").await;
    let operation = |kind, text: &str| NewItem { kind, related: Some(message.mid), ..fixture.message(text) };
    fixture.log.append(operation(ItemKind::Append, "more")).await.expect("stored");
    let page =
        fixture.log.history(app, fixture.pair(), fixture.bob, MessageId(0), MessageId(0), 10).await.expect("history");
    assert_eq!((page.len(), page[0].edits.len()), (1, 1));
    fixture.log.append(operation(ItemKind::Recall, "")).await.expect("stored");
    let pulled = fixture.pull_all().await;
    assert!(pulled[0].is_erased && pulled[0].payload.is_empty() && pulled[1].is_erased && !pulled[2].is_erased);
    let mut previous = [0; 32];
    for item in &pulled {
        assert_eq!(item.link, link_of(&previous, item));
        previous = item.link;
    }
    let page =
        fixture.log.history(app, fixture.pair(), fixture.bob, MessageId(0), MessageId(0), 10).await.expect("history");
    assert!(page.is_empty());
}

/// History goes backwards by pages and leaves out what the reader deleted or may not see.
pub async fn history_pages_backwards(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let mut mids = Vec::new();
    for n in 0..10 {
        mids.push(fixture.send(&format!("m{n}")).await.mid);
    }
    fixture.log.change_state(app, fixture.bob, fixture.pair(), StateChange::Hide(mids[8])).await.expect("hidden");
    let page = |before, floor| fixture.log.history(app, fixture.pair(), fixture.bob, floor, before, 3);
    let ids = |page: Vec<crate::log::read::EditedMessage>| {
        page.into_iter().map(|edited| edited.message.mid).collect::<Vec<_>>()
    };
    assert_eq!(ids(page(MessageId(0), MessageId(0)).await.expect("page")), [mids[9], mids[7], mids[6]]);
    assert_eq!(ids(page(mids[6], MessageId(0)).await.expect("page")), [mids[5], mids[4], mids[3]]);
    assert_eq!(ids(page(mids[2], mids[0]).await.expect("page")), [mids[1]]);
}

/// Both users of a pair list it after its first item; read positions and cursors never move back.
pub async fn states_and_cursors_only_rise(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let first = fixture.send("1").await;
    let second = fixture.send("2").await;
    for user in [fixture.alice, fixture.bob] {
        let states = fixture.log.states_of(app, user).await.expect("states");
        assert_eq!(states.len(), 1);
        assert_eq!((states[0].key, states[0].head.mid, states[0].head.position), (fixture.pair(), second.mid, 2));
    }
    let change = |change| fixture.log.change_state(app, fixture.bob, fixture.pair(), change);
    change(StateChange::Read(second.mid)).await.expect("changed");
    change(StateChange::Read(first.mid)).await.expect("changed");
    change(StateChange::Pin(true)).await.expect("changed");
    let cursor =
        |item: &StoredItem| StateChange::Cursor { device: DeviceSn(3), mid: item.mid, position: item.position };
    change(cursor(&second)).await.expect("changed");
    change(cursor(&first)).await.expect("changed");
    let state = fixture.log.state(app, fixture.bob, fixture.pair()).await.expect("state");
    assert_eq!((state.read_mid, state.is_pinned, state.is_muted), (second.mid, true, false));
    let cursors = fixture.log.cursors_of(app, fixture.bob, DeviceSn(3)).await.expect("cursors");
    assert_eq!((cursors[&fixture.pair()].mid, cursors[&fixture.pair()].position), (second.mid, 2));
    assert_eq!(
        fixture.log.cursor_at(app, fixture.pair(), MessageId(second.mid.0 - 1)).await.expect("cursor").mid,
        first.mid
    );
    assert_eq!(
        fixture.log.position_at(app, fixture.pair(), 1).await.expect("cursor").map(|at| at.mid),
        Some(first.mid)
    );
}

/// Unread counts messages of others after the read position, up to a cap.
pub async fn unread_counts_others_messages(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let mut last = MessageId(0);
    for n in 0..5 {
        last = fixture.send(&n.to_string()).await.mid;
    }
    let count = |user, read, cap| fixture.log.count_unread(app, fixture.pair(), user, read, cap);
    assert_eq!(count(fixture.bob, MessageId(0), 100).await.expect("count"), 5);
    assert_eq!(count(fixture.bob, MessageId(0), 3).await.expect("count"), 3);
    assert_eq!(count(fixture.bob, last, 100).await.expect("count"), 0);
    assert_eq!(count(fixture.alice, MessageId(0), 100).await.expect("count"), 0, "own messages are not unread");
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
