//! The committer's PostgreSQL. Nodes share the log, so a conversation's row in `lines` is locked while its items get ids.

use std::collections::HashMap;

use cerulean_types::{AppId, ConversationKey, DeviceSn, ItemKind, MessageId, Millis, StoredItem, UserId};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Postgres, Row as _, Transaction};

use super::schema::{STEPS, in_dialect};
use super::store::{FoundItem, Head, KeyOf, Row, Store};
use super::stream::{FormRow, FoundForm};
use super::{LogError, StateChange};
use crate::{Db, StorageError};

pub(super) struct PostgresStore {
    pool: PgPool,
    tx: Option<Transaction<'static, Postgres>>,
}

fn log_error(error: sqlx::Error) -> LogError {
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() {
        Some("53100") => LogError::DiskFull,
        _ => LogError::Failed(error.to_string()),
    }
}

fn open_error(error: impl std::fmt::Display) -> StorageError {
    StorageError::Log(error.to_string())
}

/// Any number will do, as long as all nodes use it: nodes that start together upgrade one after the other.
const UPGRADE_LOCK: i64 = 0x0063_6572_756c;

impl PostgresStore {
    pub(super) async fn open(db: &Db) -> Result<Self, StorageError> {
        let pool = db.writer().get_postgres_connection_pool().clone();
        debug_assert_eq!(db.backend(), db.writer().get_database_backend());
        let mut tx = pool.begin().await.map_err(open_error)?;
        sqlx::query("select pg_advisory_xact_lock($1)")
            .bind(UPGRADE_LOCK)
            .execute(&mut *tx)
            .await
            .map_err(open_error)?;
        let table = "create table if not exists log_schema (done integer not null)";
        sqlx::query(table).execute(&mut *tx).await.map_err(open_error)?;
        let done: Option<i32> =
            sqlx::query_scalar("select max(done) from log_schema").fetch_one(&mut *tx).await.map_err(open_error)?;
        let done = done.unwrap_or(0) as usize;
        if done > STEPS.len() {
            return Err(StorageError::Newer { migration: format!("log step {done}") });
        }
        for step in &STEPS[done..] {
            for statement in in_dialect(step, false).split(';').filter(|sql| !sql.trim().is_empty()) {
                sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut *tx).await.map_err(open_error)?;
            }
        }
        sqlx::query("delete from log_schema").execute(&mut *tx).await.map_err(open_error)?;
        sqlx::query("insert into log_schema values ($1)")
            .bind(STEPS.len() as i32)
            .execute(&mut *tx)
            .await
            .map_err(open_error)?;
        tx.commit().await.map_err(open_error)?;
        Ok(Self { pool, tx: None })
    }

    fn conn(&mut self) -> Result<&mut sqlx::PgConnection, LogError> {
        self.tx.as_deref_mut().ok_or_else(|| LogError::Failed("no open transaction".into()))
    }
}

const ITEM_COLUMNS: &str = "i.mid, i.position, i.kind, i.namespace, i.sender, i.device, i.receiver, i.client_mid, i.at, i.related, i.link, i.digest, i.body";
/// The item before, which the first answer to a send named and a repeat names again.
const PREV_MID: &str =
    "coalesce((select max(p.mid) from items p where p.app_id = i.app_id and p.line = i.line and p.mid < i.mid), 0)";

fn found(app: AppId, key: ConversationKey, row: &PgRow) -> Result<FoundItem, LogError> {
    let read = || -> Result<FoundItem, sqlx::Error> {
        let sealed: Option<Vec<u8>> = row.try_get(12)?;
        let digest: Option<Vec<u8>> = row.try_get(11)?;
        let digest = digest.and_then(|digest| digest.try_into().ok());
        let digest = digest.unwrap_or_else(|| *blake3::hash(sealed.as_deref().unwrap_or_default()).as_bytes());
        let link: Vec<u8> = row.try_get(10)?;
        let item = StoredItem {
            app,
            key,
            mid: MessageId::from_stored(row.try_get(0)?),
            position: row.try_get::<i64, _>(1)? as u64,
            prev_mid: MessageId::from_stored(row.try_get(13)?),
            timestamp: row.try_get(8)?,
            namespace: row.try_get::<i32, _>(3)? as u8,
            kind: ItemKind::from_stored(i64::from(row.try_get::<i32, _>(2)?)).unwrap_or(ItemKind::Other),
            related: row.try_get::<Option<i64>, _>(9)?.map(MessageId::from_stored),
            from: row.try_get::<i64, _>(4)? as u64,
            from_device: DeviceSn(row.try_get::<i64, _>(5)? as u32),
            to: row.try_get::<i64, _>(6)? as u64,
            payload: bytes::Bytes::new(),
            is_erased: sealed.is_none(),
            link: link.try_into().unwrap_or([0; 32]),
            digest,
        };
        Ok(FoundItem { item, client_mid: row.try_get::<i64, _>(7)? as u64, sealed })
    };
    read().map_err(log_error)
}

impl Store for PostgresStore {
    const IS_SOLE_WRITER: bool = false;

    async fn begin(&mut self) -> Result<(), LogError> {
        self.tx = Some(self.pool.begin().await.map_err(log_error)?);
        Ok(())
    }

    async fn head(&mut self, app: AppId, key: ConversationKey) -> Result<Head, LogError> {
        let (a, b) = key.as_columns();
        let conn = self.conn()?;
        sqlx::query("insert into lines (app_id, a, b) values ($1, $2, $3) on conflict do nothing")
            .bind(app.0)
            .bind(a)
            .bind(b)
            .execute(&mut *conn)
            .await
            .map_err(log_error)?;
        let line: i64 = sqlx::query_scalar("select line from lines where app_id = $1 and a = $2 and b = $3 for update")
            .bind(app.0)
            .bind(a)
            .bind(b)
            .fetch_one(&mut *conn)
            .await
            .map_err(log_error)?;
        let newest = "select mid, position, link from items where app_id = $1 and line = $2 order by mid desc limit 1";
        let head: Option<(i64, i64, Vec<u8>)> =
            sqlx::query_as(newest).bind(app.0).bind(line).fetch_optional(&mut *conn).await.map_err(log_error)?;
        let (mid, position, link) = head.unwrap_or((0, 0, vec![0; 32]));
        let link = link.try_into().map_err(|_| LogError::Failed("inconsistent row in items".into()))?;
        Ok(Head { line, mid: mid as u64, position: position as u64, link })
    }

    async fn heads(&mut self, app: AppId, keys: &[ConversationKey]) -> Result<Vec<Head>, LogError> {
        let (a, b): (Vec<i64>, Vec<i64>) = keys.iter().map(|key| key.as_columns()).unzip();
        let conn = self.conn()?;
        sqlx::query(
            "insert into lines (app_id, a, b)
             select $1, k.a, k.b from unnest($2::bigint[], $3::bigint[]) with ordinality as k (a, b, place)
             order by k.place on conflict do nothing",
        )
        .bind(app.0)
        .bind(&a)
        .bind(&b)
        .execute(&mut *conn)
        .await
        .map_err(log_error)?;
        // Rows are locked in the order in which they leave the sorting.
        let lines: Vec<i64> = sqlx::query_scalar(
            "select l.line from unnest($2::bigint[], $3::bigint[]) with ordinality as k (a, b, place)
             join lines l on l.app_id = $1 and l.a = k.a and l.b = k.b order by k.place for update of l",
        )
        .bind(app.0)
        .bind(&a)
        .bind(&b)
        .fetch_all(&mut *conn)
        .await
        .map_err(log_error)?;
        let newest: Vec<(i64, i64, i64, Vec<u8>)> = sqlx::query_as(
            "select k.line, i.mid, i.position, i.link from unnest($2::bigint[]) as k (line) cross join lateral
             (select mid, position, link from items where app_id = $1 and line = k.line order by mid desc limit 1) i",
        )
        .bind(app.0)
        .bind(&lines)
        .fetch_all(&mut *conn)
        .await
        .map_err(log_error)?;
        let mut heads: HashMap<i64, Head> = HashMap::with_capacity(newest.len());
        for (line, mid, position, link) in newest {
            let link = link.try_into().map_err(|_| LogError::Failed("inconsistent row in items".into()))?;
            heads.insert(line, Head { line, mid: mid as u64, position: position as u64, link });
        }
        let empty = |line| Head { line, mid: 0, position: 0, link: [0; 32] };
        Ok(lines.into_iter().map(|line| heads.get(&line).copied().unwrap_or(empty(line))).collect())
    }

    async fn find_send_keys(
        &mut self,
        app: AppId,
        sender: i64,
        keys: &[[u8; 16]],
    ) -> Result<HashMap<[u8; 16], (i64, MessageId)>, LogError> {
        let found: Vec<(Vec<u8>, i64, i64)> = sqlx::query_as(
            "select send_key, line, mid from send_keys where app_id = $1 and sender = $2 and send_key = any($3)",
        )
        .bind(app.0)
        .bind(sender)
        .bind(keys.iter().map(|key| key.to_vec()).collect::<Vec<_>>())
        .fetch_all(self.conn()?)
        .await
        .map_err(log_error)?;
        let taken = found
            .into_iter()
            .filter_map(|(key, line, mid)| Some((key.try_into().ok()?, (line, MessageId::from_stored(mid)))));
        Ok(taken.collect())
    }

    async fn find_send_key(
        &mut self,
        app: AppId,
        sender: u64,
        send_key: &[u8; 16],
    ) -> Result<Option<FoundItem>, LogError> {
        let sql = format!(
            "select {ITEM_COLUMNS}, {PREV_MID}, l.a, l.b from send_keys k
             join items i on i.app_id = k.app_id and i.line = k.line and i.mid = k.mid join lines l on l.line = k.line
             where k.app_id = $1 and k.sender = $2 and k.send_key = $3"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(app.0)
            .bind(sender as i64)
            .bind(send_key.as_slice())
            .fetch_optional(self.conn()?)
            .await
            .map_err(log_error)?;
        let Some(row) = row else { return Ok(None) };
        let columns = |index: usize| row.try_get::<i64, _>(index).map_err(log_error);
        let key = ConversationKey::from_columns(columns(14)?, columns(15)?);
        found(app, key, &row).map(Some)
    }

    async fn recent(&mut self, app: AppId, line: i64, since: Millis) -> Result<Vec<FoundItem>, LogError> {
        let sql = format!(
            "select {ITEM_COLUMNS}, {PREV_MID} from items i
             where app_id = $1 and line = $2 and mid >= $3 and client_mid <> 0 order by mid desc limit 64"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(app.0)
            .bind(line)
            .bind(MessageId::at(since).as_i64())
            .fetch_all(self.conn()?)
            .await
            .map_err(log_error)?;
        // The key is not looked at by the caller.
        rows.iter().map(|row| found(app, ConversationKey::from_columns(0, 0), row)).collect()
    }

    async fn insert(&mut self, rows: &[Row]) -> Result<(), LogError> {
        if rows.is_empty() {
            return Ok(());
        }
        macro_rules! column {
            ($value:expr) => {
                rows.iter().map($value).collect::<Vec<_>>()
            };
        }
        sqlx::query(
            "insert into items (app_id, line, mid, position, kind, namespace, sender, device, receiver, client_mid, at, related, link, body)
             select * from unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::bigint[], $8::bigint[],
                                  $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bytea[], $14::bytea[])",
        )
        .bind(column!(|row| row.app.0))
        .bind(column!(|row| row.line))
        .bind(column!(|row| row.item.mid.as_i64()))
        .bind(column!(|row| row.item.position as i64))
        .bind(column!(|row| row.item.kind.as_i64() as i32))
        .bind(column!(|row| i32::from(row.item.namespace)))
        .bind(column!(|row| row.item.from as i64))
        .bind(column!(|row| i64::from(row.item.from_device.0)))
        .bind(column!(|row| row.item.to as i64))
        .bind(column!(|row| row.client_mid as i64))
        .bind(column!(|row| row.item.timestamp))
        .bind(column!(|row| row.item.related.map(MessageId::as_i64)))
        .bind(column!(|row| row.item.link.to_vec()))
        .bind(column!(|row| row.sealed.clone()))
        .execute(self.conn()?)
        .await
        .map_err(log_error)?;
        for row in rows.iter().filter(|row| row.is_fed) {
            sqlx::query("insert into feed (app_id, line, mid) values ($1, $2, $3)")
                .bind(row.app.0)
                .bind(row.line)
                .bind(row.item.mid.as_i64())
                .execute(self.conn()?)
                .await
                .map_err(log_error)?;
        }
        let keyed: Vec<(KeyOf, &Row)> = rows.iter().filter_map(|row| Some((row.send_key?, row))).collect();
        if keyed.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into send_keys (app_id, sender, send_key, line, mid)
             select * from unnest($1::int[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[])",
        )
        .bind(keyed.iter().map(|(_, row)| row.app.0).collect::<Vec<_>>())
        .bind(keyed.iter().map(|(of, _)| of.sender).collect::<Vec<_>>())
        .bind(keyed.iter().map(|(of, _)| of.key.to_vec()).collect::<Vec<_>>())
        .bind(keyed.iter().map(|(_, row)| row.line).collect::<Vec<_>>())
        .bind(keyed.iter().map(|(_, row)| row.item.mid.as_i64()).collect::<Vec<_>>())
        .execute(self.conn()?)
        .await
        .map_err(log_error)?;
        Ok(())
    }

    async fn find_form(&mut self, app: AppId, line: i64, mid: MessageId) -> Result<Option<FoundForm>, LogError> {
        let base: Option<(i64, Vec<u8>)> = sqlx::query_as(
            "select coalesce(f.edit_mid, 0), coalesce(f.body, i.body) from items i
             left join forms f on f.app_id = i.app_id and f.line = i.line and f.mid = i.mid
             where i.app_id = $1 and i.line = $2 and i.mid = $3 and i.kind = 1 and i.body is not null",
        )
        .bind(app.0)
        .bind(line)
        .bind(mid.as_i64())
        .fetch_optional(self.conn()?)
        .await
        .map_err(log_error)?;
        let Some((edit_mid, sealed)) = base else { return Ok(None) };
        let edits: Vec<(i64, i32, Vec<u8>)> = sqlx::query_as(
            "select mid, kind, body from items where app_id = $1 and line = $2 and related = $3 and mid > $4
             and kind in (3, 4) and body is not null order by mid",
        )
        .bind(app.0)
        .bind(line)
        .bind(mid.as_i64())
        .bind(edit_mid)
        .fetch_all(self.conn()?)
        .await
        .map_err(log_error)?;
        let edits = edits.into_iter().map(|(edit, kind, body)| {
            (edit as u64, ItemKind::from_stored(i64::from(kind)).unwrap_or(ItemKind::Replace), body)
        });
        Ok(Some(FoundForm { edit_mid: edit_mid as u64, sealed, edits: edits.collect() }))
    }

    async fn put_form(&mut self, form: &FormRow) -> Result<(), LogError> {
        sqlx::query(
            "insert into forms (app_id, line, mid, edit_mid, body) values ($1, $2, $3, $4, $5)
             on conflict (app_id, line, mid) do update set edit_mid = excluded.edit_mid, body = excluded.body",
        )
        .bind(form.app.0)
        .bind(form.line)
        .bind(form.mid.as_i64())
        .bind(form.edit_mid as i64)
        .bind(form.sealed.as_slice())
        .execute(self.conn()?)
        .await
        .map(drop)
        .map_err(log_error)
    }

    async fn forget_fed(&mut self, seqs: &[i64]) -> Result<(), LogError> {
        let forget = sqlx::query("delete from feed where seq = any($1)").bind(seqs.to_vec());
        forget.execute(self.conn()?).await.map(drop).map_err(log_error)
    }

    async fn erase(&mut self, app: AppId, line: i64, mid: MessageId) -> Result<(), LogError> {
        sqlx::query("delete from forms where app_id = $1 and line = $2 and mid = $3")
            .bind(app.0)
            .bind(line)
            .bind(mid.as_i64())
            .execute(self.conn()?)
            .await
            .map_err(log_error)?;
        let bodies: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "select mid, body from items where app_id = $1 and line = $2 and body is not null
             and (mid = $3 or (related = $3 and kind in (3, 4)))",
        )
        .bind(app.0)
        .bind(line)
        .bind(mid.as_i64())
        .fetch_all(self.conn()?)
        .await
        .map_err(log_error)?;
        let mids: Vec<i64> = bodies.iter().map(|(mid, _)| *mid).collect();
        let digests: Vec<Vec<u8>> = bodies.iter().map(|(_, body)| blake3::hash(body).as_bytes().to_vec()).collect();
        sqlx::query(
            "update items set body = null, digest = erased.digest from unnest($3::bigint[], $4::bytea[]) as erased(mid, digest)
             where app_id = $1 and line = $2 and items.mid = erased.mid",
        )
        .bind(app.0)
        .bind(line)
        .bind(mids)
        .bind(digests)
        .execute(self.conn()?)
        .await
        .map(drop)
        .map_err(log_error)
    }

    async fn change_state(&mut self, app: AppId, user: UserId, line: i64, change: StateChange) -> Result<(), LogError> {
        let state =
            |sql: &'static str, value: i64| sqlx::query(sql).bind(app.0).bind(user.as_i64()).bind(line).bind(value);
        let query = match change {
            StateChange::Read(mid) => state(
                "insert into line_states (app_id, user_id, line, read_mid) values ($1, $2, $3, $4)
                 on conflict (app_id, user_id, line) do update set read_mid = greatest(line_states.read_mid, excluded.read_mid)",
                mid.as_i64(),
            ),
            StateChange::Unread(mid) => state(
                "update line_states set read_mid = least(read_mid, $4 - 1) where app_id = $1 and user_id = $2 and line = $3",
                mid.as_i64(),
            ),
            StateChange::Delivered(mid) => state(
                "insert into line_states (app_id, user_id, line, delivered_mid) values ($1, $2, $3, $4)
                 on conflict (app_id, user_id, line) do update set
                 delivered_mid = greatest(line_states.delivered_mid, excluded.delivered_mid)",
                mid.as_i64(),
            ),
            StateChange::HideFrom { device, mid, position } => sqlx::query(
                "insert into cursors (app_id, user_id, line, device, mid, position, hidden_mid) values ($1, $2, $3, $4, $5, $6, $5)
                 on conflict (app_id, user_id, device, line) do update set hidden_mid = excluded.hidden_mid,
                 position = greatest(cursors.position, excluded.position), mid = greatest(cursors.mid, excluded.mid)",
            )
            .bind(app.0)
            .bind(user.as_i64())
            .bind(line)
            .bind(i64::from(device.0))
            .bind(mid.as_i64())
            .bind(position as i64),
            StateChange::Clear(mid) => state(
                "insert into line_states (app_id, user_id, line, clear_mid, read_mid) values ($1, $2, $3, $4, $4)
                 on conflict (app_id, user_id, line) do update set
                 clear_mid = greatest(line_states.clear_mid, excluded.clear_mid),
                 read_mid = greatest(line_states.read_mid, excluded.read_mid)",
                mid.as_i64(),
            ),
            StateChange::Pin(is_pinned) => state(
                "insert into line_states (app_id, user_id, line, is_pinned) values ($1, $2, $3, $4::int)
                 on conflict (app_id, user_id, line) do update set is_pinned = excluded.is_pinned",
                i64::from(is_pinned),
            ),
            StateChange::Mute(is_muted) => state(
                "insert into line_states (app_id, user_id, line, is_muted) values ($1, $2, $3, $4::int)
                 on conflict (app_id, user_id, line) do update set is_muted = excluded.is_muted",
                i64::from(is_muted),
            ),
            StateChange::Hide(mid) => state(
                "insert into hidden_items (app_id, user_id, line, mid) values ($1, $2, $3, $4) on conflict do nothing",
                mid.as_i64(),
            ),
            StateChange::Cursor { device, mid, position } => sqlx::query(
                "insert into cursors (app_id, user_id, line, device, mid, position) values ($1, $2, $3, $4, $5, $6)
                 on conflict (app_id, user_id, device, line) do update set mid = excluded.mid, position = excluded.position
                 where excluded.mid > cursors.mid",
            )
            .bind(app.0)
            .bind(user.as_i64())
            .bind(line)
            .bind(i64::from(device.0))
            .bind(mid.as_i64())
            .bind(position as i64),
        };
        query.execute(self.conn()?).await.map(drop).map_err(log_error)
    }

    async fn commit(&mut self) -> Result<(), LogError> {
        let tx = self.tx.take().ok_or_else(|| LogError::Failed("no open transaction".into()))?;
        tx.commit().await.map_err(log_error)
    }

    async fn rollback(&mut self) {
        if let Some(tx) = self.tx.take()
            && let Err(error) = tx.rollback().await
        {
            tracing::error!("rollback failed: {error}");
        }
    }
}
