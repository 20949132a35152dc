//! Texts handed over once.

use cerulean_types::Millis;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::entity::secret::{ActiveModel, Column, Entity};
use crate::{StorageError, Tx};

const TABLE: &str = "secrets";

/// The one-time secrets of an app.
#[derive(Debug)]
pub struct Secrets<'a> {
    tx: &'a Tx,
}

impl<'a> Secrets<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Keeps a text under the hash of its code.
    pub async fn insert(&self, code_hash: &[u8; 32], text: &str, expires_at: Millis) -> Result<(), StorageError> {
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            code_hash: Set(code_hash.to_vec()),
            text: Set(self.tx.seal(TABLE, code_hash, text)?),
            expires_at: Set(expires_at),
        };
        Entity::insert(model).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Reads a text and leaves it; `None` when there is none or its time is over.
    pub async fn find(&self, code_hash: &[u8; 32], now: Millis) -> Result<Option<String>, StorageError> {
        let found = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::CodeHash.eq(code_hash.to_vec()))
            .filter(Column::ExpiresAt.gt(now))
            .one(self.tx.conn())
            .await?;
        found.map(|row| self.tx.unseal(TABLE, code_hash, &row.text)).transpose()
    }

    /// Takes a text away; `None` when there is none or its time is over.
    pub async fn take(&self, code_hash: &[u8; 32], now: Millis) -> Result<Option<String>, StorageError> {
        let gone = Entity::delete_many()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::CodeHash.eq(code_hash.to_vec()))
            .exec_with_returning(self.tx.conn())
            .await?;
        match gone.into_iter().next() {
            Some(row) if row.expires_at > now => Ok(Some(self.tx.unseal(TABLE, code_hash, &row.text)?)),
            _ => Ok(None),
        }
    }

    /// Forgets what nobody fetched in time.
    pub async fn delete_expired(&self, now: Millis) -> Result<(), StorageError> {
        Entity::delete_many()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::ExpiresAt.lte(now))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    /// How many are waiting.
    pub async fn count(&self) -> Result<u64, StorageError> {
        Ok(Entity::find().filter(Column::AppId.eq(self.tx.app().0)).count(self.tx.conn()).await?)
    }
}
