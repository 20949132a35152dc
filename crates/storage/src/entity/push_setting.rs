//! Whom the app's own pushes reach.

use sea_orm::entity::prelude::*;

/// A row of `push_settings`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "push_settings")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// User.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// Sealed name the app gives the user.
    pub alias: Vec<u8>,
    /// Blind index of the alias, null without one.
    pub alias_index: Option<Vec<u8>>,
    /// Blind index of the push token named beside the alias, null without one.
    pub token_index: Option<Vec<u8>>,
    /// Number on the icon.
    pub badge: i32,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
