//! Rosters: what users keep about each other, requests to be friends, and blocks. The indexes by the other side serve the removal of a user.

use sea_orm::Schema;
use sea_orm::sea_query::{Index, IndexCreateStatement};
use sea_orm_migration::prelude::*;

use crate::entity::{block, roster_application, roster_item};

/// Creates `roster_items`, `roster_applications` and `blocks`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(roster_item::Entity)).await?;
        manager.create_table(schema.create_table_from_entity(roster_application::Entity)).await?;
        manager.create_table(schema.create_table_from_entity(block::Entity)).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn indexes() -> [IndexCreateStatement; 4] {
    let by = |name: &str, table: &str, columns: &[&str]| {
        let mut index = Index::create();
        index.name(name).table(Alias::new(table));
        for column in columns {
            index.col(Alias::new(*column));
        }
        index.take()
    };
    [
        by("roster_items_by_peer", "roster_items", &["app_id", "peer_id"]),
        by("roster_applications_by_time", "roster_applications", &["app_id", "user_id", "created_at"]),
        by("roster_applications_by_applicant", "roster_applications", &["app_id", "applicant_id"]),
        by("blocks_by_blocked", "blocks", &["app_id", "blocked_id"]),
    ]
}
