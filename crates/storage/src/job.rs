//! Jobs as an app sees them: asked for, looked at, cancelled. What workers do with them is in [`crate::job_queue`].

use cerulean_types::{AppId, JobId, Millis};
use cerulean_vault::{KeyClass, Vault, random_bytes};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::entity::job::{ActiveModel, Column, Entity, Model};
use crate::{StorageError, Tx};

pub(crate) const TABLE: &str = "jobs";
/// Jobs of the whole installation; no app has this number.
pub const INSTALLATION: AppId = AppId(0);
/// Ids to try before giving up; two jobs of one millisecond meet once in thousands.
const TRIES: usize = 8;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Until its time comes or a worker is free.
    Waiting,
    /// A worker holds a lease on it.
    Running,
    /// Ended well.
    Done,
    /// Ended after its last attempt.
    Failed,
    /// Somebody did not want it any more.
    Cancelled,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    pub(crate) fn as_stored(self) -> i32 {
        match self {
            Self::Waiting => 0,
            Self::Running => 1,
            Self::Done => 2,
            Self::Failed => 3,
            Self::Cancelled => 4,
        }
    }

    /// Whether nothing more will happen to it.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// A job to be.
#[derive(Debug, Clone)]
pub struct NewJobRow<'a> {
    /// What kind of work.
    pub kind: &'a str,
    /// What to do.
    pub payload: &'a [u8],
    /// Not before this moment.
    pub due_at: Millis,
    /// How much there is to do; 0 while nobody knows.
    pub total: u64,
    /// While a job of this kind with this key lives, no second one is made.
    pub unique_key: Option<&'a str>,
    /// Now.
    pub created_at: Millis,
}

/// A job as whoever asked for it sees it: without what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Number.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// How far it is.
    pub state: JobState,
    /// Whether a running job was asked to end.
    pub is_cancel_requested: bool,
    /// When a worker may take it, while it waits.
    pub due_at: Option<Millis>,
    /// How often it was begun.
    pub attempts: u32,
    /// How much is done …
    pub done: u64,
    /// … of how much; 0 while nobody knows.
    pub total: u64,
    /// JSON of what came of it.
    pub result: Option<String>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// Milliseconds.
    pub created_at: Millis,
    /// Milliseconds.
    pub ended_at: Option<Millis>,
}

/// Which jobs to list.
#[derive(Debug, Clone, Default)]
pub struct JobFilter<'a> {
    /// Of this kind.
    pub kind: Option<&'a str>,
    /// This far.
    pub state: Option<JobState>,
    /// Older than this one: the last of the page before.
    pub before: Option<JobId>,
}

/// The jobs of an app.
#[derive(Debug)]
pub struct Jobs<'a> {
    tx: &'a Tx,
}

impl<'a> Jobs<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds a job; the one that lives already where its key is taken.
    pub async fn insert(&self, new: &NewJobRow<'_>) -> Result<JobId, StorageError> {
        insert(self.tx.conn(), self.tx.vault(), self.tx.app(), new).await
    }

    /// Finds a job.
    pub async fn find(&self, id: JobId) -> Result<Option<JobRow>, StorageError> {
        Entity::find().filter(self.is(id)).one(self.tx.conn()).await?.map(open).transpose()
    }

    /// Lists jobs, newest first.
    pub async fn list(&self, filter: &JobFilter<'_>, limit: u64) -> Result<Vec<JobRow>, StorageError> {
        let mut query = Entity::find().filter(Column::AppId.eq(self.tx.app().0));
        if let Some(kind) = filter.kind {
            query = query.filter(Column::Kind.eq(kind));
        }
        if let Some(state) = filter.state {
            query = query.filter(Column::State.eq(state.as_stored()));
        }
        if let Some(before) = filter.before {
            query = query.filter(Column::JobId.lt(before.as_i64()));
        }
        let rows = query.order_by_desc(Column::JobId).limit(limit).all(self.tx.conn()).await?;
        rows.into_iter().map(open).collect()
    }

    /// Ends a waiting job, or asks the worker of a running one to end it. Whether there was anything to cancel.
    pub async fn cancel(&self, id: JobId, now: Millis) -> Result<bool, StorageError> {
        let ended = ActiveModel {
            state: Set(JobState::Cancelled.as_stored()),
            due_at: Set(None),
            unique_key: Set(None),
            checkpoint: Set(None),
            payload: Set(Vec::new()),
            ended_at: Set(Some(now)),
            ..Default::default()
        };
        let asked = ActiveModel { is_cancel_requested: Set(true), ..Default::default() };
        for (state, change) in [(JobState::Waiting, ended), (JobState::Running, asked)] {
            let filter = self.is(id).add(Column::State.eq(state.as_stored()));
            let changed = Entity::update_many().set(change).filter(filter).exec(self.tx.conn()).await?;
            if changed.rows_affected > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is(&self, id: JobId) -> Condition {
        Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(Column::JobId.eq(id.as_i64()))
    }
}

/// Writes a job of an app or of the installation.
pub(crate) async fn insert(
    conn: &impl ConnectionTrait,
    vault: &Vault,
    app: AppId,
    new: &NewJobRow<'_>,
) -> Result<JobId, StorageError> {
    for _ in 0..TRIES {
        let id = JobId::at(new.created_at, u16::from_be_bytes(random_bytes()));
        let model = ActiveModel {
            app_id: Set(app.0),
            job_id: Set(id.as_i64()),
            kind: Set(new.kind.to_owned()),
            payload: Set(seal(vault, app, id, "payload", new.payload)?),
            state: Set(JobState::Waiting.as_stored()),
            due_at: Set(Some(new.due_at)),
            attempts: Set(0),
            lease_owner: Set(None),
            is_cancel_requested: Set(false),
            done: Set(0),
            total: Set(new.total as i64),
            checkpoint: Set(None),
            result: Set(None),
            error: Set(None),
            unique_key: Set(new.unique_key.map(str::to_owned)),
            created_at: Set(new.created_at),
            ended_at: Set(None),
        };
        let taken = OnConflict::new().do_nothing().to_owned();
        if Entity::insert(model).on_conflict(taken).exec_without_returning(conn).await? > 0 {
            return Ok(id);
        }
        if let Some(key) = new.unique_key
            && let Some(living) = Entity::find()
                .filter(Column::AppId.eq(app.0))
                .filter(Column::Kind.eq(new.kind))
                .filter(Column::UniqueKey.eq(key))
                .one(conn)
                .await?
        {
            return Ok(JobId::from_stored(living.job_id));
        }
    }
    Err(StorageError::Inconsistent { table: TABLE, key: "no free id".into() })
}

fn row_key(id: JobId, column: &str) -> Vec<u8> {
    format!("{id}/{column}").into_bytes()
}

/// Seals what a job of an app carries. Jobs of the installation carry nothing personal, and there is no key for them.
pub(crate) fn seal(vault: &Vault, app: AppId, id: JobId, column: &str, plain: &[u8]) -> Result<Vec<u8>, StorageError> {
    if app == INSTALLATION {
        return Ok(plain.to_vec());
    }
    Ok(vault.seal(app, KeyClass::Messages, TABLE, &row_key(id, column), plain)?)
}

/// Opens what [`seal`] closed.
pub(crate) fn unseal(vault: &Vault, app: AppId, id: JobId, column: &str, blob: &[u8]) -> Result<Vec<u8>, StorageError> {
    if app == INSTALLATION {
        return Ok(blob.to_vec());
    }
    Ok(vault.unseal(app, KeyClass::Messages, TABLE, &row_key(id, column), blob)?)
}

pub(crate) fn state_of(row: &Model) -> Result<JobState, StorageError> {
    JobState::ALL
        .into_iter()
        .find(|state| state.as_stored() == row.state)
        .ok_or_else(|| StorageError::Inconsistent { table: TABLE, key: row.job_id.to_string() })
}

fn open(row: Model) -> Result<JobRow, StorageError> {
    let state = state_of(&row)?;
    Ok(JobRow {
        id: JobId::from_stored(row.job_id),
        kind: row.kind,
        state,
        is_cancel_requested: row.is_cancel_requested,
        due_at: row.due_at.filter(|_| state == JobState::Waiting),
        attempts: row.attempts as u32,
        done: row.done as u64,
        total: row.total as u64,
        result: row.result,
        error: row.error,
        created_at: row.created_at,
        ended_at: row.ended_at,
    })
}
