//! Receivers in memory.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use cerulean_delivery::event::Watch;
use cerulean_storage::StorageError;
use cerulean_storage::hook::{HookRow, HookStatus};
use cerulean_types::{AppId, Millis};
use parking_lot::RwLock;
use tokio::sync::Semaphore;

use crate::breaker::Breaker;
use crate::endpoint::Stored;
use crate::{HookError, Hooks, HooksOptions, catalogue};

/// Verdicts of one app asked for at a time.
const VERDICTS_PER_APP: usize = 64;

/// What outlives a change of a receiver.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// Requests to it at a time.
    pub slots: Arc<Semaphore>,
    pub breaker: Breaker,
    /// When something may be sent next, as far as is known here.
    pub due: AtomicI64,
}

/// A receiver that is enabled.
#[derive(Debug)]
pub(crate) struct ActiveHook {
    pub app: AppId,
    pub id: String,
    pub events: Vec<String>,
    pub stored: Stored,
    pub runtime: Arc<Runtime>,
}

impl ActiveHook {
    pub fn is_screen(&self) -> bool {
        self.events.iter().any(|name| name == catalogue::BEFORE_SEND)
    }
}

/// The enabled receivers of an app.
#[derive(Debug)]
pub(crate) struct AppHooks {
    pub hooks: Vec<Arc<ActiveHook>>,
    pub screen: Option<Arc<ActiveHook>>,
    /// Requests of the app at a time.
    pub slots: Arc<Semaphore>,
    /// Verdicts asked for at a time.
    pub verdicts: Arc<Semaphore>,
    is_watching_messages: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Registry {
    apps: RwLock<HashMap<AppId, Arc<AppHooks>>>,
}

impl Registry {
    pub fn app(&self, app: AppId) -> Option<Arc<AppHooks>> {
        self.apps.read().get(&app).cloned()
    }

    pub fn all(&self) -> Vec<Arc<AppHooks>> {
        self.apps.read().values().cloned().collect()
    }

    pub fn has_message_watch(&self, app: AppId) -> bool {
        self.apps.read().get(&app).is_some_and(|hooks| hooks.is_watching_messages)
    }

    fn apps_watching_messages(&self) -> HashSet<AppId> {
        let apps = self.apps.read();
        apps.iter().filter(|(_, hooks)| hooks.is_watching_messages).map(|(app, _)| *app).collect()
    }

    fn has_screens(&self) -> bool {
        self.apps.read().values().any(|hooks| hooks.screen.is_some())
    }

    /// Replaces the receivers of an app; what is known of those that stay is kept.
    fn replace(&self, app: AppId, rows: &[HookRow], options: &HooksOptions) -> Result<(), StorageError> {
        let before = self.app(app);
        let hooks: Vec<Arc<ActiveHook>> = rows
            .iter()
            .filter(|row| row.status == HookStatus::Enabled)
            .map(|row| {
                let known = before.iter().flat_map(|before| &before.hooks).find(|known| known.id == row.id);
                let fresh = || {
                    let slots = Arc::new(Semaphore::new(options.per_hook));
                    Arc::new(Runtime { slots, breaker: Breaker::default(), due: AtomicI64::new(0) })
                };
                let runtime = known.map_or_else(fresh, |known| known.runtime.clone());
                // Whatever changed may let something go that waits.
                runtime.due.store(0, Ordering::Release);
                let stored = Stored::of(row)?;
                Ok(Arc::new(ActiveHook { app, id: row.id.clone(), events: row.events.clone(), stored, runtime }))
            })
            .collect::<Result<_, StorageError>>()?;
        let mut apps = self.apps.write();
        if hooks.is_empty() {
            apps.remove(&app);
            return Ok(());
        }
        let of_messages = |name: &String| catalogue::FROM_FEED.contains(&name.as_str());
        let (slots, verdicts) = match &before {
            Some(before) => (before.slots.clone(), before.verdicts.clone()),
            None => (Arc::new(Semaphore::new(options.per_app)), Arc::new(Semaphore::new(VERDICTS_PER_APP))),
        };
        let app_hooks = AppHooks {
            screen: hooks.iter().find(|hook| hook.is_screen()).cloned(),
            is_watching_messages: hooks.iter().any(|hook| hook.events.iter().any(of_messages)),
            hooks,
            slots,
            verdicts,
        };
        apps.insert(app, Arc::new(app_hooks));
        Ok(())
    }
}

impl Hooks {
    /// Reads the receivers of an app again and lets them act.
    pub async fn reload(&self, app: AppId) -> Result<(), HookError> {
        let inner = &self.0;
        let rows = inner.platform.db.hooks_of(app).await?;
        inner.registry.replace(app, &rows, &inner.options)?;
        let mut receivers: HashMap<String, Vec<String>> = HashMap::new();
        let mut wanting_content = HashSet::new();
        for hook in inner.registry.app(app).iter().flat_map(|app| &app.hooks) {
            for name in hook.events.iter().filter(|name| *name != catalogue::BEFORE_SEND) {
                receivers.entry(name.clone()).or_default().push(hook.id.clone());
            }
            if hook.stored.with_content {
                wanting_content.insert(hook.id.clone());
            }
        }
        inner.platform.set_watch(app, Watch { receivers, wanting_content });
        inner.platform.log.watch(inner.registry.apps_watching_messages());
        inner.has_screens.store(inner.registry.has_screens(), Ordering::Release);
        inner.platform.events_recorded.note(app);
        Ok(())
    }

    pub(crate) fn now(&self) -> Millis {
        self.0.platform.clock.now()
    }
}
