//! Accounts of app users: registration, sign-in, tokens, devices, profile, settings; and the apps they live in.
//!
//! Owns who may come in and as whom. Knows no HTTP, frames or SQL, and nothing of friends, groups or messages.
//!
//! Start at [`Accounts`]: it checks tokens ([`Accounts::authenticate`]) from memory that follows the bus, so that a revocation acts at
//! once. What hashes a password ([`sign_in`], [`register_user`], [`change_password`] …) takes `&Accounts` and opens its transaction only
//! when the hash is there, because hashing takes tens of milliseconds and SQLite has one writer. Every other action takes `&mut Ctx` like
//! those of the other domains. A new action is a function in the file of its noun; whatever freezes, removes or revokes must emit
//! `UserChanged` or `TokenRevoked`.

mod accounts;
mod app;
mod app_settings;
mod changes;
mod contact;
mod device;
mod error;
mod expired;
mod find;
mod hashing;
mod name;
mod password;
mod presence;
mod profile;
mod provision;
mod qr_login;
mod register;
mod secret;
mod settings;
mod short_link;
mod sign_in;
mod sign_in_secret;
mod status;
#[cfg(test)]
mod tests;
mod throttle;
mod token;

pub use accounts::{Accounts, Identity, Subject};
pub use app::{CreatedApp, create_app, list_apps, rotate_admin_token, set_app_frozen};
pub use app_settings::{AppOverview, AppUsage, app_overview, app_usage, change_app_settings};
pub use cerulean_types::is_email;
pub use contact::{OwnContact, SignInGrant, bind_contact, find_by_proven, grant_sign_in, own_email, own_mobile};
pub use device::{SignedInDevice, bind_push, kick_device, list_devices, list_devices_of, remove_device, unbind_push};
pub use error::{AccountError, AuthError, ProvisionError};
pub use expired::ForgetExpiredTokens;
pub use find::{find_user, find_user_by_id, list_support_staff, list_users};
pub use name::{check_password as check_new_password, check_username};
pub use password::{change_password, confirm_own_password, set_password};
pub use presence::Presence;
pub use profile::{ProfileChange, update_profile, update_profiles};
pub use provision::{ProvisionRequest, Provisioned, provision};
pub use qr_login::{
    AskingBrowser, QrLoginRequest, QrLoginStanding, ShownQrLogin, check_qr_login, confirm_qr_login, refuse_qr_login,
    scan_qr_login, show_qr_login,
};
pub use register::{
    BATCH_USERS, PushRegistration, RegisterUser, Registered, RegisteredBy, is_name_free, register_anonymous,
    register_batch, register_user, register_with_push,
};
pub use secret::{keep_secret, take_secret};
pub use settings::{SettingsChange, update_settings};
pub use short_link::{LinkTarget, read_short_link, sign_short_link};
pub use sign_in::{SignIn, SignInName, SignedIn, issue_token, sign_in, sign_out};
pub use status::{confirm_removal, freeze_users, remove_user, unfreeze_users};

use cerulean_bus::BusEvent;
use cerulean_delivery::Ctx;
use cerulean_storage::StorageError;
use cerulean_storage::user::UserRow;
use cerulean_types::UserId;

/// The acting user's row, kept from other writers until the transaction ends.
async fn require_self(ctx: &Ctx) -> Result<UserRow, AccountError> {
    let user = ctx.require_user()?;
    ctx.tx.users().find_for_update(user).await?.ok_or(AccountError::UserNotFound)
}

/// Tells caches that tokens are gone and lets every node look the rest of the user's tokens up again.
async fn announce_revoked(ctx: &mut Ctx, user: UserId, tokens: Vec<i64>) -> Result<(), StorageError> {
    ctx.tx.users().bump_token_epoch(user).await?;
    let app = ctx.app();
    ctx.emit(BusEvent::UserChanged { app, user });
    for token in tokens {
        ctx.emit(BusEvent::TokenRevoked { app, token });
    }
    Ok(())
}
