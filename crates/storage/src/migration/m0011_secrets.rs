//! One-time secrets.

use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::secret;

/// Creates `secrets`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(secret::Entity)).await?;
        let by_expiry = Index::create()
            .name("secrets_expiry")
            .table(secret::Entity)
            .col(secret::Column::AppId)
            .col(secret::Column::ExpiresAt)
            .to_owned();
        manager.create_index(by_expiry).await
    }
}
