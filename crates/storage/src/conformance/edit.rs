//! Edits and recalls in the log.

use bytes::Bytes;
use cerulean_proto::form::{Form, FormTooLong};
use cerulean_proto::pb;
use cerulean_types::{AppId, ItemKind, MessageId, StoredItem, limits};
use cerulean_vault::Vault;
use prost::Message;

use super::log::{Fixture, assert_chained, fixture, fixture_again};
use crate::Db;
use crate::log::read::EditedMessage;
use crate::log::{Idempotency, LogError, NewItem};

pub(super) fn body(content: &str) -> Bytes {
    cerulean_proto::encode_message(&pb::MessageBody { content: content.into(), ..Default::default() })
}

impl Fixture {
    pub(super) fn edit(&self, kind: ItemKind, message: MessageId, content: &str) -> NewItem {
        NewItem { kind, related: Some(message), payload: body(content), ..self.message("") }
    }

    /// Sends what can be edited.
    pub(super) async fn send_body(&self, content: &str) -> StoredItem {
        let message = NewItem { payload: body(content), ..self.message("") };
        self.log.append(message).await.expect("stored").0
    }

    pub(super) async fn newest(&self) -> Vec<EditedMessage> {
        let page = self.log.history(self.app, self.pair(), self.bob, MessageId(0), MessageId(0), 10);
        page.await.expect("history")
    }
}

pub(super) fn content_of(edited: &EditedMessage) -> String {
    let mut form = Form::read(&edited.message.payload).expect("a message body");
    for edit in &edited.edits {
        form.fold(edit.kind, &edit.payload);
    }
    pb::MessageBody::decode(&form.encode()[..]).expect("a message body").content
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
