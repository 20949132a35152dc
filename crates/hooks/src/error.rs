//! Why something about webhooks is refused.

use cerulean_delivery::CtxError;
use cerulean_egress::EgressError;
use cerulean_storage::StorageError;
use cerulean_storage::log::LogError;
use cerulean_types::{Code, PublicError};

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// There is no such receiver in the app.
    #[error("webhook not found")]
    NotFound,
    /// There is no such delivery in the app.
    #[error("delivery not found")]
    DeliveryNotFound,
    /// It is still on its way.
    #[error("the delivery is not finished yet, so it cannot be sent again")]
    NotFinished,
    /// A field breaks a rule.
    #[error("bad {field}: {reason}")]
    BadField {
        /// Which field.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The address cannot be called.
    #[error("bad url: {0}")]
    BadUrl(#[source] EgressError),
    /// The app has as many as it may have.
    #[error("an app has at most {limit} webhooks")]
    TooMany {
        /// How many.
        limit: usize,
    },
    /// Only one receiver gives verdicts.
    #[error("webhook {other} is asked before messages are sent already, and only one can be")]
    ScreenExists {
        /// The one that is.
        other: String,
    },
    /// The caller is not who the action needs.
    #[error(transparent)]
    Caller(#[from] CtxError),
    /// The database refused.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The log refused.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl PublicError for HookError {
    fn code(&self) -> Code {
        match self {
            Self::NotFound | Self::DeliveryNotFound => Code::FeatureOff,
            Self::NotFinished
            | Self::BadField { .. }
            | Self::BadUrl(_)
            | Self::TooMany { .. }
            | Self::ScreenExists { .. } => Code::BadParameter,
            Self::Caller(error) => error.code(),
            Self::Storage(error) => error.code(),
            Self::Log(error) => error.code(),
        }
    }
}
