//! Who is in which group.

use sea_orm::entity::prelude::*;

/// A row of `group_members`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "group_members")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: i64,
    /// Member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// 0 member, 1 admin, 2 owner.
    pub role: i16,
    /// Until when he may not speak, in milliseconds; 0 never.
    pub ban_until: i64,
    /// Milliseconds.
    pub joined_at: i64,
    /// Sealed name on his card in this group; empty when he has none.
    pub display_name: Vec<u8>,
    /// 0 loud, 1 no local notification, 2 no messages.
    pub mute_mode: i16,
    /// 0 all, 1 none, 2 admins and mentions, 3 admins, 4 mentions.
    pub push_mode: i16,
    /// Whether he switched "do not disturb" on.
    pub not_disturb: bool,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
