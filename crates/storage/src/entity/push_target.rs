//! Devices that a push is for.

use sea_orm::entity::prelude::*;

/// A row of `push_targets`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "push_targets")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Task.
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: i64,
    /// User.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// Device.
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_sn: i32,
    /// Which service it goes through, by number.
    pub channel: i32,
    /// 0 waiting, 1 sent, 2 received.
    pub state: i32,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
