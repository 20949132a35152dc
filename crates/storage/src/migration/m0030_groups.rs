//! Groups. Indexes: the groups a user owns (his quota), the public ones.

use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::group;

/// Creates `groups`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(group::Entity)).await?;
        let conn = manager.get_connection();
        conn.execute_unprepared("CREATE INDEX groups_by_owner ON \"groups\" (app_id, owner_id) WHERE status = 0")
            .await?;
        conn.execute_unprepared(
            "CREATE INDEX groups_public ON \"groups\" (app_id, group_id) WHERE kind = 1 AND status = 0",
        )
        .await?;
        Ok(())
    }
}
