//! What can go wrong in a roster.

use cerulean_delivery::{CtxError, TooOften};
use cerulean_storage::StorageError;
use cerulean_types::{Code, PublicError};

/// Why an action on a roster was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// No such user in this app.
    #[error("user not found")]
    UserNotFound,
    /// The user named himself.
    #[error("this needs another user than yourself")]
    Oneself,
    /// They are friends.
    #[error("already a friend")]
    AlreadyFriend,
    /// They are not friends.
    #[error("not a friend")]
    NotFriend,
    /// One has blocked the other.
    #[error("user is on a block list: unblock first, or ask the other side to")]
    Blocked,
    /// The target lets nobody in, or the answer to his question is wrong.
    #[error("friend application refused by user setting")]
    Refused,
    /// One of the two has as many friends as he may have.
    #[error("one of you has {limit} friends, which is the most")]
    TooManyFriends {
        /// Most friends.
        limit: u64,
    },
    /// There is no request that could be answered.
    #[error("friend application missing or expired")]
    ApplicationGone,
    /// A text is too long.
    #[error("{field} is longer than {limit} characters")]
    TooLong {
        /// Parameter.
        field: &'static str,
        /// Most characters.
        limit: usize,
    },
    /// A text has control characters.
    #[error("{field} has control characters")]
    Controls {
        /// Parameter.
        field: &'static str,
    },
    /// A list is too long.
    #[error("list of more than {limit}")]
    TooMany {
        /// Most entries.
        limit: usize,
    },
    /// A cursor that this server did not give out.
    #[error("cursor is not one of this server's")]
    BadCursor,
    /// The caller is not who the action needs.
    #[error(transparent)]
    Ctx(#[from] CtxError),
    /// The caller does too much.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl PublicError for RosterError {
    fn code(&self) -> Code {
        match self {
            Self::UserNotFound => Code::UserNotFound,
            Self::Oneself
            | Self::NotFriend
            | Self::TooLong { .. }
            | Self::Controls { .. }
            | Self::TooMany { .. }
            | Self::BadCursor => Code::BadParameter,
            Self::AlreadyFriend => Code::AlreadyFriend,
            Self::Blocked => Code::Blocked,
            Self::Refused => Code::RosterApplicationRefused,
            Self::TooManyFriends { .. } => Code::PermissionDenied,
            Self::ApplicationGone => Code::RosterApplicationGone,
            Self::Ctx(error) => error.code(),
            Self::TooOften(error) => error.code(),
            Self::Storage(error) => error.code(),
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        if let Self::TooOften(error) = self { error.retry_after() } else { None }
    }
}
