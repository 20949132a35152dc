//! The committer's SQLite: one connection, prepared statements, WAL with full sync.

use std::collections::HashMap;
use std::path::Path;

use cerulean_types::{AppId, ConversationKey, DeviceSn, ItemKind, MessageId, Millis, StoredItem, UserId};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row as SqlRow, params};

use super::schema::{STEPS, in_dialect};
use super::store::{FoundItem, Head, KeyOf, Row, Store};
use super::stream::{FormRow, FoundForm};
use super::{LogError, StateChange};
use crate::StorageError;
use crate::db::create_private;

pub(super) struct SqliteStore {
    conn: Connection,
}

const PAGE_BYTES: i64 = 8192;

fn log_error(error: rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => LogError::DiskFull,
        _ => LogError::Failed(error.to_string()),
    }
}

fn open_error(error: rusqlite::Error) -> StorageError {
    match log_error(error) {
        LogError::DiskFull => StorageError::DiskFull,
        other => StorageError::Log(other.to_string()),
    }
}

impl SqliteStore {
    pub(super) fn open(file: &Path) -> Result<Self, StorageError> {
        create_private(file)?;
        let conn = Connection::open(file).map_err(open_error)?;
        conn.set_prepared_statement_cache_capacity(64);
        conn.pragma_update(None, "page_size", PAGE_BYTES).map_err(open_error)?;
        conn.pragma_update(None, "journal_mode", "WAL").map_err(open_error)?;
        conn.pragma_update(None, "synchronous", "FULL").map_err(open_error)?;
        conn.pragma_update(None, "cache_size", -16_000).map_err(open_error)?;
        conn.pragma_update(None, "wal_autocheckpoint", 2000).map_err(open_error)?;
        conn.busy_timeout(std::time::Duration::from_secs(10)).map_err(open_error)?;
        upgrade(&conn)?;
        Ok(Self { conn })
    }

    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize, LogError> {
        self.conn.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).map_err(log_error)
    }
}

fn upgrade(conn: &Connection) -> Result<(), StorageError> {
    let done: usize =
        conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).map_err(open_error)? as usize;
    if done > STEPS.len() {
        return Err(StorageError::Newer { migration: format!("log step {done}") });
    }
    for (index, step) in STEPS.iter().enumerate().skip(done) {
        let sql = format!("begin immediate; {} pragma user_version = {}; commit;", in_dialect(step, true), index + 1);
        conn.execute_batch(&sql).map_err(open_error)?;
    }
    Ok(())
}

const ITEM_COLUMNS: &str =
    "mid, position, kind, namespace, sender, device, receiver, client_mid, at, related, link, digest, body";
/// The item before, which the first answer to a send named and a repeat names again.
const PREV_MID: &str =
    "coalesce((select max(p.mid) from items p where p.app_id = i.app_id and p.line = i.line and p.mid < i.mid), 0)";

fn found(app: AppId, key: ConversationKey, row: &SqlRow<'_>) -> rusqlite::Result<FoundItem> {
    let sealed: Option<Vec<u8>> = row.get(12)?;
    let digest: Option<[u8; 32]> = row.get(11)?;
    let digest = digest.unwrap_or_else(|| *blake3::hash(sealed.as_deref().unwrap_or_default()).as_bytes());
    let item = StoredItem {
        app,
        key,
        mid: MessageId::from_stored(row.get(0)?),
        position: row.get::<_, i64>(1)? as u64,
        prev_mid: MessageId::from_stored(row.get(13)?),
        timestamp: row.get(8)?,
        namespace: row.get(3)?,
        kind: ItemKind::from_stored(row.get(2)?).unwrap_or(ItemKind::Other),
        related: row.get::<_, Option<i64>>(9)?.map(MessageId::from_stored),
        from: row.get::<_, i64>(4)? as u64,
        from_device: DeviceSn(row.get(5)?),
        to: row.get::<_, i64>(6)? as u64,
        payload: bytes::Bytes::new(),
        is_erased: sealed.is_none(),
        link: row.get(10)?,
        digest,
    };
    Ok(FoundItem { item, client_mid: row.get::<_, i64>(7)? as u64, sealed })
}

impl Store for SqliteStore {
    const IS_SOLE_WRITER: bool = true;

    async fn begin(&mut self) -> Result<(), LogError> {
        self.run("begin immediate", []).map(drop)
    }

    async fn head(&mut self, app: AppId, key: ConversationKey) -> Result<Head, LogError> {
        let (a, b) = key.as_columns();
        let line: Option<i64> = self
            .conn
            .prepare_cached("select line from lines where app_id = ?1 and a = ?2 and b = ?3")
            .and_then(|mut statement| statement.query_row(params![app.0, a, b], |row| row.get(0)).optional())
            .map_err(log_error)?;
        let Some(line) = line else {
            self.run("insert into lines (app_id, a, b) values (?1, ?2, ?3)", params![app.0, a, b])?;
            return Ok(Head { line: self.conn.last_insert_rowid(), mid: 0, position: 0, link: [0; 32] });
        };
        let head = self
            .conn
            .prepare_cached(
                "select mid, position, link from items where app_id = ?1 and line = ?2 order by mid desc limit 1",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(params![app.0, line], |row| {
                        let (mid, position): (i64, i64) = (row.get(0)?, row.get(1)?);
                        Ok(Head { line, mid: mid as u64, position: position as u64, link: row.get(2)? })
                    })
                    .optional()
            })
            .map_err(log_error)?;
        Ok(head.unwrap_or(Head { line, mid: 0, position: 0, link: [0; 32] }))
    }

    async fn heads(&mut self, app: AppId, keys: &[ConversationKey]) -> Result<Vec<Head>, LogError> {
        let mut heads = Vec::with_capacity(keys.len());
        for key in keys {
            heads.push(self.head(app, *key).await?);
        }
        Ok(heads)
    }

    async fn find_send_keys(
        &mut self,
        app: AppId,
        sender: i64,
        keys: &[[u8; 16]],
    ) -> Result<HashMap<[u8; 16], (i64, MessageId)>, LogError> {
        let mut statement = self
            .conn
            .prepare_cached("select line, mid from send_keys where app_id = ?1 and sender = ?2 and send_key = ?3")
            .map_err(log_error)?;
        let mut found = HashMap::new();
        for key in keys {
            let taken = statement
                .query_row(params![app.0, sender, key], |row| Ok((row.get(0)?, MessageId::from_stored(row.get(1)?))))
                .optional()
                .map_err(log_error)?;
            if let Some(taken) = taken {
                found.insert(*key, taken);
            }
        }
        Ok(found)
    }

    async fn find_send_key(
        &mut self,
        app: AppId,
        sender: u64,
        send_key: &[u8; 16],
    ) -> Result<Option<FoundItem>, LogError> {
        let sql = format!(
            "select {ITEM_COLUMNS}, {PREV_MID}, l.a, l.b from send_keys k join items i using (app_id, line, mid) join lines l using (line)
             where k.app_id = ?1 and k.sender = ?2 and k.send_key = ?3"
        )
        .replace("mid, position, kind, namespace, sender,", "i.mid, position, kind, namespace, i.sender,");
        self.conn
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                statement
                    .query_row(params![app.0, sender as i64, send_key], |row| {
                        found(app, ConversationKey::from_columns(row.get(14)?, row.get(15)?), row)
                    })
                    .optional()
            })
            .map_err(log_error)
    }

    async fn recent(&mut self, app: AppId, line: i64, since: Millis) -> Result<Vec<FoundItem>, LogError> {
        let sql = format!(
            "select {ITEM_COLUMNS}, {PREV_MID} from items i
             where app_id = ?1 and line = ?2 and mid >= ?3 and client_mid <> 0 order by mid desc limit 64"
        );
        // The key is not looked at by the caller.
        let key = ConversationKey::from_columns(0, 0);
        self.conn
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                let rows = statement
                    .query_map(params![app.0, line, MessageId::at(since).as_i64()], |row| found(app, key, row))?;
                rows.collect()
            })
            .map_err(log_error)
    }

    async fn insert(&mut self, rows: &[Row]) -> Result<(), LogError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut insert = self
            .conn
            .prepare_cached(
                "insert into items (app_id, line, mid, position, kind, namespace, sender, device, receiver, client_mid, at, related, link, body)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )
            .map_err(log_error)?;
        // Rows of one conversation side by side touch the same page.
        let mut order: Vec<&Row> = rows.iter().collect();
        order.sort_by_key(|row| (row.app, row.line, row.item.mid));
        for row in order {
            let item = &row.item;
            insert
                .execute(params![
                    row.app.0,
                    row.line,
                    item.mid.as_i64(),
                    item.position as i64,
                    item.kind.as_i64(),
                    item.namespace,
                    item.from as i64,
                    item.from_device.0,
                    item.to as i64,
                    row.client_mid as i64,
                    item.timestamp,
                    item.related.map(MessageId::as_i64),
                    item.link,
                    row.sealed,
                ])
                .map_err(log_error)?;
        }
        drop(insert);
        let mut keys: Vec<(KeyOf, &Row)> = rows.iter().filter_map(|row| Some((row.send_key?, row))).collect();
        keys.sort_by_key(|(of, row)| (row.app, of.sender, of.key));
        for (of, row) in keys {
            self.run(
                "insert into send_keys (app_id, sender, send_key, line, mid) values (?1, ?2, ?3, ?4, ?5)",
                params![row.app.0, of.sender, of.key, row.line, row.item.mid.as_i64()],
            )?;
        }
        for row in rows.iter().filter(|row| row.is_fed) {
            self.run(
                "insert into feed (app_id, line, mid) values (?1, ?2, ?3)",
                params![row.app.0, row.line, row.item.mid.as_i64()],
            )?;
        }
        Ok(())
    }

    async fn find_form(&mut self, app: AppId, line: i64, mid: MessageId) -> Result<Option<FoundForm>, LogError> {
        let base: Option<(i64, Vec<u8>)> = self
            .conn
            .prepare_cached(
                "select coalesce(f.edit_mid, 0), coalesce(f.body, i.body) from items i
                 left join forms f on f.app_id = i.app_id and f.line = i.line and f.mid = i.mid
                 where i.app_id = ?1 and i.line = ?2 and i.mid = ?3 and i.kind = 1 and i.body is not null",
            )
            .and_then(|mut statement| {
                let read = |row: &SqlRow<'_>| Ok((row.get(0)?, row.get(1)?));
                statement.query_row(params![app.0, line, mid.as_i64()], read).optional()
            })
            .map_err(log_error)?;
        let Some((edit_mid, sealed)) = base else { return Ok(None) };
        let edits = self
            .conn
            .prepare_cached(
                "select mid, kind, body from items indexed by items_by_edit
                 where app_id = ?1 and line = ?2 and related = ?3 and mid > ?4 and kind in (3, 4) and body is not null order by mid",
            )
            .and_then(|mut statement| {
                let rows = statement.query_map(params![app.0, line, mid.as_i64(), edit_mid], |row| {
                    let kind = ItemKind::from_stored(row.get(1)?).unwrap_or(ItemKind::Replace);
                    Ok((row.get::<_, i64>(0)? as u64, kind, row.get(2)?))
                })?;
                rows.collect()
            })
            .map_err(log_error)?;
        Ok(Some(FoundForm { edit_mid: edit_mid as u64, sealed, edits }))
    }

    async fn put_form(&mut self, form: &FormRow) -> Result<(), LogError> {
        self.run(
            "insert into forms (app_id, line, mid, edit_mid, body) values (?1, ?2, ?3, ?4, ?5)
             on conflict do update set edit_mid = excluded.edit_mid, body = excluded.body",
            params![form.app.0, form.line, form.mid.as_i64(), form.edit_mid as i64, form.sealed],
        )
        .map(drop)
    }

    async fn erase(&mut self, app: AppId, line: i64, mid: MessageId) -> Result<(), LogError> {
        self.run("delete from forms where app_id = ?1 and line = ?2 and mid = ?3", params![app.0, line, mid.as_i64()])?;
        let bodies: Vec<(i64, Vec<u8>)> = self
            .conn
            .prepare_cached(
                "select mid, body from items where app_id = ?1 and line = ?2 and mid = ?3 and body is not null
                 union all
                 select mid, body from items indexed by items_by_edit
                 where app_id = ?1 and line = ?2 and related = ?3 and kind in (3, 4) and body is not null",
            )
            .and_then(|mut statement| {
                let rows =
                    statement.query_map(params![app.0, line, mid.as_i64()], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect()
            })
            .map_err(log_error)?;
        for (mid, body) in bodies {
            self.run(
                "update items set body = null, digest = ?4 where app_id = ?1 and line = ?2 and mid = ?3",
                params![app.0, line, mid, blake3::hash(&body).as_bytes()],
            )?;
        }
        Ok(())
    }

    async fn change_state(&mut self, app: AppId, user: UserId, line: i64, change: StateChange) -> Result<(), LogError> {
        let (app, user) = (app.0, user.as_i64());
        match change {
            StateChange::Read(mid) => self.run(
                "insert into line_states (app_id, user_id, line, read_mid) values (?1, ?2, ?3, ?4)
                 on conflict do update set read_mid = max(read_mid, excluded.read_mid)",
                params![app, user, line, mid.as_i64()],
            ),
            StateChange::Unread(mid) => self.run(
                "update line_states set read_mid = min(read_mid, ?4 - 1) where app_id = ?1 and user_id = ?2 and line = ?3",
                params![app, user, line, mid.as_i64()],
            ),
            StateChange::Delivered(mid) => self.run(
                "insert into line_states (app_id, user_id, line, delivered_mid) values (?1, ?2, ?3, ?4)
                 on conflict do update set delivered_mid = max(delivered_mid, excluded.delivered_mid)",
                params![app, user, line, mid.as_i64()],
            ),
            StateChange::HideFrom { device, mid, position } => self.run(
                "insert into cursors (app_id, user_id, device, line, mid, position, hidden_mid) values (?1, ?2, ?3, ?4, ?5, ?6, ?5)
                 on conflict do update set hidden_mid = excluded.hidden_mid,
                 position = max(position, excluded.position), mid = max(mid, excluded.mid)",
                params![app, user, device.0, line, mid.as_i64(), position as i64],
            ),
            StateChange::Clear(mid) => self.run(
                "insert into line_states (app_id, user_id, line, clear_mid, read_mid) values (?1, ?2, ?3, ?4, ?4)
                 on conflict do update set clear_mid = max(clear_mid, excluded.clear_mid), read_mid = max(read_mid, excluded.read_mid)",
                params![app, user, line, mid.as_i64()],
            ),
            StateChange::Pin(is_pinned) => self.run(
                "insert into line_states (app_id, user_id, line, is_pinned) values (?1, ?2, ?3, ?4)
                 on conflict do update set is_pinned = excluded.is_pinned",
                params![app, user, line, i32::from(is_pinned)],
            ),
            StateChange::Mute(is_muted) => self.run(
                "insert into line_states (app_id, user_id, line, is_muted) values (?1, ?2, ?3, ?4)
                 on conflict do update set is_muted = excluded.is_muted",
                params![app, user, line, i32::from(is_muted)],
            ),
            StateChange::Hide(mid) => self.run(
                "insert into hidden_items (app_id, user_id, line, mid) values (?1, ?2, ?3, ?4) on conflict do nothing",
                params![app, user, line, mid.as_i64()],
            ),
            StateChange::Cursor { device, mid, position } => self.run(
                "insert into cursors (app_id, user_id, device, line, mid, position) values (?1, ?2, ?3, ?4, ?5, ?6)
                 on conflict do update set mid = excluded.mid, position = excluded.position where excluded.mid > cursors.mid",
                params![app, user, device.0, line, mid.as_i64(), position as i64],
            ),
        }
        .map(drop)
    }

    async fn forget_fed(&mut self, seqs: &[i64]) -> Result<(), LogError> {
        for seq in seqs {
            self.run("delete from feed where seq = ?1", [seq])?;
        }
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), LogError> {
        self.run("commit", []).map(drop)
    }

    async fn rollback(&mut self) {
        if !self.conn.is_autocommit()
            && let Err(error) = self.run("rollback", [])
        {
            tracing::error!("rollback failed: {error}");
        }
    }
}
