//! How many codes were sent of late, to whom and on whose behalf.

use sea_orm::entity::prelude::*;

/// A row of `send_counts`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "send_counts")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Blind index of what is counted.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bucket: Vec<u8>,
    /// Beginning of the window, in milliseconds.
    pub since: i64,
    /// How many since then.
    pub number: i32,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
