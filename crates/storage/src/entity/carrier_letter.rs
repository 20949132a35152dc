//! What a development server would have sent.

use sea_orm::entity::prelude::*;

/// A row of `carrier_outbox`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "carrier_outbox")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Number, rising with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub letter_no: i64,
    /// `mail` or `sms`.
    pub carrier: String,
    /// Sealed number or address.
    pub receiver: Vec<u8>,
    /// Sealed text.
    pub content: Vec<u8>,
    /// Milliseconds.
    pub created_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
