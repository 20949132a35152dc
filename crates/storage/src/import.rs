//! How far imports have come.

use cerulean_types::Millis;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::entity::import::{ActiveModel, Column, Entity};
use crate::{StorageError, Tx};

/// An import as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// JSON of what it needs to go on; nothing personal.
    pub progress: String,
    /// Whether it came to its end.
    pub is_done: bool,
}

/// The imports of an app, by a hash that tells dumps apart.
#[derive(Debug)]
pub struct Imports<'a> {
    tx: &'a Tx,
}

impl<'a> Imports<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Finds an import.
    pub async fn find(&self, fingerprint: &[u8; 32]) -> Result<Option<ImportRow>, StorageError> {
        let found = Entity::find_by_id((self.tx.app().0, fingerprint.to_vec())).one(self.tx.conn()).await?;
        Ok(found.map(|row| ImportRow { progress: row.progress, is_done: row.is_done }))
    }

    /// Records how far it has come.
    pub async fn put(&self, fingerprint: &[u8; 32], row: &ImportRow, at: Millis) -> Result<(), StorageError> {
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            fingerprint: Set(fingerprint.to_vec()),
            progress: Set(row.progress.clone()),
            is_done: Set(row.is_done),
            updated_at: Set(at),
        };
        let replace = OnConflict::columns([Column::AppId, Column::Fingerprint])
            .update_columns([Column::Progress, Column::IsDone, Column::UpdatedAt])
            .to_owned();
        Entity::insert(model).on_conflict(replace).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }
}
