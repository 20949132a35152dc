//! Brings events to their receivers.
//!
//! Two loops per node. One takes messages from the log's feed into the queue. The other wakes when something was recorded, when a request
//! ended, and by the clock; it takes from the queue what may be sent, as many as receiver and app have places for. Each request is a task;
//! the loop waits for none of them, so a slow receiver holds its own places and nothing else.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cerulean_bus::BusEvent;
use cerulean_storage::StorageError;
use cerulean_storage::hook::HookStatus;
use cerulean_storage::hook_queue::{AttemptRow, DeliveryRow, NewHookEvent, Verdict};
use cerulean_types::{AppId, Millis};
use rand::Rng;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, MissedTickBehavior};

use crate::call::{HookOutcome, event_name};
use crate::registry::{ActiveHook, AppHooks};
use crate::{HookError, Hooks};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(500);
/// How often everything is looked at, for what other nodes recorded and lines that two nodes changed at once.
const SWEEP: Duration = Duration::from_secs(30);
/// Items taken from the feed at a time.
const FEED_ITEMS: usize = 500;
/// A receiver that asks to be left alone is, up to this.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
const GONE: u16 = 410;
/// Deliveries forgotten in one transaction.
const PRUNED_TOGETHER: usize = 1000;

/// A place at the receiver and one of its app.
type Places = (OwnedSemaphorePermit, OwnedSemaphorePermit);

impl Hooks {
    /// Runs until [`Self::close`]. `is_alone` says that no other node uses this database, so that what is claimed was claimed by a
    /// process that is gone.
    pub async fn run(self, is_alone: bool) {
        if is_alone && let Err(error) = self.release_claims().await {
            tracing::warn!("webhooks that a stopped process was sending wait for a minute: {error}");
        }
        tokio::join!(self.follow_feed(), self.send());
    }

    /// Takes messages from the log's feed as they come. Whom a message of a large group concerns takes a while to find out; what is to be
    /// sent does not wait for it.
    async fn follow_feed(&self) {
        while !self.0.stop.is_cancelled() {
            while self.take_feed().await {}
            tokio::select! {
                () = self.0.stop.cancelled() => return,
                () = self.0.fed.notified() => {}
                () = tokio::time::sleep(SWEEP) => {}
            }
        }
    }

    async fn send(&self) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut swept = Instant::now();
        while !self.0.stop.is_cancelled() {
            tokio::select! {
                () = self.0.stop.cancelled() => return,
                apps = self.0.platform.events_recorded.wait() => {
                    for app in apps.into_iter().filter_map(|app| self.0.registry.app(app)) {
                        app.hooks.iter().for_each(|hook| hook.runtime.due.store(0, Ordering::Release));
                        self.send_of(&app).await;
                    }
                }
                _ = tick.tick() => {
                    let is_sweep = swept.elapsed() >= SWEEP;
                    if is_sweep {
                        swept = Instant::now();
                    }
                    self.look_around(is_sweep).await;
                }
            }
        }
    }

    async fn release_claims(&self) -> Result<(), StorageError> {
        let tx = self.0.platform.db.platform().await?;
        tx.release_hook_claims().await?;
        tx.commit().await
    }

    async fn look_around(&self, is_sweep: bool) {
        let now = self.now();
        for app in self.0.registry.all() {
            if is_sweep {
                self.sweep(&app).await;
            }
            if app.hooks.iter().any(|hook| hook.runtime.due.load(Ordering::Acquire) <= now) {
                self.send_of(&app).await;
            }
        }
    }

    async fn sweep(&self, app: &AppHooks) {
        for hook in &app.hooks {
            hook.runtime.due.store(0, Ordering::Release);
            if let Err(error) = self.tidy_lines(hook).await {
                tracing::warn!(
                    app.id = hook.app.0,
                    hook.id = hook.id,
                    "webhooks may wait longer than they need: {error}"
                );
            }
        }
    }

    /// Gives up what is too much, and lets the first of every line go.
    async fn tidy_lines(&self, hook: &ActiveHook) -> Result<(), StorageError> {
        let tx = self.0.platform.db.begin(hook.app).await?;
        let given_up = tx.hook_queue().give_up_beyond(&hook.id, self.0.options.waiting_per_hook, self.now()).await?;
        tx.hook_queue().promote_lines(&hook.id).await?;
        tx.commit().await?;
        if given_up > 0 {
            metrics::counter!("cerulean_hooks_overflowed_total").increment(given_up);
            tracing::warn!(
                app.id = hook.app.0,
                hook.id = hook.id,
                events = given_up,
                "webhooks given up, because too many wait for their receiver (hooks.waiting_per_receiver)"
            );
        }
        Ok(())
    }

    /// Takes messages from the log's feed into the queue; answers whether there may be more.
    async fn take_feed(&self) -> bool {
        match self.try_take_feed().await {
            Ok(taken) => taken == FEED_ITEMS,
            Err(error) => {
                tracing::warn!("messages wait before they are told to webhooks: {error}");
                false
            }
        }
    }

    async fn try_take_feed(&self) -> Result<usize, HookError> {
        let platform = &self.0.platform;
        let fed = platform.log.feed(FEED_ITEMS).await?;
        if fed.is_empty() {
            return Ok(0);
        }
        let seqs: Vec<i64> = fed.iter().map(|fed| fed.seq).collect();
        let mut apps: HashMap<AppId, Vec<NewHookEvent>> = HashMap::new();
        for item in fed.iter().filter_map(|fed| fed.item.as_ref()) {
            let Some(watch) = platform.watch_of(item.app) else { continue };
            apps.entry(item.app).or_default().extend(self.events_of(&watch, item).await?);
        }
        for (app, events) in apps {
            let tx = platform.db.begin(app).await?;
            tx.hook_queue().record(&events, self.now()).await?;
            tx.commit().await?;
            platform.events_recorded.note(app);
        }
        // Only now: a process that dies before takes the same items again, and they are the same events.
        platform.log.forget_fed(seqs).await?;
        Ok(fed.len())
    }

    /// Sends what the receivers of an app have places for.
    async fn send_of(&self, app: &AppHooks) {
        for hook in &app.hooks {
            if let Err(error) = self.send_ready(app, hook).await {
                tracing::warn!(app.id = hook.app.0, hook.id = hook.id, "webhooks wait: {error}");
            }
        }
    }

    async fn send_ready(&self, app: &AppHooks, hook: &Arc<ActiveHook>) -> Result<(), HookError> {
        let now = self.now();
        if hook.runtime.due.load(Ordering::Acquire) > now {
            return Ok(());
        }
        let mut places: Vec<Places> = Vec::new();
        while let Ok(of_hook) = hook.runtime.slots.clone().try_acquire_owned()
            && let Ok(of_app) = app.slots.clone().try_acquire_owned()
        {
            places.push((of_hook, of_app));
        }
        if places.is_empty() {
            // The end of a request wakes the loop.
            return Ok(());
        }
        let db = &self.0.platform.db;
        let due = db.read(hook.app).await?.hook_queue().next_due(&hook.id, now).await?;
        hook.runtime.due.store(due.unwrap_or(Millis::MAX), Ordering::Release);
        if due.is_none_or(|due| due > now) {
            return Ok(());
        }
        let lease = self.0.options.timeout.as_millis() as i64 * 2 + 10_000;
        let tx = db.begin(hook.app).await?;
        let claimed = tx.hook_queue().claim(&hook.id, now, now + lease, places.len()).await?;
        let due = tx.hook_queue().next_due(&hook.id, now).await?;
        tx.commit().await?;
        hook.runtime.due.store(due.unwrap_or(Millis::MAX), Ordering::Release);
        for ((row, body), places) in claimed.into_iter().zip(places) {
            let (hooks, hook) = (self.clone(), hook.clone());
            self.0.platform.tasks.spawn(async move {
                hooks.deliver(&hook, &row, body).await;
                drop(places);
                hook.runtime.due.store(0, Ordering::Release);
                hooks.0.platform.events_recorded.note(hook.app);
            });
        }
        Ok(())
    }

    async fn deliver(&self, hook: &ActiveHook, row: &DeliveryRow, body: String) {
        let at = self.now();
        let id = event_name(&row.event_id);
        let outcome = tokio::select! {
            outcome = self.tell(&hook.stored, &id, body) => outcome,
            // The claim is released by the next process, which tells the same event under the same id.
            () = self.0.stop.cancelled() => return,
        };
        let verdict = self.verdict(row, &outcome);
        let label = match verdict {
            Verdict::Delivered => "delivered",
            Verdict::GiveUp => "given_up",
            Verdict::Retry(_) | Verdict::Keep => "failed",
        };
        metrics::counter!("cerulean_hooks_attempts_total", "outcome" => label).increment(1);
        let attempt = AttemptRow {
            attempt: row.attempts + 1,
            at,
            duration_ms: outcome.duration_ms,
            status: outcome.status,
            error: outcome.error.clone(),
            excerpt: outcome.excerpt,
        };
        if let Err(error) = self.note(hook, row, &attempt, verdict).await {
            tracing::warn!(app.id = hook.app.0, hook.id = hook.id, "a webhook will be sent again: {error}");
        }
    }

    fn verdict(&self, row: &DeliveryRow, outcome: &HookOutcome) -> Verdict {
        if outcome.is_success() {
            return Verdict::Delivered;
        }
        if outcome.status == GONE {
            return Verdict::Keep;
        }
        // A line whose first events took all their tries would otherwise stand still that long for each that waited behind them.
        let is_old = self.now() - row.created_at > self.0.options.whole_series().as_millis() as i64;
        let delay = self.0.options.retry_after.get(row.tries as usize).filter(|_| !is_old);
        let Some(delay) = delay else { return Verdict::GiveUp };
        let asked = outcome.retry_after.unwrap_or_default().min(LONGEST_WAIT);
        // A tenth more or less, so that what failed together does not come back together.
        let spread = delay.mul_f64(rand::rng().random_range(0.9..1.1));
        Verdict::Retry(self.now() + spread.max(asked).as_millis() as i64)
    }

    async fn note(
        &self,
        hook: &ActiveHook,
        row: &DeliveryRow,
        attempt: &AttemptRow,
        verdict: Verdict,
    ) -> Result<(), HookError> {
        let tx = self.0.platform.db.begin(hook.app).await?;
        let now = self.now();
        tx.hook_queue().finish(row, attempt, verdict, now).await?;
        let is_gone = verdict == Verdict::Keep;
        if is_gone && let Some(mut gone) = tx.hooks().find_for_update(&hook.id).await? {
            gone.status = HookStatus::Gone;
            gone.updated_at = now;
            tx.hooks().update(&gone).await?;
        }
        tx.commit().await?;
        if is_gone {
            tracing::info!(
                app.id = hook.app.0,
                hook.id = hook.id,
                "webhook disabled: its receiver says that it is gone"
            );
            self.0.platform.bus.publish(BusEvent::AppChanged { app: hook.app });
            self.reload(hook.app).await?;
        }
        Ok(())
    }

    /// Gives up what is too much and forgets what ended long ago; answers how many deliveries are forgotten.
    pub async fn prune(&self) -> Result<u64, StorageError> {
        for app in self.0.registry.all() {
            self.sweep(&app).await;
        }
        let (now, options) = (self.now(), &self.0.options);
        let before = |kept: Duration| now - kept.as_millis() as i64;
        let mut all = 0;
        loop {
            let tx = self.0.platform.db.platform().await?;
            let (delivered, failed) = (before(options.keep_delivered), before(options.keep_failed));
            let pruned = tx.prune_hooks(delivered, failed, PRUNED_TOGETHER).await?;
            tx.commit().await?;
            all += pruned;
            if pruned < PRUNED_TOGETHER as u64 {
                return Ok(all);
            }
        }
    }
}
