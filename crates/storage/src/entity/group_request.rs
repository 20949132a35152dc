//! Applications to groups and invitations into them.

use sea_orm::entity::prelude::*;

/// A row of `group_requests`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "group_requests")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: i64,
    /// Applicant or invitee.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// 0 application, 1 invitation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: i16,
    /// Who invited; 0 in an application.
    pub inviter_id: i64,
    /// Sealed.
    pub reason: Vec<u8>,
    /// 0 pending, 1 accepted, 2 declined.
    pub status: i16,
    /// Milliseconds.
    pub expires_at: i64,
    /// Milliseconds.
    pub updated_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
