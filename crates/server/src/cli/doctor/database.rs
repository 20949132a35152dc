//! A look at the database that creates and changes nothing; opening it the usual way would run the migrations.

use cerulean_storage::DbOptions;
use cerulean_storage::migration::Migrator;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, EntityTrait};
use sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};

/// How a database stands to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SchemaState {
    /// Nothing is there yet.
    Empty,
    /// As this program makes it.
    Current,
    /// Made by an older program; opening it will make these many changes.
    Behind { pending: usize },
    /// Made by a newer program, and refused by this one.
    Newer { migration: String },
}

pub(crate) async fn inspect(options: &DbOptions) -> anyhow::Result<SchemaState> {
    let url = match options {
        DbOptions::Sqlite { folder } => {
            let file = folder.join("main.db");
            if !file.exists() {
                return Ok(SchemaState::Empty);
            }
            format!("sqlite://{}?mode=ro", file.display())
        }
        DbOptions::Postgres { url, .. } => url.clone(),
    };
    let mut connect = ConnectOptions::new(url);
    connect.max_connections(1).sqlx_logging(false);
    let conn = Database::connect(connect).await?;
    let state = state_of(&conn).await;
    conn.close().await?;
    state
}

async fn state_of(conn: &DatabaseConnection) -> anyhow::Result<SchemaState> {
    if !SchemaManager::new(conn).has_table("seaql_migrations").await? {
        return Ok(SchemaState::Empty);
    }
    let rows = seaql_migrations::Entity::find().all(conn).await?;
    let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    if let Some(row) = rows.iter().find(|row| !known.contains(&row.version)) {
        return Ok(SchemaState::Newer { migration: row.version.clone() });
    }
    match known.len() - rows.len() {
        0 => Ok(SchemaState::Current),
        pending => Ok(SchemaState::Behind { pending }),
    }
}

#[cfg(test)]
mod tests {
    use cerulean_storage::Db;
    use cerulean_vault::Vault;
    use sea_orm::ActiveValue::Set;

    use super::*;

    #[tokio::test]
    async fn looking_changes_nothing_and_tells_the_states_apart() {
        let folder = tempfile::tempdir().unwrap();
        let options = DbOptions::Sqlite { folder: folder.path().to_owned() };
        assert_eq!(inspect(&options).await.unwrap(), SchemaState::Empty);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

        drop(Db::open(&options, Vault::in_memory()).await.unwrap());
        assert_eq!(inspect(&options).await.unwrap(), SchemaState::Current);

        let file = folder.path().join("main.db");
        let conn = Database::connect(format!("sqlite://{}", file.display())).await.unwrap();
        seaql_migrations::Entity::delete_many().exec(&conn).await.unwrap();
        let pending = Migrator::migrations().len();
        assert_eq!(inspect(&options).await.unwrap(), SchemaState::Behind { pending });

        let future = seaql_migrations::ActiveModel { version: Set("m9999_future".to_owned()), applied_at: Set(0) };
        seaql_migrations::Entity::insert(future).exec(&conn).await.unwrap();
        let newer = SchemaState::Newer { migration: "m9999_future".to_owned() };
        assert_eq!(inspect(&options).await.unwrap(), newer);
    }
}
