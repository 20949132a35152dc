//! What can go wrong below the domains.

use cerulean_types::{Code, PublicError};
use cerulean_vault::VaultError;

/// A failure of the database, or a stored thing that makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused or is gone.
    #[error("database failure")]
    Database(#[source] sea_orm::DbErr),
    /// The message log's database refused or is gone.
    #[error("log failure: {0}")]
    Log(String),
    /// The file of a database could not be made.
    #[error("cannot make the file of the database")]
    File(#[source] std::io::Error),
    /// No space left on the device that holds the data.
    #[error("the server's disk is full, nothing was stored: try again later")]
    DiskFull,
    /// The keys of the app were destroyed, and with them everything stored for it.
    #[error("the keys of this app were destroyed")]
    KeysDestroyed,
    /// The schema was made by a newer program.
    #[error(
        "the database has migration {migration}, which this program does not know: run the newer program, or restore a backup made before the upgrade"
    )]
    Newer {
        /// The unknown migration.
        migration: String,
    },
    /// Another process holds the data directory.
    #[error("data directory {0} is in use by another process")]
    InUse(String),
    /// A stored row breaks a rule that writing it should have kept.
    #[error("inconsistent row in {table}, key {key}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Key, without personal data.
        key: String,
    },
    /// A stored blob could not be sealed or opened.
    #[error("sealed data")]
    Vault(#[source] VaultError),
}

impl From<sea_orm::DbErr> for StorageError {
    fn from(error: sea_orm::DbErr) -> Self {
        if is_disk_full(&error) { Self::DiskFull } else { Self::Database(error) }
    }
}

impl From<VaultError> for StorageError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::KeysDestroyed { .. } => Self::KeysDestroyed,
            other => Self::Vault(other),
        }
    }
}

/// Whether a write failed for want of space. A disk that fails to write for another reason looks the same to the caller.
fn is_disk_full(error: &sea_orm::DbErr) -> bool {
    use sea_orm::{DbErr, RuntimeErr};

    let (DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))
    | DbErr::Conn(RuntimeErr::SqlxError(cause))) = error
    else {
        return false;
    };
    let Some(refusal) = cause.as_database_error() else { return false };
    let code = refusal.code().unwrap_or_default();
    if refusal.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        SQLITE_CANNOT_WRITE.contains(&code.as_ref())
    } else {
        code == POSTGRES_DISK_FULL
    }
}

/// `SQLITE_FULL`, and `SQLITE_IOERR` at a write, a sync, a truncation and at growing the shared memory.
const SQLITE_CANNOT_WRITE: [&str; 5] = ["13", "778", "1034", "1546", "4874"];
const POSTGRES_DISK_FULL: &str = "53100";

impl StorageError {
    /// Whether a unique constraint stopped the write.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Database(error) => matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))),
            _ => false,
        }
    }
}

impl PublicError for StorageError {
    fn code(&self) -> Code {
        match self {
            Self::DiskFull | Self::InUse(_) => Code::Unavailable,
            Self::KeysDestroyed => Code::AppFrozen,
            _ => Code::DatabaseFailure,
        }
    }
}
