//! Members. Partial indexes find the few admins and banned among many; the first one finds the groups of a user.

use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::group_member;

/// Creates `group_members`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(group_member::Entity)).await?;
        let conn = manager.get_connection();
        conn.execute_unprepared(
            "CREATE INDEX group_members_by_user ON group_members (app_id, user_id, group_id, joined_at)",
        )
        .await?;
        conn.execute_unprepared(
            "CREATE INDEX group_members_staff ON group_members (app_id, group_id, user_id) WHERE role > 0",
        )
        .await?;
        conn.execute_unprepared(
            "CREATE INDEX group_members_banned ON group_members (app_id, group_id, user_id) WHERE ban_until > 0",
        )
        .await?;
        Ok(())
    }
}
