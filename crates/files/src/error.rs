//! What can go wrong with files.

use cerulean_blobs::BlobError;
use cerulean_delivery::{CtxError, QuotaExceeded};
use cerulean_storage::StorageError;
use cerulean_types::{Code, PublicError};
use cerulean_vault::VaultError;

/// Why an upload or a download was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A number that is no `file_type` of the protocol.
    #[error("file_type is none of 100-104 and 200-203")]
    UnknownType,
    /// No such user in this app.
    #[error("user not found")]
    UserNotFound,
    /// No such group in this app.
    #[error("group not found")]
    GroupNotFound,
    /// The uploader is not in the group.
    #[error("user is not a group member")]
    NotMember,
    /// The signature of an address does not fit.
    #[error("the signature of this address is not valid")]
    BadSignature,
    /// The upload address is too old.
    #[error("this upload address has expired: ask for a new one")]
    GrantExpired,
    /// The upload address has been used.
    #[error("this upload address has been used: ask for a new one")]
    GrantUsed,
    /// The file is larger than allowed.
    #[error("file is larger than {limit} bytes")]
    TooLarge {
        /// Most bytes.
        limit: u64,
    },
    /// The file is longer than was announced when its address was asked for.
    #[error("file is longer than the {announced} bytes announced")]
    LongerThanAnnounced {
        /// Bytes announced.
        announced: u64,
    },
    /// The content is not what the address is for.
    #[error("file is not of the kind this address is for: expected {expected}")]
    WrongType {
        /// What it should be.
        expected: &'static str,
    },
    /// The file name leads into a folder, or is no name.
    #[error("file name is not a plain name")]
    BadName,
    /// The request is no multipart form with a field `file`, or it broke off.
    #[error("{0}")]
    BadForm(String),
    /// There is no such file, or none of this app.
    #[error("file not found")]
    NotFound,
    /// There is no such part of the file.
    #[error("file has only {size} bytes")]
    NoSuchRange {
        /// Bytes of the file.
        size: u64,
    },
    /// The app has stored as much as it may.
    #[error(transparent)]
    Quota(#[from] QuotaExceeded),
    /// The app does not work at present.
    #[error("app is frozen")]
    AppFrozen,
    /// The caller is not who the action needs.
    #[error(transparent)]
    Ctx(#[from] CtxError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Object storage failed.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Sealing or opening failed.
    #[error("sealed file")]
    Vault(#[from] VaultError),
    /// A background task was lost.
    #[error("file task stopped")]
    Task,
}

impl PublicError for FileError {
    fn code(&self) -> Code {
        match self {
            Self::UnknownType
            | Self::WrongType { .. }
            | Self::BadName
            | Self::BadForm(_)
            | Self::NoSuchRange { .. } => Code::BadParameter,
            Self::UserNotFound => Code::UserNotFound,
            Self::GroupNotFound => Code::GroupNotFound,
            Self::NotMember => Code::NotGroupMember,
            Self::BadSignature | Self::GrantExpired | Self::GrantUsed => Code::PermissionDenied,
            Self::TooLarge { .. } | Self::LongerThanAnnounced { .. } => Code::TooLarge,
            Self::NotFound => Code::FeatureOff,
            Self::AppFrozen => Code::AppFrozen,
            Self::Quota(error) => error.code(),
            Self::Ctx(error) => error.code(),
            Self::Storage(error) => error.code(),
            Self::Blob(error) => error.code(),
            Self::Vault(_) | Self::Task => Code::Internal,
        }
    }
}
