//! Work that outlives the call it was asked in.

use sea_orm::entity::prelude::*;

/// A row of `jobs`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    /// App; 0 for work of the whole installation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Number, rising with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: i64,
    /// What kind of work.
    pub kind: String,
    /// What to do; sealed, but for work of the whole installation.
    pub payload: Vec<u8>,
    /// 0 waiting, 1 running, 2 done, 3 failed, 4 cancelled.
    pub state: i32,
    /// When a worker may take it: its time while it waits, the end of the lease while it runs, null once it has ended.
    pub due_at: Option<i64>,
    /// How often it was begun.
    pub attempts: i32,
    /// The worker that runs it.
    pub lease_owner: Option<String>,
    /// Somebody wants a running job to end.
    pub is_cancel_requested: bool,
    /// How much is done …
    pub done: i64,
    /// … of how much; 0 while nobody knows.
    pub total: i64,
    /// Where the next attempt goes on; sealed like the payload.
    pub checkpoint: Option<Vec<u8>>,
    /// JSON of what came of it.
    pub result: Option<String>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// While a job lives no other of its app and kind has the same.
    pub unique_key: Option<String>,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds.
    pub ended_at: Option<i64>,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
