//! Commands on the data: through the running server where there is one, otherwise on the data folder itself.

use std::sync::Arc;

use anyhow::Context;
use cerulean_accounts::Accounts;
use cerulean_blobs::Blobs;
use cerulean_bus::LocalBus;
use cerulean_config::Config;
use cerulean_delivery::{Platform, PlatformOptions};
use cerulean_files::Files;
use cerulean_transfer::Transfer;
use cerulean_types::Clock;
use cerulean_vault::Vault;

use super::admin::{self, Command, Reply};
use super::{DataLock, control};
use crate::transfer::join_transfer;
use crate::{Parts, PartsOptions};

/// What commands work on: the data of a running server, or a data folder that was opened for them.
#[derive(Clone)]
pub struct OpenData {
    pub(crate) platform: Arc<Platform>,
    pub(crate) accounts: Accounts,
    pub(crate) transfer: Transfer,
}

impl OpenData {
    /// The data of a running server.
    pub fn of(parts: &Parts) -> Self {
        Self { platform: parts.platform.clone(), accounts: parts.accounts.clone(), transfer: parts.transfer.clone() }
    }

    /// Opens the data folder that `_lock` holds.
    pub(crate) async fn open(settings: &Config, _lock: &DataLock) -> anyhow::Result<Self> {
        let parts = PartsOptions::from_config(settings, Clock::system());
        let options = PlatformOptions {
            db: parts.db,
            vault: Vault::open(&settings.data.keys_folder())?,
            bus: Arc::new(LocalBus::default()),
            clock: parts.clock,
            limits: parts.limits,
        };
        let platform = Platform::open(options).await.context("cannot open the database")?;
        let blobs = Blobs::open(&parts.blobs).context("cannot open the file store")?;
        let files = Files::new(platform.clone(), blobs);
        let transfer = join_transfer(&files, platform.clone(), parts.base_url);
        Ok(Self { accounts: Accounts::new(platform.clone()), platform, transfer })
    }
}

/// Carries a command out, by the server that runs on the data folder or here.
pub(crate) async fn perform(settings: &Config, command: Command) -> anyhow::Result<Reply> {
    if let Some(reply) = control::call(&settings.data.folder, &command).await? {
        return Ok(reply);
    }
    let lock = DataLock::take(&settings.data.folder)?;
    let data = OpenData::open(settings, &lock).await?;
    let outcome = admin::execute(&data.platform, &data.accounts, command).await;
    data.platform.close().await;
    outcome
}
