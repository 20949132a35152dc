//! Uploaded files, and the uploads under way: what a dead process left half done is found by the second table.

use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::{file, file_upload};

/// Creates `files` and `file_uploads`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(file::Entity)).await?;
        manager.create_table(schema.create_table_from_entity(file_upload::Entity)).await
    }
}
