//! Apps: the unit of isolation.

use sea_orm::entity::prelude::*;

/// A row of `apps`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "apps")]
pub struct Model {
    /// Number inside this installation.
    #[sea_orm(primary_key, auto_increment = true)]
    pub app_id: i32,
    /// Public name.
    #[sea_orm(unique)]
    pub slug: String,
    /// Title for people.
    pub title: String,
    /// `normal`, `frozen` or `banned`.
    pub status: String,
    /// JSON of the app's settings; what is absent has its default.
    pub settings: String,
    /// Milliseconds.
    pub created_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
