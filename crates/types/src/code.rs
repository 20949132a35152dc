//! The one table of public codes.

/// A public result code: the `code` of the REST envelope. Numbers of the public protocol keep their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Code {
    /// Success.
    Ok = 200,
    /// Token invalid or expired (SDK asks the app to log in again).
    TokenInvalid = 402,
    /// Feature off or not found.
    FeatureOff = 404,
    /// Request too large.
    TooLarge = 413,
    /// Too many requests.
    RateLimited = 429,
    /// Internal error.
    Internal = 500,
    /// Storage unavailable, try again.
    Unavailable = 503,
    /// User not found.
    UserNotFound = 10000,
    /// Wrong verification code.
    WrongVerificationCode = 10001,
    /// Bad request parameter.
    BadParameter = 10002,
    /// Access-token header missing.
    TokenMissing = 10003,
    /// User already exists.
    UserExists = 10004,
    /// Already a friend.
    AlreadyFriend = 10005,
    /// User is on a block list.
    Blocked = 10006,
    /// Friend application missing or expired.
    RosterApplicationGone = 10007,
    /// Access-token header invalid.
    TokenMalformed = 10008,
    /// Object storage failure.
    ObjectStorageFailure = 10009,
    /// Permission denied.
    PermissionDenied = 10010,
    /// User_id already bound.
    UserIdBound = 10011,
    /// Friend application refused by user setting.
    RosterApplicationRefused = 10012,
    /// User is frozen.
    UserFrozen = 10013,
    /// Too many wrong verification codes.
    TooManyVerificationAttempts = 10028,
    /// Wrong password, where a signed-in user confirms his own.
    WrongPassword = 11001,
    /// Phone number already bound.
    MobileBound = 11012,
    /// Wrong picture code.
    WrongPictureCode = 11014,
    /// Too many accounts on this phone number.
    TooManyAccountsOnMobile = 11031,
    /// Push picture upload to xiaomi failed.
    PushPictureXiaomi = 12001,
    /// Push picture must be under 1 MB.
    PushPictureTooLarge = 12002,
    /// Push picture upload to oppo failed.
    PushPictureOppo = 12003,
    /// Push picture URL not downloadable.
    PushPictureUnreachable = 12004,
    /// Push audience list longer than 500.
    PushAudienceTooLong = 12005,
    /// Push feature not enabled.
    PushOff = 12006,
    /// Database failure.
    DatabaseFailure = 20000,
    /// Group not found.
    GroupNotFound = 20001,
    /// User is not a group member.
    NotGroupMember = 20002,
    /// Bad msg_push_mode.
    BadPushMode = 20003,
    /// Owner may not leave the group.
    OwnerMayNotLeave = 20004,
    /// Transfer target is not a member.
    TransferTargetNotMember = 20005,
    /// Group is in repair mode.
    GroupInRepair = 20006,
    /// App group quota exceeded.
    AppGroupQuota = 20007,
    /// User created too many groups.
    TooManyGroupsCreated = 20008,
    /// User joined too many groups.
    TooManyGroupsJoined = 20009,
    /// Group is full.
    GroupFull = 20010,
    /// Needs group membership.
    NeedsGroupMembership = 20011,
    /// Needs group admin.
    NeedsGroupAdmin = 20012,
    /// Needs group owner.
    NeedsGroupOwner = 20013,
    /// Group application expired or handled.
    GroupApplicationGone = 20014,
    /// Group invitation expired or handled.
    GroupInvitationGone = 20015,
    /// Kicked too often, cannot rejoin.
    KickedTooOften = 20016,
    /// Already a group member.
    AlreadyGroupMember = 20017,
    /// User is on the group block list.
    OnGroupBlockList = 20018,
    /// Announcement not found.
    AnnouncementNotFound = 20020,
    /// Announcement disabled by admin.
    AnnouncementsOff = 20021,
    /// Shared file not found.
    SharedFileNotFound = 20022,
    /// No permission on shared file.
    SharedFileForbidden = 20023,
    /// Invalid group invite qr code.
    BadGroupQrCode = 20024,
    /// Expired group invite qr code.
    ExpiredGroupQrCode = 20025,
    /// Message not found.
    MessageNotFound = 20030,
    /// Exceed recall time limit.
    RecallTooLate = 20031,
    /// Invalid license.
    LicenseInvalid = 30021,
    /// Expired license.
    LicenseExpired = 30022,
    /// License limit exceeded.
    LicenseLimit = 30023,
    /// App_id not found.
    AppNotFound = 40000,
    /// App is frozen.
    AppFrozen = 40001,
    /// App user quota reached (demo app shows this on register).
    AppUserQuota = 40002,
    /// Nothing to preview.
    NothingToPreview = 50001,
    /// Site of a link does not answer.
    SiteUnreachable = 50002,
    /// Link does not lead into the public network.
    AddressRefused = 50003,
    /// Invalid app id (discovery).
    UnknownApp = 99997,
}

impl Code {
    /// Every code, in ascending order.
    pub const ALL: &[Self] = &[
        Self::Ok,
        Self::TokenInvalid,
        Self::FeatureOff,
        Self::TooLarge,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
        Self::UserNotFound,
        Self::WrongVerificationCode,
        Self::BadParameter,
        Self::TokenMissing,
        Self::UserExists,
        Self::AlreadyFriend,
        Self::Blocked,
        Self::RosterApplicationGone,
        Self::TokenMalformed,
        Self::ObjectStorageFailure,
        Self::PermissionDenied,
        Self::UserIdBound,
        Self::RosterApplicationRefused,
        Self::UserFrozen,
        Self::TooManyVerificationAttempts,
        Self::WrongPassword,
        Self::MobileBound,
        Self::WrongPictureCode,
        Self::TooManyAccountsOnMobile,
        Self::PushPictureXiaomi,
        Self::PushPictureTooLarge,
        Self::PushPictureOppo,
        Self::PushPictureUnreachable,
        Self::PushAudienceTooLong,
        Self::PushOff,
        Self::DatabaseFailure,
        Self::GroupNotFound,
        Self::NotGroupMember,
        Self::BadPushMode,
        Self::OwnerMayNotLeave,
        Self::TransferTargetNotMember,
        Self::GroupInRepair,
        Self::AppGroupQuota,
        Self::TooManyGroupsCreated,
        Self::TooManyGroupsJoined,
        Self::GroupFull,
        Self::NeedsGroupMembership,
        Self::NeedsGroupAdmin,
        Self::NeedsGroupOwner,
        Self::GroupApplicationGone,
        Self::GroupInvitationGone,
        Self::KickedTooOften,
        Self::AlreadyGroupMember,
        Self::OnGroupBlockList,
        Self::AnnouncementNotFound,
        Self::AnnouncementsOff,
        Self::SharedFileNotFound,
        Self::SharedFileForbidden,
        Self::BadGroupQrCode,
        Self::ExpiredGroupQrCode,
        Self::MessageNotFound,
        Self::RecallTooLate,
        Self::LicenseInvalid,
        Self::LicenseExpired,
        Self::LicenseLimit,
        Self::AppNotFound,
        Self::AppFrozen,
        Self::AppUserQuota,
        Self::NothingToPreview,
        Self::SiteUnreachable,
        Self::AddressRefused,
        Self::UnknownApp,
    ];

    /// The number in the envelope.
    pub fn number(self) -> u32 {
        self as u32
    }

    /// A plain description; callers add what to do next where they know more.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ok => "success",
            Self::TokenInvalid => "token invalid or expired (SDK asks the app to log in again)",
            Self::FeatureOff => "feature off or not found",
            Self::TooLarge => "request too large",
            Self::RateLimited => "too many requests",
            Self::Internal => "internal error",
            Self::Unavailable => "storage unavailable, try again",
            Self::UserNotFound => "user not found",
            Self::WrongVerificationCode => "wrong verification code",
            Self::BadParameter => "bad request parameter",
            Self::TokenMissing => "access-token header missing",
            Self::UserExists => "user already exists",
            Self::AlreadyFriend => "already a friend",
            Self::Blocked => "user is on a block list",
            Self::RosterApplicationGone => "friend application missing or expired",
            Self::TokenMalformed => "access-token header invalid",
            Self::ObjectStorageFailure => "object storage failure",
            Self::PermissionDenied => "permission denied",
            Self::UserIdBound => "user_id already bound",
            Self::RosterApplicationRefused => "friend application refused by user setting",
            Self::UserFrozen => "user is frozen",
            Self::TooManyVerificationAttempts => "too many wrong verification codes",
            Self::WrongPassword => "wrong password",
            Self::MobileBound => "phone number already bound",
            Self::WrongPictureCode => "wrong picture code",
            Self::TooManyAccountsOnMobile => "too many accounts on this phone number",
            Self::PushPictureXiaomi => "push picture upload to xiaomi failed",
            Self::PushPictureTooLarge => "push picture must be under 1 MB",
            Self::PushPictureOppo => "push picture upload to oppo failed",
            Self::PushPictureUnreachable => "push picture URL not downloadable",
            Self::PushAudienceTooLong => "push audience list longer than 500",
            Self::PushOff => "push feature not enabled",
            Self::DatabaseFailure => "database failure",
            Self::GroupNotFound => "group not found",
            Self::NotGroupMember => "user is not a group member",
            Self::BadPushMode => "bad msg_push_mode",
            Self::OwnerMayNotLeave => "owner may not leave the group",
            Self::TransferTargetNotMember => "transfer target is not a member",
            Self::GroupInRepair => "group is in repair mode",
            Self::AppGroupQuota => "app group quota exceeded",
            Self::TooManyGroupsCreated => "user created too many groups",
            Self::TooManyGroupsJoined => "user joined too many groups",
            Self::GroupFull => "group is full",
            Self::NeedsGroupMembership => "needs group membership",
            Self::NeedsGroupAdmin => "needs group admin",
            Self::NeedsGroupOwner => "needs group owner",
            Self::GroupApplicationGone => "group application expired or handled",
            Self::GroupInvitationGone => "group invitation expired or handled",
            Self::KickedTooOften => "kicked too often, cannot rejoin",
            Self::AlreadyGroupMember => "already a group member",
            Self::OnGroupBlockList => "user is on the group block list",
            Self::AnnouncementNotFound => "announcement not found",
            Self::AnnouncementsOff => "announcement disabled by admin",
            Self::SharedFileNotFound => "shared file not found",
            Self::SharedFileForbidden => "no permission on shared file",
            Self::BadGroupQrCode => "invalid group invite qr code",
            Self::ExpiredGroupQrCode => "expired group invite qr code",
            Self::MessageNotFound => "message not found",
            Self::RecallTooLate => "exceed recall time limit",
            Self::LicenseInvalid => "invalid license",
            Self::LicenseExpired => "expired license",
            Self::LicenseLimit => "license limit exceeded",
            Self::AppNotFound => "app_id not found",
            Self::AppFrozen => "app is frozen",
            Self::AppUserQuota => "app user quota reached (demo app shows this on register)",
            Self::NothingToPreview => "the link has nothing to show",
            Self::SiteUnreachable => "the site of the link does not answer, try again later",
            Self::AddressRefused => "the link does not lead into the public network",
            Self::UnknownApp => "invalid app id (discovery)",
        }
    }

    /// The status an end-user or console operation answers with; the compatible paths always answer 200.
    pub fn http_status(self) -> u16 {
        match self {
            Self::Ok => 200,
            Self::TokenInvalid | Self::TokenMissing | Self::TokenMalformed => 401,
            Self::PermissionDenied
            | Self::Blocked
            | Self::RosterApplicationRefused
            | Self::NotGroupMember
            | Self::NeedsGroupMembership
            | Self::NeedsGroupAdmin
            | Self::NeedsGroupOwner
            | Self::SharedFileForbidden
            | Self::AppFrozen
            | Self::UserFrozen
            | Self::KickedTooOften
            | Self::OnGroupBlockList
            | Self::AddressRefused => 403,
            Self::UserNotFound
            | Self::GroupNotFound
            | Self::AppNotFound
            | Self::UnknownApp
            | Self::MessageNotFound
            | Self::AnnouncementNotFound
            | Self::SharedFileNotFound
            | Self::NothingToPreview
            | Self::SiteUnreachable
            | Self::FeatureOff => 404,
            Self::UserExists
            | Self::AlreadyFriend
            | Self::AlreadyGroupMember
            | Self::UserIdBound
            | Self::MobileBound
            | Self::TooManyAccountsOnMobile => 409,
            Self::TooLarge => 413,
            Self::RateLimited | Self::TooManyVerificationAttempts => 429,
            Self::Internal | Self::DatabaseFailure | Self::ObjectStorageFailure => 500,
            Self::Unavailable => 503,
            _ => 400,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_sorted() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
        assert!(Code::ALL.iter().all(|code| !code.text().is_empty() && (200..=599).contains(&code.http_status())));
    }
}
