//! Users, their devices and tokens. Unique indexes, not checks in the program, keep names, phone numbers and addresses unique, because
//! two nodes may write at once.

use sea_orm::Schema;
use sea_orm_migration::prelude::*;

use crate::entity::{device, token, user};

/// Creates `users`, `devices` and `tokens`.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(user::Entity)).await?;
        manager.create_table(schema.create_table_from_entity(device::Entity)).await?;
        manager.create_table(schema.create_table_from_entity(token::Entity)).await?;
        for (name, column) in [
            ("users_username", user::Column::UsernameIndex),
            ("users_mobile", user::Column::MobileIndex),
            ("users_email", user::Column::EmailIndex),
        ] {
            let index =
                Index::create().name(name).table(user::Entity).col(user::Column::AppId).col(column).unique().to_owned();
            manager.create_index(index).await?;
        }
        let by_age = Index::create()
            .name("users_created")
            .table(user::Entity)
            .col(user::Column::AppId)
            .col(user::Column::CreatedAt)
            .col(user::Column::UserId)
            .to_owned();
        manager.create_index(by_age).await?;
        let by_guid = Index::create()
            .name("devices_guid")
            .table(device::Entity)
            .col(device::Column::AppId)
            .col(device::Column::UserId)
            .col(device::Column::GuidIndex)
            .unique()
            .to_owned();
        manager.create_index(by_guid).await?;
        let by_user = Index::create()
            .name("tokens_user")
            .table(token::Entity)
            .col(token::Column::AppId)
            .col(token::Column::UserId)
            .to_owned();
        manager.create_index(by_user).await
    }
}
