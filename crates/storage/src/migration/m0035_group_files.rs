//! Shared files, numbered inside their group.

use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::group_file;

/// Creates `group_files`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(group_file::Entity)).await
    }
}
