//! What an operator may set: one file here per section of the configuration file.
//!
//! Owns the settings, their defaults, where they come from (file, environment, flags) and what is wrong with them. Knows
//! nothing of what they are used for. Start at [`Config`]; [`Config::load`] puts the sources together.
//!
//! A new setting is a field with a comment and a default in its section's file. The example file, the names in error
//! messages and the environment variable follow from it by themselves; run `cargo test -p cerulean-config`, which says
//! how to refresh the committed example.

mod describe;
mod error;
mod example;
mod load;
mod secret;
mod units;

mod blobs;
mod data;
mod database;
mod delivery;
mod dev;
mod egress;
mod hooks;
mod limits;
mod mail;
mod observability;
mod previews;
mod server;
mod sms;

pub use blobs::{BlobKind, Blobs, S3};
pub use data::Data;
pub use database::Database;
pub use delivery::Delivery;
pub use dev::{DemoApp, Dev};
pub use egress::Egress;
pub use error::{ConfigError, Problem};
pub use hooks::Hooks;
pub use limits::Limits;
pub use load::{ENVIRONMENT_PREFIX, Sources};
pub use mail::{Mail, MailChoice, MailProtection};
pub use observability::{LogFormat, Observability};
pub use previews::Previews;
pub use secret::Secret;
pub use server::{Role, Server, Tls};
pub use sms::{Sms, SmsChoice};
pub use units::{Size, Span};

use describe::section;
use error::Problems;

section! {
    /// Every setting has a default that works. The same settings can be given as environment variables, for example
    /// CERULEAN__SERVER__LISTEN, and as flags, for example --set server.listen=127.0.0.1:9000. Flags win over the
    /// environment, the environment over this file. A setting that does not exist is refused.
    pub struct Config {
        /// Where the server listens, and how others reach it.
        server: Server;
        /// Where this node keeps its files.
        data: Data;
        /// The database.
        database: Database;
        /// Where uploaded files are kept.
        blobs: Blobs;
        /// What a client may send, and how much of it.
        limits: Limits;
        /// How items reach devices.
        delivery: Delivery;
        /// Requests the server makes to addresses that other people chose.
        egress: Egress;
        /// Webhooks: how receivers are treated.
        hooks: Hooks;
        /// Previews of links.
        previews: Previews;
        /// Mail that carries verification codes.
        mail: Mail;
        /// Text messages that carry verification codes.
        sms: Sms;
        /// Logs, figures and traces.
        observability: Observability;
        /// Help for trying things out.
        dev: Dev;
    }
}

impl Config {
    /// Reads the settings from all sources, and the secrets from the files that `*_file` settings name.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        load::load(sources)
    }

    /// The example file: every setting with its explanation and default.
    pub fn example() -> String {
        example::render(&Self::default(), true)
    }

    /// The settings in force as a configuration file, secrets shown as `***`.
    pub fn to_toml(&self) -> String {
        example::render(self, false)
    }

    /// Whether to make the demo app when there is no app yet.
    pub fn wants_demo(&self) -> bool {
        match self.dev.demo_app {
            DemoApp::On => true,
            DemoApp::Off => false,
            DemoApp::Auto => self.server.is_loopback() && self.database.is_sqlite(),
        }
    }

    fn check(&self) -> Problems {
        let mut problems = Problems::default();
        self.server.check(&mut problems);
        self.data.check(&mut problems);
        self.database.check(&mut problems);
        self.blobs.check(&mut problems);
        self.limits.check(&mut problems);
        self.delivery.check(&mut problems);
        self.egress.check(&mut problems);
        self.hooks.check(&mut problems);
        self.mail.check(&mut problems);
        self.sms.check(&mut problems);
        self.previews.check(&mut problems);
        self.observability.check(&mut problems);
        problems
    }

    fn read_secret_files(&mut self) -> Problems {
        let mut problems = Problems::default();
        self.database.read_secret_files(&mut problems);
        self.blobs.s3.read_secret_files(&mut problems);
        self.mail.read_secret_files(&mut problems);
        self.sms.read_secret_files(&mut problems);
        self.observability.read_secret_files(&mut problems);
        problems
    }
}
