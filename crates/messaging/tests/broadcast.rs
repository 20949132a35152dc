//! Broadcasts to many users, and through the death of a worker.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cerulean_bus::{BusEvent, LocalBus};
use cerulean_delivery::{Limits, Platform, PlatformOptions};
use cerulean_jobs::{JobKind, JobRow, JobState, Runners, Worker, WorkerOptions};
use cerulean_messaging::{AcceptedBroadcast, Broadcast, Messaging, SendBroadcast, SendError, broadcast};
use cerulean_storage::DbOptions;
use cerulean_storage::user::Profile;
use cerulean_types::{Actor, AppId, AppSlug, Clock, ConversationKey, JobId, UserId};
use cerulean_vault::Vault;
use parking_lot::Mutex;

struct World {
    platform: Arc<Platform>,
    clock: Clock,
    app: AppId,
    _folder: tempfile::TempDir,
}

fn user(number: u64) -> UserId {
    UserId::parse((number + 1) << 3 | 1).unwrap()
}

fn words() -> Broadcast {
    Broadcast {
        content_type: 0,
        content: "hear all".into(),
        attachment: String::new(),
        config: String::new(),
        ext: String::new(),
    }
}

impl World {
    async fn of(users: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (vault, clock) = (Vault::in_memory(), Clock::adjustable());
        let platform = Platform::open(PlatformOptions {
            db: DbOptions::Sqlite { folder: folder.path().to_owned() },
            vault: vault.clone(),
            bus: Arc::new(LocalBus::default()),
            clock: clock.clone(),
            limits: Limits::default(),
        })
        .await
        .unwrap();
        let tx = platform.db.platform().await.unwrap();
        let app = tx.apps().insert(&AppSlug::parse("tested").unwrap(), "Tested", 1).await.unwrap().id;
        tx.commit().await.unwrap();
        vault.ensure_app(app).unwrap();
        let tx = platform.db.begin(app).await.unwrap();
        for number in 0..users {
            let profile = Profile { username: format!("user{number}"), ..Profile::default() };
            tx.users().insert(user(number), &profile, "hash", 1).await.unwrap();
        }
        tx.commit().await.unwrap();
        Self { platform, clock, app, _folder: folder }
    }

    fn options(&self) -> WorkerOptions {
        let platform = &self.platform;
        WorkerOptions {
            schedules: &[],
            poll: Duration::from_millis(20),
            ..WorkerOptions::new(platform.db.clone(), platform.bus.clone(), self.clock.clone())
        }
    }

    fn runners(&self) -> Runners {
        Runners::default().with(JobKind::Broadcast, SendBroadcast(Messaging::new(self.platform.clone())))
    }

    async fn broadcast(&self, message: &Broadcast) -> Result<AcceptedBroadcast, SendError> {
        let mut ctx = self.platform.ctx(self.app, Actor::Admin { acting_for: None }).await.unwrap();
        let accepted = broadcast(&mut ctx, message).await?;
        ctx.commit().await.unwrap();
        Ok(accepted)
    }

    async fn job(&self, id: JobId) -> JobRow {
        self.platform.db.read(self.app).await.unwrap().jobs().find(id).await.unwrap().unwrap()
    }

    async fn until(&self, id: JobId, state: JobState) -> JobRow {
        let mut row = self.job(id).await;
        while row.state != state {
            assert!(!row.state.has_ended(), "the job ended as {row:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
            row = self.job(id).await;
        }
        row
    }

    /// How many items each of the first users has in his system line.
    async fn items_of(&self, users: u64) -> Vec<u64> {
        let mut items = Vec::new();
        for number in 0..users {
            let head = self.platform.log.head(self.app, ConversationKey::System(user(number))).await.unwrap();
            items.push(head.position);
        }
        items
    }
}

#[tokio::test]
async fn everyone_is_told_once_with_progress() {
    let world = World::of(1100).await;
    let worker = Worker::start(world.options(), world.runners());
    let accepted = world.broadcast(&words()).await.unwrap();
    assert_eq!(accepted.users, 1100);
    let job = world.until(accepted.job, JobState::Done).await;
    assert_eq!((job.done, job.total, job.result.as_deref()), (1100, 1100, Some(r#"{"sent":1100}"#)));
    assert_eq!(world.items_of(1100).await, vec![1; 1100]);
    let second = world.broadcast(&words()).await.unwrap();
    world.until(second.job, JobState::Done).await;
    assert_eq!(world.items_of(3).await, [2, 2, 2], "another broadcast is another message");
    worker.stop().await;
    world.platform.close().await;
}

#[tokio::test]
async fn death_within_the_last_batch_sends_nothing_twice() {
    let world = World::of(700).await;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (options, runners) = (world.options(), world.runners());
    let worker = runtime.spawn(async move { Worker::start(options, runners) }).await.unwrap();
    // The last batch dies the moment the log has stored something of it: before the worker can write that down.
    let doomed = Mutex::new(Some(runtime));
    let told = Mutex::new(0);
    world.platform.bus.subscribe(Arc::new(move |event| {
        let BusEvent::Committed(items) = event else { return };
        *told.lock() += items.len();
        if *told.lock() > 500
            && let Some(runtime) = doomed.lock().take()
        {
            runtime.shutdown_background();
        }
    }));
    let accepted = world.broadcast(&words()).await.unwrap();
    let told_to = async || world.items_of(700).await.iter().sum::<u64>();
    while told_to().await < 700 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let job = world.job(accepted.job).await;
    assert_eq!((job.state, job.done), (JobState::Running, 500), "the last batch is stored and not written down");
    let heir = Worker::start(world.options(), world.runners());
    world.clock.advance(60_001);
    let job = world.until(accepted.job, JobState::Done).await;
    assert_eq!((job.attempts, job.done), (2, 700));
    assert_eq!(world.items_of(700).await, vec![1; 700]);
    heir.stop().await;
    drop(worker);
    world.platform.close().await;
}

#[tokio::test]
async fn bad_broadcasts_are_refused() {
    let world = World::of(1).await;
    for bad in [
        Broadcast { content_type: 7, ..words() },
        Broadcast { content_type: -1, ..words() },
        Broadcast { content: String::new(), ..words() },
        Broadcast { content: "x".repeat(cerulean_types::limits::TEXT_BYTES + 1), ..words() },
        Broadcast { ext: "x".repeat(cerulean_types::limits::EXTRA_BYTES + 1), ..words() },
    ] {
        assert!(world.broadcast(&bad).await.is_err(), "{}", bad.content_type);
    }
    let mut ctx = world.platform.ctx(world.app, Actor::Admin { acting_for: None }).await.unwrap();
    ctx.actor = Actor::User { id: user(0), device: cerulean_types::DeviceSn::NONE };
    assert!(broadcast(&mut ctx, &words()).await.is_err(), "users broadcast nothing");
    drop(ctx);
    world.platform.close().await;
}

/// `cargo nextest run -p cerulean-messaging --run-ignored only --no-capture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
#[expect(clippy::print_stdout, reason = "the figure is what this is for")]
async fn measure_a_broadcast_to_100_000_users() {
    let world = World::of(100_000).await;
    let worker = Worker::start(world.options(), world.runners());
    let began = Instant::now();
    let accepted = world.broadcast(&words()).await.unwrap();
    let answered = began.elapsed();
    world.until(accepted.job, JobState::Done).await;
    let seconds = began.elapsed().as_secs_f64();
    println!("answered after {answered:?}; 100000 users told in {seconds:.1} s, {:.0} per second", 100_000.0 / seconds);
    worker.stop().await;
    world.platform.close().await;
}
