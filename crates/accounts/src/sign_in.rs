//! Sign-in and sign-out.

use std::net::IpAddr;

use cerulean_bus::{BusEvent, SessionsOf};
use cerulean_delivery::{Ctx, CtxError};
use cerulean_proto::pb::user_notice::Type;
use cerulean_storage::Tx;
use cerulean_storage::token::TokenRow;
use cerulean_storage::user::{UserKey, UserRow, UserStatus};
use cerulean_types::{Actor, AppId, DeviceSn, Millis, UserId, normal_mobile};
use cerulean_vault::password;

use crate::device::tell_others;
use crate::sign_in_secret::{is_sign_in_secret, take_sign_in_secret};
use crate::token::TokenText;
use crate::{AccountError, Accounts};

/// How the user names himself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInName {
    /// By id.
    Id(UserId),
    /// By name, phone number or e-mail address, and where nothing else fits by id.
    Any(String),
}

/// Signs a user in.
#[derive(Clone)]
pub struct SignIn {
    /// Who.
    pub name: SignInName,
    /// Password.
    pub password: String,
    /// The only installation that may use the token; any of the user's when absent.
    pub device_guid: Option<String>,
    /// Where the call comes from, to slow down guessing.
    pub address: Option<IpAddr>,
}

/// A user who is in.
#[derive(Clone)]
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// His token; shown once.
    pub token: String,
    /// Its number.
    pub token_no: i64,
    /// Milliseconds.
    pub expires_at: Millis,
}

/// Signs a user in and gives him a token. A wrong password and an unknown user look the same and take the same time. In place of the
/// password stands, once, a secret that he was handed for having proven himself in another way.
pub async fn sign_in(accounts: &Accounts, app: AppId, command: SignIn) -> Result<SignedIn, AccountError> {
    if !accounts.platform.settings_of(app).await?.is_normal() {
        return Err(AccountError::AppFrozen);
    }
    let (found, stored_hash) = look_up(accounts, app, &command.name).await?;
    let account = match (&found, &command.name) {
        (Some(row), _) => row.id.to_string(),
        (None, SignInName::Id(id)) => id.to_string(),
        (None, SignInName::Any(text)) => text.chars().take(64).collect(),
    };
    let now = accounts.platform.clock.now();
    let attempt = accounts.throttle.attempt(app, &account, command.address, now)?;
    if let Some(row) = found.as_ref().filter(|_| is_sign_in_secret(&command.password)) {
        let ctx = accounts.platform.ctx(app, Actor::System).await?;
        if take_sign_in_secret(&ctx.tx, row.id, &command.password, now).await? {
            attempt.succeeded();
            if row.status == UserStatus::Frozen {
                return Err(AccountError::UserFrozen);
            }
            let signed_in = write_token(&ctx, row.id, command.device_guid.as_deref()).await?;
            ctx.commit().await?;
            return Ok(signed_in);
        }
    }
    let is_right = accounts.hashing.verify(&command.password, stored_hash.clone()).await?;
    let row = found.filter(|_| is_right).ok_or(AccountError::Rejected)?;
    attempt.succeeded();
    if row.status == UserStatus::Frozen {
        return Err(AccountError::UserFrozen);
    }
    let checked_hash = stored_hash.unwrap_or_default();
    let better_hash =
        if password::is_outdated(&checked_hash) { Some(accounts.hashing.hash(&command.password).await?) } else { None };
    let ctx = accounts.platform.ctx(app, Actor::System).await?;
    // The password may have changed while this one was being checked.
    if ctx.tx.users().password_hash(row.id).await?.as_deref() != Some(&checked_hash) {
        return Err(AccountError::Rejected);
    }
    if let Some(hash) = better_hash {
        ctx.tx.users().set_password(row.id, &hash).await?;
    }
    let signed_in = write_token(&ctx, row.id, command.device_guid.as_deref()).await?;
    ctx.commit().await?;
    Ok(signed_in)
}

/// Gives a user a token without asking for a password: for the command line and for the administrator.
pub async fn issue_token(ctx: &Ctx, user: UserId, device_guid: Option<&str>) -> Result<SignedIn, AccountError> {
    ctx.require_admin()?;
    let row = ctx.tx.users().find(user).await?.ok_or(AccountError::UserNotFound)?;
    if row.status == UserStatus::Frozen {
        return Err(AccountError::UserFrozen);
    }
    write_token(ctx, user, device_guid).await
}

/// Revokes the token of the call and closes its connections.
pub async fn sign_out(ctx: &mut Ctx, token_no: i64) -> Result<(), AccountError> {
    let Actor::User { id: user, .. } = ctx.actor else { return Err(CtxError::NeedsUser.into()) };
    let used_on = ctx.tx.tokens().devices_of(token_no).await?;
    ctx.tx.tokens().delete(token_no).await?;
    let still_in = ctx.tx.tokens().signed_in_devices(user, ctx.now()).await?;
    for sn in used_on {
        if let Some(row) = ctx.tx.devices().find(user, sn).await?
            && still_in.iter().all(|(other, _)| *other != sn)
        {
            tell_others(ctx, user, sn, row.platform, Type::DeviceLogout);
        }
    }
    let app = ctx.app();
    ctx.emit(BusEvent::TokenRevoked { app, token: token_no });
    ctx.emit(BusEvent::EndSessions { app, user, which: SessionsOf::Token(token_no), notice: None });
    Ok(())
}

async fn look_up(
    accounts: &Accounts,
    app: AppId,
    name: &SignInName,
) -> Result<(Option<UserRow>, Option<String>), AccountError> {
    let tx = accounts.platform.db.read(app).await?;
    let found = match name {
        SignInName::Id(id) => tx.users().find(*id).await?,
        SignInName::Any(text) => find_by_any_key(&tx, text).await?,
    };
    let hash = match &found {
        Some(row) => tx.users().password_hash(row.id).await?,
        None => None,
    };
    Ok((found, hash))
}

/// Finds a user by whatever the text may be. A name is never a phone number, an address or an id, so the order is no matter.
pub(crate) async fn find_by_any_key(tx: &Tx, text: &str) -> Result<Option<UserRow>, AccountError> {
    if let Some(row) = tx.users().find_by(UserKey::Username(text)).await? {
        return Ok(Some(row));
    }
    if text.contains('@') {
        return Ok(tx.users().find_by(UserKey::Email(text)).await?);
    }
    let mobile = normal_mobile(text).unwrap_or_default();
    if let Some(row) = tx.users().find_by(UserKey::Mobile(&mobile)).await? {
        return Ok(Some(row));
    }
    match text.parse().ok().and_then(|number| UserId::parse(number).ok()) {
        Some(id) => Ok(tx.users().find(id).await?),
        None => Ok(None),
    }
}

async fn write_token(ctx: &Ctx, user: UserId, device_guid: Option<&str>) -> Result<SignedIn, AccountError> {
    let now = ctx.now();
    ctx.tx.tokens().delete_expired(user, now).await?;
    let token = TokenText::random(ctx.app(), now);
    let guid = match device_guid.filter(|guid| !guid.is_empty()) {
        Some(guid) => Some(ctx.tx.devices().guid_index(user, guid)?),
        None => None,
    };
    let expires_at = now + ctx.platform.limits.token_ms;
    let row = TokenRow {
        number: token.number,
        hash: TokenText::hash(&token.text),
        user: Some(user),
        device: DeviceSn::NONE,
        guid,
        expires_at,
        created_at: now,
    };
    ctx.tx.tokens().insert(&row).await?;
    Ok(SignedIn { user, token: token.text, token_no: token.number, expires_at })
}
