//! Files shared in groups.

use sea_orm::entity::prelude::*;

/// A row of `group_files`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "group_files")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: i64,
    /// Number inside the group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: i64,
    /// Who shared it.
    pub uploader_id: i64,
    /// Sealed.
    pub name: Vec<u8>,
    /// Sealed address.
    pub url: Vec<u8>,
    /// Sealed type, as the uploader named it.
    pub content_type: Vec<u8>,
    /// Bytes.
    pub size: i64,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds.
    pub updated_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
