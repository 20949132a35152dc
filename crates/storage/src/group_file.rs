//! Files shared in groups: the entries of the list. The bytes lie elsewhere.

use cerulean_types::{GroupId, Millis, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::group_file::{ActiveModel, Column, Entity, Model};
use crate::group::{KEYS_PER_QUERY, row_key, seal_text, unseal_text};
use crate::{StorageError, Tx};

const NAME: &str = "group_files.name";
const URL: &str = "group_files.url";
const CONTENT_TYPE: &str = "group_files.content_type";

/// A shared file as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFileRow {
    /// Number inside the group, rising.
    pub id: i64,
    /// Group.
    pub group: GroupId,
    /// Who shared it.
    pub uploader: UserId,
    /// Name.
    pub name: String,
    /// Address for downloading.
    pub url: String,
    /// Type, as the uploader named it.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// When it was shared.
    pub created_at: Millis,
    /// When it was last renamed.
    pub updated_at: Millis,
}

/// How much a group shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SharedUsage {
    /// Files.
    pub files: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// The shared files of an app's groups.
#[derive(Debug)]
pub struct GroupFiles<'a> {
    tx: &'a Tx,
}

impl<'a> GroupFiles<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds a file, numbered by [`crate::group::Groups::next_number`].
    pub async fn insert(&self, row: &GroupFileRow) -> Result<(), StorageError> {
        let key = row_key(row.group.as_i64(), row.id);
        let model = ActiveModel {
            app_id: Set(self.tx.app().0),
            group_id: Set(row.group.as_i64()),
            file_id: Set(row.id),
            uploader_id: Set(row.uploader.as_i64()),
            name: Set(seal_text(self.tx, NAME, &key, &row.name)?),
            url: Set(seal_text(self.tx, URL, &key, &row.url)?),
            content_type: Set(seal_text(self.tx, CONTENT_TYPE, &key, &row.content_type)?),
            size: Set(row.size as i64),
            created_at: Set(row.created_at),
            updated_at: Set(row.updated_at),
        };
        model.insert(self.tx.conn()).await?;
        Ok(())
    }

    /// Lists a group's files, oldest first.
    pub async fn list(&self, group: GroupId) -> Result<Vec<GroupFileRow>, StorageError> {
        let found = Entity::find()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::GroupId.eq(group.as_i64()))
            .order_by_asc(Column::FileId)
            .all(self.tx.conn())
            .await?;
        found.into_iter().map(|model| self.open(model)).collect()
    }

    /// How much a group shares.
    pub async fn usage(&self, group: GroupId) -> Result<SharedUsage, StorageError> {
        let used: Option<(i64, i64)> = Entity::find()
            .select_only()
            .column_as(Expr::cust("COUNT(*)"), "files")
            // PostgreSQL adds up bigints to a numeric.
            .column_as(Expr::cust("CAST(COALESCE(SUM(size), 0) AS BIGINT)"), "bytes")
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::GroupId.eq(group.as_i64()))
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        let (files, bytes) = used.unwrap_or_default();
        Ok(SharedUsage { files: files as u64, bytes: bytes as u64 })
    }

    /// Finds a file.
    pub async fn find(&self, group: GroupId, id: i64) -> Result<Option<GroupFileRow>, StorageError> {
        let found = Entity::find_by_id((self.tx.app().0, group.as_i64(), id)).one(self.tx.conn()).await?;
        found.map(|model| self.open(model)).transpose()
    }

    /// Finds several files of a group; unknown ones are left out.
    pub async fn find_many(&self, group: GroupId, ids: &[i64]) -> Result<Vec<GroupFileRow>, StorageError> {
        let mut rows = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(KEYS_PER_QUERY) {
            let found = Entity::find()
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::GroupId.eq(group.as_i64()))
                .filter(Column::FileId.is_in(chunk.iter().copied()))
                .all(self.tx.conn())
                .await?;
            for model in found {
                rows.push(self.open(model)?);
            }
        }
        Ok(rows)
    }

    /// Renames a file.
    pub async fn set_name(&self, group: GroupId, id: i64, name: &str, at: Millis) -> Result<(), StorageError> {
        let sealed = seal_text(self.tx, NAME, &row_key(group.as_i64(), id), name)?;
        Entity::update_many()
            .col_expr(Column::Name, Expr::val(sealed))
            .col_expr(Column::UpdatedAt, Expr::val(at))
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::GroupId.eq(group.as_i64()))
            .filter(Column::FileId.eq(id))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    /// Removes files.
    pub async fn remove(&self, group: GroupId, ids: &[i64]) -> Result<(), StorageError> {
        for chunk in ids.chunks(KEYS_PER_QUERY) {
            Entity::delete_many()
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::GroupId.eq(group.as_i64()))
                .filter(Column::FileId.is_in(chunk.iter().copied()))
                .exec(self.tx.conn())
                .await?;
        }
        Ok(())
    }

    /// Removes all files of a group.
    pub async fn remove_all(&self, group: GroupId) -> Result<(), StorageError> {
        Entity::delete_many()
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::GroupId.eq(group.as_i64()))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    fn open(&self, model: Model) -> Result<GroupFileRow, StorageError> {
        let key = row_key(model.group_id, model.file_id);
        Ok(GroupFileRow {
            id: model.file_id,
            group: GroupId::from_stored(model.group_id),
            uploader: UserId::from_stored(model.uploader_id),
            name: unseal_text(self.tx, NAME, &key, &model.name)?,
            url: unseal_text(self.tx, URL, &key, &model.url)?,
            content_type: unseal_text(self.tx, CONTENT_TYPE, &key, &model.content_type)?,
            size: model.size as u64,
            created_at: model.created_at,
            updated_at: model.updated_at,
        })
    }
}
