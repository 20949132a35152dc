//! Kick counts and blocks. They outlive membership, so they stand apart from it.

use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::group_restriction;

/// Creates `group_restrictions`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(group_restriction::Entity)).await?;
        let conn = manager.get_connection();
        conn.execute_unprepared("CREATE INDEX group_restrictions_blocked ON group_restrictions (app_id, group_id, user_id) WHERE blocked_at > 0").await?;
        Ok(())
    }
}
