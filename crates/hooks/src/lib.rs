//! Webhooks: an app's own servers are told what happens, and asked before a message is taken.
//!
//! Owns receivers and their secrets, the way of an event to each of them (in order within a conversation, again after a failure, given up
//! at last, replayed on demand), and the verdict of the receiver that is asked before a message is sent. Knows no HTTP doors and no
//! frames; requests leave through `egress`. Events themselves are recorded by `delivery` with the change they tell of; messages come from
//! the log's feed. Start at [`Hooks`]; [`Hooks::run`] is what brings events to their receivers. A new event is a name in
//! `delivery::event` or [`catalogue`], with an example that a test checks.
//!
//! A slow receiver takes its own places only: every receiver and every app has a limit of requests at a time.

mod action;
mod breaker;
mod call;
pub mod catalogue;
mod deliveries;
mod endpoint;
mod error;
mod forget;
#[cfg(test)]
mod guide;
mod message;
mod push;
mod registry;
mod runner;
mod screen;
mod signature;

pub use action::{
    CreatedHook, HookChange, NewHook, change_hook, create_hook, find_hook, list_hooks, remove_hook, rotate_secret,
};
pub use call::HookOutcome;
pub use deliveries::{Delivery, find_delivery, list_deliveries, replay_deliveries, replay_delivery};
pub use endpoint::{Hook, OnFailure, Scope, ScreenChange, ScreenSettings};
pub use error::HookError;
pub use forget::ForgetWebhooks;
pub use push::{PushPlan, PushPlanner, PushText};
pub use screen::{AskedMessage, ScreenVerdict};

pub use cerulean_storage::hook::HookStatus;
pub use cerulean_storage::hook_queue::{AttemptRow, DeliveryFilter, DeliveryState};

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cerulean_bus::BusEvent;
use cerulean_delivery::Platform;
use cerulean_egress::Egress;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use registry::Registry;

/// How receivers are treated.
#[derive(Debug, Clone)]
pub struct HooksOptions {
    /// How long after each failed try the next one follows; when all have failed the delivery is given up.
    pub retry_after: Vec<Duration>,
    /// How long a receiver may take to answer.
    pub timeout: Duration,
    /// Requests to one receiver at a time.
    pub per_hook: usize,
    /// Requests of one app at a time.
    pub per_app: usize,
    /// Events that one receiver did not take yet, at most; the oldest of more are given up.
    pub waiting_per_hook: u64,
    /// How long delivered events are kept.
    pub keep_delivered: Duration,
    /// How long events that were given up are kept.
    pub keep_failed: Duration,
}

impl Default for HooksOptions {
    fn default() -> Self {
        let seconds = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600];
        Self {
            retry_after: seconds.map(Duration::from_secs).to_vec(),
            timeout: Duration::from_secs(15),
            per_hook: 8,
            per_app: 32,
            waiting_per_hook: 100_000,
            keep_delivered: Duration::from_hours(3 * 24),
            keep_failed: Duration::from_hours(30 * 24),
        }
    }
}

impl HooksOptions {
    /// What an event may be old before it gets one try and no more: as long as all tries of one take that never waited for another.
    pub(crate) fn whole_series(&self) -> Duration {
        let pauses: Duration = self.retry_after.iter().sum();
        // Each may be a tenth longer.
        pauses.mul_f64(1.1) + self.timeout * (self.retry_after.len() as u32 + 1)
    }
}

/// Webhooks of all apps. Cheap to clone.
#[derive(Clone)]
pub struct Hooks(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) platform: Arc<Platform>,
    pub(crate) egress: Egress,
    pub(crate) options: HooksOptions,
    pub(crate) registry: Registry,
    /// Whether any app has a receiver that is asked before messages are sent.
    pub(crate) has_screens: AtomicBool,
    /// Knows who would be told of a message by push.
    pub(crate) pushes: OnceLock<Arc<dyn PushPlanner>>,
    /// The log's feed may hold something.
    pub(crate) fed: Notify,
    pub(crate) stop: CancellationToken,
}

impl Hooks {
    /// Reads all receivers and follows the bus, so that changes made on other nodes act here too.
    pub async fn open(platform: Arc<Platform>, egress: Egress, options: HooksOptions) -> Result<Self, HookError> {
        let hooks = Self(Arc::new(Inner {
            platform,
            egress,
            options,
            registry: Registry::default(),
            has_screens: AtomicBool::new(false),
            pushes: OnceLock::new(),
            fed: Notify::new(),
            stop: CancellationToken::new(),
        }));
        let apps = hooks.0.platform.db.platform_read().await?.apps_with_hooks().await?;
        for app in apps {
            hooks.reload(app).await?;
        }
        hooks.follow_bus();
        Ok(hooks)
    }

    fn follow_bus(&self) {
        let weak = Arc::downgrade(&self.0);
        self.0.platform.bus.subscribe(Arc::new(move |event| {
            let Some(inner) = weak.upgrade() else { return };
            match event {
                BusEvent::Committed(items) if items.iter().any(|item| inner.registry.has_message_watch(item.app)) => {
                    inner.fed.notify_one();
                }
                BusEvent::AppChanged { app } => {
                    let (hooks, app) = (Self(inner.clone()), *app);
                    inner.platform.tasks.spawn(async move {
                        if let Err(error) = hooks.reload(app).await {
                            tracing::warn!(app.id = app.0, "webhooks of the app stay as they were: {error}");
                        }
                    });
                }
                _ => {}
            }
        }));
    }

    /// Lets what is being sent end and sends nothing more.
    pub fn close(&self) {
        self.0.stop.cancel();
    }
}
