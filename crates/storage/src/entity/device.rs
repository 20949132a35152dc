//! Devices of users.

use sea_orm::entity::prelude::*;

/// A row of `devices`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "devices")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// User.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// Number inside the user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_sn: i32,
    /// Blind index of the installation's name for itself. Unique inside the user.
    pub guid_index: Vec<u8>,
    /// 1 iOS, 2 Android, 3 Windows, 4 macOS, 5 Linux, 6 web.
    pub platform: i32,
    /// Sealed text the installation describes itself with.
    pub info: Vec<u8>,
    /// Sealed JSON of the push address, null without one.
    pub push: Option<Vec<u8>>,
    /// Milliseconds.
    pub last_login: i64,
    /// Milliseconds.
    pub created_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
