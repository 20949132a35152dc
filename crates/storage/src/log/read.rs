//! Reading the log. Goes past the committer; what is read is durable.

use std::collections::HashMap;

use bytes::Bytes;
use cerulean_types::{AppId, ConversationKey, DeviceSn, GroupId, ItemKind, MessageId, Millis, StoredItem, UserId};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};

use super::Log;
use super::schema::{ITEMS_BY_EDIT, STATES_BY_LINE, by_index};
use super::stream::open_form;
use crate::StorageError;

/// The newest item of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineHead {
    /// Its id, 0 when the conversation is empty.
    pub mid: MessageId,
    /// Its position, which is also the number of items.
    pub position: u64,
}

/// What a user keeps about a conversation, with where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineState {
    /// Conversation.
    pub key: ConversationKey,
    /// The newest item.
    pub head: LineHead,
    /// Up to here the user has read.
    pub read_mid: MessageId,
    /// Up to here his devices said they have it.
    pub delivered_mid: MessageId,
    /// Up to here nothing is shown.
    pub clear_mid: MessageId,
    /// Pinned.
    pub is_pinned: bool,
    /// Silent.
    pub is_muted: bool,
}

impl LineState {
    /// Of a user who keeps nothing about the conversation.
    pub fn unset(key: ConversationKey, head: LineHead) -> Self {
        let none = MessageId(0);
        Self { key, head, read_mid: none, delivered_mid: none, clear_mid: none, is_pinned: false, is_muted: false }
    }
}

/// How far a device is in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Last item it has.
    pub mid: MessageId,
    /// Its position.
    pub position: u64,
}

/// A message with the edits that are still to be folded in, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedMessage {
    /// The message, its payload being the newest form that was written down, or what was sent.
    pub message: StoredItem,
    /// Its APPEND and REPLACE operations since then: few, however many there were.
    pub edits: Vec<StoredItem>,
}

/// What is left of a message that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecalledMessage {
    /// The message, without its content.
    pub message: StoredItem,
    /// `Meta.from.uid` of who took it back.
    pub by: u64,
}

/// One link of the chain without content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainLink {
    /// Item.
    pub mid: MessageId,
    /// Its place.
    pub position: u64,
    /// `Meta.from.uid`.
    pub sender: u64,
    /// Milliseconds.
    pub timestamp: Millis,
    /// `Meta.ns`.
    pub namespace: u8,
    /// BLAKE3 of the sealed body.
    pub digest: [u8; 32],
    /// Link.
    pub link: [u8; 32],
}

/// An item the watcher has not taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FedItem {
    /// Its place in the feed.
    pub seq: i64,
    /// The item; nothing when it cannot be opened any more because the app's keys are gone.
    pub item: Option<StoredItem>,
}

pub(super) const ITEM_COLUMNS: &str =
    "i.mid, i.position, i.kind, i.namespace, i.sender, i.device, i.receiver, i.at, i.related, i.link, i.digest, i.body";

fn inconsistent(table: &'static str, mid: MessageId) -> StorageError {
    StorageError::Inconsistent { table, key: mid.0.to_string() }
}

pub(super) fn int(row: &QueryResult, column: &str) -> Result<i64, DbErr> {
    row.try_get::<i64>("", column).or_else(|_| row.try_get::<i32>("", column).map(i64::from))
}

/// Written out: plain numbers need no binding, and no database bounds their count.
fn numbers_of(users: &[UserId]) -> String {
    users.iter().map(|user| user.as_i64().to_string()).collect::<Vec<_>>().join(", ")
}

impl Log {
    fn is_sqlite(&self) -> bool {
        self.0.reader.get_database_backend() == DbBackend::Sqlite
    }

    fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.0.reader.get_database_backend(), sql, values)
    }

    pub(super) async fn rows(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, StorageError> {
        Ok(self.0.reader.query_all_raw(self.statement(sql, values)).await?)
    }

    pub(super) async fn row(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<QueryResult>, StorageError> {
        Ok(self.0.reader.query_one_raw(self.statement(sql, values)).await?)
    }

    /// The number of a conversation, or nothing while it is empty.
    pub(super) async fn find_line(&self, app: AppId, key: ConversationKey) -> Result<Option<i64>, StorageError> {
        if let Some(line) = self.0.lines.get(&(app, key)) {
            return Ok(Some(line));
        }
        let (a, b) = key.as_columns();
        let sql = "select line from lines where app_id = $1 and a = $2 and b = $3";
        let Some(row) = self.row(sql, [app.0.into(), a.into(), b.into()]).await? else { return Ok(None) };
        let line = row.try_get::<i64>("", "line")?;
        self.0.lines.insert((app, key), line);
        Ok(Some(line))
    }

    pub(super) fn item(
        app: AppId,
        key: ConversationKey,
        cipher: &cerulean_vault::ConversationCipher,
        row: &QueryResult,
    ) -> Result<StoredItem, StorageError> {
        let mid = MessageId::from_stored(int(row, "mid")?);
        let sealed: Option<Vec<u8>> = row.try_get("", "body")?;
        let digest: Option<Vec<u8>> = row.try_get("", "digest")?;
        let digest = match (digest, &sealed) {
            (Some(digest), _) => digest.try_into().map_err(|_| inconsistent("items", mid))?,
            (None, Some(sealed)) => *blake3::hash(sealed).as_bytes(),
            (None, None) => return Err(inconsistent("items", mid)),
        };
        let payload = match &sealed {
            Some(sealed) => Bytes::from(cipher.unseal(mid.0, sealed)?),
            None => Bytes::new(),
        };
        let link: Vec<u8> = row.try_get("", "link")?;
        Ok(StoredItem {
            app,
            key,
            mid,
            position: int(row, "position")? as u64,
            prev_mid: MessageId(0),
            timestamp: int(row, "at")?,
            namespace: int(row, "namespace")? as u8,
            kind: ItemKind::from_stored(int(row, "kind")?).ok_or_else(|| inconsistent("items", mid))?,
            related: row.try_get::<Option<i64>>("", "related")?.map(MessageId::from_stored),
            from: int(row, "sender")? as u64,
            from_device: DeviceSn(int(row, "device")? as u32),
            to: int(row, "receiver")? as u64,
            payload,
            is_erased: sealed.is_none(),
            link: link.try_into().map_err(|_| inconsistent("items", mid))?,
            digest,
        })
    }

    async fn items(
        &self,
        app: AppId,
        key: ConversationKey,
        line: i64,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<StoredItem>, StorageError> {
        let cipher = self.0.vault.conversation_cipher(app, line)?;
        let rows = self.rows(sql, values).await?;
        rows.iter().map(|row| Self::item(app, key, &cipher, row)).collect()
    }

    /// Items after `after`, ascending, erased ones included (their payload is empty), with `prev_mid` filled in.
    pub async fn pull(
        &self,
        app: AppId,
        key: ConversationKey,
        after: MessageId,
        limit: usize,
    ) -> Result<Vec<StoredItem>, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(Vec::new()) };
        let sql = format!(
            "select {ITEM_COLUMNS} from items i where app_id = $1 and line = $2 and mid > $3 order by mid limit $4"
        );
        let values = [app.0.into(), line.into(), after.as_i64().into(), (limit as i64).into()];
        let mut items = self.items(app, key, line, &sql, values).await?;
        let mut prev_mid = match items.first() {
            Some(first) if first.position > 1 => self.mid_before(app, line, first.mid).await?,
            _ => MessageId(0),
        };
        for item in &mut items {
            item.prev_mid = prev_mid;
            prev_mid = item.mid;
        }
        Ok(items)
    }

    async fn mid_before(&self, app: AppId, line: i64, mid: MessageId) -> Result<MessageId, StorageError> {
        let sql = "select mid from items where app_id = $1 and line = $2 and mid < $3 order by mid desc limit 1";
        let row = self.row(sql, [app.0.into(), line.into(), mid.as_i64().into()]).await?;
        row.map_or(Ok(MessageId(0)), |row| Ok(MessageId::from_stored(int(&row, "mid")?)))
    }

    /// One item.
    pub async fn find_item(
        &self,
        app: AppId,
        key: ConversationKey,
        mid: MessageId,
    ) -> Result<Option<StoredItem>, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(None) };
        let sql = format!("select {ITEM_COLUMNS} from items i where app_id = $1 and line = $2 and mid = $3");
        let values = [app.0.into(), line.into(), mid.as_i64().into()];
        Ok(self.items(app, key, line, &sql, values).await?.pop())
    }

    /// Whether one of these groups holds a message of a user with this id, recalled or not.
    pub async fn is_message_in(
        &self,
        app: AppId,
        groups: &[GroupId],
        sender: UserId,
        mid: MessageId,
    ) -> Result<bool, StorageError> {
        let mut lines = Vec::with_capacity(groups.len());
        for group in groups {
            lines.extend(self.find_line(app, ConversationKey::Group(*group)).await?);
        }
        if lines.is_empty() {
            return Ok(false);
        }
        let lines = lines.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "select mid from items where app_id = $1 and line in ({lines}) and mid = $2 and sender = $3 and kind = 1 limit 1"
        );
        let row = self.row(&sql, [app.0.into(), mid.as_i64().into(), sender.as_i64().into()]).await?;
        Ok(row.is_some())
    }

    /// Messages older than `before` (0: the newest), newest first, as `user` may see them: not recalled, not deleted by him, not at or
    /// below `floor`.
    pub async fn history(
        &self,
        app: AppId,
        key: ConversationKey,
        user: UserId,
        floor: MessageId,
        before: MessageId,
        limit: usize,
    ) -> Result<Vec<EditedMessage>, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(Vec::new()) };
        let before = if before.0 == 0 { MessageId(i64::MAX as u64) } else { before };
        let sql = format!(
            "select {ITEM_COLUMNS} from items i
             where app_id = $1 and line = $2 and mid < $3 and mid > $4 and kind = 1 and body is not null
             and not exists (select 1 from hidden_items h where h.app_id = $1 and h.user_id = $5 and h.line = $2 and h.mid = i.mid)
             order by mid desc limit $6"
        );
        let values = [
            app.0.into(),
            line.into(),
            before.as_i64().into(),
            floor.as_i64().into(),
            user.as_i64().into(),
            (limit as i64).into(),
        ];
        let messages = self.items(app, key, line, &sql, values).await?;
        self.with_edits(app, key, line, messages, MessageId(i64::MAX as u64)).await
    }

    /// What is left of messages between two ids that were taken back, newest first; as in [`Log::history`], not those `user` deleted.
    pub async fn recalled(
        &self,
        app: AppId,
        key: ConversationKey,
        user: UserId,
        above: MessageId,
        below: MessageId,
        limit: usize,
    ) -> Result<Vec<RecalledMessage>, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(Vec::new()) };
        let sql = format!(
            "select {ITEM_COLUMNS}, o.sender as recalled_by from items i cross join items o {}
             where i.app_id = $1 and i.line = $2 and i.mid > $3 and i.mid < $4 and i.kind = 1 and i.body is null
             and not exists (select 1 from hidden_items h where h.app_id = $1 and h.user_id = $5 and h.line = $2 and h.mid = i.mid)
             and o.app_id = $1 and o.line = $2 and o.related = i.mid and o.related is not null and o.kind = 2
             order by i.mid desc limit $6",
            by_index(ITEMS_BY_EDIT, self.is_sqlite()),
        );
        let values = [
            app.0.into(),
            line.into(),
            above.as_i64().into(),
            below.as_i64().into(),
            user.as_i64().into(),
            (limit as i64).into(),
        ];
        let cipher = self.0.vault.conversation_cipher(app, line)?;
        let mut recalled: Vec<RecalledMessage> = Vec::new();
        for row in self.rows(&sql, values).await? {
            let message = Self::item(app, key, &cipher, &row)?;
            // Two may have taken it back in the same moment.
            if recalled.last().is_none_or(|last| last.message.mid != message.mid) {
                recalled.push(RecalledMessage { message, by: int(&row, "recalled_by")? as u64 });
            }
        }
        Ok(recalled)
    }

    /// Messages, newest first, with their edits up to and including `until`.
    pub(super) async fn with_edits(
        &self,
        app: AppId,
        key: ConversationKey,
        line: i64,
        mut messages: Vec<StoredItem>,
        until: MessageId,
    ) -> Result<Vec<EditedMessage>, StorageError> {
        let (Some(newest), Some(oldest)) = (messages.first(), messages.last()) else { return Ok(Vec::new()) };
        let (newest, oldest) = (newest.mid, oldest.mid);
        let mut forms = self.forms_between(app, line, oldest, newest).await?;
        forms.retain(|_, (edit_mid, _)| *edit_mid <= until.0);
        // What each form holds already is passed over by the index. The floors are those of the forms just read, which may be newer by now.
        let mut floors = Vec::with_capacity(messages.len());
        for message in &mut messages {
            let form = forms.remove(&message.mid);
            floors.push(format!("({}, {})", message.mid.0, form.as_ref().map_or(0, |(edit_mid, _)| *edit_mid)));
            if let Some((_, payload)) = form {
                message.payload = payload;
            }
        }
        let sql = format!(
            "with wanted (message, floor) as (values {})
             select {ITEM_COLUMNS} from wanted cross join items i {}
             where i.app_id = $1 and i.line = $2 and i.related = wanted.message and i.mid > wanted.floor and i.mid <= $3
             and i.related is not null and i.kind in (3, 4) and i.body is not null order by i.mid",
            floors.join(", "),
            by_index(ITEMS_BY_EDIT, self.is_sqlite()),
        );
        let mut by_message: HashMap<MessageId, Vec<StoredItem>> = HashMap::new();
        for edit in self.items(app, key, line, &sql, [app.0.into(), line.into(), until.as_i64().into()]).await? {
            if let Some(related) = edit.related {
                by_message.entry(related).or_default().push(edit);
            }
        }
        let folded = messages.into_iter().map(|message| {
            let edits = by_message.remove(&message.mid).unwrap_or_default();
            EditedMessage { message, edits }
        });
        Ok(folded.collect())
    }

    /// Stored forms of the messages in a range: the last edit each holds, and its body.
    async fn forms_between(
        &self,
        app: AppId,
        line: i64,
        oldest: MessageId,
        newest: MessageId,
    ) -> Result<HashMap<MessageId, (u64, Bytes)>, StorageError> {
        let sql = "select mid, edit_mid, body from forms where app_id = $1 and line = $2 and mid between $3 and $4";
        let values = [app.0.into(), line.into(), oldest.as_i64().into(), newest.as_i64().into()];
        let rows = self.rows(sql, values).await?;
        if rows.is_empty() {
            return Ok(HashMap::new());
        }
        let cipher = self.0.vault.conversation_cipher(app, line)?;
        let mut forms = HashMap::with_capacity(rows.len());
        for row in rows {
            let mid = MessageId::from_stored(int(&row, "mid")?);
            let edit_mid = int(&row, "edit_mid")? as u64;
            let sealed: Vec<u8> = row.try_get("", "body")?;
            let payload = open_form(&cipher, edit_mid, &sealed).ok_or_else(|| inconsistent("forms", mid))?;
            forms.insert(mid, (edit_mid, payload));
        }
        Ok(forms)
    }

    /// The item a user stored under a send key, if any, with its payload.
    pub async fn find_by_send_key(
        &self,
        app: AppId,
        sender: u64,
        send_key: &[u8; 16],
    ) -> Result<Option<StoredItem>, StorageError> {
        let sql = "select l.a, l.b, k.mid from send_keys k join lines l on l.line = k.line
             where k.app_id = $1 and k.sender = $2 and k.send_key = $3";
        let values = [app.0.into(), (sender as i64).into(), send_key.to_vec().into()];
        let Some(row) = self.row(sql, values).await? else { return Ok(None) };
        let key = ConversationKey::from_columns(int(&row, "a")?, int(&row, "b")?);
        let mid = MessageId::from_stored(int(&row, "mid")?);
        let Some(mut item) = self.find_item(app, key, mid).await? else { return Ok(None) };
        if let Some(line) = self.find_line(app, key).await? {
            item.prev_mid = self.mid_before(app, line, mid).await?;
        }
        Ok(Some(item))
    }

    /// Where conversations stand; empty ones have a head of zeros.
    pub async fn head(&self, app: AppId, key: ConversationKey) -> Result<LineHead, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(LineHead::default()) };
        let sql = "select mid, position from items where app_id = $1 and line = $2 order by mid desc limit 1";
        let Some(row) = self.row(sql, [app.0.into(), line.into()]).await? else { return Ok(LineHead::default()) };
        Ok(LineHead { mid: MessageId::from_stored(int(&row, "mid")?), position: int(&row, "position")? as u64 })
    }

    /// Every conversation the user has a state in: all pairs with items, his system line, and groups he changed something in.
    pub async fn states_of(&self, app: AppId, user: UserId) -> Result<Vec<LineState>, StorageError> {
        let sql =
            "select l.line, l.a, l.b, s.read_mid, s.delivered_mid, s.clear_mid, s.is_pinned, s.is_muted, i.mid, i.position
             from line_states s join lines l on l.line = s.line
             left join items i on i.app_id = s.app_id and i.line = s.line
                 and i.mid = (select max(mid) from items n where n.app_id = s.app_id and n.line = s.line)
             where s.app_id = $1 and s.user_id = $2";
        let rows = self.rows(sql, [app.0.into(), user.as_i64().into()]).await?;
        rows.iter()
            .map(|row| {
                let mid: Option<i64> = row.try_get("", "mid")?;
                let position: Option<i64> = row.try_get("", "position")?;
                let key = ConversationKey::from_columns(int(row, "a")?, int(row, "b")?);
                self.0.lines.insert((app, key), int(row, "line")?);
                Ok(LineState {
                    key,
                    head: LineHead {
                        mid: MessageId::from_stored(mid.unwrap_or(0)),
                        position: position.unwrap_or(0) as u64,
                    },
                    read_mid: MessageId::from_stored(int(row, "read_mid")?),
                    delivered_mid: MessageId::from_stored(int(row, "delivered_mid")?),
                    clear_mid: MessageId::from_stored(int(row, "clear_mid")?),
                    is_pinned: int(row, "is_pinned")? != 0,
                    is_muted: int(row, "is_muted")? != 0,
                })
            })
            .collect()
    }

    /// What a user keeps about one conversation; defaults where he keeps nothing.
    pub async fn state(&self, app: AppId, user: UserId, key: ConversationKey) -> Result<LineState, StorageError> {
        let head = self.head(app, key).await?;
        let unset = LineState::unset(key, head);
        let Some(line) = self.find_line(app, key).await? else { return Ok(unset) };
        let sql = "select read_mid, delivered_mid, clear_mid, is_pinned, is_muted from line_states where app_id = $1 and user_id = $2 and line = $3";
        let Some(row) = self.row(sql, [app.0.into(), user.as_i64().into(), line.into()]).await? else {
            return Ok(unset);
        };
        Ok(LineState {
            key,
            head,
            read_mid: MessageId::from_stored(int(&row, "read_mid")?),
            delivered_mid: MessageId::from_stored(int(&row, "delivered_mid")?),
            clear_mid: MessageId::from_stored(int(&row, "clear_mid")?),
            is_pinned: int(&row, "is_pinned")? != 0,
            is_muted: int(&row, "is_muted")? != 0,
        })
    }

    /// Who has read an item, and up to where, by user, beginning after one.
    pub async fn read_positions(
        &self,
        app: AppId,
        key: ConversationKey,
        mid: MessageId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<(UserId, MessageId)>, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(Vec::new()) };
        let index = by_index(STATES_BY_LINE, self.is_sqlite());
        let sql = format!(
            "select user_id, read_mid from line_states {index} where app_id = $1 and line = $2 and read_mid >= $3
             and user_id > $4 order by user_id limit $5"
        );
        let after = after.map_or(0, UserId::as_i64);
        let values = [app.0.into(), line.into(), mid.as_i64().into(), after.into(), (limit as i64).into()];
        let rows = self.rows(&sql, values).await?;
        let position = |row: &QueryResult| {
            Ok((UserId::from_stored(int(row, "user_id")?), MessageId::from_stored(int(row, "read_mid")?)))
        };
        rows.iter().map(position).collect()
    }

    /// The stored cursors of a device.
    pub async fn cursors_of(
        &self,
        app: AppId,
        user: UserId,
        device: DeviceSn,
    ) -> Result<HashMap<ConversationKey, Cursor>, StorageError> {
        let sql = "select l.a, l.b, c.mid, c.position from cursors c join lines l on l.line = c.line
             where c.app_id = $1 and c.user_id = $2 and c.device = $3";
        let rows = self.rows(sql, [app.0.into(), user.as_i64().into(), i64::from(device.0).into()]).await?;
        rows.iter()
            .map(|row| {
                let key = ConversationKey::from_columns(int(row, "a")?, int(row, "b")?);
                let mid = MessageId::from_stored(int(row, "mid")?);
                Ok((key, Cursor { mid, position: int(row, "position")? as u64 }))
            })
            .collect()
    }

    /// Conversations that a device dropped, with their newest item at that time.
    pub async fn hidden_from(
        &self,
        app: AppId,
        user: UserId,
        device: DeviceSn,
    ) -> Result<HashMap<ConversationKey, MessageId>, StorageError> {
        let sql = "select l.a, l.b, c.hidden_mid from cursors c join lines l on l.line = c.line
             where c.app_id = $1 and c.user_id = $2 and c.device = $3 and c.hidden_mid > 0";
        let rows = self.rows(sql, [app.0.into(), user.as_i64().into(), i64::from(device.0).into()]).await?;
        rows.iter()
            .map(|row| {
                let key = ConversationKey::from_columns(int(row, "a")?, int(row, "b")?);
                Ok((key, MessageId::from_stored(int(row, "hidden_mid")?)))
            })
            .collect()
    }

    /// The last item at or below an id, as a cursor; zeros when there is none.
    pub async fn cursor_at(&self, app: AppId, key: ConversationKey, mid: MessageId) -> Result<Cursor, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(Cursor::default()) };
        let sql =
            "select mid, position from items where app_id = $1 and line = $2 and mid <= $3 order by mid desc limit 1";
        let Some(row) = self.row(sql, [app.0.into(), line.into(), mid.as_i64().into()]).await? else {
            return Ok(Cursor::default());
        };
        Ok(Cursor { mid: MessageId::from_stored(int(&row, "mid")?), position: int(&row, "position")? as u64 })
    }

    /// One page of an app's conversations in an order that does not change, beginning after one.
    pub async fn list_lines(
        &self,
        app: AppId,
        after: Option<ConversationKey>,
        limit: usize,
    ) -> Result<Vec<ConversationKey>, StorageError> {
        let (a, b) = after.map_or((-1, -1), ConversationKey::as_columns);
        let sql = "select a, b from lines where app_id = $1 and a >= $2 and (a > $2 or b > $3) order by a, b limit $4";
        let rows = self.rows(sql, [app.0.into(), a.into(), b.into(), (limit as i64).into()]).await?;
        rows.iter().map(|row| Ok(ConversationKey::from_columns(int(row, "a")?, int(row, "b")?))).collect()
    }

    /// When items were made; unknown ones are left out.
    pub async fn times_of(
        &self,
        app: AppId,
        key: ConversationKey,
        mids: &[MessageId],
    ) -> Result<HashMap<MessageId, Millis>, StorageError> {
        let mut times = HashMap::with_capacity(mids.len());
        let Some(line) = self.find_line(app, key).await? else { return Ok(times) };
        for mid in mids {
            let sql = "select at from items where app_id = $1 and line = $2 and mid = $3";
            if let Some(row) = self.row(sql, [app.0.into(), line.into(), mid.as_i64().into()]).await? {
                times.insert(*mid, int(&row, "at")?);
            }
        }
        Ok(times)
    }

    /// The last message, edit or recall at or below an id, and when it was made.
    pub async fn last_of_history(
        &self,
        app: AppId,
        key: ConversationKey,
        mid: MessageId,
    ) -> Result<Option<(MessageId, Millis)>, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(None) };
        let sql = "select mid, at from items where app_id = $1 and line = $2 and mid <= $3 and kind < 5
             order by mid desc limit 1";
        let row = self.row(sql, [app.0.into(), line.into(), mid.as_i64().into()]).await?;
        row.map(|row| Ok((MessageId::from_stored(int(&row, "mid")?), int(&row, "at")?))).transpose()
    }

    /// What some users keep about one conversation; those who keep nothing are left out. The heads are zeros.
    pub async fn states_among(
        &self,
        app: AppId,
        key: ConversationKey,
        users: &[UserId],
    ) -> Result<Vec<(UserId, LineState)>, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(Vec::new()) };
        let sql = format!(
            "select user_id, read_mid, delivered_mid, clear_mid, is_pinned, is_muted from line_states
             where app_id = $1 and user_id in ({}) and line = $2 order by user_id",
            numbers_of(users)
        );
        let rows = self.rows(&sql, [app.0.into(), line.into()]).await?;
        rows.iter()
            .map(|row| {
                let state = LineState {
                    key,
                    head: LineHead::default(),
                    read_mid: MessageId::from_stored(int(row, "read_mid")?),
                    delivered_mid: MessageId::from_stored(int(row, "delivered_mid")?),
                    clear_mid: MessageId::from_stored(int(row, "clear_mid")?),
                    is_pinned: int(row, "is_pinned")? != 0,
                    is_muted: int(row, "is_muted")? != 0,
                };
                Ok((UserId::from_stored(int(row, "user_id")?), state))
            })
            .collect()
    }

    /// Who muted a conversation, by user.
    pub async fn muted_by(&self, app: AppId, key: ConversationKey) -> Result<Vec<UserId>, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(Vec::new()) };
        let index = by_index(STATES_BY_LINE, self.is_sqlite());
        let sql = format!(
            "select user_id from line_states {index} where app_id = $1 and line = $2 and is_muted <> 0 order by user_id"
        );
        let rows = self.rows(&sql, [app.0.into(), line.into()]).await?;
        rows.iter().map(|row| Ok(UserId::from_stored(int(row, "user_id")?))).collect()
    }

    /// The messages of a conversation that some users deleted for themselves.
    pub async fn hidden_among(
        &self,
        app: AppId,
        key: ConversationKey,
        users: &[UserId],
    ) -> Result<Vec<(UserId, MessageId)>, StorageError> {
        let Some(line) = self.find_line(app, key).await? else { return Ok(Vec::new()) };
        let sql = format!(
            "select user_id, mid from hidden_items
             where app_id = $1 and user_id in ({}) and line = $2 order by user_id, mid",
            numbers_of(users)
        );
        let rows = self.rows(&sql, [app.0.into(), line.into()]).await?;
        let pair = |row| -> Result<_, StorageError> {
            Ok((UserId::from_stored(int(row, "user_id")?), MessageId::from_stored(int(row, "mid")?)))
        };
        rows.iter().map(pair).collect()
    }

    /// What the watcher has not taken yet, oldest first.
    pub async fn feed(&self, limit: usize) -> Result<Vec<FedItem>, StorageError> {
        let sql = format!(
            "select f.seq, f.app_id, f.line, l.a, l.b, {ITEM_COLUMNS} from feed f join lines l on l.line = f.line
             join items i on i.app_id = f.app_id and i.line = f.line and i.mid = f.mid order by f.seq limit $1"
        );
        let rows = self.rows(&sql, [(limit as i64).into()]).await?;
        let mut fed = Vec::with_capacity(rows.len());
        for row in &rows {
            let app = AppId(row.try_get("", "app_id")?);
            let key = ConversationKey::from_columns(int(row, "a")?, int(row, "b")?);
            let item = match self.0.vault.conversation_cipher(app, int(row, "line")?) {
                Ok(cipher) => Some(Self::item(app, key, &cipher, row)?),
                Err(_) => None,
            };
            fed.push(FedItem { seq: int(row, "seq")?, item });
        }
        Ok(fed)
    }

    /// The chain after an item, ascending, without content.
    pub async fn chain(
        &self,
        app: AppId,
        key: ConversationKey,
        after: MessageId,
        limit: usize,
    ) -> Result<Vec<ChainLink>, StorageError> {
        let items = self.pull(app, key, after, limit).await?;
        let links = items.iter().map(|item| ChainLink {
            mid: item.mid,
            position: item.position,
            sender: item.from,
            timestamp: item.timestamp,
            namespace: item.namespace,
            digest: item.digest,
            link: item.link,
        });
        Ok(links.collect())
    }
}
