//! Apps.

use cerulean_types::{AppId, AppSlug, Millis};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::StorageError;
use crate::entity::app::{self, Model};
use crate::tx::PlatformTx;

/// An app as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppRow {
    /// Number inside this installation.
    pub id: AppId,
    /// Public name.
    pub slug: String,
    /// Title for people.
    pub title: String,
    /// `normal`, `frozen` or `banned`.
    pub status: String,
    /// JSON of the settings that differ from the default.
    pub settings: String,
    /// Milliseconds.
    pub created_at: Millis,
}

impl From<Model> for AppRow {
    fn from(row: Model) -> Self {
        Self {
            id: AppId(row.app_id),
            slug: row.slug,
            title: row.title,
            status: row.status,
            settings: row.settings,
            created_at: row.created_at,
        }
    }
}

/// The apps of this installation.
#[derive(Debug)]
pub struct Apps<'a> {
    tx: &'a PlatformTx,
}

impl<'a> Apps<'a> {
    pub(crate) fn new(tx: &'a PlatformTx) -> Self {
        Self { tx }
    }

    /// Adds an app; a taken slug is a duplicate error.
    pub async fn insert(&self, slug: &AppSlug, title: &str, at: Millis) -> Result<AppRow, StorageError> {
        let row = app::ActiveModel {
            app_id: NotSet,
            slug: Set(slug.as_str().to_owned()),
            title: Set(title.to_owned()),
            status: Set("normal".into()),
            settings: Set("{}".into()),
            created_at: Set(at),
        };
        Ok(row.insert(self.tx.conn()).await?.into())
    }

    /// Finds an app by its public name.
    pub async fn find_by_slug(&self, slug: &AppSlug) -> Result<Option<AppRow>, StorageError> {
        let found = app::Entity::find().filter(app::Column::Slug.eq(slug.as_str())).one(self.tx.conn()).await?;
        Ok(found.map(AppRow::from))
    }

    /// Finds an app by its number.
    pub async fn find(&self, id: AppId) -> Result<Option<AppRow>, StorageError> {
        Ok(app::Entity::find_by_id(id.0).one(self.tx.conn()).await?.map(AppRow::from))
    }

    /// Finds an app and keeps it from other writers until the transaction ends.
    pub async fn find_for_update(&self, id: AppId) -> Result<Option<AppRow>, StorageError> {
        Ok(app::Entity::find_by_id(id.0).lock_exclusive().one(self.tx.conn()).await?.map(AppRow::from))
    }

    /// Lists all apps by number.
    pub async fn list(&self) -> Result<Vec<AppRow>, StorageError> {
        let rows = app::Entity::find().order_by_asc(app::Column::AppId).all(self.tx.conn()).await?;
        Ok(rows.into_iter().map(AppRow::from).collect())
    }

    /// Replaces the settings JSON and the status.
    pub async fn update(&self, id: AppId, status: &str, settings: &str) -> Result<(), StorageError> {
        app::Entity::update_many()
            .set(app::ActiveModel { status: Set(status.into()), settings: Set(settings.into()), ..Default::default() })
            .filter(app::Column::AppId.eq(id.0))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }
}
