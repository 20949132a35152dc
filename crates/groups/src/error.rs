//! What can be refused.

use cerulean_delivery::{CtxError, TooOften};
use cerulean_storage::StorageError;
use cerulean_types::{Code, PublicError, has_controls};

/// Why something is not done for one user. Lists of users are answered one by one, so these stand in results as well as in errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such user in this app.
    #[error("user not found")]
    UserNotFound,
    /// He is not in the group.
    #[error("user is not a group member")]
    NotMember,
    /// He is in the group.
    #[error("user is already a group member")]
    AlreadyMember,
    /// The group has no place left.
    #[error("group is full, it takes {capacity} members")]
    Full {
        /// Most members.
        capacity: u64,
    },
    /// He is in too many groups.
    #[error("user is in {limit} groups, which is the most")]
    TooManyJoined {
        /// Most groups.
        limit: u64,
    },
    /// The group has blocked him.
    #[error("user is on the group's block list")]
    OnBlockList,
    /// He has blocked who invites him.
    #[error("user does not take invitations from you")]
    RefusesInviter,
    /// He was kicked too often to come back by applying.
    #[error("kicked too often, an invitation is needed to come back")]
    KickedTooOften,
    /// Only the owner may do this to an admin, and nobody to the owner.
    #[error("only the group's owner may do this to an admin, and nobody to the owner")]
    Outranked,
    /// He was not blocked.
    #[error("user is not on the group's block list")]
    NotBlocked,
}

impl Refusal {
    fn code(self) -> Code {
        match self {
            Self::UserNotFound => Code::UserNotFound,
            Self::NotMember => Code::NotGroupMember,
            Self::AlreadyMember => Code::AlreadyGroupMember,
            Self::Full { .. } => Code::GroupFull,
            Self::TooManyJoined { .. } => Code::TooManyGroupsJoined,
            Self::OnBlockList => Code::OnGroupBlockList,
            Self::RefusesInviter => Code::Blocked,
            Self::KickedTooOften => Code::KickedTooOften,
            Self::Outranked => Code::NeedsGroupOwner,
            Self::NotBlocked => Code::BadParameter,
        }
    }
}

/// Why an action on a group is not done.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The caller is not who the action needs.
    #[error(transparent)]
    Ctx(#[from] CtxError),
    /// The caller does too much.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// Refused for one user.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such group in this app.
    #[error("group not found")]
    GroupNotFound,
    /// The caller is not in the group.
    #[error("you are not a member of this group")]
    NotMember,
    /// The caller is no admin.
    #[error("this needs an admin of the group")]
    NeedsAdmin,
    /// The caller is not the owner.
    #[error("this needs the owner of the group")]
    NeedsOwner,
    /// The owner wants to leave.
    #[error("the owner may not leave the group: transfer or destroy it")]
    OwnerMayNotLeave,
    /// The new owner is not in the group.
    #[error("the new owner must be a member of the group")]
    TransferTargetNotMember,
    /// The owner has too many groups.
    #[error("a user may own {limit} groups")]
    TooManyOwned {
        /// Most groups.
        limit: u64,
    },
    /// The app has as many groups as it may have.
    #[error("this app may have {limit} groups, and has them")]
    TooManyInApp {
        /// Most groups.
        limit: u64,
    },
    /// The group has shared as much as it may.
    #[error("the group's shared files are full: it may have {files} files of {bytes} bytes together")]
    SharedFilesFull {
        /// Most files.
        files: u64,
        /// Most bytes.
        bytes: u64,
    },
    /// The group takes no applications.
    #[error("this group takes no applications")]
    TakesNoApplications,
    /// There is no open application.
    #[error("the application was answered, has expired or was never made")]
    ApplicationGone,
    /// There is no open invitation.
    #[error("the invitation was answered, has expired or was never made")]
    InvitationGone,
    /// There is no such announcement in the group.
    #[error("announcement not found")]
    AnnouncementNotFound,
    /// There is no such file in the group.
    #[error("shared file not found")]
    FileNotFound,
    /// The file is another member's.
    #[error("only who shared a file, and the group's admins, may change it")]
    FileForbidden,
    /// No such push mode.
    #[error("msg_push_mode goes from 0 to 4")]
    BadPushMode,
    /// A parameter is out of its bounds.
    #[error("bad request parameter: {field} {problem}")]
    BadParameter {
        /// Which one.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The QR code was not made here, or its maker may no longer invite.
    #[error("invalid group qr code")]
    BadQrCode,
    /// The QR code is too old.
    #[error("expired group qr code")]
    ExpiredQrCode,
}

impl GroupError {
    pub(crate) fn bad(field: &'static str, problem: impl Into<String>) -> Self {
        Self::BadParameter { field, problem: problem.into() }
    }
}

impl PublicError for GroupError {
    fn code(&self) -> Code {
        match self {
            Self::Storage(error) => error.code(),
            Self::Ctx(error) => error.code(),
            Self::TooOften(error) => error.code(),
            Self::Refused(refusal) => refusal.code(),
            Self::GroupNotFound => Code::GroupNotFound,
            Self::NotMember => Code::NotGroupMember,
            Self::NeedsAdmin => Code::NeedsGroupAdmin,
            Self::NeedsOwner => Code::NeedsGroupOwner,
            Self::OwnerMayNotLeave => Code::OwnerMayNotLeave,
            Self::TransferTargetNotMember => Code::TransferTargetNotMember,
            Self::TooManyOwned { .. } => Code::TooManyGroupsCreated,
            Self::TooManyInApp { .. } => Code::AppGroupQuota,
            Self::SharedFilesFull { .. } => Code::TooLarge,
            Self::TakesNoApplications => Code::PermissionDenied,
            Self::ApplicationGone => Code::GroupApplicationGone,
            Self::InvitationGone => Code::GroupInvitationGone,
            Self::AnnouncementNotFound => Code::AnnouncementNotFound,
            Self::FileNotFound => Code::SharedFileNotFound,
            Self::FileForbidden => Code::SharedFileForbidden,
            Self::BadPushMode => Code::BadPushMode,
            Self::BadParameter { .. } => Code::BadParameter,
            Self::BadQrCode => Code::BadGroupQrCode,
            Self::ExpiredQrCode => Code::ExpiredGroupQrCode,
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        if let Self::TooOften(error) = self { error.retry_after() } else { None }
    }
}

/// Refuses texts longer than `limit` characters, or with control characters.
pub(crate) fn check_text(field: &'static str, text: &str, limit: usize) -> Result<(), GroupError> {
    if text.chars().count() > limit {
        return Err(GroupError::bad(field, format!("is longer than {limit} characters")));
    }
    if has_controls(text) { Err(GroupError::bad(field, CONTROLS)) } else { Ok(()) }
}

/// Refuses names longer than names may be, or of more than one line.
pub(crate) fn check_name(field: &'static str, name: &str, limit: usize) -> Result<(), GroupError> {
    check_text(field, name, limit)?;
    if name.chars().any(char::is_control) { Err(GroupError::bad(field, CONTROLS)) } else { Ok(()) }
}

const CONTROLS: &str = "has control characters";
