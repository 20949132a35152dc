//! Opening the database. SQLite has one writer connection and several readers; PostgreSQL has one pool.

use std::fs::OpenOptions;
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cerulean_types::AppId;
use cerulean_vault::Vault;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, SqlxSqliteConnector, TransactionTrait};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::tx::{PlatformTx, Tx};
use crate::{StorageError, migration};

/// Where the database is.
#[derive(Debug, Clone)]
pub enum DbOptions {
    /// Files in this directory.
    Sqlite {
        /// The data directory; must exist.
        folder: PathBuf,
    },
    /// `postgres://…`
    Postgres {
        /// Connection URL.
        url: String,
        /// Most connections of the pool.
        max_connections: u32,
    },
}

/// The open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    vault: Vault,
    options: DbOptions,
    statements: Arc<AtomicU64>,
}

const SQLITE_READERS: u32 = 4;
/// How long whoever still uses the database may take when it is closed.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

impl Db {
    /// Opens the database, creates what is missing and runs the migrations.
    pub async fn open(options: &DbOptions, vault: Vault) -> Result<Self, StorageError> {
        let (mut writer, mut reader) = match options {
            DbOptions::Sqlite { folder } => {
                let file = folder.join("main.db");
                create_private(&file)?;
                open_sqlite(&file).await?
            }
            DbOptions::Postgres { url, max_connections } => {
                let mut connect = ConnectOptions::new(url.clone());
                connect.max_connections(*max_connections).acquire_timeout(Duration::from_secs(10)).sqlx_logging(false);
                let pool = Database::connect(connect).await?;
                (pool.clone(), pool)
            }
        };
        migration::run(&writer).await?;
        let statements = Arc::new(AtomicU64::new(0));
        for conn in [&mut writer, &mut reader] {
            count_statements(&statements, conn);
        }
        Ok(Self { writer, reader, vault, options: options.clone(), statements })
    }

    /// How many statements were run since it was opened, those of the log's writer not counted.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Counts what is run on another connection too.
    pub(crate) fn count_statements_of(&self, conn: &mut DatabaseConnection) {
        count_statements(&self.statements, conn);
    }

    /// Opens a transaction that may write, for one app.
    pub async fn begin(&self, app: AppId) -> Result<Tx, StorageError> {
        Ok(Tx::new(app, self.writer.begin().await?, self.vault.clone()))
    }

    /// Opens a transaction for reading, for one app. On SQLite it never waits for a writer.
    pub async fn read(&self, app: AppId) -> Result<Tx, StorageError> {
        Ok(Tx::new(app, self.reader.begin().await?, self.vault.clone()))
    }

    /// Opens a transaction over all apps: apps themselves, jobs, start-up work.
    pub async fn platform(&self) -> Result<PlatformTx, StorageError> {
        Ok(PlatformTx::new(self.writer.begin().await?, self.vault.clone()))
    }

    /// Opens a transaction over all apps for reading.
    pub async fn platform_read(&self) -> Result<PlatformTx, StorageError> {
        Ok(PlatformTx::new(self.reader.begin().await?, self.vault.clone()))
    }

    /// Which database speaks.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Where it is, for the log beside it.
    pub(crate) fn options(&self) -> &DbOptions {
        &self.options
    }

    /// The connection that may write, for the log on PostgreSQL.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Closes all connections when what uses them has ended; what comes later fails. SQLite's files are then complete without their
    /// journals.
    pub async fn close(&self) {
        for conn in [&self.reader, &self.writer] {
            close(conn).await;
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StorageError> {
        Ok(self.reader.ping().await?)
    }
}

/// Waits for what still uses the connections, but not for ever.
pub(crate) async fn close(conn: &DatabaseConnection) {
    if tokio::time::timeout(CLOSE_WITHIN, conn.close_by_ref()).await.is_err() {
        tracing::warn!("the database is left while somebody still uses it; nothing is lost");
    }
}

fn count_statements(statements: &Arc<AtomicU64>, conn: &mut DatabaseConnection) {
    let count = statements.clone();
    conn.set_metric_callback(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
}

/// Makes the file of a SQLite database, for its owner alone, where there is none. SQLite gives its journals the same rights.
pub(crate) fn create_private(file: &Path) -> Result<(), StorageError> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(file).map(|_| ()).map_err(StorageError::File)
}

async fn open_sqlite(file: &Path) -> Result<(DatabaseConnection, DatabaseConnection), StorageError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-8000");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(30))
        .connect_with(options.clone())
        .await
        .map_err(connect_error)?;
    let reader = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .acquire_timeout(Duration::from_secs(30))
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(connect_error)?;
    let connect = |pool| SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    Ok((connect(writer), connect(reader)))
}

fn connect_error(error: sqlx::Error) -> StorageError {
    StorageError::from(sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))
}
