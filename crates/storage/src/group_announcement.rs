//! Announcements of groups.

use cerulean_types::{GroupId, Millis, UserId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::entity::group_announcement::{ActiveModel, Column, Entity, Model};
use crate::group::{row_key, seal_text, unseal_text};
use crate::{StorageError, Tx};

const TITLE: &str = "group_announcements.title";
const CONTENT: &str = "group_announcements.content";

/// An announcement as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncementRow {
    /// Number inside the group, rising.
    pub id: i64,
    /// Group.
    pub group: GroupId,
    /// Who wrote it.
    pub author: UserId,
    /// Title.
    pub title: String,
    /// Text.
    pub content: String,
    /// When.
    pub created_at: Millis,
}

/// The announcements of an app's groups.
#[derive(Debug)]
pub struct GroupAnnouncements<'a> {
    tx: &'a Tx,
}

impl<'a> GroupAnnouncements<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds an announcement, numbered by [`crate::group::Groups::next_number`].
    pub async fn insert(&self, row: &AnnouncementRow) -> Result<(), StorageError> {
        let key = row_key(row.group.as_i64(), row.id);
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            group_id: Set(row.group.as_i64()),
            announcement_id: Set(row.id),
            author_id: Set(row.author.as_i64()),
            title: Set(seal_text(self.tx, TITLE, &key, &row.title)?),
            content: Set(seal_text(self.tx, CONTENT, &key, &row.content)?),
            created_at: Set(row.created_at),
        };
        model.insert(self.tx.conn()).await?;
        Ok(())
    }

    /// Lists a group's announcements, oldest first.
    pub async fn list(&self, group: GroupId) -> Result<Vec<AnnouncementRow>, StorageError> {
        let found = self.of(group).order_by_asc(Column::AnnouncementId).all(self.tx.conn()).await?;
        found.into_iter().map(|model| self.open(model)).collect()
    }

    /// Finds an announcement.
    pub async fn find(&self, group: GroupId, id: i64) -> Result<Option<AnnouncementRow>, StorageError> {
        let found = Entity::find_by_id((self.tx.app().0, group.as_i64(), id)).one(self.tx.conn()).await?;
        found.map(|model| self.open(model)).transpose()
    }

    /// Finds the newest announcement.
    pub async fn find_last(&self, group: GroupId) -> Result<Option<AnnouncementRow>, StorageError> {
        let found = self.of(group).order_by_desc(Column::AnnouncementId).one(self.tx.conn()).await?;
        found.map(|model| self.open(model)).transpose()
    }

    /// Removes an announcement; `false` when there is none.
    pub async fn remove(&self, group: GroupId, id: i64) -> Result<bool, StorageError> {
        let result = Entity::delete_by_id((self.tx.app().0, group.as_i64(), id)).exec(self.tx.conn()).await?;
        Ok(result.rows_affected == 1)
    }

    /// Removes all announcements of a group.
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

    fn open(&self, model: Model) -> Result<AnnouncementRow, StorageError> {
        let key = row_key(model.group_id, model.announcement_id);
        Ok(AnnouncementRow {
            id: model.announcement_id,
            group: GroupId::from_stored(model.group_id),
            author: UserId::from_stored(model.author_id),
            title: unseal_text(self.tx, TITLE, &key, &model.title)?,
            content: unseal_text(self.tx, CONTENT, &key, &model.content)?,
            created_at: model.created_at,
        })
    }
}
