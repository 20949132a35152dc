//! The conversation log.

use std::sync::Arc;

use bytes::Bytes;
use cerulean_proto::form::{Form, FormTooLong};
use cerulean_proto::pb;
use cerulean_types::{
    AppId, Clock, ConversationKey, DeviceSn, GroupId, ItemKind, MessageId, StoredItem, UserId, limits, namespace,
};
use cerulean_vault::Vault;
use parking_lot::Mutex;
use prost::Message;

use crate::Db;
use crate::log::earlier::Stretch;
use crate::log::past::{PastBody, PastItem, PastKey, PastOutcome};
use crate::log::read::{Cursor, EditedMessage};
use crate::log::unread::ReadLine;
use crate::log::{Idempotency, Log, LogError, LogOptions, NewItem, StateChange};

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

/// The same people with the log opened once more.
async fn fixture_again(db: &Db, vault: &Vault, before: &Fixture) -> Fixture {
    let (log, committed) = open(db, vault, &before.clock).await;
    Fixture { log, committed, app: before.app, alice: before.alice, bob: before.bob, clock: before.clock.clone() }
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

fn body(content: &str) -> Bytes {
    cerulean_proto::encode_message(&pb::MessageBody { content: content.into(), ..Default::default() })
}

impl Fixture {
    fn edit(&self, kind: ItemKind, message: MessageId, content: &str) -> NewItem {
        NewItem { kind, related: Some(message), payload: body(content), ..self.message("") }
    }

    /// Sends what can be edited.
    async fn send_body(&self, content: &str) -> StoredItem {
        let message = NewItem { payload: body(content), ..self.message("") };
        self.log.append(message).await.expect("stored").0
    }

    async fn newest(&self) -> Vec<EditedMessage> {
        let page = self.log.history(self.app, self.pair(), self.bob, MessageId(0), MessageId(0), 10);
        page.await.expect("history")
    }
}

fn content_of(edited: &EditedMessage) -> String {
    let mut form = Form::read(&edited.message.payload).expect("a message body");
    for edit in &edited.edits {
        form.fold(edit.kind, &edit.payload);
    }
    pb::MessageBody::decode(&form.encode()[..]).expect("a message body").content
}

fn assert_chained(items: &[StoredItem]) {
    let mut previous = [0; 32];
    for item in items {
        assert_eq!(item.link, link_of(&previous, item));
        previous = item.link;
    }
}

/// Recalling erases the body and those of its edits; the chain still verifies.
pub async fn recall_erases_but_keeps_the_chain(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let message = fixture.send_body("secret").await;
    fixture.log.append(fixture.edit(ItemKind::Append, message.mid, "more")).await.expect("stored");
    let page = fixture.newest().await;
    assert_eq!((page.len(), page[0].edits.len()), (1, 1));
    fixture.log.append(fixture.edit(ItemKind::Recall, message.mid, "")).await.expect("stored");
    let pulled = fixture.pull_all().await;
    assert!(pulled[0].is_erased && pulled[0].payload.is_empty() && pulled[1].is_erased && !pulled[2].is_erased);
    assert_chained(&pulled);
    assert!(fixture.newest().await.is_empty());
}

/// However often a message is edited, a reader folds few edits; in one commit or many, and across a restart.
pub async fn edits_are_folded_into_forms(db: Db, app: AppId, vault: Vault) {
    const FEW: usize = 32;
    let first = fixture(&db, app, &vault).await;
    let message = first.send_body("0").await;
    let other = first.send_body("untouched").await;
    let mut expected = "0".to_owned();
    let mut stream = async |fixture: &Fixture, count: usize, is_batched: bool| {
        let mut pending = Vec::new();
        for n in 0..count {
            let word = format!(" {n}");
            expected.push_str(&word);
            let stored = fixture.log.append_soon(fixture.edit(ItemKind::Append, message.mid, &word));
            if is_batched { pending.push(stored) } else { drop(stored.await.expect("stored")) }
        }
        for stored in pending {
            stored.await.expect("stored");
        }
        let page = fixture.newest().await;
        assert_eq!((page[0].message.mid, page[0].edits.len()), (other.mid, 0));
        assert!(page[1].edits.len() < FEW, "{} edits", page[1].edits.len());
        assert_eq!((content_of(&page[1]), page[1].message.digest), (expected.clone(), message.digest));
    };
    stream(&first, 200, true).await;
    stream(&first, 70, false).await;
    first.log.close().await;
    let second = fixture(&db, app, &vault).await;
    stream(&second, 50, true).await;
    assert_chained(&second.pull_all().await);
    vault.rotate(app).expect("rotated");
    stream(&second, 40, true).await;
    second.log.append(second.edit(ItemKind::Replace, message.mid, "new")).await.expect("stored");
    assert_eq!(content_of(&second.newest().await[1]), "new");
}

/// An edit of what was recalled, even a moment before it in the same commit, or of nothing, is refused, and stores nothing.
pub async fn edits_of_recalled_messages_are_refused(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let message = fixture.send_body("short-lived").await;
    for _ in 0..40 {
        fixture.log.append(fixture.edit(ItemKind::Append, message.mid, "more")).await.expect("stored");
    }
    let recall = fixture.log.append_soon(fixture.edit(ItemKind::Recall, message.mid, ""));
    let late = fixture.log.append_soon(fixture.edit(ItemKind::Append, message.mid, "late"));
    recall.await.expect("stored");
    assert_eq!(late.await.err(), Some(LogError::MessageGone));
    let nothing = MessageId(message.mid.0 - 1);
    let refused = fixture.log.append(fixture.edit(ItemKind::Replace, nothing, "x")).await;
    assert_eq!(refused.err(), Some(LogError::MessageGone));
    let pulled = fixture.pull_all().await;
    assert_eq!(
        (pulled.len(), pulled.iter().filter(|item| !item.is_erased).count()),
        (42, 1),
        "only the recall is left"
    );
    assert_chained(&pulled);
    fixture.log.close().await;
    let again = fixture_again(&db, &vault, &fixture).await;
    let refused = again.log.append(again.edit(ItemKind::Append, message.mid, "much later")).await;
    assert_eq!(refused.err(), Some(LogError::MessageGone), "also after a restart");
}

/// Edits stop where the message would become too long; what was stored stays as it is.
pub async fn edits_end_at_the_length_limit(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let message = fixture.send_body("").await;
    let piece = "x".repeat(limits::TEXT_BYTES / 4);
    for _ in 0..4 {
        fixture.log.append(fixture.edit(ItemKind::Append, message.mid, &piece)).await.expect("stored");
    }
    let refused = fixture.log.append(fixture.edit(ItemKind::Append, message.mid, "!")).await;
    let expected = FormTooLong { part: "content", limit: limits::TEXT_BYTES };
    assert_eq!(refused.err(), Some(LogError::FormTooLong(expected)));
    let broken = NewItem { payload: Bytes::from_static(&[0xff]), ..fixture.edit(ItemKind::Append, message.mid, "") };
    assert_eq!(fixture.log.append(broken).await.err(), Some(LogError::EditUnreadable));
    assert_eq!(fixture.pull_all().await.len(), 5);
    fixture.log.append(fixture.edit(ItemKind::Replace, message.mid, "short")).await.expect("stored");
    fixture.log.append(fixture.edit(ItemKind::Append, message.mid, " again")).await.expect("stored");
    assert_eq!(content_of(&fixture.newest().await[0]), "short again");
}

/// The repeat of an edit is answered with its payload, which holds the time of the first, and is folded once.
pub async fn repeated_edits_are_folded_once(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let message = fixture.send_body("a").await;
    let keyed =
        || NewItem { idempotency: Idempotency::SendKey([7; 16]), ..fixture.edit(ItemKind::Append, message.mid, "b") };
    let twins = (fixture.log.append_soon(keyed()), fixture.log.append_soon(keyed()));
    let (first, _) = twins.0.await.expect("stored");
    for (repeat, is_repeat) in [twins.1.await.expect("answered"), fixture.log.append(keyed()).await.expect("answered")]
    {
        assert!(is_repeat && repeat.mid == first.mid && repeat.payload == body("b"));
    }
    assert_eq!(content_of(&fixture.newest().await[0]), "ab");
    let found = fixture.log.find_by_send_key(app, fixture.alice.get(), &[7; 16]).await.expect("read");
    assert_eq!(found, Some(first));
    assert_eq!(fixture.log.find_by_send_key(app, fixture.bob.get(), &[7; 16]).await.expect("read"), None);
    assert_eq!(
        fixture.log.find_by_send_key(AppId(app.0 + 1), fixture.alice.get(), &[7; 16]).await.expect("read"),
        None
    );
}

/// What is delivered only rises; a message can count as unread again; a device drops a conversation by itself.
pub async fn line_states_follow_what_users_do(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let (first, second) = (fixture.send("1").await, fixture.send("2").await);
    let change = |change| fixture.log.change_state(app, fixture.bob, fixture.pair(), change);
    for mid in [second.mid, first.mid] {
        change(StateChange::Delivered(mid)).await.expect("changed");
        change(StateChange::Read(mid)).await.expect("changed");
    }
    let state = async || fixture.log.state(app, fixture.bob, fixture.pair()).await.expect("state");
    assert_eq!((state().await.delivered_mid, state().await.read_mid), (second.mid, second.mid));
    for mid in [second.mid, MessageId(second.mid.0 + 9)] {
        change(StateChange::Unread(mid)).await.expect("changed");
        assert_eq!(state().await.read_mid, MessageId(second.mid.0 - 1));
    }
    let listed = fixture.log.states_of(app, fixture.bob).await.expect("states");
    assert_eq!(listed[0].delivered_mid, second.mid);
    let (phone, desk) = (DeviceSn(3), DeviceSn(4));
    let hide = |item: &StoredItem| StateChange::HideFrom { device: phone, mid: item.mid, position: item.position };
    change(hide(&first)).await.expect("changed");
    change(hide(&second)).await.expect("changed");
    let hidden = async |device| fixture.log.hidden_from(app, fixture.bob, device).await.expect("hidden");
    assert_eq!(hidden(phone).await.get(&fixture.pair()), Some(&second.mid));
    assert!(hidden(desk).await.is_empty());
    let cursors = fixture.log.cursors_of(app, fixture.bob, phone).await.expect("cursors");
    assert_eq!(cursors[&fixture.pair()].position, 2, "nothing of it is pending");
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

/// What was taken back is listed between two ids with who did it, without its content and without what the reader deleted.
pub async fn recalled_messages_leave_who_took_them_back(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let mut mids = Vec::new();
    for n in 0..6 {
        mids.push(fixture.send_body(&format!("m{n}")).await.mid);
    }
    fixture.log.append(fixture.edit(ItemKind::Append, mids[1], "more")).await.expect("stored");
    for mid in [mids[1], mids[3], mids[4]] {
        fixture.log.append(fixture.edit(ItemKind::Recall, mid, "")).await.expect("stored");
    }
    fixture.log.change_state(app, fixture.bob, fixture.pair(), StateChange::Hide(mids[4])).await.expect("hidden");
    let newest = MessageId(i64::MAX as u64);
    let recalled = async |user, above, below, limit| {
        fixture.log.recalled(app, fixture.pair(), user, above, below, limit).await.expect("recalled")
    };
    let all = recalled(fixture.bob, MessageId(0), newest, 10).await;
    assert_eq!(all.iter().map(|one| one.message.mid).collect::<Vec<_>>(), [mids[3], mids[1]]);
    for one in &all {
        assert_eq!((one.by, one.message.from), (fixture.alice.get(), fixture.alice.get()));
        assert!(one.message.is_erased && one.message.payload.is_empty());
    }
    assert_eq!(recalled(fixture.alice, MessageId(0), newest, 10).await.len(), 3, "deleted by another");
    assert_eq!(recalled(fixture.bob, mids[1], mids[3], 10).await, [], "the ends are not part of it");
    assert_eq!(recalled(fixture.bob, MessageId(0), newest, 1).await.len(), 1, "the newest");
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
    let positions = fixture.log.read_positions(app, fixture.pair(), first.mid, None, 10).await.expect("positions");
    assert_eq!(positions, [(fixture.bob, second.mid)], "alice has read nothing");
    let from = |user| fixture.log.read_positions(app, fixture.pair(), MessageId(0), user, 1);
    assert_eq!(from(None).await.expect("positions"), [(fixture.alice, MessageId(0))]);
    assert_eq!(from(Some(fixture.alice)).await.expect("positions"), [(fixture.bob, second.mid)]);
    assert_eq!(from(Some(fixture.bob)).await.expect("positions"), []);
    let cursors = fixture.log.cursors_of(app, fixture.bob, DeviceSn(3)).await.expect("cursors");
    assert_eq!((cursors[&fixture.pair()].mid, cursors[&fixture.pair()].position), (second.mid, 2));
    assert_eq!(
        fixture.log.cursor_at(app, fixture.pair(), MessageId(second.mid.0 - 1)).await.expect("cursor").mid,
        first.mid
    );
}

/// Unread counts messages of others after the read position, up to a cap.
pub async fn unread_counts_others_messages(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let mut last = MessageId(0);
    for n in 0..5 {
        last = fixture.send(&n.to_string()).await.mid;
    }
    let count = async |user, read, cap| {
        let head = fixture.log.head(app, fixture.pair()).await.expect("head").mid;
        let line = ReadLine { key: fixture.pair(), read, head };
        let counts = fixture.log.count_unread(app, user, &[line], cap).await.expect("count");
        counts.get(&fixture.pair()).copied().unwrap_or(0)
    };
    assert_eq!(count(fixture.bob, MessageId(0), 100).await, 5);
    assert_eq!(count(fixture.bob, MessageId(0), 3).await, 3);
    assert_eq!(count(fixture.bob, last, 100).await, 0);
    assert_eq!(count(fixture.alice, MessageId(0), 100).await, 0, "own messages are not unread");
    // What is remembered of the count before holds nothing back: not what comes, not what counts as unread again.
    let answer = NewItem { from: fixture.bob.get(), to: fixture.alice.get(), ..fixture.message("answer") };
    let (answer, _) = fixture.log.append(answer).await.expect("stored");
    assert_eq!(count(fixture.alice, MessageId(0), 100).await, 1);
    assert_eq!(count(fixture.alice, answer.mid, 100).await, 0);
    assert_eq!(count(fixture.alice, last, 100).await, 1, "moved back");
    assert_eq!(count(fixture.bob, MessageId(0), 100).await, 5);
    let hide = StateChange::Hide(answer.mid);
    fixture.log.change_state(app, fixture.alice, fixture.pair(), hide).await.expect("hidden");
    assert_eq!(count(fixture.alice, MessageId(0), 100).await, 0, "deleted for her");
}

/// Heads and counts of many conversations come at once, each its own.
pub async fn many_conversations_are_looked_up_at_once(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let groups = [5002, 5006, 5010].map(|number| ConversationKey::Group(GroupId::from_stored(number)));
    assert!(fixture.log.heads(app, &groups).await.expect("heads").is_empty());
    for (size, key) in groups.iter().enumerate() {
        for number in 0..size {
            let message = NewItem { key: *key, ..fixture.message(&number.to_string()) };
            fixture.log.append(message).await.expect("stored");
        }
    }
    let notice = NewItem { key: groups[2], namespace: namespace::GROUP_NOTICE, ..fixture.message("notice") };
    let notice = NewItem { kind: ItemKind::Other, ..notice };
    fixture.log.append(notice).await.expect("stored");
    let heads = fixture.log.heads(app, &groups).await.expect("heads");
    let positions = groups.map(|key| heads.get(&key).map(|head| head.position));
    assert_eq!(positions, [None, Some(1), Some(3)], "empty ones are left out");
    assert!(fixture.log.heads(AppId(app.0 + 1), &groups).await.expect("heads").is_empty());
    let lines = groups.map(|key| {
        let head = heads.get(&key).map_or(MessageId(0), |head| head.mid);
        ReadLine { key, read: MessageId(0), head }
    });
    let counts = fixture.log.count_unread(app, fixture.bob, &lines, 100).await.expect("counts");
    assert_eq!(groups.map(|key| counts.get(&key).copied()), [None, Some(1), Some(2)]);
    let cursors = groups.map(|key| (key, Cursor::default()));
    let others = fixture.log.count_unwithheld(app, fixture.bob, &cursors).await.expect("counts");
    assert_eq!(groups.map(|key| others.get(&key).copied()), [None, None, Some(1)], "the notice");
    let own = fixture.log.count_unwithheld(app, fixture.alice, &cursors).await.expect("counts");
    assert_eq!(groups.map(|key| own.get(&key).copied()), [None, Some(1), Some(3)], "her messages too");
}

/// The time before a moment: messages only, as they were then, the newest up to a cap, as their reader may see them.
pub async fn earlier_messages_are_as_they_were(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let pair = fixture.pair();
    let body = |text: &str| pb::MessageBody { content: text.into(), ..Default::default() }.encode_to_vec().into();
    let mut items = Vec::new();
    for text in ["one", "two", "three", "four"] {
        let message = NewItem { payload: body(text), ..fixture.message(text) };
        items.push(fixture.log.append(message).await.expect("stored").0);
    }
    let edit = |kind, text: &str| {
        let edit = fixture.message(text);
        NewItem { kind, related: Some(items[1].mid), payload: body(text), ..edit }
    };
    for _ in 0..40 {
        fixture.log.append(edit(ItemKind::Append, "+")).await.expect("stored");
    }
    let recall = NewItem { kind: ItemKind::Recall, related: Some(items[2].mid), ..fixture.message("") };
    let (last, _) = fixture.log.append(recall).await.expect("stored");
    for _ in 0..40 {
        fixture.log.append(edit(ItemKind::Append, "-")).await.expect("stored");
    }
    fixture.send("later").await;
    let stretch = Stretch { key: pair, user: fixture.bob, after: MessageId(0), until: last.mid };
    let found = async |stretch: Stretch, cap| {
        let found = fixture.log.find_earlier(app, &stretch, cap).await.expect("found");
        (found.count, found.before.mid, found.end)
    };
    let end = Cursor { mid: last.mid, position: 45 };
    assert_eq!(found(stretch, 100).await, (3, MessageId(0), end));
    assert_eq!(found(stretch, 2).await, (2, items[0].mid, end));
    assert_eq!(found(Stretch { after: items[3].mid, ..stretch }, 2).await, (0, last.mid, end));
    let messages = fixture.log.earlier_messages(app, &stretch, 2).await.expect("messages");
    assert_eq!(messages.iter().map(|edited| edited.message.mid).collect::<Vec<_>>(), [items[0].mid, items[1].mid]);
    assert_eq!((messages[1].edits.len(), messages[1].message.prev_mid), (40, items[0].mid), "as it was then");
    let rest = Stretch { after: items[1].mid, ..stretch };
    let messages = fixture.log.earlier_messages(app, &rest, 10).await.expect("messages");
    assert_eq!(messages.iter().map(|edited| edited.message.mid).collect::<Vec<_>>(), [items[3].mid]);
    assert_eq!(messages[0].message.prev_mid, items[2].mid);
    let hide = StateChange::Hide(items[3].mid);
    fixture.log.change_state(app, fixture.bob, pair, hide).await.expect("hidden");
    assert_eq!(found(stretch, 100).await.0, 2);
    assert_eq!(found(Stretch { user: fixture.alice, ..stretch }, 100).await.0, 3, "hidden for bob only");
    let nothing = fixture.log.find_earlier(AppId(app.0 + 1), &stretch, 10).await.expect("found");
    assert_eq!(nothing.count, 0);
}

/// A message is found among groups by its author and id.
pub async fn messages_are_found_among_groups(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let groups = [5002, 5006].map(GroupId::from_stored);
    let message = NewItem { key: ConversationKey::Group(groups[1]), ..fixture.message("x") };
    let mid = fixture.log.append(message).await.expect("stored").0.mid;
    let is_in = async |app, groups: &[GroupId], author, mid| {
        fixture.log.is_message_in(app, groups, author, mid).await.expect("looked up")
    };
    assert!(is_in(app, &groups, fixture.alice, mid).await);
    assert!(!is_in(app, &groups[..1], fixture.alice, mid).await);
    assert!(!is_in(app, &[], fixture.alice, mid).await);
    assert!(!is_in(app, &groups, fixture.bob, mid).await);
    assert!(!is_in(app, &groups, fixture.alice, MessageId(mid.0 + 1)).await);
    assert!(!is_in(AppId(app.0 + 1), &groups, fixture.alice, mid).await);
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

const SOURCE: &str = "elsewhere";
/// A moment of 2025.
const PAST: i64 = 1_735_700_000_000;

impl Fixture {
    fn past(&self, id: &str, at: i64) -> PastItem {
        PastItem {
            name: PastKey::new(SOURCE, self.pair(), id, at),
            key: self.pair(),
            namespace: namespace::MESSAGE,
            kind: ItemKind::Message,
            related: None,
            from: self.alice.get(),
            to: self.bob.get(),
            at,
            mid: None,
            body: PastBody::Ready(Bytes::copy_from_slice(id.as_bytes())),
        }
    }

    async fn import(&self, items: Vec<PastItem>) -> Vec<PastOutcome> {
        self.log.import(self.app, items).await.expect("imported")
    }
}

/// Imported items keep their times and ids, are chained with those before and after, come once, and are not pushed.
pub async fn imported_items_keep_their_times(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let had = MessageId(MessageId::at(PAST + 5).0 + 77);
    let portion = || {
        vec![
            fixture.past("a", PAST),
            PastItem { mid: Some(had), ..fixture.past("b", PAST + 5) },
            PastItem { mid: Some(MessageId(1)), ..fixture.past("c", PAST + 6) },
            fixture.past("d", 1_000),
            fixture.past("a", PAST),
        ]
    };
    let outcomes = fixture.import(portion()).await;
    let PastOutcome::Stored(first) = outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!((first, &outcomes[1]), (MessageId::at(PAST), &PastOutcome::Stored(had)));
    assert_eq!(outcomes[4], PastOutcome::Repeat(first), "the same item twice in a portion");
    assert!(fixture.committed.lock().is_empty(), "history is not news");
    let after = fixture.send("now").await;
    assert!(fixture.import(portion()).await.iter().all(|outcome| matches!(outcome, PastOutcome::Repeat(_))));
    let late = fixture.import(vec![fixture.past("late", PAST + 9)]).await;
    assert_eq!(late, [PastOutcome::Stored(MessageId(after.mid.0 + 1))], "ids only rise");
    fixture.log.close().await;
    let (log, _) = open(&db, &vault, &fixture.clock).await;
    let pulled = log.pull(app, fixture.pair(), MessageId(0), 10).await.expect("pull");
    let times: Vec<i64> = pulled.iter().map(|item| item.timestamp).collect();
    assert_eq!(times, [PAST, PAST + 5, PAST + 6, 1_000, after.timestamp, PAST + 9]);
    let mut previous = [0; 32];
    for (index, item) in pulled.iter().enumerate() {
        assert_eq!((item.position, item.link), (index as u64 + 1, link_of(&previous, item)));
        assert!(item.mid > item.prev_mid && item.mid.0 < 1 << 53);
        previous = item.link;
    }
    assert_eq!(pulled[5].payload, "late");
    assert_eq!(log.states_of(app, fixture.bob).await.expect("states").len(), 1, "the conversation is listed");
    let group = ConversationKey::Group(GroupId::from_stored(5002));
    let name = |source, key| PastKey::new(source, key, "b", PAST + 5);
    let names = [name(SOURCE, fixture.pair()), name("other", fixture.pair()), name(SOURCE, group)];
    let found = log.find_imported(app, &names).await.expect("found");
    assert_eq!(found.into_values().collect::<Vec<_>>(), [had]);
    let lines = log.imported_lines(app, SOURCE, 0, 10).await.expect("lines");
    assert_eq!((lines.len(), lines[0].key, lines[0].last), (1, fixture.pair(), pulled[5].mid));
    assert!(log.imported_lines(app, SOURCE, lines[0].line, 10).await.expect("lines").is_empty());
    assert!(log.imported_lines(app, "other", 0, 10).await.expect("lines").is_empty());
}

impl Fixture {
    /// An operation on a message of the past, or an answer to it; its body is `content` and the id it got.
    fn on(&self, id: &str, at: i64, kind: ItemKind, target: &str) -> PastItem {
        let content = id.to_owned();
        PastItem {
            kind,
            related: Some(PastKey::new(SOURCE, self.pair(), target, PAST)),
            body: PastBody::Naming(Box::new(move |mid| body(&format!("{content}:{}", mid.map_or(0, |mid| mid.0))))),
            ..self.past(id, at)
        }
    }

    fn past_body(&self, id: &str, at: i64) -> PastItem {
        PastItem { body: PastBody::Ready(body(id)), ..self.past(id, at) }
    }
}

/// Imported edits and recalls find what they act on by its name, in their own conversation only, whether it came with them or before.
pub async fn imported_operations_find_their_message(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let on = |id: &str, at: i64, kind: ItemKind, target: &str| fixture.on(id, at, kind, target);
    let group = ConversationKey::Group(GroupId::from_stored(5002));
    let portion = vec![
        fixture.past_body("a", PAST),
        fixture.past_body("b", PAST),
        on("edit", PAST + 1, ItemKind::Replace, "a"),
        on("recall", PAST + 2, ItemKind::Recall, "b"),
        on("lost", PAST + 3, ItemKind::Recall, "nowhere"),
        PastItem { key: group, ..on("elsewhere", PAST + 3, ItemKind::Recall, "a") },
        on("answer", PAST + 4, ItemKind::Message, "a"),
        on("gone", PAST + 5, ItemKind::Append, "b"),
    ];
    let outcomes = fixture.import(portion).await;
    let gone = PastOutcome::Refused(LogError::MessageGone);
    assert_eq!([&outcomes[4], &outcomes[5], &outcomes[7]], [&gone; 3]);
    let pulled = fixture.pull_all().await;
    let first = pulled[0].mid;
    assert_eq!((pulled[2].related, pulled[4].related), (Some(first), None));
    assert_eq!(pulled[4].payload, body(&format!("answer:{}", first.0)));
    assert!(pulled[1].is_erased && pulled[3].related == Some(pulled[1].mid));
    assert_chained(&pulled);
    fixture.import(vec![on("later", PAST + 6, ItemKind::Append, "a")]).await;
    let later = fixture.import(vec![on("too late", PAST + 7, ItemKind::Append, "b")]).await;
    assert_eq!(later, [gone]);
    let page = fixture.newest().await;
    assert_eq!(content_of(&page[1]), format!("edit:{0}later:{0}", first.0));
}

/// Imported edits are folded into forms as all others, and both go on from each other.
pub async fn imported_edits_are_folded_into_forms(db: Db, app: AppId, vault: Vault) {
    let first = fixture(&db, app, &vault).await;
    let append = |fixture: &Fixture, n: i64| fixture.on(&format!("{n}"), PAST + n, ItemKind::Append, "a");
    let mut portion = vec![first.past_body("a", PAST)];
    portion.extend((1..=100).map(|n| append(&first, n)));
    first.import(portion).await;
    let mid = first.newest().await[0].message.mid;
    let mut expected = String::from("a");
    let mut extend = |range: std::ops::RangeInclusive<i64>| {
        expected.extend(range.map(|n| format!("{n}:{}", mid.0)));
        expected.clone()
    };
    let page = first.newest().await;
    assert!(page[0].edits.len() < 32, "{} edits", page[0].edits.len());
    assert_eq!(content_of(&page[0]), extend(1..=100));
    first.log.append(first.edit(ItemKind::Append, mid, "live")).await.expect("stored");
    first.import((101..=140).map(|n| append(&first, n)).collect()).await;
    first.log.close().await;
    let second = fixture(&db, app, &vault).await;
    second.import(vec![append(&second, 141)]).await;
    let content = content_of(&second.newest().await[0]);
    assert!(content.contains("live101:") && content.ends_with(&format!("141:{}", mid.0)), "{content}");
}

/// A resend is recognised in a conversation into which something was imported since.
pub async fn imports_do_not_hide_resends(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let (first, _) = fixture.log.append(sent_to(&fixture)).await.expect("stored");
    fixture.log.close().await;
    let (log, _) = open(&db, &vault, &fixture.clock).await;
    let reopened = Fixture { log, ..fixture };
    reopened.import(vec![reopened.past("a", PAST)]).await;
    let (again, is_repeat) = reopened.log.append(sent_to(&reopened)).await.expect("answered");
    assert!(is_repeat && again.mid == first.mid);
}

fn sent_to(fixture: &Fixture) -> NewItem {
    NewItem { idempotency: Idempotency::ClientMid(5), ..fixture.message("hello") }
}

/// Conversations of an app are listed in one order, and what an export asks of each is answered.
pub async fn lines_are_listed_in_order(db: Db, app: AppId, vault: Vault) {
    let fixture = fixture(&db, app, &vault).await;
    let group = ConversationKey::Group(GroupId::from_stored(5002));
    let message = fixture.send("pair").await;
    let other = |key| fixture.log.append(NewItem { key, kind: ItemKind::Other, ..fixture.message("other") });
    let notice = other(fixture.pair()).await.expect("stored").0;
    other(group).await.expect("stored");
    other(ConversationKey::System(fixture.bob)).await.expect("stored");
    let all = fixture.log.list_lines(app, None, 10).await.expect("list");
    assert_eq!(all, [ConversationKey::System(fixture.bob), fixture.pair(), group]);
    assert_eq!(fixture.log.list_lines(app, Some(all[0]), 1).await.expect("list"), all[1..2]);
    assert!(fixture.log.list_lines(AppId(app.0 + 1), None, 10).await.expect("list").is_empty());
    let last = fixture.log.last_of_history(app, fixture.pair(), notice.mid).await.expect("last");
    assert_eq!(last, Some((message.mid, message.timestamp)), "a notice is no part of history");
    assert_eq!(fixture.log.last_of_history(app, group, notice.mid).await.expect("last"), None);
    let times = fixture.log.times_of(app, fixture.pair(), &[message.mid, MessageId(1)]).await.expect("times");
    assert_eq!(Vec::from_iter(times), [(message.mid, message.timestamp)]);
    fixture.log.change_state(app, fixture.bob, fixture.pair(), StateChange::Hide(message.mid)).await.expect("hidden");
    let both = [fixture.alice, fixture.bob];
    let hidden = fixture.log.hidden_among(app, fixture.pair(), &both).await.expect("hidden");
    assert_eq!(hidden, [(fixture.bob, message.mid)]);
    fixture.log.change_state(app, fixture.bob, fixture.pair(), StateChange::Pin(true)).await.expect("pinned");
    let states = fixture.log.states_among(app, fixture.pair(), &both).await.expect("states");
    let pinned: Vec<_> = states.iter().map(|(user, state)| (*user, state.is_pinned)).collect();
    assert_eq!(pinned, [(fixture.alice, false), (fixture.bob, true)]);
    assert!(fixture.log.states_among(app, group, &both).await.expect("states").is_empty());
    for is_muted in [true, false] {
        let change = StateChange::Mute(is_muted);
        fixture.log.change_state(app, fixture.alice, fixture.pair(), change).await.expect("muted");
        let expected: &[UserId] = if is_muted { &[fixture.alice] } else { &[] };
        assert_eq!(fixture.log.muted_by(app, fixture.pair()).await.expect("who"), expected);
    }
    assert!(fixture.log.muted_by(app, group).await.expect("who").is_empty());
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
