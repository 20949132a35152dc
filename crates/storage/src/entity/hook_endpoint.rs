//! Receivers of webhooks.

use sea_orm::entity::prelude::*;

/// A row of `hook_endpoints`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hook_endpoints")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hook_id: String,
    /// 0 enabled, 1 disabled, 2 gone (the receiver said so).
    pub status: i16,
    /// JSON list of the events it gets.
    pub events: String,
    /// Sealed JSON of all else: address, secrets, description.
    pub body: Vec<u8>,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds.
    pub updated_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
