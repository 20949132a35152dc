//! Which of our numbers stands for which id of a source.

use sea_orm::entity::prelude::*;

/// A row of `external_ids`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_ids")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// 0 user, 1 group, 2 announcement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: i16,
    /// Blind index of source and id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub external_index: Vec<u8>,
    /// Our number.
    pub id: i64,
    /// Sealed JSON: source and id.
    pub external: Vec<u8>,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
