//! `cerulean user`.

use std::io::{self, BufRead};

use anyhow::{Context, bail};
use cerulean_config::Config;
use cerulean_vault::random_bytes;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::admin::{Command, Reply, UserSummary};
use super::offline::perform;
use super::output::{Form, date_time, table};

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Adds a user
    #[command(after_help = "\
Examples:
  cerulean user create --app shop --name alice              makes up a password and shows it
  pass show alice | cerulean user create --app shop --name alice --password-stdin

Passwords are never taken from the command line, where other users of the machine could see them.")]
    Create {
        /// Public name of the app
        #[arg(long, short)]
        app: String,
        /// Name to sign in with
        #[arg(long, short)]
        name: String,
        /// Where the password comes from.
        #[command(flatten)]
        password: PasswordSource,
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
    /// Lists the users of an app in the order of registration
    List {
        /// Public name of the app
        #[arg(long, short)]
        app: String,
        /// Page, from 1
        #[arg(long, default_value_t = 1)]
        page: u64,
        /// Users per page, up to 1000
        #[arg(long, default_value_t = 100)]
        size: u64,
        /// Form of the result.
        #[command(flatten)]
        form: Form,
    },
    /// Disables a user: every connection ends at once and nobody can sign in as him until he is unfrozen
    Freeze {
        /// Who.
        #[command(flatten)]
        who: Who,
    },
    /// Lets a frozen user in again
    Unfreeze {
        /// Who.
        #[command(flatten)]
        who: Who,
    },
    /// Sets a user's password; every connection ends and every sign-in stops working
    Password {
        /// Who.
        #[command(flatten)]
        who: Who,
        /// Where the password comes from.
        #[command(flatten)]
        password: PasswordSource,
    },
}

/// A user of an app.
#[derive(Debug, Args)]
pub struct Who {
    /// Public name of the app
    #[arg(long, short)]
    app: String,
    /// Name, id, phone number or e-mail address of the user
    #[arg(long, short)]
    user: String,
    /// Form of the result.
    #[command(flatten)]
    form: Form,
}

/// Where a password comes from.
#[derive(Debug, Args)]
pub struct PasswordSource {
    /// Reads the password from standard input, one line; otherwise one is made up and shown
    #[arg(long)]
    password_stdin: bool,
}

/// A user with a password that was made up, which is not shown again.
#[derive(Serialize)]
struct WithPassword {
    #[serde(flatten)]
    user: UserSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

pub(crate) async fn run(command: UserCommand, settings: &Config) -> anyhow::Result<()> {
    match command {
        UserCommand::Create { app, name, password, form } => {
            let (password, made_up) = password.obtain()?;
            let user = perform_on_user(settings, Command::CreateUser { app, name, password }).await?;
            form.print(&WithPassword { user, password: made_up }, describe_created);
        }
        UserCommand::List { app, page, size, form } => {
            let Reply::Users(users) = perform(settings, Command::ListUsers { app, page, size }).await? else {
                bail!("unexpected answer");
            };
            form.print(&users, |users| describe_all(users));
        }
        UserCommand::Freeze { who } => set_frozen(settings, who, true).await?,
        UserCommand::Unfreeze { who } => set_frozen(settings, who, false).await?,
        UserCommand::Password { who, password } => {
            let (password, made_up) = password.obtain()?;
            let user =
                perform_on_user(settings, Command::SetPassword { app: who.app, user: who.user, password }).await?;
            who.form.print(&WithPassword { user, password: made_up }, describe_created);
        }
    }
    Ok(())
}

async fn set_frozen(settings: &Config, who: Who, is_frozen: bool) -> anyhow::Result<()> {
    let user = perform_on_user(settings, Command::SetFrozen { app: who.app, user: who.user, is_frozen }).await?;
    who.form.print(&user, |user| {
        let state = if user.is_frozen { "frozen" } else { "free to sign in" };
        format!("{} (user_id {}) is {state}\n", user.username, user.user_id)
    });
    Ok(())
}

async fn perform_on_user(settings: &Config, command: Command) -> anyhow::Result<UserSummary> {
    match perform(settings, command).await? {
        Reply::User(user) => Ok(user),
        other => bail!("unexpected answer {other:?}"),
    }
}

impl PasswordSource {
    /// The password, and once more if it was made up and must be shown.
    fn obtain(&self) -> anyhow::Result<(String, Option<String>)> {
        if !self.password_stdin {
            let made_up = make_up_password();
            return Ok((made_up.clone(), Some(made_up)));
        }
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("cannot read the password from standard input")?;
        let password = line.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            bail!("there was no password on standard input");
        }
        Ok((password.to_owned(), None))
    }
}

/// A password of 100 random bits in five groups, of letters and digits that are not mistaken for each other.
fn make_up_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let random: [u8; 20] = random_bytes();
    let letters: Vec<char> = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

fn describe_created(created: &WithPassword) -> String {
    let named = format!("user_id   {}\nusername  {}\n", created.user.user_id, created.user.username);
    match &created.password {
        Some(password) => named + &format!("password  {password}\n\nKeep the password; it is not shown again.\n"),
        None => named,
    }
}

fn describe_all(users: &[UserSummary]) -> String {
    let status = |user: &UserSummary| if user.is_frozen { "frozen" } else { "normal" }.to_owned();
    let row = |user: &UserSummary| {
        [user.user_id.to_string(), user.username.clone(), status(user), date_time(user.created_ms)]
    };
    table(["USER_ID", "USERNAME", "STATUS", "CREATED"], &users.iter().map(row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_passwords_differ_and_are_long() {
        let (one, other) = (make_up_password(), make_up_password());
        assert_ne!(one, other);
        assert_eq!(one.len(), 24);
    }
}
