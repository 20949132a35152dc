//! What can go wrong below the domains.

use cerulean_types::{Code, PublicError};
use cerulean_vault::VaultError;

/// A failure of the database, or a stored thing that makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused or is gone.
    #[error("database failure")]
    Database(#[from] sea_orm::DbErr),
    /// The message log's database refused or is gone.
    #[error("log failure: {0}")]
    Log(String),
    /// No space left on the device that holds the data.
    #[error("disk full")]
    DiskFull,
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
    Vault(#[from] VaultError),
}

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
            _ => Code::DatabaseFailure,
        }
    }
}
