//! The demo app of a first start: an app, its administrator's token, two users who are friends.
//!
//! A start that is killed in between is finished by the next one: a mark in the data directory stands from before the first step until the
//! sign-ins are written, and every step finds what an earlier try has left.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use cerulean_accounts::{
    AccountError, CreatedApp, RegisterUser, RegisteredBy, change_app_settings, create_app, find_user, list_apps,
    register_user, rotate_admin_token, set_password,
};
use cerulean_roster::{Apply, RosterError, accept, apply};
use cerulean_types::{Actor, AppId, AppSlug, UserId};
use rand::Rng;
use rand::distr::Alphanumeric;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Parts;

const FILE: &str = "demo-sign-ins.json";
const UNFINISHED: &str = "demo-unfinished";
const APP: &str = "demo";

/// What was made, as kept in the data directory.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Demo {
    pub app: String,
    pub admin_token: String,
    pub users: Vec<DemoUser>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DemoUser {
    pub username: String,
    pub password: String,
    pub user_id: u64,
}

fn password() -> String {
    rand::rng().sample_iter(Alphanumeric).take(12).map(char::from).collect()
}

async fn make_friends(parts: &Parts, app: AppId, users: &[DemoUser]) -> anyhow::Result<()> {
    let (one, other) = (UserId::parse(users[0].user_id)?, UserId::parse(users[1].user_id)?);
    let mut ctx = parts.platform.ctx(app, Actor::Admin { acting_for: Some(one) }).await?;
    let request = Apply { target: other, alias: String::new(), reason: String::new(), auth_answer: String::new() };
    match apply(&mut ctx, request).await {
        Ok(()) => ctx.commit().await?,
        Err(RosterError::AlreadyFriend) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let mut ctx = parts.platform.ctx(app, Actor::Admin { acting_for: Some(other) }).await?;
    match accept(&mut ctx, one).await {
        Ok(()) => ctx.commit().await?,
        // Whoever asks for no confirmation is a friend at once.
        Err(RosterError::ApplicationGone) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The app, new or left over from a start that was killed; its administrator's token is new either way.
async fn make_app(parts: &Parts) -> anyhow::Result<CreatedApp> {
    let slug = AppSlug::parse(APP)?;
    let Some(app) = parts.platform.find_app(&slug).await? else {
        let created = create_app(&parts.platform, APP, "Demo").await?;
        // Codes go to the outbox of the app, so that the screens can be tried out.
        let settings = json!({ "mobile_codes": true, "email_codes": true });
        let patch = settings.as_object().cloned().unwrap_or_default();
        change_app_settings(&parts.platform, created.app, 0, patch).await?;
        return Ok(created);
    };
    let admin_token = rotate_admin_token(&parts.platform, app).await?;
    Ok(CreatedApp { app, slug, admin_token })
}

async fn make_user(parts: &Parts, app: AppId, username: &str) -> anyhow::Result<DemoUser> {
    let password = password();
    let command = RegisterUser { username: username.into(), password: password.clone() };
    let user_id = match register_user(&parts.accounts, app, RegisteredBy::Admin, command).await {
        Ok(row) => row.id,
        Err(AccountError::NameTaken) => {
            let admin = Actor::Admin { acting_for: None };
            let ctx = parts.platform.ctx(app, admin).await?;
            let left_over = find_user(&ctx, username).await?.ok_or(AccountError::NameTaken)?.id;
            drop(ctx);
            set_password(&parts.accounts, app, admin, left_over, &password).await?;
            left_over
        }
        Err(error) => return Err(error.into()),
    };
    Ok(DemoUser { username: username.into(), password, user_id: user_id.get() })
}

fn write_sign_ins(demo: &Demo, file: &Path) -> anyhow::Result<()> {
    // Under another name first, so that nobody ever reads half of it.
    let draft = file.with_extension("draft");
    let mut options = std::fs::OpenOptions::new();
    let mut written = options.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    written.write_all(&serde_json::to_vec_pretty(demo)?)?;
    written.sync_all()?;
    Ok(std::fs::rename(&draft, file)?)
}

/// Makes the demo app where there is no app yet, and tells the sign-ins as long as their file is there.
pub(crate) async fn ensure(parts: &Parts, data: &Path) -> anyhow::Result<Option<Demo>> {
    let (file, unfinished) = (data.join(FILE), data.join(UNFINISHED));
    if !unfinished.exists() && !list_apps(&parts.platform).await?.is_empty() {
        let kept = std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        return Ok(kept);
    }
    std::fs::write(&unfinished, "")?;
    let made = make_app(parts).await?;
    let users = vec![make_user(parts, made.app, "demo1").await?, make_user(parts, made.app, "demo2").await?];
    make_friends(parts, made.app, &users).await?;
    let demo = Demo { app: made.slug.to_string(), admin_token: made.admin_token, users };
    write_sign_ins(&demo, &file)?;
    std::fs::remove_file(&unfinished)?;
    Ok(Some(demo))
}
