//! Uploaded files: what is known of them. Their content is in object storage.

use cerulean_types::{AppId, Millis};
use cerulean_vault::KeyClass;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::entity::{file, file_upload};
use crate::{PlatformTx, StorageError, Tx};

const TABLE: &str = "files";

/// Random 128-bit ids: of a file in its addresses, and of an object in object storage.
pub type RandomId = [u8; 16];

/// The form of a thumbnail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum ThumbnailForm {
    /// `image/jpeg`
    Jpeg = 1,
    /// `image/png`
    Png = 2,
}

/// A small picture of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thumbnail {
    /// Form.
    pub form: ThumbnailForm,
    /// Object that holds it.
    pub blob: RandomId,
    /// Bytes.
    pub size: u64,
}

/// What is known about a file's thumbnail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThumbnailState {
    /// Nobody has asked for it.
    Unknown,
    /// None can be made.
    Impossible,
    /// It is there.
    Ready(Thumbnail),
}

/// A file as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Id.
    pub id: RandomId,
    /// Object that holds the content.
    pub blob: RandomId,
    /// Who uploaded it, 0 for the administrator.
    pub owner: u64,
    /// What it is for, a number of the public protocol.
    pub purpose: i16,
    /// Bytes.
    pub size: u64,
    /// Name as uploaded, without folders.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Thumbnail.
    pub thumbnail: ThumbnailState,
    /// Milliseconds.
    pub created_at: Millis,
}

#[derive(Serialize, Deserialize)]
struct Description {
    name: String,
    content_type: String,
}

/// The files of an app.
#[derive(Debug)]
pub struct Files<'a> {
    tx: &'a Tx,
}

impl<'a> Files<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Notes that an object is being written.
    pub async fn begin_upload(&self, blob: &RandomId, at: Millis) -> Result<(), StorageError> {
        let row =
            file_upload::ActiveModel { app_id: Set(self.app()), blob_id: Set(blob.to_vec()), started_at: Set(at) };
        file_upload::Entity::insert(row).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Forgets an object that was being written; whether it was known.
    pub async fn end_upload(&self, blob: &RandomId) -> Result<bool, StorageError> {
        let removed = file_upload::Entity::delete_by_id((self.app(), blob.to_vec())).exec(self.tx.conn()).await?;
        Ok(removed.rows_affected > 0)
    }

    /// Adds a file, whose thumbnail is not known yet; a taken id is a duplicate error.
    pub async fn insert(&self, row: &FileRow) -> Result<(), StorageError> {
        let description = Description { name: row.name.clone(), content_type: row.content_type.clone() };
        let plain = serde_json::to_vec(&description).expect("plain structs become JSON");
        let model = file::ActiveModel {
            app_id: Set(self.app()),
            file_id: Set(row.id.to_vec()),
            blob_id: Set(row.blob.to_vec()),
            owner_id: Set(row.owner as i64),
            purpose: Set(row.purpose),
            size: Set(row.size as i64),
            description: Set(self.tx.vault().seal(self.tx.app(), KeyClass::Files, TABLE, &row.id, &plain)?),
            thumbnail_form: Set(None),
            thumbnail_blob_id: Set(None),
            thumbnail_size: Set(None),
            created_at: Set(row.created_at),
        };
        file::Entity::insert(model).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Bytes of all files, as they were before sealing.
    pub async fn total_bytes(&self) -> Result<u64, StorageError> {
        let sum: Option<Option<i64>> = file::Entity::find()
            .select_only()
            .column_as(file::Column::Size.sum().cast_as("bigint"), "total")
            .filter(file::Column::AppId.eq(self.app()))
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        Ok(sum.flatten().unwrap_or(0) as u64)
    }

    /// Finds a file.
    pub async fn find(&self, id: &RandomId) -> Result<Option<FileRow>, StorageError> {
        let found = file::Entity::find_by_id((self.app(), id.to_vec())).one(self.tx.conn()).await?;
        found.map(|row| self.open(row)).transpose()
    }

    /// Records the thumbnail, or that none can be made; whether nobody had done so before.
    pub async fn set_thumbnail(&self, id: &RandomId, thumbnail: Option<Thumbnail>) -> Result<bool, StorageError> {
        let change = file::ActiveModel {
            thumbnail_form: Set(Some(thumbnail.map_or(0, |thumbnail| thumbnail.form as i16))),
            thumbnail_blob_id: Set(thumbnail.map(|thumbnail| thumbnail.blob.to_vec())),
            thumbnail_size: Set(thumbnail.map(|thumbnail| thumbnail.size as i64)),
            ..Default::default()
        };
        let updated = file::Entity::update_many()
            .set(change)
            .filter(file::Column::AppId.eq(self.app()))
            .filter(file::Column::FileId.eq(id.to_vec()))
            .filter(file::Column::ThumbnailForm.is_null())
            .exec(self.tx.conn())
            .await?;
        Ok(updated.rows_affected > 0)
    }

    /// Forgets a file; whether it was there. Its objects are the caller's to delete.
    pub async fn remove(&self, id: &RandomId) -> Result<bool, StorageError> {
        let removed = file::Entity::delete_by_id((self.app(), id.to_vec())).exec(self.tx.conn()).await?;
        Ok(removed.rows_affected > 0)
    }

    fn app(&self) -> i32 {
        self.tx.app().0
    }

    fn open(&self, row: file::Model) -> Result<FileRow, StorageError> {
        let inconsistent = || StorageError::Inconsistent { table: TABLE, key: hex_of(&row.file_id) };
        let id: RandomId = row.file_id.as_slice().try_into().map_err(|_| inconsistent())?;
        let blob = row.blob_id.as_slice().try_into().map_err(|_| inconsistent())?;
        let plain = self.tx.vault().unseal(self.tx.app(), KeyClass::Files, TABLE, &id, &row.description)?;
        let Description { name, content_type } = serde_json::from_slice(&plain).map_err(|_| inconsistent())?;
        Ok(FileRow {
            id,
            blob,
            owner: row.owner_id as u64,
            purpose: row.purpose,
            size: row.size as u64,
            name,
            content_type,
            thumbnail: thumbnail_of(&row).ok_or_else(inconsistent)?,
            created_at: row.created_at,
        })
    }
}

fn thumbnail_of(row: &file::Model) -> Option<ThumbnailState> {
    let form = match row.thumbnail_form {
        None => return Some(ThumbnailState::Unknown),
        Some(0) => return Some(ThumbnailState::Impossible),
        Some(1) => ThumbnailForm::Jpeg,
        Some(2) => ThumbnailForm::Png,
        Some(_) => return None,
    };
    let blob = row.thumbnail_blob_id.as_deref()?.try_into().ok()?;
    Some(ThumbnailState::Ready(Thumbnail { form, blob, size: row.thumbnail_size? as u64 }))
}

fn hex_of(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl PlatformTx {
    /// Objects whose upload began before `before` and never ended, of all apps, oldest first.
    pub async fn abandoned_uploads(&self, before: Millis, limit: u64) -> Result<Vec<(AppId, RandomId)>, StorageError> {
        let rows = file_upload::Entity::find()
            .filter(file_upload::Column::StartedAt.lt(before))
            .order_by_asc(file_upload::Column::StartedAt)
            .limit(limit)
            .all(self.conn())
            .await?;
        rows.into_iter()
            .map(|row| {
                let inconsistent = |_| StorageError::Inconsistent { table: "file_uploads", key: hex_of(&row.blob_id) };
                Ok((AppId(row.app_id), row.blob_id.as_slice().try_into().map_err(inconsistent)?))
            })
            .collect()
    }
}
