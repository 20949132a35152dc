//! Jobs as workers see them: taken under a lease, kept alive, ended. Every write names the lease it belongs to, so a worker that was
//! taken for dead changes nothing any more.

use cerulean_types::{AppId, JobId, Millis};
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::job::{ActiveModel, Column, Entity, Model};
use crate::job::{INSTALLATION, JobState, NewJobRow, insert, seal, unseal};
use crate::{PlatformTx, StorageError};

/// The right to work on a job until the lease ends. A later attempt, by whomever, makes it void.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobLease {
    /// App; [`INSTALLATION`] for work of the whole installation.
    pub app: AppId,
    /// Number.
    pub id: JobId,
    /// The worker.
    pub owner: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

/// A job in the hands of a worker.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    /// The right to work on it.
    pub lease: JobLease,
    /// What kind of work.
    pub kind: String,
    /// What to do; nothing where it cannot be opened, because the app's keys were destroyed.
    pub payload: Option<Vec<u8>>,
    /// Where the attempt before stopped.
    pub checkpoint: Option<Vec<u8>>,
    /// How much is done.
    pub done: u64,
    /// Of how much.
    pub total: u64,
    /// Whether it was asked to end before anyone took it over.
    pub is_cancel_requested: bool,
}

/// How a job ends.
#[derive(Debug, Clone, Copy)]
pub struct JobEnd<'a> {
    /// Done, failed or cancelled.
    pub state: JobState,
    /// JSON of what came of it.
    pub result: Option<&'a str>,
    /// Why it failed.
    pub error: Option<&'a str>,
}

/// The queue in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobStats {
    /// Jobs whose time has come and that nobody has taken.
    pub due: u64,
    /// Jobs whose time is still to come.
    pub later: u64,
    /// Jobs in the hands of workers.
    pub running: u64,
    /// Jobs that have failed for good and are still remembered.
    pub failed: u64,
    /// Since when the oldest due job waits.
    pub oldest_due_at: Option<Millis>,
}

/// The jobs of all apps.
#[derive(Debug)]
pub struct JobQueue<'a> {
    tx: &'a PlatformTx,
}

impl<'a> JobQueue<'a> {
    pub(crate) fn new(tx: &'a PlatformTx) -> Self {
        Self { tx }
    }

    /// Adds a job of the whole installation; the one that lives already where its key is taken.
    pub async fn insert(&self, new: &NewJobRow<'_>) -> Result<JobId, StorageError> {
        insert(self.tx.conn(), self.tx.vault(), INSTALLATION, new).await
    }

    /// When the next job of these kinds may be taken.
    pub async fn next_due(&self, kinds: &[&str]) -> Result<Option<Millis>, StorageError> {
        let next: Option<Option<i64>> = Entity::find()
            .select_only()
            .column(Column::DueAt)
            .filter(Column::DueAt.is_not_null())
            .filter(Column::Kind.is_in(kinds.iter().copied()))
            .order_by_asc(Column::DueAt)
            .limit(1)
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        Ok(next.flatten())
    }

    /// Takes due jobs of these kinds, oldest first: those that wait, and those whose worker let its lease run out.
    pub async fn claim(
        &self,
        kinds: &[&str],
        owner: &str,
        now: Millis,
        lease_until: Millis,
        limit: u64,
    ) -> Result<Vec<ClaimedJob>, StorageError> {
        let due = Entity::find()
            .filter(Column::DueAt.lte(now))
            .filter(Column::Kind.is_in(kinds.iter().copied()))
            .order_by_asc(Column::DueAt)
            .limit(limit)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(self.tx.conn())
            .await?;
        let mut claimed = Vec::with_capacity(due.len());
        for row in due {
            let change = ActiveModel {
                state: Set(JobState::Running.as_stored()),
                due_at: Set(Some(lease_until)),
                attempts: Set(row.attempts + 1),
                lease_owner: Set(Some(owner.to_owned())),
                ..Default::default()
            };
            let key = Condition::all().add(Column::AppId.eq(row.app_id)).add(Column::JobId.eq(row.job_id));
            Entity::update_many().set(change).filter(key).exec(self.tx.conn()).await?;
            claimed.push(self.open(row, owner));
        }
        Ok(claimed)
    }

    fn open(&self, row: Model, owner: &str) -> ClaimedJob {
        let (app, id) = (AppId(row.app_id), JobId::from_stored(row.job_id));
        let opened = |column: &str, blob: &[u8]| unseal(self.tx.vault(), app, id, column, blob).ok();
        ClaimedJob {
            lease: JobLease { app, id, owner: owner.to_owned(), attempt: row.attempts as u32 + 1 },
            payload: opened("payload", &row.payload),
            checkpoint: row.checkpoint.as_deref().and_then(|blob| opened("checkpoint", blob)),
            kind: row.kind,
            done: row.done as u64,
            total: row.total as u64,
            is_cancel_requested: row.is_cancel_requested,
        }
    }

    /// Prolongs a lease. `None` when it is void, else whether somebody wants the job to end.
    pub async fn renew(&self, lease: &JobLease, until: Millis) -> Result<Option<bool>, StorageError> {
        let change = ActiveModel { due_at: Set(Some(until)), ..Default::default() };
        self.change(lease, change).await
    }

    /// Writes down how far a job is. `None` when the lease is void, else whether somebody wants the job to end.
    pub async fn save_progress(
        &self,
        lease: &JobLease,
        done: u64,
        total: u64,
        checkpoint: Option<&[u8]>,
    ) -> Result<Option<bool>, StorageError> {
        let mut change = ActiveModel { done: Set(done as i64), total: Set(total as i64), ..Default::default() };
        if let Some(plain) = checkpoint {
            change.checkpoint = Set(Some(seal(self.tx.vault(), lease.app, lease.id, "checkpoint", plain)?));
        }
        self.change(lease, change).await
    }

    async fn change(&self, lease: &JobLease, change: ActiveModel) -> Result<Option<bool>, StorageError> {
        let held = holds(lease);
        let rows = Entity::update_many().set(change).filter(held).exec_with_returning(self.tx.conn()).await?;
        Ok(rows.first().map(|row| row.is_cancel_requested))
    }

    /// Ends a job; what it carried is forgotten. Whether the lease was good.
    pub async fn end(&self, lease: &JobLease, end: JobEnd<'_>, now: Millis) -> Result<bool, StorageError> {
        let change = ActiveModel {
            state: Set(end.state.as_stored()),
            due_at: Set(None),
            lease_owner: Set(None),
            payload: Set(Vec::new()),
            checkpoint: Set(None),
            unique_key: Set(None),
            result: Set(end.result.map(str::to_owned)),
            error: Set(end.error.map(str::to_owned)),
            ended_at: Set(Some(now)),
            ..Default::default()
        };
        Ok(self.change(lease, change).await?.is_some())
    }

    /// Lets a job wait for another attempt. Whether the lease was good.
    pub async fn retry(&self, lease: &JobLease, due_at: Millis, error: &str) -> Result<bool, StorageError> {
        let change = ActiveModel {
            state: Set(JobState::Waiting.as_stored()),
            due_at: Set(Some(due_at)),
            lease_owner: Set(None),
            error: Set(Some(error.to_owned())),
            ..Default::default()
        };
        Ok(self.change(lease, change).await?.is_some())
    }

    /// Gives a job back as if this attempt had not been, for whoever comes next. Whether the lease was good.
    pub async fn give_back(&self, lease: &JobLease, now: Millis) -> Result<bool, StorageError> {
        let change = ActiveModel {
            state: Set(JobState::Waiting.as_stored()),
            due_at: Set(Some(now)),
            attempts: Set(lease.attempt as i32 - 1),
            lease_owner: Set(None),
            ..Default::default()
        };
        Ok(self.change(lease, change).await?.is_some())
    }

    /// Forgets jobs that ended before `ended` and, where they failed, before `failed`. How many there were.
    pub async fn forget_ended(&self, ended: Millis, failed: Millis, limit: u64) -> Result<u64, StorageError> {
        let old = Condition::any()
            .add(Condition::all().add(Column::EndedAt.lt(ended)).add(Column::State.ne(JobState::Failed.as_stored())))
            .add(Column::EndedAt.lt(failed));
        let rows = Entity::find()
            .select_only()
            .columns([Column::AppId, Column::JobId])
            .filter(Column::EndedAt.is_not_null())
            .filter(old)
            .order_by_asc(Column::EndedAt)
            .limit(limit);
        let keys: Vec<(i32, i64)> = rows.into_tuple().all(self.tx.conn()).await?;
        for (app, id) in &keys {
            Entity::delete_by_id((*app, *id)).exec(self.tx.conn()).await?;
        }
        Ok(keys.len() as u64)
    }

    /// The queue in figures.
    pub async fn stats(&self, now: Millis) -> Result<JobStats, StorageError> {
        let alive: Vec<(i32, bool, i64, Option<i64>)> = Entity::find()
            .select_only()
            .column(Column::State)
            .expr_as(Column::DueAt.lte(now), "is_due")
            .expr_as(Column::JobId.count(), "number")
            .expr_as(Column::DueAt.min(), "oldest")
            .filter(Column::DueAt.is_not_null())
            .group_by(Column::State)
            .group_by(Expr::col("is_due"))
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        let mut stats = JobStats::default();
        for (state, is_due, number, oldest) in alive {
            let number = number as u64;
            match (state == JobState::Running.as_stored(), is_due) {
                (true, _) => stats.running += number,
                (false, true) => (stats.due, stats.oldest_due_at) = (number, oldest),
                (false, false) => stats.later = number,
            }
        }
        let failed: Option<i64> = Entity::find()
            .select_only()
            .expr_as(Column::JobId.count(), "number")
            .filter(Column::EndedAt.is_not_null())
            .filter(Column::State.eq(JobState::Failed.as_stored()))
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        stats.failed = failed.unwrap_or_default() as u64;
        Ok(stats)
    }
}

fn holds(lease: &JobLease) -> Condition {
    Condition::all()
        .add(Column::AppId.eq(lease.app.0))
        .add(Column::JobId.eq(lease.id.as_i64()))
        .add(Column::State.eq(JobState::Running.as_stored()))
        .add(Column::LeaseOwner.eq(lease.owner.as_str()))
        .add(Column::Attempts.eq(lease.attempt as i32))
}
