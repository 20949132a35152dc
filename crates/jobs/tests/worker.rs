//! Workers on both databases. PostgreSQL is named by `CERULEAN_TEST_POSTGRES`; where `CI` is set its absence is a failure.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cerulean_bus::{Bus, BusEvent, LocalBus};
use cerulean_jobs::{Job, JobFailure, JobKind, NewJob, Runner, Runners, Schedule, Worker, WorkerOptions, enqueue};
use cerulean_storage::job::{JobRow, JobState};
use cerulean_storage::{Db, DbOptions};
use cerulean_types::{AppId, AppSlug, Clock, JobId};
use cerulean_vault::Vault;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Stands for any kind with three attempts.
const KIND: JobKind = JobKind::RemoveAbandonedUploads;
const LEASE_MS: i64 = 60_000;
/// How often something that must come is looked for, every 10 milliseconds.
const WITHIN: usize = 3000;

struct Bench {
    db: Db,
    bus: Arc<LocalBus>,
    clock: Clock,
    app: AppId,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn on(options: impl FnOnce(&std::path::Path) -> DbOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::in_memory();
        let db = Db::open(&options(folder.path()), vault.clone()).await.unwrap();
        let tx = db.platform().await.unwrap();
        let app = tx.apps().insert(&AppSlug::parse("tested").unwrap(), "Tested", 1).await.unwrap().id;
        tx.commit().await.unwrap();
        vault.ensure_app(app).unwrap();
        Self { db, bus: Arc::default(), clock: Clock::adjustable(), app, _folder: folder }
    }

    fn options(&self) -> WorkerOptions {
        // So slow a poll that a test which needs it fails, but for those that turn the clock.
        let poll = Duration::from_hours(1);
        WorkerOptions {
            schedules: &[],
            poll,
            ..WorkerOptions::new(self.db.clone(), self.bus.clone(), self.clock.clone())
        }
    }

    fn worker(&self, runner: impl Runner + 'static) -> Worker {
        Worker::start(self.options(), Runners::default().with(KIND, runner))
    }

    async fn ask(&self, payload: &Value) -> JobId {
        let tx = self.db.begin(self.app).await.unwrap();
        let id = enqueue(&tx, self.clock.now(), NewJob::new(KIND, payload)).await.unwrap();
        tx.commit().await.unwrap();
        self.bus.publish(BusEvent::JobQueued);
        id
    }

    async fn job(&self, id: JobId) -> JobRow {
        self.db.read(self.app).await.unwrap().jobs().find(id).await.unwrap().unwrap()
    }

    async fn until(&self, id: JobId, state: JobState) -> JobRow {
        let what = format!("the job is {state:?}");
        Self::soon(&what, async || Some(self.job(id).await).filter(|row| row.state == state)).await
    }

    /// The job, once so many attempts failed and it waits for the next.
    async fn waiting_after(&self, id: JobId, attempts: u32) -> JobRow {
        let failed = (JobState::Waiting, attempts);
        let what = format!("attempt {attempts} failed");
        Self::soon(&what, async || Some(self.job(id).await).filter(|row| (row.state, row.attempts) == failed)).await
    }

    /// Waits until no job runs or is due, once the condition holds: who turns the clock under a running job ends its lease.
    async fn until_idle(&self, condition: impl Fn() -> bool) {
        Self::soon("nothing is left to do", async || {
            let stats = self.db.platform_read().await.unwrap().jobs().stats(self.clock.now()).await.unwrap();
            (stats.running == 0 && stats.due == 0 && condition()).then_some(())
        })
        .await;
    }

    /// Looks again and again for what must come.
    async fn soon<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        for _ in 0..WITHIN {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("not in time: {what}");
    }

    fn turn_clock(&self, by: i64) {
        self.clock.advance(by);
        self.bus.publish(BusEvent::JobQueued);
    }
}

/// Counts its attempts and does what a closure says.
struct Count<F>(Arc<AtomicUsize>, F);

#[async_trait]
impl<F: Fn(usize) -> Result<Option<Value>, JobFailure> + Send + Sync> Runner for Count<F> {
    async fn run(&self, _job: &Job) -> Result<Option<Value>, JobFailure> {
        (self.1)(self.0.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

/// Saves a checkpoint and then never ends.
struct Hang(Arc<Notify>);

#[async_trait]
impl Runner for Hang {
    async fn run(&self, job: &Job) -> Result<Option<Value>, JobFailure> {
        job.save(3, 7, &"page 3").await?;
        self.0.notify_one();
        std::future::pending().await
    }
}

/// Tells where it went on.
struct GoOn;

#[async_trait]
impl Runner for GoOn {
    async fn run(&self, job: &Job) -> Result<Option<Value>, JobFailure> {
        let (payload, from) = (job.payload::<Value>()?, job.checkpoint::<String>());
        Ok(Some(json!({ "payload": payload, "from": from, "attempt": job.attempt(), "done": job.done() })))
    }
}

async fn job_begins_without_waiting_for_the_poll(bench: Bench) {
    let worker = bench.worker(GoOn);
    let id = bench.ask(&json!("a")).await;
    let row = bench.until(id, JobState::Done).await;
    assert_eq!(row.result.unwrap(), json!({ "payload": "a", "from": null, "attempt": 1, "done": 0 }).to_string());
    worker.stop().await;
    let id = bench.ask(&json!("b")).await;
    assert_eq!(bench.job(id).await.state, JobState::Waiting, "a stopped worker takes nothing");
}

async fn failed_attempts_are_repeated_later(bench: Bench) {
    let attempts = Arc::new(AtomicUsize::new(0));
    let worker = bench.worker(Count(attempts.clone(), |attempt| match attempt {
        1 => Err(JobFailure::retry("silence")),
        2 => panic!("a fault of the program"),
        _ => Ok(None),
    }));
    let id = bench.ask(&json!(null)).await;
    for attempt in 1..=2 {
        let before = bench.clock.now();
        let row = bench.waiting_after(id, attempt).await;
        let (due, now) = (row.due_at.unwrap(), bench.clock.now());
        let (shortest, longest) = (5_000 << (attempt - 1), 13_000 << (attempt - 1));
        assert!(due - before >= shortest && due - now <= longest, "attempt {attempt}: {before} {now} {due}");
        assert!(row.error.is_some());
        bench.turn_clock(due - now);
    }
    bench.until(id, JobState::Done).await;
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
    worker.stop().await;
}

async fn last_failure_is_final(bench: Bench) {
    let attempts = Arc::new(AtomicUsize::new(0));
    let worker = bench.worker(Count(attempts.clone(), |_| Err(JobFailure::retry("silence"))));
    let id = bench.ask(&json!(null)).await;
    for attempt in 1..=2 {
        let due = bench.waiting_after(id, attempt).await.due_at.unwrap();
        bench.turn_clock(due - bench.clock.now());
    }
    assert_eq!(bench.until(id, JobState::Failed).await.error.as_deref(), Some("silence"));
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
    worker.stop().await;
    let hopeless = bench.worker(Count(Arc::default(), |_| Err(JobFailure::permanent("no such gateway"))));
    let id = bench.ask(&json!(null)).await;
    assert_eq!(bench.until(id, JobState::Failed).await.attempts, 1);
    hopeless.stop().await;
}

async fn job_of_a_killed_worker_is_taken_over_once(bench: Bench) {
    let began = Arc::new(Notify::new());
    let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (options, hang) = (bench.options(), Hang(began.clone()));
    let worker = doomed.spawn(async move { Worker::start(options, Runners::default().with(KIND, hang)) }).await;
    let id = bench.ask(&json!("a")).await;
    began.notified().await;
    doomed.shutdown_background();

    let heirs = [bench.worker(GoOn), bench.worker(GoOn), bench.worker(GoOn)];
    bench.turn_clock(LEASE_MS / 2);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(bench.job(id).await.state, JobState::Running, "the lease still runs");
    bench.turn_clock(LEASE_MS);
    let row = bench.until(id, JobState::Done).await;
    assert_eq!(row.result.unwrap(), json!({ "payload": "a", "from": "page 3", "attempt": 2, "done": 3 }).to_string());
    assert_eq!(row.attempts, 2, "taken over once");
    for heir in heirs {
        heir.stop().await;
    }
    drop(worker);
}

async fn stopped_worker_gives_back_what_runs(bench: Bench) {
    let began = Arc::new(Notify::new());
    let options = WorkerOptions { grace: Duration::from_millis(50), ..bench.options() };
    let worker = Worker::start(options, Runners::default().with(KIND, Hang(began.clone())));
    let id = bench.ask(&json!("a")).await;
    began.notified().await;
    worker.stop().await;
    let row = bench.job(id).await;
    assert_eq!((row.state, row.attempts, row.done, row.total), (JobState::Waiting, 0, 3, 7));
    let next = bench.worker(GoOn);
    let row = bench.until(id, JobState::Done).await;
    assert!(row.result.unwrap().contains("page 3"));
    next.stop().await;
}

async fn cancelled_job_ends_where_it_runs(bench: Bench) {
    let began = Arc::new(Notify::new());
    let options = WorkerOptions { lease: Duration::from_millis(90), ..bench.options() };
    let worker = Worker::start(options, Runners::default().with(KIND, Hang(began.clone())));
    let id = bench.ask(&json!("a")).await;
    began.notified().await;
    let tx = bench.db.begin(bench.app).await.unwrap();
    assert!(tx.jobs().cancel(id, bench.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    bench.until(id, JobState::Cancelled).await;
    worker.stop().await;
}

async fn turn_of_a_schedule_is_one_job(bench: Bench) {
    const SCHEDULES: &[Schedule] = &[Schedule { kind: KIND, every_ms: 3_600_000 }];
    let attempts = Arc::new(AtomicUsize::new(0));
    let start = || {
        let options = WorkerOptions { schedules: SCHEDULES, ..bench.options() };
        Worker::start(options, Runners::default().with(KIND, Count(attempts.clone(), |_| Ok(None))))
    };
    let workers = [start(), start(), start()];
    for turn in 1..=3 {
        bench.until_idle(|| attempts.load(Ordering::SeqCst) >= turn).await;
        assert_eq!(attempts.load(Ordering::SeqCst), turn);
        bench.turn_clock(3_600_000);
    }
    for worker in workers {
        worker.stop().await;
    }
}

async fn kinds_without_a_runner_are_left_to_others(bench: Bench) {
    let worker = Worker::start(bench.options(), Runners::default().with(JobKind::ForgetEndedJobs, GoOn));
    let id = bench.ask(&json!("a")).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(bench.job(id).await.state, JobState::Waiting);
    worker.stop().await;
}

async fn postgres_url(name: &str) -> Option<String> {
    let Ok(server) = std::env::var("CERULEAN_TEST_POSTGRES") else {
        assert!(std::env::var_os("CI").is_none(), "CERULEAN_TEST_POSTGRES must name a server in CI");
        return None;
    };
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("drop database if exists {name}")).await.unwrap();
    admin.execute_unprepared(&format!("create database {name}")).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(format!("{base}/{name}"))
}

macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use super::*;

            #[tokio::test]
            async fn sqlite() {
                super::$test(Bench::on(|folder| DbOptions::Sqlite { folder: folder.to_owned() }).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                let Some(url) = postgres_url(concat!("jobs_", stringify!($test))).await else { return };
                super::$test(Bench::on(|_| DbOptions::Postgres { url, max_connections: 8 }).await).await;
            }
        }
    )+};
}

on_both!(
    job_begins_without_waiting_for_the_poll,
    failed_attempts_are_repeated_later,
    last_failure_is_final,
    job_of_a_killed_worker_is_taken_over_once,
    stopped_worker_gives_back_what_runs,
    cancelled_job_ends_where_it_runs,
    turn_of_a_schedule_is_one_job,
    kinds_without_a_runner_are_left_to_others,
);
