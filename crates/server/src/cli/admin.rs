//! What the command line may ask of the data, wherever it is carried out.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use cerulean_accounts::{self as accounts, Accounts, RegisterUser, RegisteredBy};
use cerulean_delivery::{Ctx, Platform};
use cerulean_storage::app::AppRow;
use cerulean_storage::user::{UserRow, UserStatus};
use cerulean_types::{Actor, AppId, AppSlug};
use serde::{Deserialize, Serialize};

/// A command on the data. Apps go by their public name; users by name, id, phone number or e-mail address.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Command {
    Status,
    CreateApp { name: String, title: String },
    ListApps,
    RotateAdminToken { app: String },
    SetAppFrozen { app: String, is_frozen: bool },
    CreateUser { app: String, name: String, password: String },
    ListUsers { app: String, page: u64, size: u64 },
    SetFrozen { app: String, user: String, is_frozen: bool },
    SetPassword { app: String, user: String, password: String },
    ListKeys { app: Option<String> },
    RotateKeys { app: String },
    DestroyKeys { app: String },
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    Status(Status),
    CreatedApp(CreatedApp),
    Apps(Vec<AppSummary>),
    AdminToken { app: String, admin_token: String },
    App(AppSummary),
    User(UserSummary),
    Users(Vec<UserSummary>),
    Keys(Vec<Keys>),
    Rotated { app: String, version: u32 },
    Destroyed { app: String },
}

/// How a running server is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) version: String,
    pub(crate) process: u32,
    pub(crate) is_database_well: bool,
    /// Absent where the database does not answer, or the server is of a version that does not tell.
    #[serde(default)]
    pub(crate) jobs: Option<JobsStatus>,
}

/// How the job queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JobsStatus {
    /// Jobs whose time has come and that nobody has taken.
    pub(crate) due: u64,
    /// Jobs in the hands of workers.
    pub(crate) running: u64,
    /// Jobs that have failed for good within the last month.
    pub(crate) failed: u64,
    /// How long the oldest due job waits.
    pub(crate) oldest_ms: i64,
}

/// An app with its administrator's token, which is not shown again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CreatedApp {
    pub(crate) app_id: String,
    pub(crate) admin_token: String,
}

/// An app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AppSummary {
    pub(crate) app_id: String,
    pub(crate) title: String,
    pub(crate) status: String,
    pub(crate) created_ms: i64,
}

/// A user, without what is personal beyond the name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct UserSummary {
    pub(crate) user_id: u64,
    pub(crate) username: String,
    pub(crate) is_frozen: bool,
    pub(crate) created_ms: i64,
}

/// The keys of an app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Keys {
    pub(crate) app_id: String,
    pub(crate) is_destroyed: bool,
    pub(crate) versions: Vec<KeyVersion>,
}

/// A version of an app's keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeyVersion {
    pub(crate) version: u32,
    pub(crate) created_ms: i64,
    pub(crate) is_current: bool,
}

/// Carries a command out.
pub(crate) async fn execute(platform: &Arc<Platform>, accounts: &Accounts, command: Command) -> anyhow::Result<Reply> {
    let door = Door { platform, accounts };
    match command {
        Command::Status => Ok(door.status().await),
        Command::CreateApp { name, title } => door.create_app(&name, &title).await,
        Command::ListApps => door.list_apps().await,
        Command::RotateAdminToken { app } => door.rotate_admin_token(app).await,
        Command::SetAppFrozen { app, is_frozen } => door.set_app_frozen(&app, is_frozen).await,
        Command::CreateUser { app, name, password } => door.create_user(&app, name, password).await,
        Command::ListUsers { app, page, size } => door.list_users(&app, page, size).await,
        Command::SetFrozen { app, user, is_frozen } => door.set_frozen(&app, &user, is_frozen).await,
        Command::SetPassword { app, user, password } => door.set_password(&app, &user, &password).await,
        Command::ListKeys { app } => door.list_keys(app).await,
        Command::RotateKeys { app } => {
            let id = door.find_app(&app).await?;
            let version = door.platform.vault.rotate(id)?;
            Ok(Reply::Rotated { app, version })
        }
        Command::DestroyKeys { app } => {
            let id = door.find_app(&app).await?;
            door.platform.vault.destroy(id)?;
            Ok(Reply::Destroyed { app })
        }
    }
}

struct Door<'a> {
    platform: &'a Arc<Platform>,
    accounts: &'a Accounts,
}

impl Door<'_> {
    async fn status(&self) -> Reply {
        let jobs = crate::jobs::stats_of(self.platform).await.ok().map(|stats| JobsStatus {
            due: stats.due,
            running: stats.running,
            failed: stats.failed,
            oldest_ms: stats.oldest_due_at.map_or(0, |since| (self.platform.clock.now() - since).max(0)),
        });
        Reply::Status(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            process: std::process::id(),
            is_database_well: self.platform.db.ping().await.is_ok(),
            jobs,
        })
    }

    async fn create_app(&self, name: &str, title: &str) -> anyhow::Result<Reply> {
        let created = accounts::create_app(self.platform, name, title).await?;
        Ok(Reply::CreatedApp(CreatedApp { app_id: created.slug.to_string(), admin_token: created.admin_token }))
    }

    async fn list_apps(&self) -> anyhow::Result<Reply> {
        let apps = accounts::list_apps(self.platform).await?;
        Ok(Reply::Apps(apps.into_iter().map(describe_app).collect()))
    }

    async fn set_app_frozen(&self, app: &str, is_frozen: bool) -> anyhow::Result<Reply> {
        let id = self.find_app(app).await?;
        Ok(Reply::App(describe_app(accounts::set_app_frozen(self.platform, id, is_frozen).await?)))
    }

    async fn rotate_admin_token(&self, app: String) -> anyhow::Result<Reply> {
        let id = self.find_app(&app).await?;
        let admin_token = accounts::rotate_admin_token(self.platform, id).await?;
        Ok(Reply::AdminToken { app, admin_token })
    }

    async fn create_user(&self, app: &str, username: String, password: String) -> anyhow::Result<Reply> {
        let app = self.find_app(app).await?;
        let command = RegisterUser { username, password };
        let row = accounts::register_user(self.accounts, app, RegisteredBy::Admin, command).await?;
        Ok(Reply::User(describe_user(row)))
    }

    async fn list_users(&self, app: &str, page: u64, size: u64) -> anyhow::Result<Reply> {
        let app = self.find_app(app).await?;
        let ctx = self.platform.read_ctx(app, Actor::System).await?;
        let rows = accounts::list_users(&ctx, page, size).await?;
        Ok(Reply::Users(rows.into_iter().map(describe_user).collect()))
    }

    async fn set_frozen(&self, app: &str, user: &str, is_frozen: bool) -> anyhow::Result<Reply> {
        let app = self.find_app(app).await?;
        let mut ctx = self.platform.ctx(app, Actor::System).await?;
        let row = require_user(&ctx, user).await?;
        if is_frozen {
            accounts::freeze_users(&mut ctx, &[row.id]).await?;
        } else {
            accounts::unfreeze_users(&mut ctx, &[row.id]).await?;
        }
        ctx.commit().await?;
        Ok(Reply::User(UserSummary { is_frozen, ..describe_user(row) }))
    }

    async fn set_password(&self, app: &str, user: &str, password: &str) -> anyhow::Result<Reply> {
        let app = self.find_app(app).await?;
        let row = require_user(&self.platform.read_ctx(app, Actor::System).await?, user).await?;
        accounts::set_password(self.accounts, app, Actor::System, row.id, password).await?;
        Ok(Reply::User(describe_user(row)))
    }

    async fn list_keys(&self, only: Option<String>) -> anyhow::Result<Reply> {
        if let Some(name) = &only {
            self.find_app(name).await?;
        }
        let apps = accounts::list_apps(self.platform).await?;
        let wanted = apps.into_iter().filter(|app| only.as_ref().is_none_or(|name| *name == app.slug));
        Ok(Reply::Keys(wanted.map(|app| self.describe_keys(app.id, app.slug)).collect()))
    }

    fn describe_keys(&self, app: AppId, slug: String) -> Keys {
        let versions = self.platform.vault.versions(app).into_iter();
        Keys {
            app_id: slug,
            is_destroyed: self.platform.vault.is_destroyed(app),
            versions: versions
                .map(|key| KeyVersion { version: key.version, created_ms: key.created_ms, is_current: key.is_current })
                .collect(),
        }
    }

    async fn find_app(&self, name: &str) -> anyhow::Result<AppId> {
        let unknown = || anyhow!("there is no app named {name}: `cerulean app list` shows them all");
        let slug = AppSlug::parse(name).ok().with_context(unknown)?;
        self.platform.find_app(&slug).await?.with_context(unknown)
    }
}

async fn require_user(ctx: &Ctx, query: &str) -> anyhow::Result<UserRow> {
    let found = accounts::find_user(ctx, query).await?;
    found.with_context(|| format!("this app has no user {query}: `cerulean user list` shows them all"))
}

fn describe_app(row: AppRow) -> AppSummary {
    AppSummary { app_id: row.slug, title: row.title, status: row.status, created_ms: row.created_at }
}

fn describe_user(row: UserRow) -> UserSummary {
    UserSummary {
        user_id: row.id.get(),
        username: row.profile.username,
        is_frozen: row.status == UserStatus::Frozen,
        created_ms: row.created_at,
    }
}
