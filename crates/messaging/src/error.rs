//! Why something could not be sent.

use std::time::Duration;

use cerulean_delivery::{CtxError, QuotaExceeded, TooOften};
use cerulean_storage::StorageError;
use cerulean_storage::log::LogError;
use cerulean_types::{Code, PublicError};

/// A refusal of a send or an operation.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The body is malformed or breaks a rule.
    #[error("{0}")]
    BadBody(&'static str),
    /// A part of the message is too long.
    #[error("{what} is longer than {limit} bytes")]
    TooLong {
        /// Which part.
        what: &'static str,
        /// How long it may be.
        limit: usize,
    },
    /// There is no such user in the app.
    #[error("user not found")]
    PeerNotFound,
    /// One of the two blocked the other.
    #[error("blocked: one of you has blocked the other")]
    Blocked,
    /// The app lets only friends write to each other.
    #[error("only friends may write to each other")]
    NotFriends,
    /// There is no such group in the app.
    #[error("group not found")]
    GroupNotFound,
    /// The sender is not in the group.
    #[error("not a member of the group")]
    NotMember,
    /// The sender, or everyone, may not speak in the group now.
    #[error("banned from speaking in this group")]
    Banned,
    /// The message acted on is not there.
    #[error("message not found")]
    MessageNotFound,
    /// The user has no such device.
    #[error("device not found")]
    DeviceNotFound,
    /// One of several targets may not be sent to; nothing was sent to the others.
    #[error("{refusal} (target {target}; nothing was sent)")]
    Target {
        /// Which one.
        target: u64,
        /// Why not.
        refusal: Box<SendError>,
    },
    /// Only the author may do this.
    #[error("only the author may change a message")]
    NotAuthor,
    /// Only the author, the group's owner and its admins may see who has read.
    #[error("only the author, the group's owner and its admins may see who has read a message")]
    ReadersHidden,
    /// The group does not show who has read.
    #[error("this group does not show who has read a message")]
    ReadMarksOff,
    /// The app's time for recalling is over. Clients know this text.
    #[error("exceed recall time limit")]
    RecallTooLate,
    /// Whoever the app lets look at messages refused it; the text is his.
    #[error("{text}")]
    Denied {
        /// What the sender is shown.
        text: String,
    },
    /// The app is frozen.
    #[error("the app is frozen")]
    AppFrozen,
    /// The sender, or his app, sends too much in too short a time.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// The app has sent as many messages as it may.
    #[error(transparent)]
    QuotaExceeded(#[from] QuotaExceeded),
    /// The caller is not who the action needs.
    #[error(transparent)]
    Caller(#[from] CtxError),
    /// Could not be stored.
    #[error(transparent)]
    Log(LogError),
    /// Could not be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<LogError> for SendError {
    /// What the log refuses because of an edit's message is a refusal like any other.
    fn from(error: LogError) -> Self {
        match error {
            LogError::MessageGone => Self::MessageNotFound,
            LogError::FormTooLong(form) => Self::TooLong { what: form.part, limit: form.limit },
            LogError::EditUnreadable => Self::BadBody("malformed message body"),
            other => Self::Log(other),
        }
    }
}

impl PublicError for SendError {
    fn code(&self) -> Code {
        match self {
            Self::BadBody(_) | Self::TooLong { .. } | Self::DeviceNotFound => Code::BadParameter,
            Self::Target { refusal, .. } => refusal.code(),
            Self::PeerNotFound => Code::UserNotFound,
            Self::Blocked => Code::Blocked,
            Self::NotFriends | Self::NotAuthor | Self::ReadersHidden | Self::Banned | Self::Denied { .. } => {
                Code::PermissionDenied
            }
            Self::GroupNotFound => Code::GroupNotFound,
            Self::NotMember => Code::NotGroupMember,
            Self::MessageNotFound => Code::MessageNotFound,
            Self::ReadMarksOff => Code::FeatureOff,
            Self::RecallTooLate => Code::RecallTooLate,
            Self::AppFrozen => Code::AppFrozen,
            Self::TooOften(error) => error.code(),
            Self::QuotaExceeded(error) => error.code(),
            Self::Caller(error) => error.code(),
            Self::Log(error) => error.code(),
            Self::Storage(error) => error.code(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooOften(error) => error.retry_after(),
            Self::Target { refusal, .. } => refusal.retry_after(),
            _ => None,
        }
    }
}
