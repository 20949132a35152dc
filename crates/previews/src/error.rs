//! Why there is no preview.

use std::sync::Arc;

use cerulean_delivery::TooOften;
use cerulean_storage::StorageError;
use cerulean_types::{Code, PublicError};
use cerulean_vault::VaultError;

/// Why a link has no preview, or a picture is not shown.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The operator or the app has switched previews off.
    #[error("link previews are off")]
    Off,
    /// The app does not work at present.
    #[error("app is frozen")]
    AppFrozen,
    /// The text is no address that previews are made of.
    #[error("url is no address of a page: {0}")]
    NotAnAddress(&'static str),
    /// The page says nothing of itself, is none, or has no picture of the kind that is shown. It will not be different soon.
    #[error("the link has nothing to show")]
    Nothing,
    /// The site did not answer, or not in time.
    #[error("the site does not answer: try again later")]
    Unreachable,
    /// The link, or where it leads, is not in the public network.
    #[error("the link does not lead into the public network")]
    Refused,
    /// The address of a picture is not one of ours, or too old.
    #[error("there is no such picture: ask for the preview again")]
    NoPicture,
    /// The user asks for too many pages.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// Too many pages are being fetched for others.
    #[error("too many pages are being fetched: wait some seconds and try again")]
    Busy,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Sealing failed.
    #[error("address of a picture")]
    Vault(#[from] VaultError),
    /// A background task was lost.
    #[error("the task that reads pages stopped")]
    Task,
    /// What went wrong for all who waited for the same page.
    #[error(transparent)]
    Shared(Arc<PreviewError>),
}

impl PublicError for PreviewError {
    fn code(&self) -> Code {
        match self {
            Self::Off => Code::FeatureOff,
            Self::AppFrozen => Code::AppFrozen,
            Self::NotAnAddress(_) => Code::BadParameter,
            Self::Nothing | Self::NoPicture => Code::NothingToPreview,
            Self::Unreachable => Code::SiteUnreachable,
            Self::Refused => Code::AddressRefused,
            Self::TooOften(error) => error.code(),
            Self::Busy => Code::RateLimited,
            Self::Storage(error) => error.code(),
            Self::Vault(_) | Self::Task => Code::Internal,
            Self::Shared(error) => error.code(),
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        if let Self::TooOften(error) = self { error.retry_after() } else { None }
    }
}
