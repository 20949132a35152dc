//! Applications and invitations: one of each kind per user and group, the latest.

use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::group_request;

/// Creates `group_requests`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(group_request::Entity)).await?;
        let conn = manager.get_connection();
        conn.execute_unprepared("CREATE INDEX group_requests_by_user ON group_requests (app_id, user_id, kind)")
            .await?;
        Ok(())
    }
}
