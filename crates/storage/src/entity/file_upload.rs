//! Objects that an upload is writing and that no file speaks of yet.

use sea_orm::entity::prelude::*;

/// A row of `file_uploads`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file_uploads")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Random id of the object.
    #[sea_orm(primary_key, auto_increment = false)]
    pub blob_id: Vec<u8>,
    /// Milliseconds.
    pub started_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
