//! `cerulean app`.

use anyhow::bail;
use cerulean_config::Config;
use clap::Subcommand;

use super::admin::{AppSummary, Command, Reply};
use super::offline::perform;
use super::output::{Form, date_time, table};

/// What can be done with apps.
#[derive(Debug, Subcommand)]
pub enum AppCommand {
    /// Adds an app with fresh keys and shows its administrator's token, once
    #[command(after_help = "\
Examples:
  cerulean app create --name shop
  cerulean app create --name shop --title \"Flower shop\" --json

The administrator's token opens the server API. Only its hash is kept; `cerulean app token` makes another.")]
    Create {
        /// Public name, which clients send as app_id: 2 to 32 of a-z, 0-9, - and _, first a letter
        #[arg(long, short)]
        name: String,
        /// Name for people [default: the public name]
        #[arg(long)]
        title: Option<String>,
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
    /// Lists the apps
    List {
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
    /// Makes a new administrator's token; the old one stops working at once
    Token {
        /// Public name of the app
        #[arg(long, short)]
        app: String,
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
    /// Disables an app: every connection ends at once and nobody is let in, its administrator neither, until it is unfrozen
    Freeze {
        /// Public name of the app
        #[arg(long, short)]
        app: String,
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
    /// Lets the users and the administrator of a frozen app in again
    Unfreeze {
        /// Public name of the app
        #[arg(long, short)]
        app: String,
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
}

pub(crate) async fn run(command: AppCommand, settings: &Config) -> anyhow::Result<()> {
    let (command, form) = match command {
        AppCommand::Create { name, title, form } => {
            let title = title.unwrap_or_else(|| name.clone());
            (Command::CreateApp { name, title }, form)
        }
        AppCommand::List { form } => (Command::ListApps, form),
        AppCommand::Token { app, form } => (Command::RotateAdminToken { app }, form),
        AppCommand::Freeze { app, form } => (Command::SetAppFrozen { app, is_frozen: true }, form),
        AppCommand::Unfreeze { app, form } => (Command::SetAppFrozen { app, is_frozen: false }, form),
    };
    match perform(settings, command).await? {
        Reply::CreatedApp(created) => form.print(&created, |app| {
            format!(
                "app_id       {}\nadmin_token  {}\n\nKeep the token; it is not shown again.\n",
                app.app_id, app.admin_token
            )
        }),
        Reply::Apps(apps) => form.print(&apps, |apps| describe(apps)),
        Reply::AdminToken { app: _, admin_token } => form.print(&admin_token, |token| {
            format!("admin_token  {token}\n\nKeep the token; it is not shown again. The old one no longer works.\n")
        }),
        Reply::App(app) => form.print(&app, |app| format!("{} is {}\n", app.app_id, app.status)),
        other => bail!("unexpected answer {other:?}"),
    }
    Ok(())
}

fn describe(apps: &[AppSummary]) -> String {
    if apps.is_empty() {
        return "There is no app yet: cerulean app create --name NAME\n".to_owned();
    }
    let row = |app: &AppSummary| [app.app_id.clone(), app.title.clone(), app.status.clone(), date_time(app.created_ms)];
    table(["APP_ID", "TITLE", "STATUS", "CREATED"], &apps.iter().map(row).collect::<Vec<_>>())
}
