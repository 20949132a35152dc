//! What can go wrong with verification.

use cerulean_delivery::CtxError;
use cerulean_storage::StorageError;
use cerulean_types::{Code, PublicError};
use cerulean_vault::VaultError;

/// A verification was refused.
#[derive(Debug, thiserror::Error)]
pub enum VerificationError {
    /// The app has not turned it on.
    #[error("verification codes are off in this app: its administrator can turn them on in its settings")]
    FeatureOff,
    /// It is no phone number or e-mail address.
    #[error("bad {field}: it must be {expected}")]
    BadContact {
        /// `mobile` or `email`.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// The code is wrong, used, past its time or void.
    #[error("the code is wrong or expired: ask for a new one")]
    WrongCode,
    /// The code was tried too often.
    #[error("too many wrong codes: ask for a new one")]
    TooManyAttempts,
    /// Too many codes were asked for.
    #[error("too many codes were asked for: try again later")]
    TooManyCodes,
    /// The letters of the picture are wrong, or it is past its time.
    #[error("the letters of the picture are wrong or expired: load a new picture")]
    WrongPicture,
    /// The proof of an earlier step is used, past its time or of something else.
    #[error("the step before is missing or too long ago: begin again")]
    WrongProof,
    /// No such picture.
    #[error("the picture is unknown or expired")]
    PictureGone,
    /// The caller is not who the action needs.
    #[error(transparent)]
    Caller(#[from] CtxError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Keys failed.
    #[error("keys")]
    Vault(#[from] VaultError),
}

impl PublicError for VerificationError {
    fn code(&self) -> Code {
        match self {
            Self::FeatureOff | Self::PictureGone => Code::FeatureOff,
            Self::BadContact { .. } => Code::BadParameter,
            Self::WrongCode | Self::WrongProof => Code::WrongVerificationCode,
            Self::TooManyAttempts => Code::TooManyVerificationAttempts,
            Self::TooManyCodes => Code::RateLimited,
            Self::WrongPicture => Code::WrongPictureCode,
            Self::Caller(error) => error.code(),
            Self::Storage(error) => error.code(),
            Self::Vault(_) => Code::Internal,
        }
    }
}
