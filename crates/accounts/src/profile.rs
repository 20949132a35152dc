//! What a user tells of himself.

use cerulean_bus::BusEvent;
use cerulean_delivery::{Ctx, CtxError, Notice};
use cerulean_proto::pb;
use cerulean_storage::user::{Profile, UserKey};
use cerulean_types::{Actor, AppId, UserId, has_controls, is_email, limits, normal_mobile};
use serde_json::{Map, Value};

use crate::name::check_username;
use crate::register::BATCH_USERS;
use crate::{AccountError, Accounts, require_self};

/// Longest picture address, in bytes.
const AVATAR_BYTES: usize = 2048;

/// What to change; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    /// Name to sign in with; the old one is free for others at once.
    pub username: Option<String>,
    /// Name shown to others.
    pub nick_name: Option<String>,
    /// URL or object name of the picture.
    pub avatar: Option<String>,
    /// A few words about himself.
    pub description: Option<String>,
    /// Phone number; empty takes it away.
    pub mobile: Option<String>,
    /// E-mail address; empty takes it away.
    pub email: Option<String>,
    /// Free text of the app, shown to others.
    pub public_info: Option<String>,
    /// Free text of the app, for the user alone.
    pub private_info: Option<String>,
}

/// Changes the profiles of many users, each by himself: a refusal of one leaves the others changed. Only for the administrator. Outcomes come
/// in the order of the list.
pub async fn update_profiles(
    accounts: &Accounts,
    app: AppId,
    actor: Actor,
    list: Vec<(UserId, ProfileChange)>,
) -> Result<Vec<(UserId, Result<(), AccountError>)>, AccountError> {
    if !actor.is_admin() {
        return Err(CtxError::NeedsAdmin.into());
    }
    if list.is_empty() || list.len() > BATCH_USERS {
        let reason = format!("1 to {BATCH_USERS} users in one call");
        return Err(AccountError::BadField { field: "list", reason });
    }
    let mut outcomes = Vec::with_capacity(list.len());
    for (user, change) in list {
        let actor = Actor::Admin { acting_for: Some(user) };
        let mut ctx = accounts.platform.ctx(app, actor).await?;
        let outcome = match update_profile(&mut ctx, change).await {
            Ok(()) => ctx.commit().await.map_err(AccountError::from),
            Err(error) => Err(error),
        };
        outcomes.push((user, outcome));
    }
    Ok(outcomes)
}

/// Changes the acting user's profile; friends are told of what they see.
pub async fn update_profile(ctx: &mut Ctx, change: ProfileChange) -> Result<(), AccountError> {
    let row = require_self(ctx).await?;
    let before = row.profile;
    let after = apply(&before, change)?;
    if after == before {
        return Ok(());
    }
    check_contacts(ctx, row.id, &before, &after).await?;
    ctx.tx.users().set_profile(row.id, &after).await.map_err(|error| {
        // Taken by someone else since the check above.
        let is_rename = before.username != after.username;
        match error.is_duplicate() {
            true if is_rename => AccountError::NameTaken,
            true => AccountError::ContactTaken { what: "mobile or email" },
            false => error.into(),
        }
    })?;
    ctx.emit(BusEvent::UserChanged { app: ctx.app(), user: row.id });
    let device = ctx.actor.device();
    ctx.notify(Notice::user(row.id, pb::user_notice::Type::InfoUpdated, "").not_to(device));
    tell_friends(ctx, row.id, &before, &after).await
}

fn apply(before: &Profile, change: ProfileChange) -> Result<Profile, AccountError> {
    let mut after = before.clone();
    if let Some(username) = change.username {
        check_username(&username)?;
        after.username = username;
    }
    if change.nick_name.as_ref().is_some_and(|name| name.chars().any(char::is_control)) {
        return Err(AccountError::BadField { field: "nick_name", reason: "it has control characters".into() });
    }
    set_text(&mut after.nick_name, change.nick_name, "nick_name", limits::NAME_CHARS)?;
    set_text(&mut after.description, change.description, "description", limits::FREE_TEXT_CHARS)?;
    set_text(&mut after.public_info, change.public_info, "public_info", limits::FREE_TEXT_CHARS)?;
    set_text(&mut after.private_info, change.private_info, "private_info", limits::FREE_TEXT_CHARS)?;
    set_text(&mut after.avatar, change.avatar, "avatar", AVATAR_BYTES)?;
    if let Some(mobile) = change.mobile {
        after.mobile = if mobile.is_empty() {
            mobile
        } else {
            let reason = "it must be a phone number of 5 to 15 digits".to_owned();
            normal_mobile(&mobile).ok_or(AccountError::BadField { field: "mobile", reason })?
        };
    }
    if let Some(email) = change.email {
        if !email.is_empty() && !is_email(&email) {
            return Err(AccountError::BadField { field: "email", reason: "it must be an e-mail address".into() });
        }
        after.email = email;
    }
    Ok(after)
}

fn set_text(place: &mut String, text: Option<String>, field: &'static str, most: usize) -> Result<(), AccountError> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > most {
        return Err(AccountError::BadField { field, reason: format!("at most {most} characters") });
    }
    if has_controls(&text) {
        return Err(AccountError::BadField { field, reason: "it has control characters".into() });
    }
    *place = text;
    Ok(())
}

async fn check_contacts(ctx: &Ctx, user: UserId, before: &Profile, after: &Profile) -> Result<(), AccountError> {
    if before.username != after.username {
        let holder = ctx.tx.users().find_by(UserKey::Username(&after.username)).await?;
        if holder.is_some_and(|holder| holder.id != user) {
            return Err(AccountError::NameTaken);
        }
    }
    let keys = [
        ("mobile", before.mobile != after.mobile, UserKey::Mobile(&after.mobile)),
        ("email", before.email != after.email, UserKey::Email(&after.email)),
    ];
    for (what, is_changed, key) in keys {
        let holder = if is_changed { ctx.tx.users().find_by(key).await? } else { None };
        if holder.is_some_and(|holder| holder.id != user) {
            return Err(AccountError::ContactTaken { what });
        }
    }
    Ok(())
}

async fn tell_friends(ctx: &mut Ctx, user: UserId, before: &Profile, after: &Profile) -> Result<(), AccountError> {
    let mut changed = Map::new();
    for (name, old, new) in [
        ("username", &before.username, &after.username),
        ("nick_name", &before.nick_name, &after.nick_name),
        ("avatar", &before.avatar, &after.avatar),
        ("description", &before.description, &after.description),
        ("public_info", &before.public_info, &after.public_info),
    ] {
        if old != new {
            changed.insert(name.into(), Value::String(new.clone()));
        }
    }
    if changed.is_empty() { Ok(()) } else { tell_changed(ctx, user, changed).await }
}

/// Tells friends of fields of the user, as their rosters name them.
pub(crate) async fn tell_changed(ctx: &mut Ctx, user: UserId, fields: Map<String, Value>) -> Result<(), AccountError> {
    let content = Value::Object(fields).to_string();
    for friend in ctx.tx.roster().friends(user).await? {
        ctx.notify(Notice::roster(friend, pb::roster_notice::Type::InfoUpdated, user, friend, &content));
    }
    Ok(())
}
