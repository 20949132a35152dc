//! Items with a past: what another system or installation brings along goes through the committer as everything else, in large portions.
//!
//! They keep their times. Their ids are those they had, or follow from their times, as long as ids rise; otherwise the next free ones. They
//! are sealed and linked like all items, recognised when they come again, and not pushed to devices: history is not news.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use cerulean_types::{AppId, ConversationKey, DeviceSn, ItemKind, MessageId, Millis, StoredItem, UserId};
use sea_orm::Value;
use tokio::sync::oneshot;

use super::committer::{Committer, Entry, KeyOf, Line, Row, Store, listed_for, vault_error};
use super::read::int;
use super::{Log, LogError, StateChange};
use crate::StorageError;

/// Stands for the sender of an import's keys; no user has this number.
pub(super) const IMPORTS: i64 = -1;

/// Names an item of an import for ever. The first four bytes are its source's, the next six its time, so that keys of one time lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PastKey([u8; 16]);

impl PastKey {
    /// The key of what `source` calls `id` and dates `at`.
    pub fn new(source: &str, id: &str, at: Millis) -> Self {
        let mut key = [0; 16];
        key[..4].copy_from_slice(&source_tag(source));
        key[4..10].copy_from_slice(&at.to_be_bytes()[2..]);
        let mut hasher = blake3::Hasher::new_derive_key("cerulean imported item 1");
        hasher.update(source.as_bytes());
        hasher.update(&[0]);
        hasher.update(id.as_bytes());
        key[10..].copy_from_slice(&hasher.finalize().as_bytes()[..6]);
        Self(key)
    }
}

fn source_tag(source: &str) -> [u8; 4] {
    let mut tag = [0; 4];
    tag.copy_from_slice(&blake3::hash(source.as_bytes()).as_bytes()[..4]);
    tag
}

/// Makes a body that names another item, whose id is known only in the committer; nothing where that item is not there.
pub type BodyOf = Box<dyn FnOnce(Option<MessageId>) -> Bytes + Send + Sync>;

/// What a [`PastItem`] says.
pub enum PastBody {
    /// Encoded.
    Ready(Bytes),
    /// To be made.
    Naming(BodyOf),
}

/// An item with a past.
pub struct PastItem {
    /// Recognises it when it comes again.
    pub name: PastKey,
    /// Conversation.
    pub key: ConversationKey,
    /// `Meta.ns`.
    pub namespace: u8,
    /// What the log must know of it. A recall or an edit acts on `related`, and is refused where that is not in the conversation.
    pub kind: ItemKind,
    /// The item it acts on or answers, imported before.
    pub related: Option<PastKey>,
    /// `Meta.from.uid`.
    pub from: u64,
    /// `Meta.to.uid`.
    pub to: u64,
    /// Milliseconds.
    pub at: Millis,
    /// The id it had.
    pub mid: Option<MessageId>,
    /// What it says.
    pub body: PastBody,
}

/// What became of a [`PastItem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastOutcome {
    /// It is in the log now.
    Stored(MessageId),
    /// It was there before.
    Repeat(MessageId),
    /// The item it acts on is not there.
    NothingRelated,
}

pub(super) type PastReply = Box<dyn FnOnce(Result<Vec<PastOutcome>, LogError>) + Send + Sync>;

/// A conversation into which a source brought something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedLine {
    /// The number by which the next page begins.
    pub line: i64,
    /// Conversation.
    pub key: ConversationKey,
    /// The last item of the source.
    pub last: MessageId,
}

impl Log {
    /// Queues items of one app at once, in the order in which they shall stand; the answer has one outcome for each. All are durable then, or
    /// none is. The committer is busy with them meanwhile, so a portion should have some thousand.
    pub fn import(
        &self,
        app: AppId,
        items: Vec<PastItem>,
    ) -> impl Future<Output = Result<Vec<PastOutcome>, LogError>> + Send + use<> {
        let (tell, told) = oneshot::channel();
        let reply: PastReply = Box::new(move |outcome| {
            let _ = tell.send(outcome);
        });
        let is_queued = self.0.inbox.send(Entry::Past { app, items, reply }).is_ok();
        async move {
            if !is_queued {
                return Err(LogError::Closed);
            }
            told.await.map_err(|_| LogError::Closed)?
        }
    }

    /// The ids under which named items stand, in any conversation.
    pub async fn find_imported(
        &self,
        app: AppId,
        names: &[PastKey],
    ) -> Result<HashMap<PastKey, MessageId>, StorageError> {
        let mut found = HashMap::with_capacity(names.len());
        for name in names {
            let sql = "select mid from send_keys where app_id = $1 and sender = $2 and send_key = $3";
            if let Some(row) = self.row(sql, [app.0.into(), IMPORTS.into(), name.0.to_vec().into()]).await? {
                found.insert(*name, MessageId::from_stored(int(&row, "mid")?));
            }
        }
        Ok(found)
    }

    /// The conversations into which a source brought something, with numbers above `after`.
    pub async fn imported_lines(
        &self,
        app: AppId,
        source: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<ImportedLine>, StorageError> {
        let tag = source_tag(source);
        let (mut first, mut last) = ([0; 16], [0xff; 16]);
        first[..4].copy_from_slice(&tag);
        last[..4].copy_from_slice(&tag);
        let sql = "select l.line, l.a, l.b, k.mid from
             (select line, max(mid) as mid from send_keys
              where app_id = $1 and sender = $2 and send_key between $3 and $4 and line > $5
              group by line order by line limit $6) k join lines l on l.line = k.line order by l.line";
        let values: [Value; 6] = [
            app.0.into(),
            IMPORTS.into(),
            first.to_vec().into(),
            last.to_vec().into(),
            after.into(),
            (limit as i64).into(),
        ];
        let rows = self.rows(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(ImportedLine {
                    line: int(row, "line")?,
                    key: ConversationKey::from_columns(int(row, "a")?, int(row, "b")?),
                    last: MessageId::from_stored(int(row, "mid")?),
                })
            })
            .collect()
    }
}

impl Committer {
    /// One portion, one transaction.
    pub(super) async fn write_past<S: Store>(
        &mut self,
        store: &mut S,
        app: AppId,
        items: Vec<PastItem>,
    ) -> Result<Vec<PastOutcome>, LogError> {
        store.begin().await?;
        if !S::IS_SOLE_WRITER {
            self.lines.clear();
        }
        let names: BTreeSet<[u8; 16]> =
            items.iter().flat_map(|item| [Some(item.name), item.related]).flatten().map(|name| name.0).collect();
        let mut known = store.find_send_keys(app, IMPORTS, &Vec::from_iter(names)).await?;
        self.load_lines(store, app, items.iter().filter(|item| !known.contains_key(&item.name.0))).await?;
        let mut rows = Vec::with_capacity(items.len());
        let mut outcomes = Vec::with_capacity(items.len());
        let mut newly_listed: Vec<(UserId, i64)> = Vec::new();
        for item in items {
            if let Some((_, mid)) = known.get(&item.name.0) {
                outcomes.push(PastOutcome::Repeat(*mid));
                continue;
            }
            let line = self.lines.get_mut(&(app, item.key)).expect("its line was loaded above");
            let number = line.head.line;
            let related = item.related.and_then(|name| known.get(&name.0)).filter(|(line, _)| *line == number);
            let related = related.map(|(_, mid)| *mid);
            if item.kind.is_fold() && related.is_none() {
                outcomes.push(PastOutcome::NothingRelated);
                continue;
            }
            let name = item.name.0;
            let (stored, sealed) = line.place(stored_form(app, item, related))?;
            if !line.is_listed {
                line.is_listed = true;
                newly_listed.extend(listed_for(stored.key).into_iter().flatten().map(|user| (user, number)));
            }
            known.insert(name, (number, stored.mid));
            outcomes.push(PastOutcome::Stored(stored.mid));
            let send_key = Some(KeyOf { sender: IMPORTS, key: name });
            rows.push(Row { app, line: number, client_mid: 0, send_key, sealed, item: stored });
        }
        store.insert(&rows).await?;
        for (user, line) in newly_listed {
            store.change_state(app, user, line, StateChange::Read(MessageId(0))).await?;
        }
        for row in rows.iter().filter(|row| row.item.kind == ItemKind::Recall) {
            if let Some(related) = row.item.related {
                store.erase(app, row.line, related).await?;
            }
        }
        store.commit().await?;
        Ok(outcomes)
    }

    async fn load_lines<S: Store>(
        &mut self,
        store: &mut S,
        app: AppId,
        items: impl Iterator<Item = &PastItem>,
    ) -> Result<(), LogError> {
        let missing: BTreeSet<ConversationKey> =
            items.map(|item| item.key).filter(|key| !self.lines.contains_key(&(app, *key))).collect();
        let missing = Vec::from_iter(missing);
        let heads = store.heads(app, &missing).await?;
        for (key, head) in missing.into_iter().zip(heads) {
            let cipher = self.vault.conversation_cipher(app, head.line).map_err(vault_error)?;
            self.lines.insert((app, key), Line::bare(head, cipher));
        }
        Ok(())
    }
}

fn stored_form(app: AppId, item: PastItem, related: Option<MessageId>) -> StoredItem {
    let payload = match item.body {
        PastBody::Ready(bytes) => bytes,
        PastBody::Naming(body_of) => body_of(related),
    };
    StoredItem {
        app,
        key: item.key,
        mid: item.mid.unwrap_or(MessageId::at(item.at)),
        position: 0,
        prev_mid: MessageId(0),
        timestamp: item.at,
        namespace: item.namespace,
        kind: item.kind,
        related: related.filter(|_| item.kind.is_fold()),
        from: item.from,
        from_device: DeviceSn::NONE,
        to: item.to,
        payload,
        is_erased: false,
        link: [0; 32],
        digest: [0; 32],
    }
}
