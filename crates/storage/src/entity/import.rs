//! How far imports have come.

use sea_orm::entity::prelude::*;

/// A row of `imports`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Hash that tells dumps apart.
    #[sea_orm(primary_key, auto_increment = false)]
    pub fingerprint: Vec<u8>,
    /// JSON of what the import needs to go on; nothing personal.
    pub progress: String,
    /// Whether it came to its end.
    pub is_done: bool,
    /// Milliseconds.
    pub updated_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
