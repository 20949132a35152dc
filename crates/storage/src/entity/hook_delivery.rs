//! An event on its way to one receiver.

use sea_orm::entity::prelude::*;

/// A row of `hook_deliveries`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hook_deliveries")]
pub struct Model {
    /// Number; rises in the order of a line.
    #[sea_orm(primary_key)]
    pub delivery_no: i64,
    /// App.
    pub app_id: i32,
    /// Receiver.
    pub hook_id: String,
    /// Event.
    pub event_id: Vec<u8>,
    /// Name of the event.
    pub kind: String,
    /// The line it stands in: later deliveries of a line wait for earlier ones.
    pub order_key: String,
    /// 0 waiting behind another, 1 ready, 2 delivered, 3 given up.
    pub state: i16,
    /// Attempts in all.
    pub attempts: i32,
    /// Attempts since it was recorded or replayed.
    pub tries: i32,
    /// Milliseconds; not before.
    pub next_at: i64,
    /// Milliseconds; until then a node is at it.
    pub claimed_until: i64,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds; 0 while it is not delivered or given up.
    pub finished_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
