//! Commands on the data: through the running server where there is one, otherwise on the data folder itself.

use std::sync::Arc;

use anyhow::Context;
use cerulean_accounts::Accounts;
use cerulean_bus::LocalBus;
use cerulean_config::Config;
use cerulean_delivery::{Platform, PlatformOptions};
use cerulean_types::Clock;
use cerulean_vault::Vault;

use super::admin::{self, Command, Reply};
use super::{DataLock, control};
use crate::PartsOptions;

/// Carries a command out, by the server that runs on the data folder or here.
pub(crate) async fn perform(settings: &Config, command: Command) -> anyhow::Result<Reply> {
    if let Some(reply) = control::call(&settings.data.folder, &command).await? {
        return Ok(reply);
    }
    let _lock = DataLock::take(&settings.data.folder)?;
    let parts = PartsOptions::from_config(settings, Clock::system());
    let options = PlatformOptions {
        db: parts.db,
        vault: Vault::open(&settings.data.keys_folder())?,
        bus: Arc::new(LocalBus::default()),
        clock: parts.clock,
        limits: parts.limits,
    };
    let platform = Platform::open(options).await.context("cannot open the database")?;
    let accounts = Accounts::new(platform.clone());
    let outcome = admin::execute(&platform, &accounts, command).await;
    platform.close().await;
    outcome
}
