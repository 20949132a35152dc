//! `cerulean keys`.

use std::io::{self, BufRead};

use anyhow::{Context, bail};
use cerulean_config::Config;
use clap::Subcommand;

use super::admin::{Command, KeyVersion, Keys, Reply};
use super::offline::perform;
use super::output::{Form, date_time, table};

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Lists each app's keys: version, when it was made, whether it seals what is new
    List {
        /// Public name of one app
        #[arg(long, short)]
        app: Option<String>,
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
    /// Makes new keys for what is stored from now on; what is there stays readable under the old ones
    #[command(after_help = "\
Nothing is interrupted and nothing is rewritten at once: rows move to the new keys when they are next written.
Back up the folder `keys` of the data folder afterwards: the new keys are nowhere else.")]
    Rotate {
        /// Public name of the app
        #[arg(long, short)]
        app: String,
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
    /// Destroys all keys of an app: its messages, files and personal data are lost for good
    #[command(after_help = "\
There is no way back. Copies in backups become unreadable too, as soon as no copy of the keys is left: delete old copies
of the folder `keys`. The app's name stays taken.")]
    Destroy {
        /// Public name of the app
        #[arg(long, short)]
        app: String,
        /// Does not ask
        #[arg(long)]
        yes: bool,
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
}

pub(crate) async fn run(command: KeysCommand, settings: &Config) -> anyhow::Result<()> {
    let (command, form) = match command {
        KeysCommand::List { app, form } => (Command::ListKeys { app }, form),
        KeysCommand::Rotate { app, form } => (Command::RotateKeys { app }, form),
        KeysCommand::Destroy { app, yes, form } => {
            // The app must exist before anyone is asked about it.
            perform(settings, Command::ListKeys { app: Some(app.clone()) }).await?;
            if !yes {
                confirm(&app, &mut io::stdin().lock())?;
            }
            (Command::DestroyKeys { app }, form)
        }
    };
    match perform(settings, command).await? {
        Reply::Keys(keys) => form.print(&keys, |keys| describe(keys)),
        Reply::Rotated { app, version } => form.print(&version, |version| {
            format!(
                "{app} seals with version {version} from now on. Back up {}.\n",
                settings.data.keys_folder().display()
            )
        }),
        Reply::Destroyed { app } => form.print(&app, |app| {
            format!(
                "The keys of {app} are destroyed. Delete copies of {} made before now.\n",
                settings.data.keys_folder().display()
            )
        }),
        other => bail!("unexpected answer {other:?}"),
    }
    Ok(())
}

/// Goes on only when the app's name is typed.
fn confirm(app: &str, input: &mut impl BufRead) -> anyhow::Result<()> {
    eprintln!("All messages, files and personal data of {app} will be lost for good, in backups too.");
    eprint!("Type {app} to destroy its keys: ");
    let mut line = String::new();
    input.read_line(&mut line).context("cannot read the confirmation")?;
    if line.trim() != app {
        bail!("not confirmed; nothing was changed");
    }
    Ok(())
}

fn describe(apps: &[Keys]) -> String {
    let mut rows = Vec::new();
    for app in apps {
        if app.is_destroyed {
            rows.push([app.app_id.clone(), "-".to_owned(), "destroyed".to_owned(), String::new()]);
        }
        let row = |key: &KeyVersion| {
            let state = if key.is_current { "current" } else { "old" };
            [app.app_id.clone(), key.version.to_string(), state.to_owned(), date_time(key.created_ms)]
        };
        rows.extend(app.versions.iter().map(row));
    }
    table(["APP_ID", "VERSION", "STATE", "CREATED"], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_confirms() {
        assert!(confirm("shop", &mut "shop\n".as_bytes()).is_ok());
        for other in ["yes\n", "", "sho\n", "shopp\n"] {
            assert!(confirm("shop", &mut other.as_bytes()).is_err(), "{other:?}");
        }
    }
}
