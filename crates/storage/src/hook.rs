//! Receivers of webhooks.

use cerulean_types::{AppId, Millis};
use cerulean_vault::{KeyClass, Vault};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::hook_endpoint::{ActiveModel, Column, Entity, Model};
use crate::entity::{hook_attempt, hook_delivery};
use crate::tx::{PlatformTx, Tx};
use crate::{Db, StorageError};

/// Whether a receiver gets anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum HookStatus {
    /// It does.
    Enabled = 0,
    /// Switched off by an administrator.
    Disabled = 1,
    /// It answered that it is gone.
    Gone = 2,
}

impl HookStatus {
    fn from_stored(number: i16) -> Option<Self> {
        [Self::Enabled, Self::Disabled, Self::Gone].into_iter().find(|status| *status as i16 == number)
    }
}

/// A receiver as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookRow {
    /// Its id.
    pub id: String,
    /// Whether it gets anything.
    pub status: HookStatus,
    /// Names of the events it gets.
    pub events: Vec<String>,
    /// Address, secrets and the rest, as its owner encoded it.
    pub body: String,
    /// Milliseconds.
    pub created_at: Millis,
    /// Milliseconds.
    pub updated_at: Millis,
}

const TABLE: &str = "hook_endpoints";

fn open(vault: &Vault, row: Model) -> Result<HookRow, StorageError> {
    let inconsistent = || StorageError::Inconsistent { table: TABLE, key: row.hook_id.clone() };
    let body = vault.unseal(AppId(row.app_id), KeyClass::Profile, TABLE, row.hook_id.as_bytes(), &row.body)?;
    Ok(HookRow {
        status: HookStatus::from_stored(row.status).ok_or_else(inconsistent)?,
        events: serde_json::from_str(&row.events).map_err(|_| inconsistent())?,
        body: String::from_utf8(body).map_err(|_| inconsistent())?,
        created_at: row.created_at,
        updated_at: row.updated_at,
        id: row.hook_id,
    })
}

/// The receivers of an app.
#[derive(Debug)]
pub struct Hooks<'a> {
    tx: &'a Tx,
}

impl<'a> Hooks<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    fn is(&self, id: &str) -> Condition {
        Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(Column::HookId.eq(id))
    }

    fn model(&self, row: &HookRow) -> Result<ActiveModel, StorageError> {
        Ok(ActiveModel {
            app_id: Set(self.tx.app().0),
            hook_id: Set(row.id.clone()),
            status: Set(row.status as i16),
            events: Set(serde_json::to_string(&row.events).expect("a list of texts becomes JSON")),
            body: Set(self.tx.seal(TABLE, row.id.as_bytes(), &row.body)?),
            created_at: Set(row.created_at),
            updated_at: Set(row.updated_at),
        })
    }

    /// Adds a receiver.
    pub async fn insert(&self, row: &HookRow) -> Result<(), StorageError> {
        Entity::insert(self.model(row)?).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Replaces a receiver.
    pub async fn update(&self, row: &HookRow) -> Result<(), StorageError> {
        Entity::update_many().set(self.model(row)?).filter(self.is(&row.id)).exec(self.tx.conn()).await?;
        Ok(())
    }

    /// Finds a receiver.
    pub async fn find(&self, id: &str) -> Result<Option<HookRow>, StorageError> {
        let found = Entity::find().filter(self.is(id)).one(self.tx.conn()).await?;
        found.map(|row| open(self.tx.vault(), row)).transpose()
    }

    /// Finds a receiver and keeps it from other writers until the transaction ends.
    pub async fn find_for_update(&self, id: &str) -> Result<Option<HookRow>, StorageError> {
        let found = Entity::find().filter(self.is(id)).lock_exclusive().one(self.tx.conn()).await?;
        found.map(|row| open(self.tx.vault(), row)).transpose()
    }

    /// Lists all receivers, oldest first. How many there may be is limited where they are made.
    pub async fn list(&self) -> Result<Vec<HookRow>, StorageError> {
        let rows = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::HookId)
            .all(self.tx.conn())
            .await?;
        rows.into_iter().map(|row| open(self.tx.vault(), row)).collect()
    }

    /// Removes a receiver and all that was on its way to it.
    pub async fn remove(&self, id: &str) -> Result<bool, StorageError> {
        use sea_orm::sea_query::Query;

        let its_deliveries = Condition::all()
            .add(hook_delivery::Column::AppId.eq(self.tx.app().0))
            .add(hook_delivery::Column::HookId.eq(id));
        let numbers = Query::select()
            .column(hook_delivery::Column::DeliveryNo)
            .from(hook_delivery::Entity)
            .cond_where(its_deliveries.clone())
            .to_owned();
        hook_attempt::Entity::delete_many()
            .filter(hook_attempt::Column::AppId.eq(self.tx.app().0))
            .filter(hook_attempt::Column::DeliveryNo.in_subquery(numbers))
            .exec(self.tx.conn())
            .await?;
        hook_delivery::Entity::delete_many().filter(its_deliveries).exec(self.tx.conn()).await?;
        let done = Entity::delete_many().filter(self.is(id)).exec(self.tx.conn()).await?;
        Ok(done.rows_affected > 0)
    }
}

impl PlatformTx {
    /// The apps that have receivers of webhooks.
    pub async fn apps_with_hooks(&self) -> Result<Vec<AppId>, StorageError> {
        let apps: Vec<i32> =
            Entity::find().select_only().column(Column::AppId).distinct().into_tuple().all(self.conn()).await?;
        Ok(apps.into_iter().map(AppId).collect())
    }
}

impl Db {
    /// The receivers of an app, in a transaction of its own.
    pub async fn hooks_of(&self, app: AppId) -> Result<Vec<HookRow>, StorageError> {
        self.read(app).await?.hooks().list().await
    }
}
