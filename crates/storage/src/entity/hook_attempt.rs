//! One try of a delivery.

use sea_orm::entity::prelude::*;

/// A row of `hook_attempts`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hook_attempts")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_no: i64,
    /// Which try.
    #[sea_orm(primary_key, auto_increment = false)]
    pub attempt: i32,
    /// Milliseconds.
    pub at: i64,
    /// How long it took.
    pub duration_ms: i64,
    /// HTTP status; 0 without an answer.
    pub status: i16,
    /// Why there was no answer; empty when there was one.
    pub error: String,
    /// Sealed beginning of the answer.
    pub excerpt: Vec<u8>,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
