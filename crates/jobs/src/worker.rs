//! Takes jobs and runs them.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cerulean_bus::{Bus, BusEvent};
use cerulean_storage::job::JobState;
use cerulean_storage::job_queue::{ClaimedJob, JobEnd, JobLease};
use cerulean_storage::{Db, StorageError};
use cerulean_types::{Clock, Millis};
use futures::FutureExt;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::{Notify, OnceCell};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backoff::delay_after;
use crate::schedule::{ensure_rows, take_turns};
use crate::{Job, JobFailure, JobKind, SCHEDULES, Schedule};

/// Not to spin while another node holds the rows that are due.
const SHORTEST_WAIT: Duration = Duration::from_millis(5);
/// Tries to write down how a job ended before its lease is left to run out.
const SETTLE_TRIES: u32 = 4;
const SETTLE_PAUSE: Duration = Duration::from_millis(250);

/// Does one kind of work. Must be safe to run twice: an attempt may die anywhere, and the next one begins at the last checkpoint.
#[async_trait]
pub trait Runner: Send + Sync {
    /// Does the work; answers with what came of it, for administrators to read: nothing personal.
    async fn run(&self, job: &Job) -> Result<Option<Value>, JobFailure>;
}

/// Who does what on this node. Kinds without a runner are left to other nodes.
#[derive(Clone, Default)]
pub struct Runners(HashMap<JobKind, Arc<dyn Runner>>);

impl Runners {
    /// Adds the runner of a kind.
    pub fn with(mut self, kind: JobKind, runner: impl Runner + 'static) -> Self {
        self.0.insert(kind, Arc::new(runner));
        self
    }
}

/// How a node works.
#[derive(Clone)]
pub struct WorkerOptions {
    /// The database.
    pub db: Db,
    /// Tells when a job was asked for.
    pub bus: Arc<dyn Bus>,
    /// Time.
    pub clock: Clock,
    /// What comes round periodically.
    pub schedules: &'static [Schedule],
    /// How long a job stays with a node that says nothing more.
    pub lease: Duration,
    /// How often to look by oneself, should an event be lost.
    pub poll: Duration,
    /// How long running jobs have to end when the node stops.
    pub grace: Duration,
    /// Jobs of all kinds at once.
    pub at_once: usize,
}

impl WorkerOptions {
    /// Times for a node in service.
    pub fn new(db: Db, bus: Arc<dyn Bus>, clock: Clock) -> Self {
        Self {
            db,
            bus,
            clock,
            schedules: SCHEDULES,
            lease: Duration::from_mins(1),
            poll: Duration::from_secs(5),
            grace: Duration::from_secs(5),
            at_once: 16,
        }
    }
}

/// The worker of a node. Stop it with [`Worker::stop`]; when dropped, it leaves its jobs to the end of their leases.
pub struct Worker {
    node: Arc<Node>,
}

struct Node {
    options: WorkerOptions,
    runners: Runners,
    /// This worker and no other, ever.
    owner: String,
    wake: Notify,
    /// Takes no more jobs.
    stopping: CancellationToken,
    running: Mutex<HashMap<JobLease, Running>>,
    are_schedules_there: OnceCell<()>,
    tasks: TaskTracker,
}

struct Running {
    kind: JobKind,
    /// Ends the attempt.
    abort: CancellationToken,
    renewed: Instant,
}

impl Worker {
    /// Begins to take jobs.
    pub fn start(options: WorkerOptions, runners: Runners) -> Self {
        let node = Arc::new(Node {
            runners,
            owner: format!("{:032x}", rand::random::<u128>()),
            wake: Notify::new(),
            stopping: CancellationToken::new(),
            running: Mutex::default(),
            are_schedules_there: OnceCell::new(),
            tasks: TaskTracker::new(),
            options,
        });
        let listener = Arc::downgrade(&node);
        node.options.bus.subscribe(Arc::new(move |event| {
            if matches!(event, BusEvent::JobQueued)
                && let Some(node) = listener.upgrade()
            {
                node.wake.notify_one();
            }
        }));
        node.tasks.spawn(node.clone().take_jobs());
        node.tasks.spawn(node.clone().keep_leases());
        Self { node }
    }

    /// Takes no more jobs, lets those that run end for a while, and gives the others back for whoever comes next.
    pub async fn stop(self) {
        let node = &self.node;
        node.stopping.cancel();
        node.tasks.close();
        if tokio::time::timeout(node.options.grace, node.tasks.wait()).await.is_err() {
            for running in node.running.lock().values() {
                running.abort.cancel();
            }
            node.tasks.wait().await;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.node.stopping.cancel();
        for running in self.node.running.lock().values() {
            running.abort.cancel();
        }
    }
}

impl Node {
    fn now(&self) -> Millis {
        self.options.clock.now()
    }

    async fn take_jobs(self: Arc<Self>) {
        while !self.stopping.is_cancelled() {
            let next = self.take_turn().await.unwrap_or_else(|error| {
                tracing::warn!("jobs wait for the next poll: {error}");
                None
            });
            let until_next = next.map(|at| Duration::from_millis((at - self.now()).max(0) as u64));
            let wait = until_next.unwrap_or(self.options.poll).min(self.options.poll).max(SHORTEST_WAIT);
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
                () = self.stopping.cancelled() => {}
            }
        }
    }

    /// Starts what is due; answers when something will be.
    async fn take_turn(self: &Arc<Self>) -> Result<Option<Millis>, StorageError> {
        let (db, schedules) = (&self.options.db, self.options.schedules);
        self.are_schedules_there.get_or_try_init(|| ensure_rows(db, schedules, self.now())).await?;
        let next_turn = take_turns(db, schedules, self.now()).await?;
        let next_job = loop {
            let (kinds, room) = self.room();
            if kinds.is_empty() {
                break None;
            }
            let reading = db.platform_read().await?;
            let next = reading.jobs().next_due(&kinds).await?;
            drop(reading);
            if next.is_none_or(|at| at > self.now()) || self.stopping.is_cancelled() {
                break next;
            }
            let tx = db.platform().await?;
            let now = self.now();
            let claimed = tx.jobs().claim(&kinds, &self.owner, now, now + self.lease_ms(), room).await?;
            tx.commit().await?;
            if claimed.is_empty() {
                break next;
            }
            for job in claimed {
                self.start(job);
            }
        };
        Ok([next_turn, next_job].into_iter().flatten().min())
    }

    /// Kinds of which this node can run more, and how many more of each at least.
    fn room(&self) -> (Vec<&'static str>, u64) {
        let running = self.running.lock();
        let mut room = self.options.at_once.saturating_sub(running.len());
        let mut kinds = Vec::new();
        if room == 0 {
            return (kinds, 0);
        }
        for kind in self.runners.0.keys() {
            let of_this_kind = running.values().filter(|job| job.kind == *kind).count();
            let free = kind.policy().at_once.saturating_sub(of_this_kind);
            if free > 0 {
                kinds.push(kind.name());
                room = room.min(free);
            }
        }
        (kinds, room as u64)
    }

    fn start(self: &Arc<Self>, claimed: ClaimedJob) {
        let found = JobKind::find(&claimed.kind).and_then(|kind| Some((kind, self.runners.0.get(&kind)?.clone())));
        let Some((kind, runner)) = found else { return };
        let abort = CancellationToken::new();
        let running = Running { kind, abort: abort.clone(), renewed: Instant::now() };
        self.running.lock().insert(claimed.lease.clone(), running);
        self.tasks.spawn(self.clone().work(claimed, kind, runner, abort));
    }

    async fn work(
        self: Arc<Self>,
        claimed: ClaimedJob,
        kind: JobKind,
        runner: Arc<dyn Runner>,
        abort: CancellationToken,
    ) {
        let began = Instant::now();
        let lease = claimed.lease.clone();
        let attempts = kind.policy().attempts;
        let outcome = if claimed.is_cancel_requested {
            Err(JobFailure::Interrupted)
        } else if lease.attempt > attempts {
            Err(JobFailure::permanent(format!("gave up: the worker died in the last of {attempts} attempts")))
        } else {
            let job = Job { claimed, db: self.options.db.clone(), stopping: self.stopping.clone() };
            tokio::select! {
                biased;
                () = abort.cancelled() => Err(JobFailure::Interrupted),
                done = AssertUnwindSafe(runner.run(&job)).catch_unwind() => {
                    done.unwrap_or_else(|_| Err(JobFailure::retry("the program has a fault there: see the server's log")))
                }
            }
        };
        self.settle(&lease, kind, outcome).await;
        metrics::histogram!("cerulean_jobs_run_seconds", "kind" => kind.name()).record(began.elapsed().as_secs_f64());
        self.running.lock().remove(&lease);
        self.wake.notify_one();
    }

    /// Writes down how an attempt ended.
    async fn settle(&self, lease: &JobLease, kind: JobKind, outcome: Result<Option<Value>, JobFailure>) {
        for remaining in (0..SETTLE_TRIES).rev() {
            match self.try_settle(lease, kind, &outcome).await {
                Ok(verdict) => {
                    metrics::counter!("cerulean_jobs_attempts_total", "kind" => kind.name(), "outcome" => verdict)
                        .increment(1);
                    if let ("failed" | "retried", Err(error)) = (verdict, &outcome) {
                        let (id, name) = (lease.id.0, kind.name());
                        tracing::warn!(
                            app.id = lease.app.0,
                            job.id = id,
                            job.kind = name,
                            "job {name} {verdict}: {error}"
                        );
                    }
                    return;
                }
                Err(_) if remaining > 0 => tokio::time::sleep(SETTLE_PAUSE).await,
                Err(error) => {
                    tracing::warn!(
                        job.id = lease.id.0,
                        "the end of a job is not written down, it will run again: {error}"
                    );
                }
            }
        }
    }

    async fn try_settle(
        &self,
        lease: &JobLease,
        kind: JobKind,
        outcome: &Result<Option<Value>, JobFailure>,
    ) -> Result<&'static str, StorageError> {
        let tx = self.options.db.platform().await?;
        let (queue, now) = (tx.jobs(), self.now());
        let end = |state, error| JobEnd { state, result: None, error };
        let (verdict, is_ours) = match outcome {
            Ok(result) => {
                let result = result.as_ref().map(Value::to_string);
                let end = JobEnd { state: JobState::Done, result: result.as_deref(), error: None };
                ("done", queue.end(lease, end, now).await?)
            }
            Err(JobFailure::Retry { reason, after_ms }) if lease.attempt < kind.policy().attempts => {
                let delay = delay_after(kind.policy(), lease.attempt, &mut rand::rng()).max(after_ms.unwrap_or(0));
                ("retried", queue.retry(lease, now + delay, reason).await?)
            }
            Err(JobFailure::Retry { reason, .. } | JobFailure::Permanent { reason }) => {
                ("failed", queue.end(lease, end(JobState::Failed, Some(reason)), now).await?)
            }
            Err(JobFailure::Interrupted) => match queue.renew(lease, now).await? {
                Some(true) => ("cancelled", queue.end(lease, end(JobState::Cancelled, None), now).await?),
                Some(false) => ("given back", queue.give_back(lease, now).await?),
                None => ("lost", false),
            },
        };
        tx.commit().await?;
        Ok(if is_ours { verdict } else { "lost" })
    }

    fn lease_ms(&self) -> Millis {
        self.options.lease.as_millis() as Millis
    }

    /// Keeps the leases of what runs here, and ends what somebody else has or nobody wants any more.
    async fn keep_leases(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(self.options.lease / 3);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                // Jobs that end within the grace need no longer lease.
                () = self.stopping.cancelled() => return,
            }
            let leases: Vec<JobLease> = self.running.lock().keys().cloned().collect();
            for lease in leases {
                let renewed = self.renew(&lease).await;
                let mut running = self.running.lock();
                let Some(job) = running.get_mut(&lease) else { continue };
                match renewed {
                    Ok(Some(false)) => job.renewed = Instant::now(),
                    Ok(_) => job.abort.cancel(),
                    Err(error) => {
                        tracing::warn!(job.id = lease.id.0, "cannot keep the lease of a job: {error}");
                        if job.renewed.elapsed() > self.options.lease {
                            job.abort.cancel();
                        }
                    }
                }
            }
        }
    }

    async fn renew(&self, lease: &JobLease) -> Result<Option<bool>, StorageError> {
        let tx = self.options.db.platform().await?;
        let renewed = tx.jobs().renew(lease, self.now() + self.lease_ms()).await?;
        tx.commit().await?;
        Ok(renewed)
    }
}
