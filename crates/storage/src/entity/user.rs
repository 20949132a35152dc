//! Users of an app.

use sea_orm::entity::prelude::*;

/// A row of `users`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// Blind index of the name in lower case; null once removed. Unique in the app.
    pub username_index: Option<Vec<u8>>,
    /// Blind index of the phone number. Unique in the app.
    pub mobile_index: Option<Vec<u8>>,
    /// Blind index of the e-mail address. Unique in the app.
    pub email_index: Option<Vec<u8>>,
    /// Sealed JSON: name and profile.
    pub profile: Vec<u8>,
    /// Sealed JSON of the settings that differ from the default.
    pub settings: Vec<u8>,
    /// Sealed PHC string of the password.
    pub password: Vec<u8>,
    /// 0 normal, 1 frozen, 2 removed.
    pub status: i32,
    /// Raised when tokens are revoked, so that caches notice.
    pub token_epoch: i64,
    /// Number of the newest device; never given twice.
    pub last_device_sn: i32,
    /// Milliseconds.
    pub created_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
