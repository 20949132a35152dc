//! Flags that are settings.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use cerulean_config::{Config, ConfigError, Sources};
use clap::Args;

/// Read where no other is named.
const USUAL_FILE: &str = "cerulean.toml";

/// Where settings come from; goes with every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub struct Options {
    /// Configuration file [default: ./cerulean.toml where there is one]
    #[arg(long, short, global = true, env = "CERULEAN_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of keys, database and uploaded files [setting: data.folder]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Sets any setting, for example --set "limits.file_size=2 GiB"; may be repeated
    #[arg(long, global = true, value_name = "SETTING=VALUE", value_parser = parse_setting)]
    pub set: Vec<(String, String)>,
}

/// Settings of `serve` that have a flag of their own.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeOptions {
    /// Address and port to listen on [setting: server.listen]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// How clients reach the server, when that differs [setting: server.public_url]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Certificate chain in PEM [setting: server.tls.cert_file]
    #[arg(long, value_name = "FILE", requires = "key")]
    pub cert: Option<PathBuf>,
    /// Private key in PEM [setting: server.tls.key_file]
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub key: Option<PathBuf>,
    /// TLS with a certificate authority made for development [setting: server.tls.dev_ca]
    #[arg(long, conflicts_with = "cert")]
    pub dev_ca: bool,
    /// Listens beyond this machine without TLS; anyone on the way can read along [setting: server.insecure_i_know]
    #[arg(long)]
    pub insecure_i_know: bool,
    /// What this node does: gateway, api, worker, separated by commas [setting: server.roles]
    #[arg(long, value_name = "ROLES")]
    pub roles: Option<String>,
}

impl Options {
    /// Puts the settings together; `more` are those of flags that belong to one command.
    pub fn load(&self, more: &[(String, String)]) -> Result<Config, ConfigError> {
        let usual = Path::new(USUAL_FILE);
        let file = self.config.clone().or_else(|| usual.exists().then(|| usual.to_owned()));
        let mut sources = Sources::from_process(file);
        sources.flags = self.set.clone();
        sources.flags.extend(self.data.iter().map(|folder| setting("data.folder", folder.display())));
        sources.flags.extend_from_slice(more);
        Config::load(&sources)
    }
}

impl ServeOptions {
    /// The settings that these flags stand for.
    pub fn as_settings(&self) -> Vec<(String, String)> {
        let path = |path: &PathBuf| path.display().to_string();
        let on = |flag: bool| flag.then(|| "true".to_owned());
        let given = [
            ("server.listen", self.listen.map(|address| address.to_string())),
            ("server.public_url", self.public_url.clone()),
            ("server.tls.cert_file", self.cert.as_ref().map(path)),
            ("server.tls.key_file", self.key.as_ref().map(path)),
            ("server.tls.dev_ca", on(self.dev_ca)),
            ("server.insecure_i_know", on(self.insecure_i_know)),
            ("server.roles", self.roles.clone()),
        ];
        given.into_iter().filter_map(|(name, value)| Some(setting(name, value?))).collect()
    }
}

fn setting(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    let (name, value) =
        text.split_once('=').ok_or("expected SETTING=VALUE, for example server.listen=127.0.0.1:9000")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}
