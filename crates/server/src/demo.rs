//! The demo app of a first start: an app, its administrator's token, two users who are friends.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use cerulean_accounts::{RegisterUser, RegisteredBy, create_app, list_apps, register_user};
use cerulean_roster::{Apply, RosterError, accept, apply};
use cerulean_types::{Actor, AppId, UserId};
use rand::Rng;
use rand::distr::Alphanumeric;
use serde::{Deserialize, Serialize};

use crate::Parts;

const FILE: &str = "demo-sign-ins.json";

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
    apply(&mut ctx, Apply { target: other, alias: String::new(), reason: String::new(), auth_answer: String::new() }).await?;
    ctx.commit().await?;
    let mut ctx = parts.platform.ctx(app, Actor::Admin { acting_for: Some(other) }).await?;
    match accept(&mut ctx, one).await {
        Ok(()) => ctx.commit().await?,
        // Whoever asks for no confirmation is a friend at once.
        Err(RosterError::ApplicationGone) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Makes the demo app where there is no app yet, and tells the sign-ins as long as their file is there.
pub(crate) async fn ensure(parts: &Parts, data: &Path) -> anyhow::Result<Option<Demo>> {
    let file = data.join(FILE);
    if !list_apps(&parts.platform).await?.is_empty() {
        let kept = std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        return Ok(kept);
    }
    let created = create_app(&parts.platform, "demo", "Demo").await?;
    let mut users = Vec::new();
    for username in ["demo1", "demo2"] {
        let password = password();
        let command = RegisterUser { username: username.into(), password: password.clone() };
        let row = register_user(&parts.accounts, created.app, RegisteredBy::Admin, command).await?;
        users.push(DemoUser { username: username.into(), password, user_id: row.id.get() });
    }
    make_friends(parts, created.app, &users).await?;
    let demo = Demo { app: created.slug.to_string(), admin_token: created.admin_token, users };
    let mut options = std::fs::OpenOptions::new();
    let mut kept = options.write(true).create(true).truncate(true).mode(0o600).open(&file)?;
    kept.write_all(&serde_json::to_vec_pretty(&demo)?)?;
    Ok(Some(demo))
}
