//! Why an attempt ended without success.

use cerulean_storage::StorageError;
use cerulean_types::Millis;

/// An attempt that came to nothing. Reasons are shown to administrators and kept: nothing personal in them.
#[derive(Debug, thiserror::Error)]
pub enum JobFailure {
    /// It may go better later.
    #[error("{reason}")]
    Retry {
        /// What happened.
        reason: String,
        /// Not before this long, in milliseconds, where the other side said so.
        after_ms: Option<Millis>,
    },
    /// It will never go better.
    #[error("{reason}")]
    Permanent {
        /// What happened.
        reason: String,
    },
    /// Somebody cancelled it, the node stops, or another worker has taken it over. Runners hand it on.
    #[error("interrupted")]
    Interrupted,
}

impl JobFailure {
    /// It may go better later.
    pub fn retry(reason: impl Into<String>) -> Self {
        Self::Retry { reason: reason.into(), after_ms: None }
    }

    /// It will never go better.
    pub fn permanent(reason: impl Into<String>) -> Self {
        Self::Permanent { reason: reason.into() }
    }
}

impl From<StorageError> for JobFailure {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::KeysDestroyed => Self::permanent(error.to_string()),
            error => Self::retry(error.to_string()),
        }
    }
}
