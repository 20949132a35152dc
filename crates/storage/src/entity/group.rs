//! Groups.

use sea_orm::entity::prelude::*;

/// A row of `groups`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "groups")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: i64,
    /// The owner.
    pub owner_id: i64,
    /// 0 private, 1 public, 2 chat room, 3 temporary.
    pub kind: i16,
    /// 0 normal, 1 dissolved.
    pub status: i16,
    /// Members now, the owner included.
    pub member_count: i64,
    /// Most members, as servers from before `own_capacity` read it.
    pub capacity: i64,
    /// Last number given to an announcement or a shared file.
    pub last_number: i64,
    /// Sealed.
    pub name: Vec<u8>,
    /// Sealed.
    pub avatar: Vec<u8>,
    /// Sealed.
    pub description: Vec<u8>,
    /// Sealed.
    pub ext: Vec<u8>,
    /// 0 anyone who applies joins, 1 admins decide, 2 nobody joins by applying.
    pub apply_approval: i16,
    /// Whether ordinary members may invite.
    pub member_invite: bool,
    /// Whether ordinary members may edit the group's information.
    pub member_modify: bool,
    /// Whether read receipts are on.
    pub read_ack: bool,
    /// Whether new members see what was said before them.
    pub history_visible: bool,
    /// Whether ordinary members see less of each other.
    pub hide_member_info: bool,
    /// Until when only admins may speak, in milliseconds; 0 never.
    pub ban_all_until: i64,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds.
    pub updated_at: i64,
    /// Rises with every change of who is in it and who may speak.
    pub version: i64,
    /// Most members, where the group has a number of its own.
    pub own_capacity: Option<i64>,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
