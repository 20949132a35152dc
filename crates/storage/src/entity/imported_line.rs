//! Which lines of dumps were let in.

use sea_orm::entity::prelude::*;

/// A row of `imported_lines`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imported_lines")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Blind index of the line's name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line_index: Vec<u8>,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
