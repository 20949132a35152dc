//! Announcements of groups.

use sea_orm::entity::prelude::*;

/// A row of `group_announcements`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "group_announcements")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: i64,
    /// Number inside the group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub announcement_id: i64,
    /// Who wrote it.
    pub author_id: i64,
    /// Sealed.
    pub title: Vec<u8>,
    /// Sealed.
    pub content: Vec<u8>,
    /// Milliseconds.
    pub created_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
