//! Items with a past: what another system or installation brings along goes through the committer as everything else, in large portions.
//!
//! They keep their times. Their ids are those they had, or follow from their times, as long as ids rise; otherwise the next free ones. They
//! are sealed and linked like all items, recognised when they come again, and not pushed to devices: history is not news.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use cerulean_proto::form::FormChange;
use cerulean_types::{AppId, ConversationKey, DeviceSn, ItemKind, MessageId, Millis, StoredItem, UserId};
use cerulean_vault::ConversationCipher;
use sea_orm::Value;
use tokio::sync::oneshot;

use super::committer::{Committer, Entry, newest_forms};
use super::line::{Line, listed_for, vault_error};
use super::read::int;
use super::store::{KeyOf, Row, Store};
use super::stream::{FormRow, Stream, StreamKey};
use super::{Log, LogError, StateChange};
use crate::StorageError;

/// Stands for the sender of an import's keys; no user has this number.
pub(super) const IMPORTS: i64 = -1;

/// Names an item of an import for ever. The first four bytes are its source's, the next six its time, so that keys of one time lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PastKey([u8; 16]);

impl PastKey {
    /// The key of what `source` calls `id` in a conversation and dates `at`. Ids need not be unique beyond their conversation: ours are not.
    pub fn new(source: &str, conversation: ConversationKey, id: &str, at: Millis) -> Self {
        let mut key = [0; 16];
        key[..4].copy_from_slice(&source_tag(source));
        key[4..10].copy_from_slice(&at.to_be_bytes()[2..]);
        let mut hasher = blake3::Hasher::new_derive_key("cerulean imported item 1");
        hasher.update(source.as_bytes());
        let (a, b) = conversation.as_columns();
        hasher.update(&[0]);
        hasher.update(&a.to_be_bytes());
        hasher.update(&b.to_be_bytes());
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PastOutcome {
    /// It is in the log now.
    Stored(MessageId),
    /// It was there before.
    Repeat(MessageId),
    /// What it acts on is not there, was recalled, or would become too long.
    Refused(LogError),
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

/// A portion that is being written.
struct Portion {
    app: AppId,
    /// Line and id of what is there: from before, and from this portion.
    known: HashMap<[u8; 16], (i64, MessageId)>,
    rows: Vec<Row>,
    /// Where in `rows` the messages of this portion are.
    places: HashMap<(i64, MessageId), usize>,
    forms: Vec<FormRow>,
    newly_listed: Vec<(UserId, i64)>,
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
            self.streams.clear();
        }
        let names = items.iter().flat_map(|item| [Some(item.name), item.related]).flatten().map(|name| name.0);
        let names: BTreeSet<[u8; 16]> = names.collect();
        let mut portion = Portion {
            app,
            known: store.find_send_keys(app, IMPORTS, &Vec::from_iter(names)).await?,
            rows: Vec::with_capacity(items.len()),
            places: HashMap::new(),
            forms: Vec::new(),
            newly_listed: Vec::new(),
        };
        self.load_lines(store, app, items.iter().filter(|item| !portion.known.contains_key(&item.name.0))).await?;
        let mut outcomes = Vec::with_capacity(items.len());
        for item in items {
            outcomes.push(self.take_past(store, &mut portion, item).await?);
        }
        store.insert(&portion.rows).await?;
        for form in newest_forms(&portion.forms) {
            store.put_form(form).await?;
        }
        for (user, line) in portion.newly_listed {
            store.change_state(app, user, line, StateChange::Read(MessageId(0))).await?;
        }
        for row in portion.rows.iter().filter(|row| row.item.kind == ItemKind::Recall) {
            if let Some(related) = row.item.related {
                store.erase(app, row.line, related).await?;
            }
        }
        store.commit().await?;
        Ok(outcomes)
    }

    async fn take_past<S: Store>(
        &mut self,
        store: &mut S,
        portion: &mut Portion,
        item: PastItem,
    ) -> Result<PastOutcome, LogError> {
        if let Some((_, mid)) = portion.known.get(&item.name.0) {
            return Ok(PastOutcome::Repeat(*mid));
        }
        let (name, line_key) = (item.name.0, (portion.app, item.key));
        let line = self.lines.get(&line_key).expect("its line was loaded before");
        let (number, cipher) = (line.head.line, line.cipher.clone());
        let related = item.related.and_then(|name| portion.known.get(&name.0));
        let related = related.filter(|(line, _)| *line == number).map(|(_, mid)| *mid);
        let item = stored_form(portion.app, item, related);
        let mut change = None;
        if item.kind.is_fold() {
            let Some(mid) = related else { return Ok(PastOutcome::Refused(LogError::MessageGone)) };
            match self.plan_past(store, portion, &item, (portion.app, number, mid), &cipher).await {
                Ok(planned) => change = planned.map(|planned| (mid, planned)),
                Err(error @ (LogError::MessageGone | LogError::FormTooLong(_) | LogError::EditUnreadable)) => {
                    return Ok(PastOutcome::Refused(error));
                }
                Err(error) => return Err(error),
            }
        }
        let line = self.lines.get_mut(&line_key).expect("as above");
        let (stored, sealed) = line.place(item)?;
        if !line.is_listed {
            line.is_listed = true;
            let users = listed_for(stored.key);
            portion.newly_listed.extend(users.into_iter().flatten().map(|user| (user, number)));
        }
        if let Some((mid, change)) = change
            && let Some(stream) = self.streams.find(&(portion.app, number, mid))
        {
            let due = stream.apply(change, &cipher, stored.mid.0)?;
            self.streams.grew(stored.payload.len());
            let form = |sealed| FormRow { app: portion.app, line: number, mid, edit_mid: stored.mid.0, sealed };
            portion.forms.extend(due.map(form));
        }
        let mid = stored.mid;
        portion.known.insert(name, (number, mid));
        if stored.kind == ItemKind::Message {
            portion.places.insert((number, mid), portion.rows.len());
        }
        let send_key = Some(KeyOf { sender: IMPORTS, key: name });
        portion.rows.push(Row {
            app: portion.app,
            line: number,
            client_mid: 0,
            send_key,
            sealed,
            item: stored,
            is_fed: false,
        });
        Ok(PastOutcome::Stored(mid))
    }

    /// What an edit would change in its message, which may be of the same portion; nothing to change for a recall, after which the message
    /// is gone.
    async fn plan_past<S: Store>(
        &mut self,
        store: &mut S,
        portion: &Portion,
        edit: &StoredItem,
        key: StreamKey,
        cipher: &ConversationCipher,
    ) -> Result<Option<FormChange>, LogError> {
        if edit.kind == ItemKind::Recall {
            self.streams.put(key, None);
            return Ok(None);
        }
        let (app, line, mid) = key;
        if !self.streams.is_known(&key) {
            let stream = match portion.places.get(&(line, mid)) {
                Some(place) => Stream::of(&portion.rows[*place].item.payload),
                None => {
                    let found = store.find_form(app, line, mid).await?;
                    found.map(|found| Stream::fold(cipher, mid, &found)).transpose()?
                }
            };
            self.streams.put(key, stream);
        }
        let stream = self.streams.find(&key).ok_or(LogError::MessageGone)?;
        stream.plan(edit.kind, &edit.payload, self.options.form_limits).map(Some)
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
