//! Events on their way to receivers of webhooks.
//!
//! A line is the deliveries of one receiver with one order key. Only the first unfinished one of a line is ready; when it is finished the
//! next becomes so. So what may be sent now is found without looking at what waits, however much that is.

use std::collections::HashSet;

use cerulean_types::Millis;
use cerulean_vault::KeyClass;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};

use crate::StorageError;
use crate::entity::hook_delivery::{ActiveModel, Column, Entity, Model};
use crate::entity::{hook_attempt, hook_event};
use crate::tx::{PlatformTx, Tx};

/// What became of a delivery so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum DeliveryState {
    /// An earlier one of its line is not finished.
    Waiting = 0,
    /// It is being sent, or will be when its time has come.
    Ready = 1,
    /// The receiver took it.
    Delivered = 2,
    /// Given up.
    Failed = 3,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Ready, Self::Delivered, Self::Failed];

    fn from_stored(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| *state as i16 == number)
    }
}

/// An event to be told to receivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHookEvent {
    /// Its id. An event recorded twice is told once.
    pub id: [u8; 16],
    /// Name.
    pub kind: &'static str,
    /// The line it stands in.
    pub order_key: String,
    /// Body of the request.
    pub body: String,
    /// Receivers.
    pub hooks: Vec<String>,
}

/// A delivery as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Number.
    pub number: i64,
    /// Receiver.
    pub hook: String,
    /// Event.
    pub event_id: [u8; 16],
    /// Name of the event.
    pub kind: String,
    /// The line it stands in.
    pub order_key: String,
    /// What became of it.
    pub state: DeliveryState,
    /// Attempts in all.
    pub attempts: u32,
    /// Attempts since it was recorded or replayed.
    pub tries: u32,
    /// Not before.
    pub next_at: Millis,
    /// Milliseconds.
    pub created_at: Millis,
    /// 0 while it is not delivered or given up.
    pub finished_at: Millis,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// Which one.
    pub attempt: u32,
    /// Milliseconds.
    pub at: Millis,
    /// How long it took.
    pub duration_ms: i64,
    /// HTTP status; 0 without an answer.
    pub status: u16,
    /// Why there was no answer.
    pub error: String,
    /// The beginning of the answer.
    pub excerpt: String,
}

/// What becomes of a delivery after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver took it.
    Delivered,
    /// Again, not before this moment.
    Retry(Millis),
    /// Given up.
    GiveUp,
    /// As before, because the receiver was switched off.
    Keep,
}

/// Which deliveries are meant.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Of one receiver.
    pub hook: Option<String>,
    /// Of one event.
    pub kind: Option<String>,
    /// In one of these states; all when empty.
    pub states: Vec<DeliveryState>,
    /// Recorded at this moment or later.
    pub since: Option<Millis>,
    /// Recorded before this moment.
    pub until: Option<Millis>,
}

const EVENTS: &str = "hook_events";
const ATTEMPTS: &str = "hook_attempts";
/// Rows of one statement.
const CHUNK: usize = 100;

fn open(row: Model) -> Result<DeliveryRow, StorageError> {
    let inconsistent = || StorageError::Inconsistent { table: "hook_deliveries", key: row.delivery_no.to_string() };
    Ok(DeliveryRow {
        event_id: row.event_id.as_slice().try_into().map_err(|_| inconsistent())?,
        state: DeliveryState::from_stored(row.state).ok_or_else(inconsistent)?,
        number: row.delivery_no,
        hook: row.hook_id,
        kind: row.kind,
        order_key: row.order_key,
        attempts: row.attempts as u32,
        tries: row.tries as u32,
        next_at: row.next_at,
        created_at: row.created_at,
        finished_at: row.finished_at,
    })
}

fn attempt_key(number: i64, attempt: u32) -> Vec<u8> {
    [&number.to_be_bytes()[..], &attempt.to_be_bytes()[..]].concat()
}

/// The queue of an app.
#[derive(Debug)]
pub struct HookQueue<'a> {
    tx: &'a Tx,
}

impl<'a> HookQueue<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    fn of_app(&self) -> Condition {
        Condition::all().add(Column::AppId.eq(self.tx.app().0))
    }

    fn matching(&self, filter: &DeliveryFilter) -> Condition {
        let states = filter.states.iter().map(|state| *state as i16);
        self.of_app()
            .add_option(filter.hook.as_ref().map(|hook| Column::HookId.eq(hook.as_str())))
            .add_option(filter.kind.as_ref().map(|kind| Column::Kind.eq(kind.as_str())))
            .add_option((!filter.states.is_empty()).then(|| Column::State.is_in(states)))
            .add_option(filter.since.map(|at| Column::CreatedAt.gte(at)))
            .add_option(filter.until.map(|at| Column::CreatedAt.lt(at)))
    }

    async fn execute(&self, sql: &str, values: Vec<Value>) -> Result<u64, StorageError> {
        let conn = self.tx.conn();
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
        Ok(conn.execute_raw(statement).await?.rows_affected())
    }

    /// Records events in their order, each for its receivers.
    pub async fn record(&self, events: &[NewHookEvent], now: Millis) -> Result<(), StorageError> {
        let app_id = self.tx.app().0;
        for chunk in events.chunks(CHUNK) {
            let known = self.known(chunk).await?;
            let fresh: Vec<&NewHookEvent> = chunk.iter().filter(|event| !known.contains(&event.id[..])).collect();
            if fresh.is_empty() {
                continue;
            }
            let mut models = Vec::with_capacity(fresh.len());
            for event in &fresh {
                let body = event.body.as_bytes();
                models.push(hook_event::ActiveModel {
                    app_id: Set(app_id),
                    event_id: Set(event.id.to_vec()),
                    kind: Set(event.kind.to_owned()),
                    body: Set(self.tx.vault().seal(self.tx.app(), KeyClass::Messages, EVENTS, &event.id, body)?),
                    created_at: Set(now),
                });
            }
            hook_event::Entity::insert_many(models)
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .exec_without_returning(self.tx.conn())
                .await?;
            self.put_in_line(&fresh, now).await?;
        }
        Ok(())
    }

    /// Which of these events are recorded already.
    async fn known(&self, events: &[NewHookEvent]) -> Result<HashSet<Vec<u8>>, StorageError> {
        let ids = events.iter().map(|event| event.id.to_vec());
        let known: Vec<Vec<u8>> = hook_event::Entity::find()
            .select_only()
            .column(hook_event::Column::EventId)
            .filter(hook_event::Column::AppId.eq(self.tx.app().0))
            .filter(hook_event::Column::EventId.is_in(ids))
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(known.into_iter().collect())
    }

    async fn put_in_line(&self, events: &[&NewHookEvent], now: Millis) -> Result<(), StorageError> {
        let mut taken = self.taken_lines(events).await?;
        let deliveries = events.iter().flat_map(|event| event.hooks.iter().map(move |hook| (*event, hook)));
        let models: Vec<ActiveModel> = deliveries
            .map(|(event, hook)| {
                let is_first = taken.insert((hook.clone(), event.order_key.clone()));
                ActiveModel {
                    delivery_no: NotSet,
                    app_id: Set(self.tx.app().0),
                    hook_id: Set(hook.clone()),
                    event_id: Set(event.id.to_vec()),
                    kind: Set(event.kind.to_owned()),
                    order_key: Set(event.order_key.clone()),
                    state: Set(if is_first { DeliveryState::Ready } else { DeliveryState::Waiting } as i16),
                    attempts: Set(0),
                    tries: Set(0),
                    next_at: Set(now),
                    claimed_until: Set(0),
                    created_at: Set(now),
                    finished_at: Set(0),
                }
            })
            .collect();
        for chunk in models.chunks(CHUNK) {
            Entity::insert_many(chunk.iter().cloned())
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .exec_without_returning(self.tx.conn())
                .await?;
        }
        Ok(())
    }

    /// The lines in which something is unfinished.
    async fn taken_lines(&self, events: &[&NewHookEvent]) -> Result<HashSet<(String, String)>, StorageError> {
        let keys: HashSet<&str> = events.iter().map(|event| event.order_key.as_str()).collect();
        let hooks: HashSet<&str> = events.iter().flat_map(|event| event.hooks.iter().map(String::as_str)).collect();
        let taken: Vec<(String, String)> = Entity::find()
            .select_only()
            .column(Column::HookId)
            .column(Column::OrderKey)
            .distinct()
            .filter(self.of_app().add(Column::HookId.is_in(hooks)).add(Column::OrderKey.is_in(keys)))
            .filter(Expr::cust("state < 2"))
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(taken.into_iter().collect())
    }

    /// Takes deliveries of a receiver that may be sent now, so that no other node does; oldest first, with their bodies.
    pub async fn claim(
        &self,
        hook: &str,
        now: Millis,
        until: Millis,
        limit: usize,
    ) -> Result<Vec<(DeliveryRow, String)>, StorageError> {
        let rows = Entity::find()
            .filter(self.of_app().add(Column::HookId.eq(hook)).add(Column::NextAt.lte(now)))
            .filter(Expr::cust("state = 1"))
            .filter(Column::ClaimedUntil.lte(now))
            .order_by_asc(Column::NextAt)
            .order_by_asc(Column::DeliveryNo)
            .limit(limit as u64)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(self.tx.conn())
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        Entity::update_many()
            .set(ActiveModel { claimed_until: Set(until), ..Default::default() })
            .filter(self.of_app().add(Column::DeliveryNo.is_in(rows.iter().map(|row| row.delivery_no))))
            .exec(self.tx.conn())
            .await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            let row = open(row)?;
            let body = self.find_body(&row.event_id).await?.unwrap_or_default();
            claimed.push((row, body));
        }
        Ok(claimed)
    }

    /// The earliest moment at which something unclaimed of a receiver may be sent.
    pub async fn next_due(&self, hook: &str, now: Millis) -> Result<Option<Millis>, StorageError> {
        let due: Option<i64> = Entity::find()
            .select_only()
            .column(Column::NextAt)
            .filter(self.of_app().add(Column::HookId.eq(hook)).add(Column::ClaimedUntil.lte(now)))
            .filter(Expr::cust("state = 1"))
            .order_by_asc(Column::NextAt)
            .limit(1)
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        Ok(due)
    }

    /// Notes what came of a try, and lets the next of the line go when this one is done.
    pub async fn finish(
        &self,
        row: &DeliveryRow,
        attempt: &AttemptRow,
        verdict: Verdict,
        now: Millis,
    ) -> Result<(), StorageError> {
        let sealed = self.seal_excerpt(row.number, attempt)?;
        hook_attempt::Entity::insert(hook_attempt::ActiveModel {
            app_id: Set(self.tx.app().0),
            delivery_no: Set(row.number),
            attempt: Set(attempt.attempt as i32),
            at: Set(attempt.at),
            duration_ms: Set(attempt.duration_ms),
            status: Set(attempt.status as i16),
            error: Set(attempt.error.clone()),
            excerpt: Set(sealed),
        })
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(self.tx.conn())
        .await?;
        let mut change = ActiveModel {
            claimed_until: Set(0),
            attempts: Set(attempt.attempt as i32),
            tries: Set(row.tries as i32 + 1),
            ..Default::default()
        };
        let done = match verdict {
            Verdict::Delivered => Some(DeliveryState::Delivered),
            Verdict::GiveUp => Some(DeliveryState::Failed),
            Verdict::Retry(at) => {
                change.next_at = Set(at);
                None
            }
            Verdict::Keep => {
                change.tries = Set(row.tries as i32);
                None
            }
        };
        if let Some(state) = done {
            change.state = Set(state as i16);
            change.finished_at = Set(now);
        }
        let is_it = self.of_app().add(Column::DeliveryNo.eq(row.number));
        Entity::update_many().set(change).filter(is_it).exec(self.tx.conn()).await?;
        if done.is_some() {
            self.promote(&row.hook, &row.order_key).await?;
        }
        Ok(())
    }

    fn seal_excerpt(&self, number: i64, attempt: &AttemptRow) -> Result<Vec<u8>, StorageError> {
        let key = attempt_key(number, attempt.attempt);
        Ok(self.tx.vault().seal(self.tx.app(), KeyClass::Messages, ATTEMPTS, &key, attempt.excerpt.as_bytes())?)
    }

    /// Makes the first waiting delivery of a line ready.
    async fn promote(&self, hook: &str, order_key: &str) -> Result<(), StorageError> {
        let sql = "update hook_deliveries set state = 1 where delivery_no = (
                select min(w.delivery_no) from hook_deliveries w
                where w.app_id = $1 and w.hook_id = $2 and w.order_key = $3 and w.state < 2
            ) and state = 0";
        self.execute(sql, vec![self.tx.app().0.into(), hook.into(), order_key.into()]).await?;
        Ok(())
    }

    /// Makes the first of every line ready in which nothing is: after replays, and where two nodes changed a line at once.
    pub async fn promote_lines(&self, hook: &str) -> Result<u64, StorageError> {
        let sql = "update hook_deliveries set state = 1 where delivery_no in (
                select min(w.delivery_no) from hook_deliveries w
                where w.app_id = $1 and w.hook_id = $2 and w.state < 2
                group by w.order_key having max(w.state) = 0
            )";
        self.execute(sql, vec![self.tx.app().0.into(), hook.into()]).await
    }

    /// Gives up the oldest of what a receiver did not take yet, so that no more than `most` are left; answers how many. What is being
    /// sent right now stays.
    pub async fn give_up_beyond(&self, hook: &str, most: u64, now: Millis) -> Result<u64, StorageError> {
        let of_hook = || self.of_app().add(Column::HookId.eq(hook)).add(Expr::cust("state < 2"));
        let newest: Option<i64> = Entity::find()
            .select_only()
            .column(Column::DeliveryNo)
            .filter(of_hook())
            .order_by_desc(Column::DeliveryNo)
            .offset(most)
            .limit(1)
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        let Some(newest) = newest else { return Ok(0) };
        let failed = DeliveryState::Failed as i16;
        let done = Entity::update_many()
            .set(ActiveModel { state: Set(failed), finished_at: Set(now), claimed_until: Set(0), ..Default::default() })
            .filter(of_hook().add(Column::DeliveryNo.lte(newest)).add(Column::ClaimedUntil.lte(now)))
            .exec(self.tx.conn())
            .await?;
        Ok(done.rows_affected)
    }

    /// Lists deliveries, newest first, from below a number.
    pub async fn list(
        &self,
        filter: &DeliveryFilter,
        below: Option<i64>,
        limit: usize,
    ) -> Result<Vec<DeliveryRow>, StorageError> {
        let rows = Entity::find()
            .filter(self.matching(filter).add_option(below.map(|number| Column::DeliveryNo.lt(number))))
            .order_by_desc(Column::DeliveryNo)
            .limit(limit as u64)
            .all(self.tx.conn())
            .await?;
        rows.into_iter().map(open).collect()
    }

    /// Finds a delivery.
    pub async fn find(&self, number: i64) -> Result<Option<DeliveryRow>, StorageError> {
        let is_it = self.of_app().add(Column::DeliveryNo.eq(number));
        Entity::find().filter(is_it).one(self.tx.conn()).await?.map(open).transpose()
    }

    /// The body of an event's requests.
    pub async fn find_body(&self, event_id: &[u8; 16]) -> Result<Option<String>, StorageError> {
        let found = hook_event::Entity::find_by_id((self.tx.app().0, event_id.to_vec())).one(self.tx.conn()).await?;
        let Some(row) = found else { return Ok(None) };
        let body = self.tx.vault().unseal(self.tx.app(), KeyClass::Messages, EVENTS, event_id, &row.body)?;
        let inconsistent = |_| StorageError::Inconsistent { table: EVENTS, key: "body".into() };
        String::from_utf8(body).map(Some).map_err(inconsistent)
    }

    /// The tries of a delivery, oldest first.
    pub async fn attempts(&self, number: i64) -> Result<Vec<AttemptRow>, StorageError> {
        let rows = hook_attempt::Entity::find()
            .filter(hook_attempt::Column::AppId.eq(self.tx.app().0))
            .filter(hook_attempt::Column::DeliveryNo.eq(number))
            .order_by_asc(hook_attempt::Column::Attempt)
            .all(self.tx.conn())
            .await?;
        let open = |row: hook_attempt::Model| {
            let key = attempt_key(number, row.attempt as u32);
            let excerpt = self.tx.vault().unseal(self.tx.app(), KeyClass::Messages, ATTEMPTS, &key, &row.excerpt)?;
            Ok(AttemptRow {
                attempt: row.attempt as u32,
                at: row.at,
                duration_ms: row.duration_ms,
                status: row.status as u16,
                error: row.error,
                excerpt: String::from_utf8_lossy(&excerpt).into_owned(),
            })
        };
        rows.into_iter().map(open).collect()
    }

    /// Sends finished deliveries again, in their lines; answers how many.
    pub async fn replay(&self, filter: &DeliveryFilter, number: Option<i64>, now: Millis) -> Result<u64, StorageError> {
        let chosen = self.matching(filter).add_option(number.map(|number| Column::DeliveryNo.eq(number)));
        let change = ActiveModel {
            state: Set(DeliveryState::Waiting as i16),
            tries: Set(0),
            next_at: Set(now),
            claimed_until: Set(0),
            finished_at: Set(0),
            ..Default::default()
        };
        let done = Entity::update_many()
            .set(change)
            .filter(chosen)
            .filter(Expr::cust("state >= 2"))
            .exec(self.tx.conn())
            .await?;
        Ok(done.rows_affected)
    }

    /// How many deliveries of a receiver are in each unfinished state, and how many were given up.
    pub async fn count(&self, hook: &str, state: DeliveryState) -> Result<u64, StorageError> {
        use sea_orm::PaginatorTrait;

        let counted = self.of_app().add(Column::HookId.eq(hook)).add(Column::State.eq(state as i16));
        Ok(Entity::find().filter(counted).count(self.tx.conn()).await?)
    }
}

impl PlatformTx {
    async fn execute_hooks(&self, sql: &str, values: Vec<Value>) -> Result<u64, StorageError> {
        let statement = Statement::from_sql_and_values(self.conn().get_database_backend(), sql, values);
        Ok(self.conn().execute_raw(statement).await?.rows_affected())
    }

    /// Frees what a process that is gone was sending. Only where there is no other node.
    pub async fn release_hook_claims(&self) -> Result<u64, StorageError> {
        self.execute_hooks("update hook_deliveries set claimed_until = 0 where claimed_until > 0", Vec::new()).await
    }

    /// Forgets deliveries that ended before these moments, with their tries, and events nobody waits for any more.
    pub async fn prune_hooks(
        &self,
        delivered_before: Millis,
        failed_before: Millis,
        limit: usize,
    ) -> Result<u64, StorageError> {
        let old: Vec<(i64, i32)> = Entity::find()
            .select_only()
            .column(Column::DeliveryNo)
            .column(Column::AppId)
            .filter(
                Condition::any()
                    .add(Expr::cust("state = 2").and(Column::FinishedAt.lt(delivered_before)))
                    .add(Expr::cust("state = 3").and(Column::FinishedAt.lt(failed_before))),
            )
            .filter(Expr::cust("state >= 2"))
            .limit(limit as u64)
            .into_tuple()
            .all(self.conn())
            .await?;
        for chunk in old.chunks(CHUNK) {
            let numbers = || chunk.iter().map(|(number, _)| *number);
            let apps: HashSet<i32> = chunk.iter().map(|(_, app)| *app).collect();
            hook_attempt::Entity::delete_many()
                .filter(hook_attempt::Column::AppId.is_in(apps))
                .filter(hook_attempt::Column::DeliveryNo.is_in(numbers()))
                .exec(self.conn())
                .await?;
            Entity::delete_many().filter(Column::DeliveryNo.is_in(numbers())).exec(self.conn()).await?;
        }
        let orphans = "delete from hook_events where created_at < $1 and not exists (
                select 1 from hook_deliveries d where d.app_id = hook_events.app_id and d.event_id = hook_events.event_id
            )";
        self.execute_hooks(orphans, vec![delivered_before.into()]).await?;
        Ok(old.len() as u64)
    }
}
