//! Who was kicked from a group, how often, and who is blocked from it.

use cerulean_types::{GroupId, Millis, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::entity::group_restriction::{ActiveModel, Column, Entity, Model};
use crate::group::KEYS_PER_QUERY;
use crate::{StorageError, Tx};

/// What stands against a user in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestrictionRow {
    /// Who.
    pub user: UserId,
    /// How often he was kicked.
    pub kicks: u32,
    /// Since when he is blocked.
    pub blocked_at: Option<Millis>,
}

impl From<Model> for RestrictionRow {
    fn from(model: Model) -> Self {
        Self {
            user: UserId::from_stored(model.user_id),
            kicks: model.kicks as u32,
            blocked_at: (model.blocked_at > 0).then_some(model.blocked_at),
        }
    }
}

/// Kicks and blocks of an app's groups.
#[derive(Debug)]
pub struct GroupRestrictions<'a> {
    tx: &'a Tx,
}

impl<'a> GroupRestrictions<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Finds what stands against these users; those with a clean record are left out.
    pub async fn find_many(&self, group: GroupId, users: &[UserId]) -> Result<Vec<RestrictionRow>, StorageError> {
        let mut rows = Vec::new();
        for chunk in users.chunks(KEYS_PER_QUERY) {
            let found = self.of(group).filter(is_one_of(chunk)).all(self.tx.conn()).await?;
            rows.extend(found.into_iter().map(RestrictionRow::from));
        }
        Ok(rows)
    }

    /// Counts one more kick for each of these users.
    pub async fn add_kicks(&self, group: GroupId, users: &[UserId]) -> Result<(), StorageError> {
        let raised = Expr::col((Entity, Column::Kicks)).add(1);
        let conflict = key_conflict().value(Column::Kicks, raised).to_owned();
        self.put(group, users, 1, 0, conflict).await
    }

    /// Blocks users.
    pub async fn block(&self, group: GroupId, users: &[UserId], at: Millis) -> Result<(), StorageError> {
        let conflict = key_conflict().update_column(Column::BlockedAt).to_owned();
        self.put(group, users, 0, at, conflict).await
    }

    /// Lifts blocks; with them go the kicks.
    pub async fn unblock(&self, group: GroupId, users: &[UserId]) -> Result<(), StorageError> {
        for chunk in users.chunks(KEYS_PER_QUERY) {
            Entity::delete_many()
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::GroupId.eq(group.as_i64()))
                .filter(is_one_of(chunk))
                .exec(self.tx.conn())
                .await?;
        }
        Ok(())
    }

    /// Lists the blocked by id, beginning after one.
    pub async fn list_blocked(
        &self,
        group: GroupId,
        after: Option<UserId>,
        limit: u64,
    ) -> Result<Vec<RestrictionRow>, StorageError> {
        let found = self
            .blocked(group)
            .filter(Column::UserId.gt(after.map_or(0, UserId::as_i64)))
            .order_by_asc(Column::UserId)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        Ok(found.into_iter().map(RestrictionRow::from).collect())
    }

    /// Counts the blocked.
    pub async fn count_blocked(&self, group: GroupId) -> Result<u64, StorageError> {
        Ok(self.blocked(group).count(self.tx.conn()).await?)
    }

    /// Forgets everything about a group.
    pub async fn remove_all(&self, group: GroupId) -> Result<(), StorageError> {
        Entity::delete_many()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::GroupId.eq(group.as_i64()))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    fn of(&self, group: GroupId) -> Select<Entity> {
        Entity::find().filter(Column::AppId.eq(self.tx.app().0)).filter(Column::GroupId.eq(group.as_i64()))
    }

    fn blocked(&self, group: GroupId) -> Select<Entity> {
        // Written out, because a partial index does not match a bound value.
        self.of(group).filter(Expr::cust("blocked_at > 0"))
    }

    async fn put(
        &self,
        group: GroupId,
        users: &[UserId],
        kicks: i32,
        blocked_at: Millis,
        conflict: OnConflict,
    ) -> Result<(), StorageError> {
        for chunk in users.chunks(KEYS_PER_QUERY) {
            let models = chunk.iter().map(|user| ActiveModel {
                app_id: Set(self.tx.app().0),
                group_id: Set(group.as_i64()),
                user_id: Set(user.as_i64()),
                kicks: Set(kicks),
                blocked_at: Set(blocked_at),
            });
            Entity::insert_many(models).on_conflict(conflict.clone()).exec_without_returning(self.tx.conn()).await?;
        }
        Ok(())
    }
}

fn key_conflict() -> OnConflict {
    OnConflict::columns([Column::AppId, Column::GroupId, Column::UserId])
}

fn is_one_of(users: &[UserId]) -> sea_orm::sea_query::SimpleExpr {
    Column::UserId.is_in(users.iter().map(|user| user.as_i64()))
}
