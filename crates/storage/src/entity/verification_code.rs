//! Codes that prove a phone number or an e-mail address.

use sea_orm::entity::prelude::*;

/// A row of `verification_codes`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "verification_codes")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Blind index of the number or address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_index: Vec<u8>,
    /// What the code is for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub purpose: String,
    /// Keyed hash of contact, purpose and code.
    pub code_hash: Vec<u8>,
    /// How often a code was tried.
    pub attempts: i32,
    /// Milliseconds.
    pub expires_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
