//! The command line: what may be typed, and everything but `serve` and `bench`, which the composition root runs.
//!
//! A command that touches data is an `admin::Command`. Where a server runs on the data folder, it is handed to that
//! server through its control socket and acts on live connections at once; otherwise the data folder is opened here,
//! under the same lock that a server takes. A new command is a variant there and a file here.

mod admin;
mod app;
mod config;
mod control;
mod data_lock;
mod doctor;
mod keys;
mod offline;
mod options;
mod output;
mod transfer;
mod user;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use control::ControlSocket;
pub use data_lock::DataLock;
pub use offline::OpenData;
pub use options::{Options, ServeOptions};

/// Cerulean: an instant-messaging cloud that runs anywhere and can be checked by anyone.
#[derive(Debug, Parser)]
#[command(
    version,
    propagate_version = true,
    after_help = "\
Start here:
  cerulean serve                                  starts on 127.0.0.1:8080 with the app `demo` to try things with
  cerulean app create --name shop                 adds an app and shows its administrator's token
  cerulean user create --app shop --name alice    adds a user and shows a password
  cerulean config example > cerulean.toml         writes every setting with its explanation and default
  cerulean doctor                                 looks for what is wrong with this machine and the data folder

Settings come from ./cerulean.toml or --config, then from the environment (CERULEAN__SERVER__LISTEN is server.listen),
then from flags; later ones win."
)]
pub struct Cli {
    /// Where settings come from.
    #[command(flatten)]
    pub options: Options,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server until it is told to stop (Ctrl-C or SIGTERM)
    #[command(after_help = "\
Examples:
  cerulean serve
  cerulean serve --data /srv/cerulean --listen 0.0.0.0:443 --cert fullchain.pem --key privkey.pem
  cerulean serve --listen 0.0.0.0:8443 --dev-ca         TLS with a certificate authority made for development
  CERULEAN__DATABASE__URL=postgres://… cerulean serve   PostgreSQL instead of SQLite")]
    Serve(ServeOptions),
    /// Measures a server: sessions, messages per second, latency, catch-up
    Bench(BenchOptions),
    /// Everything that is done once and ends.
    #[command(flatten)]
    Tool(Tool),
}

/// Passed on to the load generator, which explains itself with `cerulean bench --help`.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct BenchOptions {
    /// Arguments of the load generator.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// What is done once and ends.
#[derive(Debug, Subcommand)]
pub enum Tool {
    /// Adds and lists apps; each is a world of its own with its own users, keys and administrator's token
    #[command(subcommand)]
    App(app::AppCommand),
    /// Adds, lists and freezes users of an app, and sets their passwords
    #[command(subcommand)]
    User(user::UserCommand),
    /// Rotates, lists and destroys the keys under which an app's data is sealed
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Brings users, rosters, groups and messages from a file into an app; safe to repeat, goes on where it was stopped
    #[command(after_help = transfer::IMPORT_HELP)]
    Import(transfer::ImportArgs),
    /// Writes an app's users, rosters, groups and messages into a file that `import` reads
    #[command(after_help = transfer::EXPORT_HELP)]
    Export(transfer::ExportArgs),
    /// Looks for what is wrong with this machine, the settings and the data folder, and says what to do; changes nothing
    #[command(after_help = "Exit status: 0 when nothing is wrong (there may be advice), 1 when something is.")]
    Doctor {
        /// Form of the result.
        #[command(flatten)]
        form: output::Form,
    },
    /// Shows every setting, or checks those given
    #[command(subcommand)]
    Config(config::ConfigCommand),
}

const FAILED: u8 = 1;
const BAD_SETTINGS: u8 = 2;
const LINES_REJECTED: u8 = 3;

/// Runs a tool to its end. Messages for people go to standard error, results to standard output.
pub fn run_tool(tool: Tool, options: &Options) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(dispatch(tool, options)),
        Err(error) => output::fail(&error.into(), FAILED),
    }
}

async fn dispatch(tool: Tool, options: &Options) -> ExitCode {
    let settings = match (&tool, options.load(&[])) {
        (Tool::Config(config::ConfigCommand::Example), _) => {
            print!("{}", cerulean_config::Config::example());
            return ExitCode::SUCCESS;
        }
        (_, Ok(settings)) => settings,
        (_, Err(error)) => return output::fail(&error.into(), BAD_SETTINGS),
    };
    let outcome = match tool {
        Tool::App(command) => app::run(command, &settings).await,
        Tool::User(command) => user::run(command, &settings).await,
        Tool::Keys(command) => keys::run(command, &settings).await,
        Tool::Import(args) => {
            let all = transfer::import(args, &settings).await;
            return all.map_or_else(
                |error| output::fail(&error, FAILED),
                |all| if all { ExitCode::SUCCESS } else { ExitCode::from(LINES_REJECTED) },
            );
        }
        Tool::Export(args) => transfer::export(args, &settings).await,
        Tool::Doctor { form } => return doctor::run(&settings, form).await,
        Tool::Config(_) => {
            config::show(&settings);
            Ok(())
        }
    };
    outcome.map_or_else(|error| output::fail(&error, FAILED), |()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests;
