//! How much apps did.

use sea_orm::entity::prelude::*;

/// A row of `usage`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// 1 messages of a day, 2 messages of a month.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: i32,
    /// Days since 1970, or months since the year 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: i64,
    /// How much.
    pub amount: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
