//! Labels of users, for pushes to all who have one.

use sea_orm::entity::prelude::*;

/// A row of `push_tags`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "push_tags")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// User.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// Blind index of the tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_index: Vec<u8>,
    /// Sealed tag.
    pub tag: Vec<u8>,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
