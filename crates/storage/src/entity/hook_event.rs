//! What happened, as receivers of webhooks are told.

use sea_orm::entity::prelude::*;

/// A row of `hook_events`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hook_events")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Its id, the same for every receiver and attempt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Vec<u8>,
    /// Name of the event.
    pub kind: String,
    /// Sealed body of the request.
    pub body: Vec<u8>,
    /// Milliseconds.
    pub created_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
