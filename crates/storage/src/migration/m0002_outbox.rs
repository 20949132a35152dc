//! The outbox: a notice is recorded in the transaction of the change it tells of, and reaches the log after commit.

use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::outbox;

/// Creates `outbox`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(outbox::Entity)).await
    }
}
