//! Log lines to standard error.

use std::io::IsTerminal;

use cerulean_config::{Config, LogFormat};
use tracing_subscriber::EnvFilter;

/// Starts logging as the configuration asks.
pub(crate) fn start(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.observability.log)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.observability.log_format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}
