//! Who was put out of a group, how often, and who may not come back.

use sea_orm::entity::prelude::*;

/// A row of `group_restrictions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "group_restrictions")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: i64,
    /// User.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// How often he was kicked.
    pub kicks: i32,
    /// Since when he is blocked, in milliseconds; 0 not.
    pub blocked_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
