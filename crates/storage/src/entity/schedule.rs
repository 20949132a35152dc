//! When periodic work is next due.

use sea_orm::entity::prelude::*;

/// A row of `schedules`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedules")]
pub struct Model {
    /// Name of the periodic work.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Milliseconds.
    pub next_at: i64,
    /// Milliseconds; null before the first turn.
    pub last_at: Option<i64>,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
