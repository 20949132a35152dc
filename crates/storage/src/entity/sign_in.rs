//! Devices signed in.

use sea_orm::entity::prelude::*;

/// A row of `sign_ins`; goes with its token.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_ins")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_no: i64,
    /// Device that uses it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_sn: i32,
    /// User.
    pub user_id: i64,
    /// Milliseconds.
    pub since: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
