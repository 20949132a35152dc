//! What one user keeps about another: friendship, remark name, own notes.

use sea_orm::entity::prelude::*;

/// A row of `roster_items`. A friendship has two rows, one per side.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_items")]
pub struct Model {
    /// App.
    #[sea_orm(primary_key, auto_increment = false)]
    pub app_id: i32,
    /// Whose roster it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    /// Whom the row speaks of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub peer_id: i64,
    /// 0 friend, 1 deleted friend, 2 stranger with notes.
    pub relation: i16,
    /// Sealed remark name.
    pub alias: Option<Vec<u8>>,
    /// Sealed free text of the owner.
    pub ext: Option<Vec<u8>>,
    /// Whether messages of the peer are silent for the owner.
    pub mute_notification: bool,
    /// Milliseconds.
    pub updated_at: i64,
}

/// No relations are declared; queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
