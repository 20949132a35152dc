//! Phone numbers and e-mail addresses that users have proven to be theirs.

use sea_orm::entity::prelude::*;

/// A row of `proven_contacts`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proven_contacts")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// User.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// `mobile` or `email`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// Blind index of the number or address. Unique in the app.
    pub contact_index: Vec<u8>,
    /// Milliseconds.
    pub proven_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
