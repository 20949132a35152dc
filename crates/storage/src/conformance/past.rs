//! What is imported into the log.

use bytes::Bytes;
use cerulean_types::{AppId, ConversationKey, GroupId, ItemKind, MessageId, namespace};
use cerulean_vault::Vault;

use super::edit::{body, content_of};
use super::log::{Fixture, assert_chained, fixture, link_of, open};
use crate::Db;
use crate::log::past::{PastBody, PastItem, PastKey, PastOutcome};
use crate::log::{Idempotency, LogError, NewItem};

const SOURCE: &str = "elsewhere";
/// A moment of 2025.
const PAST: i64 = 1_735_700_000_000;

impl Fixture {
    pub(super) fn past(&self, id: &str, at: i64) -> PastItem {
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

    pub(super) async fn import(&self, items: Vec<PastItem>) -> Vec<PastOutcome> {
        self.log.import(self.app, items).await.expect("imported")
    }

    /// An operation on a message of the past, or an answer to it; its body is `content` and the id it got.
    pub(super) fn on(&self, id: &str, at: i64, kind: ItemKind, target: &str) -> PastItem {
        let content = id.to_owned();
        PastItem {
            kind,
            related: Some(PastKey::new(SOURCE, self.pair(), target, PAST)),
            body: PastBody::Naming(Box::new(move |mid| body(&format!("{content}:{}", mid.map_or(0, |mid| mid.0))))),
            ..self.past(id, at)
        }
    }

    pub(super) fn past_body(&self, id: &str, at: i64) -> PastItem {
        PastItem { body: PastBody::Ready(body(id)), ..self.past(id, at) }
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
