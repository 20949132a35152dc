//! Secrets that sign a user in once, in place of his password.

use cerulean_types::{Millis, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use crate::entity::sign_in_secret::{ActiveModel, Column, Entity};
use crate::{StorageError, Tx};

/// The sign-in secrets of an app. What is past its time is absent.
#[derive(Debug)]
pub struct SignInSecrets<'a> {
    tx: &'a Tx,
}

impl<'a> SignInSecrets<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds one under its hash.
    pub async fn insert(&self, hash: &[u8; 32], user: UserId, expires_at: Millis) -> Result<(), StorageError> {
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            secret_hash: Set(hash.to_vec()),
            user_id: Set(user.as_i64()),
            expires_at: Set(expires_at),
        };
        Entity::insert(model).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Whether one waits to be used.
    pub async fn is_there(&self, hash: &[u8; 32], now: Millis) -> Result<bool, StorageError> {
        Ok(Entity::find().filter(self.is(hash, now)).count(self.tx.conn()).await? > 0)
    }

    /// Uses one up. Whether it was there, and this user's.
    pub async fn take(&self, hash: &[u8; 32], user: UserId, now: Millis) -> Result<bool, StorageError> {
        let filter = self.is(hash, now).add(Column::UserId.eq(user.as_i64()));
        let done = Entity::delete_many().filter(filter).exec(self.tx.conn()).await?;
        Ok(done.rows_affected > 0)
    }

    /// Forgets all of a user's.
    pub async fn delete_of_user(&self, user: UserId) -> Result<(), StorageError> {
        let filter = Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(Column::UserId.eq(user.as_i64()));
        Entity::delete_many().filter(filter).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Forgets what is past its time.
    pub async fn delete_expired(&self, now: Millis) -> Result<(), StorageError> {
        let filter = Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(Column::ExpiresAt.lte(now));
        Entity::delete_many().filter(filter).exec(self.tx.conn()).await?;
        Ok(())
    }

    fn is(&self, hash: &[u8; 32], now: Millis) -> Condition {
        Condition::all()
            .add(Column::AppId.eq(self.tx.app().0))
            .add(Column::SecretHash.eq(hash.to_vec()))
            .add(Column::ExpiresAt.gt(now))
    }
}
