//! The vault as its callers see it.

mod conversations;
mod files;
mod folder;
mod golden;
mod rows;

use cerulean_types::AppId;
use cerulean_vault::Vault;

pub(crate) const APP: AppId = AppId(7);
pub(crate) const OTHER_APP: AppId = AppId(8);

/// A vault in memory with two apps.
pub(crate) fn vault() -> Vault {
    let vault = Vault::in_memory();
    vault.ensure_app(APP).unwrap();
    vault.ensure_app(OTHER_APP).unwrap();
    vault
}
