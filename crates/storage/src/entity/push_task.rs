//! Pushes that the app asked for.

use sea_orm::entity::prelude::*;

/// A row of `push_tasks`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "push_tasks")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Number of the task.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Blind index of the caller's own name for the request, null without one. Unique in the app.
    pub request_key: Option<Vec<u8>>,
    /// Sealed JSON of what to push.
    pub content: Vec<u8>,
    /// Milliseconds.
    pub created_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
