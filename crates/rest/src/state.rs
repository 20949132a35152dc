//! What handlers share.

use std::sync::Arc;

use cerulean_accounts::{Accounts, Presence};
use cerulean_delivery::{Ctx, Platform};
use cerulean_files::Files;
use cerulean_messaging::Messaging;
use cerulean_previews::Previews;
use cerulean_verification::Verification;

use crate::{ApiResult, Caller};

/// The parts handlers need.
pub struct RestParts {
    /// What all actions share.
    pub platform: Arc<Platform>,
    /// Tokens and sign-in.
    pub accounts: Accounts,
    /// Sending.
    pub messaging: Messaging,
    /// Uploaded files.
    pub files: Files,
    /// Verification codes.
    pub verification: Verification,
    /// Previews of links.
    pub previews: Previews,
    /// Who is connected.
    pub presence: Arc<dyn Presence>,
    /// The address clients reach this server at; taken from the request's `Host` when absent.
    pub public_url: Option<String>,
    /// Whether this server speaks TLS itself.
    pub is_tls: bool,
    /// Public name of the app of a development server.
    pub default_app: Option<String>,
}

/// State of the router. Cheap to clone.
#[derive(Clone)]
pub struct Rest(Arc<RestParts>);

impl Rest {
    /// Joins the parts.
    pub fn new(parts: RestParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Opens the context of an action that writes.
    pub async fn write(&self, caller: &Caller) -> ApiResult<Ctx> {
        Ok(self.0.platform.ctx(caller.app, caller.actor).await?)
    }

    /// Opens the context of an action that only reads.
    pub async fn read(&self, caller: &Caller) -> ApiResult<Ctx> {
        Ok(self.0.platform.read_ctx(caller.app, caller.actor).await?)
    }
}

impl std::ops::Deref for Rest {
    type Target = RestParts;

    fn deref(&self) -> &RestParts {
        &self.0
    }
}
