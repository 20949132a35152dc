//! What can be refused.

use cerulean_delivery::CtxError;
use cerulean_storage::StorageError;
use cerulean_types::{Code, PublicError};

/// Why something about pushes is not done.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The caller is not who the action needs.
    #[error(transparent)]
    Ctx(#[from] CtxError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is no such user in this app.
    #[error("user not found")]
    UserNotFound,
    /// A parameter is out of its bounds.
    #[error("bad request parameter: {field} {problem}")]
    BadParameter {
        /// Which one.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The list of receivers is too long.
    #[error("an audience names {most} receivers at most")]
    AudienceTooLong {
        /// Most entries of the list.
        most: usize,
    },
    /// Nothing that speaks to this service is set up.
    #[error("push is not set up for {service}")]
    Off {
        /// Which service.
        service: &'static str,
    },
}

impl PushError {
    pub(crate) fn bad(field: &'static str, problem: impl Into<String>) -> Self {
        Self::BadParameter { field, problem: problem.into() }
    }
}

impl PublicError for PushError {
    fn code(&self) -> Code {
        match self {
            Self::Ctx(error) => error.code(),
            Self::Storage(error) => error.code(),
            Self::UserNotFound => Code::UserNotFound,
            Self::BadParameter { .. } => Code::BadParameter,
            Self::AudienceTooLong { .. } => Code::PushAudienceTooLong,
            Self::Off { .. } => Code::PushOff,
        }
    }
}
