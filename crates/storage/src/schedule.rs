//! When periodic work is next due.

use cerulean_types::Millis;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::schedule::{ActiveModel, Column, Entity};
use crate::{PlatformTx, StorageError};

/// The turn of a periodic work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Name.
    pub name: String,
    /// When the next turn is due.
    pub next_at: Millis,
    /// When the last one was taken.
    pub last_at: Option<Millis>,
}

/// The schedules of the installation.
#[derive(Debug)]
pub struct Schedules<'a> {
    tx: &'a PlatformTx,
}

impl<'a> Schedules<'a> {
    pub(crate) fn new(tx: &'a PlatformTx) -> Self {
        Self { tx }
    }

    /// Adds a schedule where there is none of this name.
    pub async fn ensure(&self, name: &str, first_at: Millis) -> Result<(), StorageError> {
        let model = ActiveModel { name: Set(name.to_owned()), next_at: Set(first_at), last_at: Set(None) };
        let there = OnConflict::column(Column::Name).do_nothing().to_owned();
        Entity::insert(model).on_conflict(there).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Takes the turn of a schedule if it is due; of several that try only one gets it.
    pub async fn take_turn(&self, name: &str, now: Millis, next_at: Millis) -> Result<bool, StorageError> {
        let change = ActiveModel { next_at: Set(next_at), last_at: Set(Some(now)), ..Default::default() };
        let done = Entity::update_many()
            .set(change)
            .filter(Column::Name.eq(name))
            .filter(Column::NextAt.lte(now))
            .exec(self.tx.conn())
            .await?;
        Ok(done.rows_affected > 0)
    }

    /// Lists all, soonest first.
    pub async fn list(&self) -> Result<Vec<ScheduleRow>, StorageError> {
        let rows = Entity::find().order_by_asc(Column::NextAt).all(self.tx.conn()).await?;
        Ok(rows
            .into_iter()
            .map(|row| ScheduleRow { name: row.name, next_at: row.next_at, last_at: row.last_at })
            .collect())
    }
}
