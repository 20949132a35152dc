//! Migrations: forward only, one concern each, the reason in a comment. Old code must run on the new schema (expand, move, contract).

use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, TransactionTrait};
use sea_orm_migration::{MigrationTrait, MigratorTrait, seaql_migrations};

use crate::StorageError;

mod m0001_apps;
mod m0002_outbox;
mod m0010_users;
mod m0011_secrets;
mod m0020_roster;
mod m0030_groups;
mod m0031_group_members;
mod m0032_group_requests;
mod m0033_group_restrictions;
mod m0034_group_announcements;
mod m0035_group_files;
mod m0040_files;

/// The list of migrations, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_apps::Migration),
            Box::new(m0002_outbox::Migration),
            Box::new(m0010_users::Migration),
            Box::new(m0011_secrets::Migration),
            Box::new(m0020_roster::Migration),
            Box::new(m0030_groups::Migration),
            Box::new(m0031_group_members::Migration),
            Box::new(m0032_group_requests::Migration),
            Box::new(m0033_group_restrictions::Migration),
            Box::new(m0034_group_announcements::Migration),
            Box::new(m0035_group_files::Migration),
            Box::new(m0040_files::Migration),
        ]
    }
}

/// Runs what is pending; refuses a schema made by a newer program.
///
/// All of it is one transaction, so that a process killed in the middle leaves the schema as it was.
pub async fn run(conn: &DatabaseConnection) -> Result<(), StorageError> {
    let tx = conn.begin().await?;
    Migrator::install(&tx).await?;
    refuse_newer(&tx).await?;
    Migrator::up(&tx, None).await?;
    Ok(tx.commit().await?)
}

async fn refuse_newer(conn: &impl ConnectionTrait) -> Result<(), StorageError> {
    let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let applied = seaql_migrations::Entity::find().all(conn).await?;
    match applied.into_iter().find(|row| !known.contains(&row.version)) {
        Some(row) => Err(StorageError::Newer { migration: row.version }),
        None => Ok(()),
    }
}
