//! `cerulean config`.

use cerulean_config::Config;
use clap::Subcommand;

/// What can be done with settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Prints a configuration file with every setting, its explanation and default
    #[command(after_help = "Example:\n  cerulean config example > cerulean.toml")]
    Example,
    /// Checks the settings from file, environment and flags, and prints what is in force; secrets show as ***
    #[command(after_help = "\
Examples:
  cerulean config check
  cerulean config check --config /etc/cerulean.toml
  CERULEAN__SERVER__LISTEN=127.0.0.1:9000 cerulean config check

Exit status: 0 when the settings are good, 2 when not.")]
    Check,
}

/// Prints settings that have been found good.
pub(crate) fn show(settings: &Config) {
    print!("{}", settings.to_toml());
}
