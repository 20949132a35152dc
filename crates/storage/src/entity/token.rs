//! Tokens. The text itself is never stored.

use sea_orm::entity::prelude::*;

/// A row of `tokens`. Revoking deletes it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Number, part of the text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_no: i64,
    /// BLAKE3 of the text.
    pub hash: Vec<u8>,
    /// User; 0 for the app's administrator.
    pub user_id: i64,
    /// Device that used it last; 0 before its first connection.
    pub device_sn: i32,
    /// Blind index of the only installation that may use it, null for any.
    pub guid_index: Option<Vec<u8>>,
    /// Milliseconds; the largest number for never.
    pub expires_at: i64,
    /// Milliseconds.
    pub created_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
