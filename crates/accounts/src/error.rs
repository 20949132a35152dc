//! What can go wrong with accounts.

use cerulean_delivery::CtxError;
use cerulean_storage::StorageError;
use cerulean_types::{Code, PublicError};
use cerulean_vault::VaultError;

/// An account action was refused.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Name and password do not belong together, or there is no such user: both say the same. Clients look for these words.
    #[error("Operation rejected")]
    Rejected,
    /// Too many wrong passwords.
    #[error("too many failed attempts: wait five minutes and try again")]
    TooManyAttempts,
    /// More passwords to check than the server keeps up with.
    #[error("the server is busy checking passwords: try again in a moment")]
    Busy,
    /// A token was refused.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// No such user in this app.
    #[error("user not found")]
    UserNotFound,
    /// The user is frozen.
    #[error("user is frozen")]
    UserFrozen,
    /// The name is taken.
    #[error("user already exists: choose another username")]
    NameTaken,
    /// The phone number or address belongs to another user.
    #[error("the {what} belongs to another user")]
    ContactTaken {
        /// `mobile` or `email`.
        what: &'static str,
    },
    /// The name breaks a rule.
    #[error("bad username: {reason}")]
    BadName {
        /// Which rule.
        reason: &'static str,
    },
    /// The password breaks a rule.
    #[error("bad password: {reason}")]
    BadPassword {
        /// Which rule.
        reason: &'static str,
    },
    /// A field breaks a rule.
    #[error("bad {field}: {reason}")]
    BadField {
        /// Field.
        field: &'static str,
        /// Which rule.
        reason: String,
    },
    /// A setting of the app that is none, or has a value it cannot have.
    #[error("bad setting {name}: {reason}")]
    BadSetting {
        /// Which one, with the settings it lies in.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// People may not register themselves in this app.
    #[error("registration is closed in this app: ask its administrator for an account")]
    RegistrationClosed,
    /// No such device of this user.
    #[error("device not found")]
    DeviceNotFound,
    /// The one-time secret was fetched, ran out, or never was.
    #[error("the code is unknown, used or expired")]
    SecretGone,
    /// The picture is past its time, answered, scanned by somebody else, or never was.
    #[error("this sign-in is over: let the browser show a new picture")]
    QrLoginGone,
    /// Too many one-time secrets wait in this app.
    #[error("too many secrets are waiting in this app: try again later")]
    TooManySecrets,
    /// The public name of an app is taken.
    #[error("an app named {slug} exists already")]
    AppExists {
        /// The name.
        slug: String,
    },
    /// No such app.
    #[error("app not found")]
    AppNotFound,
    /// The app has as many users as it may.
    #[error("the app has reached its quota of {limit} users")]
    TooManyUsers {
        /// How many it may have.
        limit: u64,
    },
    /// The app is frozen.
    #[error("app is frozen")]
    AppFrozen,
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

impl PublicError for AccountError {
    fn code(&self) -> Code {
        match self {
            Self::Rejected | Self::RegistrationClosed => Code::PermissionDenied,
            Self::TooManyAttempts | Self::TooManySecrets => Code::RateLimited,
            Self::Busy => Code::Unavailable,
            Self::Auth(error) => error.code(),
            Self::UserNotFound => Code::UserNotFound,
            Self::UserFrozen => Code::UserFrozen,
            Self::NameTaken | Self::ContactTaken { .. } => Code::UserExists,
            Self::BadName { .. }
            | Self::BadPassword { .. }
            | Self::BadField { .. }
            | Self::BadSetting { .. }
            | Self::DeviceNotFound
            | Self::AppExists { .. } => Code::BadParameter,
            Self::SecretGone | Self::QrLoginGone => Code::FeatureOff,
            Self::AppNotFound => Code::AppNotFound,
            Self::TooManyUsers { .. } => Code::AppUserQuota,
            Self::AppFrozen => Code::AppFrozen,
            Self::Caller(error) => error.code(),
            Self::Storage(error) => error.code(),
            Self::Vault(_) => Code::Internal,
        }
    }
}

/// A token was refused.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// It is no token, of another app, revoked or past its time.
    #[error("token invalid or expired: sign in again")]
    InvalidToken,
    /// Its user is frozen.
    #[error("user is frozen")]
    UserFrozen,
    /// Its app is frozen.
    #[error("app is frozen")]
    AppFrozen,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl PublicError for AuthError {
    fn code(&self) -> Code {
        match self {
            Self::InvalidToken => Code::TokenInvalid,
            Self::UserFrozen => Code::UserFrozen,
            Self::AppFrozen => Code::AppFrozen,
            Self::Storage(error) => error.code(),
        }
    }
}

/// A connection was refused.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// No token, not a user's, of another user or app, bound to another installation, revoked or past its time.
    #[error("token invalid or expired: sign in again")]
    InvalidToken,
    /// The user is frozen.
    #[error("user is frozen")]
    UserFrozen,
    /// The app is frozen.
    #[error("app is frozen")]
    AppFrozen,
    /// As many devices of the user are signed in as may be, and the app lets none give way.
    #[error("already signed in on {limit} devices: sign out on one of them first")]
    TooManyDevices {
        /// How many may be.
        limit: u32,
    },
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<AuthError> for ProvisionError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::InvalidToken => Self::InvalidToken,
            AuthError::UserFrozen => Self::UserFrozen,
            AuthError::AppFrozen => Self::AppFrozen,
            AuthError::Storage(error) => Self::Storage(error),
        }
    }
}

impl PublicError for ProvisionError {
    fn code(&self) -> Code {
        match self {
            Self::InvalidToken => Code::TokenInvalid,
            Self::UserFrozen => Code::UserFrozen,
            Self::AppFrozen => Code::AppFrozen,
            Self::TooManyDevices { .. } => Code::PermissionDenied,
            Self::Storage(error) => error.code(),
        }
    }
}
