//! Uploaded files.

use sea_orm::entity::prelude::*;

/// A row of `files`. The content is in object storage.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Random id, part of signed addresses.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: Vec<u8>,
    /// Random id of the sealed content in object storage.
    pub blob_id: Vec<u8>,
    /// Who uploaded it, 0 for the administrator.
    pub owner_id: i64,
    /// What it is for, a number of the public protocol.
    pub purpose: i16,
    /// Bytes of the content.
    pub size: i64,
    /// Sealed JSON: name and content type.
    pub description: Vec<u8>,
    /// 0 none can be made, 1 JPEG, 2 PNG; null while nobody has asked for it.
    pub thumbnail_form: Option<i16>,
    /// Random id of the sealed thumbnail in object storage.
    pub thumbnail_blob_id: Option<Vec<u8>>,
    /// Bytes of the thumbnail.
    pub thumbnail_size: Option<i64>,
    /// Milliseconds.
    pub created_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
