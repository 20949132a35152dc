//! Items that must reach the log once their transaction is committed.

use cerulean_types::{AppId, Millis};
use cerulean_vault::KeyClass;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::outbox;
use crate::tx::{PlatformTx, Tx};
use crate::{Db, StorageError};

/// One waiting item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// App.
    pub app: AppId,
    /// Send key, so that a repeat is recognised by the log.
    pub send_key: [u8; 16],
    /// The item as its owner encoded it.
    pub item: Vec<u8>,
}

/// Writes inside an app's transaction.
#[derive(Debug)]
pub struct Outbox<'a> {
    tx: &'a Tx,
}

impl<'a> Outbox<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Records items.
    pub async fn insert(&self, rows: &[([u8; 16], Vec<u8>)], at: Millis) -> Result<(), StorageError> {
        for chunk in rows.chunks(200) {
            let mut models = Vec::with_capacity(chunk.len());
            for (send_key, item) in chunk {
                let item = self.tx.vault().seal(self.tx.app(), KeyClass::Messages, "outbox", send_key, item)?;
                models.push(outbox::ActiveModel {
                    app_id: Set(self.tx.app().0),
                    send_key: Set(send_key.to_vec()),
                    item: Set(item),
                    created_at: Set(at),
                });
            }
            outbox::Entity::insert_many(models).exec_without_returning(self.tx.conn()).await?;
        }
        Ok(())
    }
}

impl PlatformTx {
    /// The oldest waiting items of all apps.
    pub async fn waiting_outbox(&self, limit: u64) -> Result<Vec<OutboxRow>, StorageError> {
        let rows = outbox::Entity::find().order_by_asc(outbox::Column::CreatedAt).limit(limit).all(self.conn()).await?;
        rows.into_iter()
            .map(|row| {
                let app = AppId(row.app_id);
                let inconsistent = || StorageError::Inconsistent { table: "outbox", key: "send_key".into() };
                let send_key = row.send_key.as_slice().try_into().map_err(|_| inconsistent())?;
                let item = self.vault().unseal(app, KeyClass::Messages, "outbox", &row.send_key, &row.item)?;
                Ok(OutboxRow { app, send_key, item })
            })
            .collect()
    }
}

impl Db {
    /// Forgets items that are in the log now.
    pub async fn clear_outbox(&self, app: AppId, send_keys: &[[u8; 16]]) -> Result<(), StorageError> {
        let tx = self.begin(app).await?;
        for chunk in send_keys.chunks(500) {
            outbox::Entity::delete_many()
                .filter(outbox::Column::AppId.eq(app.0))
                .filter(outbox::Column::SendKey.is_in(chunk.iter().map(|key| key.to_vec())))
                .exec(tx.conn())
                .await?;
        }
        tx.commit().await
    }
}
