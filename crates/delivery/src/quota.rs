//! How much an app may have, and how much it has.
//!
//! Messages are counted as they become durable, whatever door they came by, in memory, and written down every few seconds and when
//! the server stops: a crash forgets the last of them. Users and files are counted where they are kept.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cerulean_storage::StorageError;
use cerulean_storage::usage::{DAY, MONTH};
use cerulean_types::{AppId, Code, ItemKind, Millis, PublicError, StoredItem};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use utoipa::ToSchema;

use crate::Platform;

/// How long counted messages may wait to be written down.
const WRITTEN_EVERY: Duration = Duration::from_secs(5);

/// How much an app may have; absent for no limit of the server's, or for the server's in the settings of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AppQuotas {
    /// Users.
    pub users: Option<u64>,
    /// Messages from midnight to midnight, UTC.
    pub messages_per_day: Option<u64>,
    /// Messages of a calendar month, UTC.
    pub messages_per_month: Option<u64>,
    /// Bytes of uploaded files.
    pub storage_bytes: Option<u64>,
}

impl AppQuotas {
    /// The stricter of the server's and the app's.
    pub fn within(self, server: Self) -> Self {
        let pick = |server: Option<u64>, app: Option<u64>| match server {
            Some(server) => Some(app.map_or(server, |app| app.min(server))),
            None => app,
        };
        Self {
            users: pick(server.users, self.users),
            messages_per_day: pick(server.messages_per_day, self.messages_per_day),
            messages_per_month: pick(server.messages_per_month, self.messages_per_month),
            storage_bytes: pick(server.storage_bytes, self.storage_bytes),
        }
    }
}

/// The app has as much as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the app has reached its quota of {limit} {what}")]
pub struct QuotaExceeded {
    /// Of what.
    pub what: &'static str,
    /// How much it may have.
    pub limit: u64,
}

impl PublicError for QuotaExceeded {
    fn code(&self) -> Code {
        Code::LicenseLimit
    }
}

/// Messages of an app in the running day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Days since the epoch.
    day: i64,
    /// Months since the year 0.
    month: i64,
    /// Messages of the day.
    pub today: u64,
    /// Messages of the month.
    pub this_month: u64,
    /// Of them not written down yet.
    waiting: u64,
    /// What earlier processes counted is in it.
    is_loaded: bool,
}

/// The counts of all apps.
#[derive(Default)]
pub struct Usage {
    apps: Mutex<HashMap<AppId, Counted>>,
    stopping: Notify,
    is_stopping: AtomicBool,
}

impl Usage {
    /// Counts an item that became durable, if it is a message. Before its sender is answered, so that his next one is judged by it.
    pub fn note(&self, item: &StoredItem) {
        if item.kind == ItemKind::Message {
            self.apps.lock().entry(item.app).or_default().add(1, item.timestamp);
        }
    }

    /// What an app sent in the running day and month, if that is in memory.
    pub fn find(&self, app: AppId, now: Millis) -> Option<Counted> {
        let mut apps = self.apps.lock();
        let counted = apps.get_mut(&app).filter(|counted| counted.is_loaded)?;
        counted.turn(now);
        Some(*counted)
    }

    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Release);
        self.stopping.notify_one();
    }
}

impl Counted {
    fn add(&mut self, messages: u64, at: Millis) {
        self.turn(at);
        self.today += messages;
        self.this_month += messages;
        self.waiting += messages;
    }

    /// Goes by what is written down, of this node and others, and what waits here.
    fn take_over(&mut self, today: u64, this_month: u64) {
        self.today = today + self.waiting;
        self.this_month = this_month + self.waiting;
    }

    /// Begins a new day or month when it has come. What waits of the old one is counted to the new one when it is written down: some
    /// seconds' worth around midnight.
    fn turn(&mut self, now: Millis) {
        let (day, month) = (DAY.period_of(now), MONTH.period_of(now));
        if self.day != day {
            (self.day, self.today) = (day, 0);
        }
        if self.month != month {
            (self.month, self.this_month) = (month, 0);
        }
    }
}

impl Platform {
    /// What an app may have.
    pub fn quotas_of(&self, settings: &crate::AppSettings) -> AppQuotas {
        settings.quotas.within(self.limits.quotas)
    }

    /// What an app sent in the running day and month.
    pub async fn messages_of(&self, app: AppId) -> Result<Counted, StorageError> {
        let now = self.clock.now();
        if let Some(counted) = self.usage.find(app, now) {
            return Ok(counted);
        }
        let tx = self.db.read(app).await?;
        let (today, this_month) = (tx.usage().find(DAY, now).await?, tx.usage().find(MONTH, now).await?);
        let mut apps = self.usage.apps.lock();
        let counted = apps.entry(app).or_default();
        counted.turn(now);
        if !counted.is_loaded {
            counted.is_loaded = true;
            counted.take_over(today, this_month);
        }
        Ok(*counted)
    }

    /// Refuses a message where the app has sent as many as it may; nothing when memory does not tell.
    pub fn check_messages_cached(
        &self,
        app: AppId,
        settings: &crate::AppSettings,
    ) -> Option<Result<(), QuotaExceeded>> {
        let quotas = self.quotas_of(settings);
        if quotas.messages_per_day.is_none() && quotas.messages_per_month.is_none() {
            return Some(Ok(()));
        }
        let counted = self.usage.find(app, self.clock.now())?;
        let parts = [
            ("messages a day", quotas.messages_per_day, counted.today),
            ("messages a month", quotas.messages_per_month, counted.this_month),
        ];
        let over = parts.into_iter().find_map(|(what, limit, count)| {
            let limit = limit.filter(|limit| count >= *limit)?;
            Some(QuotaExceeded { what, limit })
        });
        Some(over.map_or(Ok(()), Err))
    }

    /// Writes counts down from time to time until the server stops, and then what is left.
    pub(crate) fn write_usage_down(self: &Arc<Self>) {
        let platform = Arc::downgrade(self);
        let usage = self.usage.clone();
        self.loops.spawn(async move {
            loop {
                let _ = tokio::time::timeout(WRITTEN_EVERY, usage.stopping.notified()).await;
                let Some(platform) = platform.upgrade() else { return };
                if let Err(error) = platform.write_usage().await {
                    tracing::warn!("counts of messages wait for the next turn: {error}");
                }
                if usage.is_stopping.load(Ordering::Acquire) {
                    return;
                }
            }
        });
    }

    async fn write_usage(&self) -> Result<(), StorageError> {
        let take = |counted: &mut Counted| std::mem::take(&mut counted.waiting);
        let waiting: Vec<(AppId, u64)> = {
            let mut apps = self.usage.apps.lock();
            apps.iter_mut().map(|(app, counted)| (*app, take(counted))).filter(|(_, count)| *count > 0).collect()
        };
        for (app, count) in waiting {
            if let Err(error) = self.write_count(app, count).await {
                self.usage.apps.lock().entry(app).or_default().waiting += count;
                return Err(error);
            }
        }
        Ok(())
    }

    async fn write_count(&self, app: AppId, count: u64) -> Result<(), StorageError> {
        let now = self.clock.now();
        let tx = self.db.begin(app).await?;
        for period in [DAY, MONTH] {
            tx.usage().add(period, now, count).await?;
        }
        let (today, this_month) = (tx.usage().find(DAY, now).await?, tx.usage().find(MONTH, now).await?);
        tx.commit().await?;
        let mut apps = self.usage.apps.lock();
        let counted = apps.entry(app).or_default();
        counted.turn(now);
        counted.take_over(today, this_month);
        counted.is_loaded = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: Millis = 86_400_000;

    #[test]
    fn an_app_is_never_looser_than_the_server() {
        let server = AppQuotas { users: Some(10), messages_per_day: Some(10), ..AppQuotas::default() };
        let app =
            AppQuotas { users: Some(20), messages_per_day: Some(5), storage_bytes: Some(7), ..AppQuotas::default() };
        let both =
            AppQuotas { users: Some(10), messages_per_day: Some(5), storage_bytes: Some(7), messages_per_month: None };
        assert_eq!(app.within(server), both);
        assert_eq!(AppQuotas::default().within(server), server);
    }

    #[test]
    fn counts_begin_anew_with_day_and_month() {
        let mut counted = Counted::default();
        counted.add(3, 30 * DAY_MS);
        counted.add(2, 30 * DAY_MS + 1);
        assert_eq!((counted.today, counted.this_month, counted.waiting), (5, 5, 5));
        counted.add(1, 31 * DAY_MS);
        assert_eq!((counted.today, counted.this_month), (1, 1), "the first of February");
        counted.add(1, 32 * DAY_MS);
        assert_eq!((counted.today, counted.this_month), (1, 2));
        counted.waiting = 1;
        counted.take_over(4, 40);
        assert_eq!((counted.today, counted.this_month), (5, 41), "what is written down, and what waits");
    }
}
