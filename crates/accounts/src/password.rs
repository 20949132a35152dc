//! Change of password.

use cerulean_bus::{BusEvent, SessionsOf};
use cerulean_proto::pb;
use cerulean_types::{Actor, AppId, UserId};

use crate::device::tell_signed_out;
use crate::name::check_password;
use crate::{AccountError, Accounts, announce_revoked};

/// Changes the caller's own password. His other tokens are revoked and his other devices put out.
pub async fn change_password(
    accounts: &Accounts,
    app: AppId,
    actor: Actor,
    token_no: i64,
    old: &str,
    new: &str,
) -> Result<(), AccountError> {
    let user = actor.user().ok_or(cerulean_delivery::CtxError::NeedsUser)?;
    check_password(new)?;
    let checked_hash = confirm_password(accounts, app, user, old).await?;
    let new_hash = accounts.hashing.hash(new).await?;
    replace(accounts, app, actor, user, &new_hash, Some(checked_hash), Some(token_no)).await
}

/// Sets a user's password without the old one: for the administrator. All his tokens are revoked and all devices put out.
pub async fn set_password(
    accounts: &Accounts,
    app: AppId,
    actor: Actor,
    user: UserId,
    new: &str,
) -> Result<(), AccountError> {
    if !actor.is_admin() {
        return Err(cerulean_delivery::CtxError::NeedsAdmin.into());
    }
    check_password(new)?;
    let new_hash = accounts.hashing.hash(new).await?;
    replace(accounts, app, actor, user, &new_hash, None, None).await
}

/// Checks the acting user's own password, where a step asks for it once more.
pub async fn confirm_own_password(
    accounts: &Accounts,
    app: AppId,
    actor: Actor,
    password: &str,
) -> Result<UserId, AccountError> {
    let user = actor.user().ok_or(cerulean_delivery::CtxError::NeedsUser)?;
    confirm_password(accounts, app, user, password).await?;
    Ok(user)
}

/// Checks a user's password as slowly as at sign-in; answers with the hash it matched.
pub(crate) async fn confirm_password(
    accounts: &Accounts,
    app: AppId,
    user: UserId,
    password: &str,
) -> Result<String, AccountError> {
    let reading = accounts.platform.db.read(app).await?;
    let stored_hash = reading.users().password_hash(user).await?.ok_or(AccountError::UserNotFound)?;
    drop(reading);
    let attempt = accounts.throttle.attempt(app, &user.to_string(), None, accounts.platform.clock.now())?;
    if !accounts.hashing.verify(password, Some(stored_hash.clone())).await? {
        return Err(AccountError::Rejected);
    }
    attempt.succeeded();
    Ok(stored_hash)
}

async fn replace(
    accounts: &Accounts,
    app: AppId,
    actor: Actor,
    user: UserId,
    new_hash: &str,
    expected_hash: Option<String>,
    keep_token: Option<i64>,
) -> Result<(), AccountError> {
    let mut ctx = accounts.platform.ctx(app, actor).await?;
    ctx.tx.users().find_for_update(user).await?.ok_or(AccountError::UserNotFound)?;
    if let Some(expected) = expected_hash {
        // Another change of password came first.
        if ctx.tx.users().password_hash(user).await? != Some(expected) {
            return Err(AccountError::Rejected);
        }
    }
    ctx.tx.users().set_password(user, new_hash).await?;
    let signed_in = ctx.tx.tokens().signed_in_devices(user, ctx.now()).await?;
    let revoked = ctx.tx.tokens().delete_of_user(user, keep_token).await?;
    ctx.tx.sign_in_secrets().delete_of_user(user).await?;
    announce_revoked(&mut ctx, user, revoked).await?;
    let which = match actor {
        Actor::User { device, .. } => SessionsOf::AllBut(device),
        _ => SessionsOf::All,
    };
    let notice = Some(pb::user_notice::Type::PasswordChanged as i32);
    ctx.emit(BusEvent::EndSessions { app, user, which, notice });
    if keep_token.is_some() {
        tell_signed_out(&mut ctx, user, &signed_in).await?;
    }
    Ok(ctx.commit().await?)
}
