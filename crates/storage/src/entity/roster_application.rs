//! Requests to become friends.

use sea_orm::entity::prelude::*;

/// A row of `roster_applications`: the latest request of one user to another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_applications")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Who is asked.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// Who asks.
    #[sea_orm(primary_key, auto_increment = false)]
    pub applicant_id: i64,
    /// Sealed words of the applicant.
    pub reason: Vec<u8>,
    /// 0 pending, 1 accepted, 2 declined.
    pub status: i16,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds after which a pending request can no longer be answered.
    pub expires_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
