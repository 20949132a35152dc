//! Sign-ins by a picture, from the asking to the answer.

use sea_orm::entity::prelude::*;

/// A row of `qr_logins`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "qr_logins")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// BLAKE3 of the code in the picture.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_hash: Vec<u8>,
    /// 0 shown, 1 scanned, 2 confirmed, 3 refused.
    pub state: i32,
    /// Sealed JSON: which browser asks, and from where.
    pub browser: Vec<u8>,
    /// Who scanned it.
    pub user_id: Option<i64>,
    /// Milliseconds.
    pub created_at: i64,
    /// Milliseconds.
    pub expires_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
