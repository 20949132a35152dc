//! What handlers share.

use std::sync::Arc;

use cerulean_accounts::Accounts;
use cerulean_delivery::{Ctx, Platform};
use cerulean_hooks::Hooks;
use cerulean_http_kit::ProblemReply;

use crate::AppAdmin;

/// The parts handlers need.
pub struct ConsoleParts {
    /// What all actions share.
    pub platform: Arc<Platform>,
    /// Tokens.
    pub accounts: Accounts,
    /// Webhooks.
    pub hooks: Hooks,
}

/// State of the router. Cheap to clone.
#[derive(Clone)]
pub struct Console(Arc<ConsoleParts>);

impl Console {
    /// Joins the parts.
    pub fn new(parts: ConsoleParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Opens the context of an action that writes.
    pub async fn write(&self, admin: &AppAdmin) -> ProblemReply<Ctx> {
        Ok(self.platform.ctx(admin.app, admin.actor()).await?)
    }

    /// Opens the context of an action that only reads.
    pub async fn read(&self, admin: &AppAdmin) -> ProblemReply<Ctx> {
        Ok(self.platform.read_ctx(admin.app, admin.actor()).await?)
    }
}

impl std::ops::Deref for Console {
    type Target = ConsoleParts;

    fn deref(&self) -> &ConsoleParts {
        &self.0
    }
}
