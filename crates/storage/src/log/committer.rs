//! The one committer of a log: takes what is queued, gives ids, seals, links, writes, commits once, answers all.

use std::collections::HashMap;

use bytes::Bytes;
use cerulean_proto::form::FormChange;
use cerulean_types::{
    AppId, Clock, ConversationKey, ItemKind, MessageId, Millis, StoredItem, UserId, limits, namespace,
};
use cerulean_vault::{ConversationCipher, Vault};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::line::{Line, listed_for, vault_error};
use super::past::{PastItem, PastReply};
use super::store::{KeyOf, Row, Store};
use super::stream::{FormRow, Stream, StreamKey, Streams};
use super::{CommitHook, Idempotency, LogError, LogOptions, NewItem, StateChange, StateReply, Stored, Watched};

pub(super) enum Entry {
    Item(Box<NewItem>),
    Past {
        app: AppId,
        items: Vec<PastItem>,
        reply: PastReply,
    },
    /// Forgets rows of the feed.
    Taken {
        seqs: Vec<i64>,
        reply: StateReply,
    },
    State {
        app: AppId,
        user: UserId,
        key: ConversationKey,
        change: StateChange,
        reply: Option<StateReply>,
    },
    Stop,
}

type LineKey = (AppId, ConversationKey);
/// Lines kept in memory; when more were touched, all are forgotten and loaded again as needed.
const KEPT_LINES: usize = 100_000;
pub(super) struct Committer {
    pub(super) vault: Vault,
    clock: Clock,
    hook: CommitHook,
    pub(super) options: LogOptions,
    pub(super) lines: HashMap<LineKey, Line>,
    pub(super) streams: Streams,
    watched: Watched,
}

/// What one transaction writes.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    forms: Vec<FormRow>,
    /// Lines whose users have no state rows yet.
    new_pairs: Vec<(AppId, UserId, i64)>,
    /// Where in `rows` a send key is, for repeats within the batch.
    sent_now: HashMap<(AppId, u64, [u8; 16]), usize>,
}

/// An edit that may go on.
struct PlannedEdit {
    change: FormChange,
    cipher: ConversationCipher,
}

enum Outcome {
    New(usize),
    Repeat(Box<StoredItem>),
    Refused(LogError),
}

impl Committer {
    pub(super) fn new(vault: Vault, clock: Clock, hook: CommitHook, options: LogOptions, watched: Watched) -> Self {
        Self { vault, clock, hook, options, lines: HashMap::new(), streams: Streams::default(), watched }
    }

    /// Runs until told to stop, then commits what is queued.
    pub(super) async fn run<S: Store>(mut self, mut store: S, mut inbox: mpsc::UnboundedReceiver<Entry>) {
        let mut queue: Vec<Entry> = Vec::with_capacity(self.options.batch);
        let mut lazy_since: Option<Instant> = None;
        let mut is_stopping = false;
        while !is_stopping {
            let taken = match lazy_since {
                None => inbox.recv_many(&mut queue, self.options.batch).await,
                Some(since) => {
                    let room = self.options.batch;
                    let wait = tokio::time::timeout_at(since + self.options.lazy, inbox.recv_many(&mut queue, room));
                    wait.await.unwrap_or(usize::MAX)
                }
            };
            is_stopping = taken == 0 || queue.iter().any(|entry| matches!(entry, Entry::Stop));
            let can_wait = queue.iter().all(|entry| matches!(entry, Entry::State { reply: None, .. }));
            if can_wait && !is_stopping && taken != usize::MAX && queue.len() < self.options.batch {
                lazy_since.get_or_insert_with(Instant::now);
                continue;
            }
            lazy_since = None;
            self.commit(&mut store, &mut queue).await;
        }
        inbox.close();
        while inbox.recv_many(&mut queue, self.options.batch).await > 0 {
            self.commit(&mut store, &mut queue).await;
        }
    }

    async fn commit<S: Store>(&mut self, store: &mut S, queue: &mut Vec<Entry>) {
        if self.lines.len() > KEPT_LINES {
            self.lines.clear();
        }
        self.streams.trim();
        let mut entries = std::mem::take(queue);
        let past: Vec<Entry> = entries.extract_if(.., |entry| matches!(entry, Entry::Past { .. })).collect();
        if past.is_empty() || !entries.is_empty() {
            self.commit_new(store, entries).await;
        }
        for entry in past {
            let Entry::Past { app, items, reply } = entry else { continue };
            let outcome = self.write_past(store, app, items).await;
            if let Err(error) = &outcome {
                store.rollback().await;
                self.lines.clear();
                self.streams.clear();
                tracing::error!("commit of imported items failed: {error}");
            }
            reply(outcome);
        }
    }

    async fn commit_new<S: Store>(&mut self, store: &mut S, mut entries: Vec<Entry>) {
        if !S::IS_SOLE_WRITER {
            // Everybody locks conversations in the same order, so that nodes cannot wait for each other in a ring.
            entries.sort_by_key(|entry| match entry {
                Entry::Item(item) => Some((item.app, item.key)),
                Entry::State { app, key, .. } => Some((*app, *key)),
                Entry::Past { .. } | Entry::Taken { .. } | Entry::Stop => None,
            });
        }
        let outcome = self.write(store, &entries).await;
        match outcome {
            Ok((rows, outcomes)) => self.answer(rows, outcomes, entries),
            Err(error) => {
                store.rollback().await;
                self.lines.clear();
                self.streams.clear();
                tracing::error!("commit failed, {} entries refused: {error}", entries.len());
                refuse_all(entries, &error);
            }
        }
    }

    async fn write<S: Store>(
        &mut self,
        store: &mut S,
        entries: &[Entry],
    ) -> Result<(Vec<Row>, Vec<Outcome>), LogError> {
        store.begin().await?;
        if !S::IS_SOLE_WRITER {
            self.lines.clear();
            self.streams.clear();
        }
        let now = self.clock.now();
        let mut batch = Batch { rows: Vec::with_capacity(entries.len()), ..Batch::default() };
        let mut outcomes = Vec::with_capacity(entries.len());
        for entry in entries {
            let Entry::Item(item) = entry else { continue };
            outcomes.push(self.prepare(store, item, now, &mut batch).await?);
        }
        let watched = self.watched.read().clone();
        if !watched.is_empty() {
            for row in &mut batch.rows {
                row.is_fed = is_of_interest(&row.item) && watched.contains(&row.app);
            }
        }
        store.insert(&batch.rows).await?;
        for form in newest_forms(&batch.forms) {
            store.put_form(form).await?;
        }
        for (app, user, line) in batch.new_pairs {
            store.change_state(app, user, line, StateChange::Read(MessageId(0))).await?;
        }
        for row in &batch.rows {
            if row.item.kind == ItemKind::Recall
                && let Some(related) = row.item.related
            {
                store.erase(row.app, row.line, related).await?;
            }
        }
        for entry in entries {
            if let Entry::State { app, user, key, change, .. } = entry {
                let line = self.line(store, *app, *key, now).await?.head.line;
                store.change_state(*app, *user, line, *change).await?;
            }
            if let Entry::Taken { seqs, .. } = entry {
                store.forget_fed(seqs).await?;
            }
        }
        store.commit().await?;
        Ok((batch.rows, outcomes))
    }

    async fn line<S: Store>(
        &mut self,
        store: &mut S,
        app: AppId,
        key: ConversationKey,
        now: Millis,
    ) -> Result<&mut Line, LogError> {
        // A lookup by `get_mut` first would borrow for the whole function (the borrow checker's known limit), hence the double look.
        let loaded = self.lines.get(&(app, key)).map(|line| (line.head, line.is_listed, line.knows_recent()));
        if !matches!(loaded, Some((_, _, true))) {
            let (head, is_listed) = match loaded {
                Some((head, is_listed, _)) => (head, is_listed),
                None => {
                    let head = store.head(app, key).await?;
                    (head, head.position > 0)
                }
            };
            let cipher = self.vault.conversation_cipher(app, head.line).map_err(vault_error)?;
            let recent = store.recent(app, head.line, now - limits::RESEND_MS).await?;
            self.lines.insert((app, key), Line::with_recent(head, is_listed, cipher, &recent));
        }
        Ok(self.lines.get_mut(&(app, key)).expect("just inserted"))
    }

    async fn prepare<S: Store>(
        &mut self,
        store: &mut S,
        new: &NewItem,
        now: Millis,
        batch: &mut Batch,
    ) -> Result<Outcome, LogError> {
        if let Idempotency::SendKey(send_key) = new.idempotency
            && let Some(earlier) = self.find_repeat(store, new, &send_key, now, batch).await?
        {
            return Ok(Outcome::Repeat(Box::new(earlier)));
        }
        let edit = match self.plan_edit(store, new, now).await {
            Ok(edit) => edit,
            Err(
                error @ (LogError::KeysDestroyed
                | LogError::MessageGone
                | LogError::FormTooLong(_)
                | LogError::EditUnreadable),
            ) => return Ok(Outcome::Refused(error)),
            Err(error) => return Err(error),
        };
        let line = match self.line(store, new.app, new.key, now).await {
            Ok(line) => line,
            Err(LogError::KeysDestroyed) => return Ok(Outcome::Refused(LogError::KeysDestroyed)),
            Err(error) => return Err(error),
        };
        if let Idempotency::ClientMid(client_mid) = new.idempotency
            && let Some(earlier) = line.find_resend(new, client_mid, now)
        {
            return Ok(Outcome::Repeat(Box::new(earlier.into_item(new))));
        }
        let (item, sealed) = match line.append(new, now) {
            Ok(appended) => appended,
            Err(error) => return Ok(Outcome::Refused(error)),
        };
        let line_no = line.head.line;
        if !line.is_listed {
            line.is_listed = true;
            let users = listed_for(new.key);
            batch.new_pairs.extend(users.into_iter().flatten().map(|user| (new.app, user, line_no)));
        }
        if let Some(mid) = item.related {
            self.note_edit(&item, (new.app, line_no, mid), edit, batch)?;
        }
        let (client_mid, send_key) = match new.idempotency {
            Idempotency::ClientMid(client_mid) => (client_mid, None),
            Idempotency::SendKey(send_key) => (0, Some(send_key)),
            Idempotency::None => (0, None),
        };
        let send_key = send_key.map(|key| {
            batch.sent_now.insert((new.app, new.from, key), batch.rows.len());
            KeyOf { sender: new.from as i64, key }
        });
        batch.rows.push(Row { app: new.app, line: line_no, client_mid, send_key, sealed, item, is_fed: false });
        Ok(Outcome::New(batch.rows.len() - 1))
    }

    /// The item that was stored under this send key. It comes with its payload where the answer depends on it, as for edits.
    async fn find_repeat<S: Store>(
        &mut self,
        store: &mut S,
        new: &NewItem,
        send_key: &[u8; 16],
        now: Millis,
        batch: &Batch,
    ) -> Result<Option<StoredItem>, LogError> {
        if let Some(&index) = batch.sent_now.get(&(new.app, new.from, *send_key)) {
            let item = &batch.rows[index].item;
            return Ok(Some(if item.kind.is_fold() { item.clone() } else { without_payload(item) }));
        }
        let Some(mut found) = store.find_send_key(new.app, new.from, send_key).await? else { return Ok(None) };
        if found.item.kind.is_fold()
            && let Some(sealed) = &found.sealed
            && let Ok(line) = self.line(store, new.app, found.item.key, now).await
            && let Ok(payload) = line.cipher.unseal(found.item.mid.0, sealed)
        {
            found.item.payload = payload.into();
        }
        Ok(Some(found.item))
    }

    /// What an edit would change in its message. The order of the log decides, so this is the place to refuse an edit of what was recalled
    /// or is full.
    async fn plan_edit<S: Store>(
        &mut self,
        store: &mut S,
        new: &NewItem,
        now: Millis,
    ) -> Result<Option<PlannedEdit>, LogError> {
        let (ItemKind::Append | ItemKind::Replace, Some(mid)) = (new.kind, new.related) else { return Ok(None) };
        let line = self.line(store, new.app, new.key, now).await?;
        let (line_no, cipher) = (line.head.line, line.cipher.clone());
        let key = (new.app, line_no, mid);
        if !self.streams.is_known(&key) {
            let found = store.find_form(new.app, line_no, mid).await?;
            let stream = found.map(|found| Stream::fold(&cipher, mid, &found)).transpose()?;
            self.streams.put(key, stream);
        }
        let stream = self.streams.find(&key).ok_or(LogError::MessageGone)?;
        let change = stream.plan(new.kind, &new.payload, self.options.form_limits)?;
        Ok(Some(PlannedEdit { change, cipher }))
    }

    /// Folds an edit that was given its id, and takes a recalled message out of memory.
    fn note_edit(
        &mut self,
        item: &StoredItem,
        key: StreamKey,
        edit: Option<PlannedEdit>,
        batch: &mut Batch,
    ) -> Result<(), LogError> {
        if item.kind == ItemKind::Recall {
            self.streams.put(key, None);
        }
        let (Some(edit), Some(stream)) = (edit, self.streams.find(&key)) else { return Ok(()) };
        let due = stream.apply(edit.change, &edit.cipher, item.mid.0)?;
        self.streams.grew(item.payload.len());
        let (app, line, mid) = key;
        batch.forms.extend(due.map(|sealed| FormRow { app, line, mid, edit_mid: item.mid.0, sealed }));
        Ok(())
    }

    fn answer(&self, rows: Vec<Row>, outcomes: Vec<Outcome>, entries: Vec<Entry>) {
        let items: std::sync::Arc<[StoredItem]> = rows.into_iter().map(|row| row.item).collect();
        // First those who listen, then those who wait: who was answered finds his item handed out.
        if !items.is_empty() {
            (self.hook)(items.clone());
        }
        let mut outcomes = outcomes.into_iter();
        for entry in entries {
            match entry {
                Entry::Item(item) => {
                    let outcome = outcomes.next().expect("one outcome per item");
                    let Some(reply) = item.reply else { continue };
                    match outcome {
                        Outcome::New(index) => reply(Ok(Stored { item: &items[index], is_repeat: false })),
                        Outcome::Repeat(item) => reply(Ok(Stored { item: &item, is_repeat: true })),
                        Outcome::Refused(error) => reply(Err(&error)),
                    }
                }
                Entry::State { reply: Some(reply), .. } | Entry::Taken { reply, .. } => reply(Ok(())),
                Entry::State { reply: None, .. } | Entry::Past { .. } | Entry::Stop => {}
            }
        }
    }
}

/// The last form of each message; those before it are out of date already.
pub(super) fn newest_forms(forms: &[FormRow]) -> impl Iterator<Item = &FormRow> {
    let place = |form: &FormRow| (form.app, form.line, form.mid);
    let newest: HashMap<_, u64> = forms.iter().map(|form| (place(form), form.edit_mid)).collect();
    forms.iter().filter(move |form| newest.get(&place(form)) == Some(&form.edit_mid))
}

/// Messages, and what changes them. Notices and read marks have their own ways of being told.
fn is_of_interest(item: &StoredItem) -> bool {
    let changes = [ItemKind::Message, ItemKind::Recall, ItemKind::Append, ItemKind::Replace];
    item.namespace == namespace::MESSAGE && changes.contains(&item.kind)
}

fn refuse_all(entries: Vec<Entry>, error: &LogError) {
    for entry in entries {
        match entry {
            Entry::Item(item) => {
                if let Some(reply) = item.reply {
                    reply(Err(error));
                }
            }
            Entry::State { reply: Some(reply), .. } | Entry::Taken { reply, .. } => reply(Err(error.clone())),
            Entry::State { reply: None, .. } | Entry::Past { .. } | Entry::Stop => {}
        }
    }
}

fn without_payload(item: &StoredItem) -> StoredItem {
    StoredItem { payload: Bytes::new(), ..item.clone() }
}
