//! The realtime door: sockets that speak XSYNC, raw or inside Socket.IO.
//!
//! Translates only: a frame becomes a call of `accounts` or `messaging`, an item from the bus becomes bytes, encoded once for everybody.
//! Start at [`Gateway::upgrade`] for how a connection begins, `connection.rs` for its one task, `command/` for what each frame does, and
//! `hub.rs` for fan-out. A new command is a file in `command/`.

mod audience;
mod command;
mod connection;
mod hub;
mod outbox;
mod presence;
mod push;
mod session;
mod upgrade;

use std::sync::Arc;
use std::time::Duration;

use cerulean_accounts::Accounts;
use cerulean_messaging::Messaging;
use cerulean_types::{AppId, UserId, limits};

pub use hub::GatewayStats;
use hub::Hub;

/// How connections are treated.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// Bytes that may wait for a slow socket before it is only woken.
    pub outbox_bytes: usize,
    /// Largest frame, in bytes.
    pub frame_bytes: usize,
    /// Items of one pull.
    pub pull_items: usize,
    /// How long a connection may stay without PROVISION.
    pub provision_within: Duration,
    /// How long a connection may stay silent; clients send something every 50 seconds.
    pub silent_for: Duration,
    /// How long a write may be stuck before the connection is given up.
    pub write_within: Duration,
    /// How often sessions are checked for the age of their token.
    pub expiry_every: Duration,
}

impl Default for GatewayOptions {
    fn default() -> Self {
        Self {
            outbox_bytes: 1 << 20,
            frame_bytes: limits::FRAME_BYTES,
            pull_items: limits::PULL_ITEMS,
            provision_within: Duration::from_mins(1),
            silent_for: Duration::from_mins(3),
            write_within: Duration::from_secs(30),
            expiry_every: Duration::from_secs(5),
        }
    }
}

/// The realtime door of this node. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    hub: Arc<Hub>,
}

impl Gateway {
    /// Joins the bus and waits for connections.
    pub fn new(messaging: Messaging, accounts: Accounts, options: GatewayOptions) -> Self {
        let hub = Arc::new(Hub::new(messaging, accounts, options));
        hub.follow_bus();
        hub.watch_expiry();
        Self { hub }
    }

    /// Whether the user has a live session on this node.
    pub fn is_online(&self, app: AppId, user: UserId) -> bool {
        self.hub.is_online(app, user)
    }

    /// What this node's sockets have done since its start.
    pub fn stats(&self) -> GatewayStats {
        self.hub.stats()
    }

    /// Ends all connections, so that clients connect elsewhere, and waits until they are gone.
    pub async fn close(&self) {
        self.hub.close().await;
    }
}
