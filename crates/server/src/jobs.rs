//! Who does which kind of work on a node with the role `worker`.

use cerulean_accounts::ForgetExpiredTokens;
use cerulean_files::RemoveAbandonedUploads;
use cerulean_groups::TellDissolved;
use cerulean_hooks::ForgetWebhooks;
use cerulean_jobs::{ForgetEndedJobs, JobKind, Runners, Worker, WorkerOptions};

use cerulean_delivery::Platform;
use cerulean_messaging::{SendBroadcast, SendNotices};
use cerulean_storage::StorageError;
use cerulean_storage::job_queue::JobStats;
use cerulean_verification::{DeleteExpired, Deliver};

use sea_orm::DbBackend;

use crate::Parts;

/// The queue in figures.
pub(crate) async fn stats_of(platform: &Platform) -> Result<JobStats, StorageError> {
    platform.db.platform_read().await?.jobs().stats(platform.clock.now()).await
}

impl Parts {
    /// Times for a worker in service.
    pub fn worker_options(&self) -> WorkerOptions {
        let platform = &self.platform;
        WorkerOptions::new(platform.db.clone(), platform.bus.clone(), platform.clock.clone())
    }

    /// Begins to take jobs and to bring events to webhooks. Stop the worker before closing the parts.
    pub fn start_worker(&self, options: WorkerOptions) -> Worker {
        // Nobody else uses a SQLite database.
        let is_alone = self.platform.db.backend() == DbBackend::Sqlite;
        self.platform.tasks.spawn(self.hooks.clone().run(is_alone));
        Worker::start(options, self.runners())
    }

    /// The queue in figures.
    pub async fn job_stats(&self) -> Result<JobStats, StorageError> {
        stats_of(&self.platform).await
    }

    fn runners(&self) -> Runners {
        let (db, clock) = (self.platform.db.clone(), self.platform.clock.clone());
        Runners::default()
            .with(JobKind::RemoveAbandonedUploads, RemoveAbandonedUploads(self.files.clone()))
            .with(JobKind::ForgetExpiredTokens, ForgetExpiredTokens { db: db.clone(), clock: clock.clone() })
            .with(JobKind::ForgetWebhooks, ForgetWebhooks(self.hooks.clone()))
            .with(JobKind::DeleteExpired, DeleteExpired(self.platform.clone()))
            .with(JobKind::DeliverCode, Deliver { platform: self.platform.clone(), carriers: self.carriers.clone() })
            .with(JobKind::Broadcast, SendBroadcast(self.messaging.clone()))
            .with(JobKind::Notify, SendNotices(self.messaging.clone()))
            .with(JobKind::DissolveGroup, TellDissolved(self.platform.clone()))
            .with(JobKind::ForgetEndedJobs, ForgetEndedJobs { db, clock })
    }
}
