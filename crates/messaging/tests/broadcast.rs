//! Broadcasts and notices to many, and through the death of a worker.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cerulean_bus::{BusEvent, LocalBus};
use cerulean_delivery::{Limits, Platform, PlatformOptions};
use cerulean_jobs::{JobKind, JobRow, JobState, Runners, Worker, WorkerOptions};
use cerulean_messaging::{
    AcceptedBroadcast, Broadcast, Messaging, SendBroadcast, SendError, SendNotices, ServerSend, broadcast, notify,
};
use cerulean_storage::DbOptions;
use cerulean_storage::user::Profile;
use cerulean_types::{Actor, AppId, AppSlug, Clock, ConversationKey, DeviceSn, JobId, MessageId, UserId, Xid};
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
        let messaging = Messaging::new(self.platform.clone());
        Runners::default()
            .with(JobKind::Broadcast, SendBroadcast(messaging.clone()))
            .with(JobKind::Notify, SendNotices(messaging))
    }

    async fn broadcast(&self, message: &Broadcast) -> Result<AcceptedBroadcast, SendError> {
        let mut ctx = self.platform.ctx(self.app, Actor::Admin { acting_for: None }).await.unwrap();
        let accepted = broadcast(&mut ctx, message).await?;
        ctx.commit().await.unwrap();
        Ok(accepted)
    }

    async fn notify(&self, cmd: ServerSend) -> Result<JobId, SendError> {
        let mut ctx = self.platform.ctx(self.app, cmd.actor).await.unwrap();
        let job = notify(&mut ctx, &Messaging::new(self.platform.clone()), &cmd).await?;
        ctx.commit().await.unwrap();
        Ok(job)
    }

    /// The system's word to the first users.
    fn word_to(&self, users: u64) -> ServerSend {
        ServerSend {
            app: self.app,
            actor: Actor::Admin { acting_for: None },
            from: None,
            targets: (0..users).map(|number| Xid::User(user(number))).collect(),
            content_type: 0,
            content: "hear this".into(),
            attachment: String::new(),
            config: String::new(),
            ext: String::new(),
            online_only: false,
            related: MessageId(0),
            transaction_id: None,
        }
    }

    /// What a dead worker left of a job for 700 users, after 500 of them, another one ends without telling anybody twice.
    async fn goes_on_under_an_heir(&self, job: JobId) {
        let left = self.job(job).await;
        assert_eq!((left.state, left.done), (JobState::Running, 500), "the last batch is stored and not written down");
        let heir = Worker::start(self.options(), self.runners());
        self.clock.advance(60_001);
        let ended = self.until(job, JobState::Done).await;
        assert_eq!((ended.attempts, ended.done), (2, 700));
        assert_eq!(self.items_of(700).await, vec![1; 700]);
        heir.stop().await;
    }

    /// A worker on a runtime that ends the moment the log has stored more than so many items.
    async fn doomed_worker(&self, items: usize) -> Worker {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (options, runners) = (self.options(), self.runners());
        let worker = runtime.spawn(async move { Worker::start(options, runners) }).await.unwrap();
        let doomed = Mutex::new(Some(runtime));
        let told = Mutex::new(0);
        self.platform.bus.subscribe(Arc::new(move |event| {
            let BusEvent::Committed(stored) = event else { return };
            *told.lock() += stored.len();
            if *told.lock() > items
                && let Some(runtime) = doomed.lock().take()
            {
                runtime.shutdown_background();
            }
        }));
        worker
    }

    async fn until_told(&self, users: u64) {
        while self.items_of(users).await.iter().sum::<u64>() < users {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
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
    // The last batch dies the moment the log has stored something of it: before the worker can write that down.
    let worker = world.doomed_worker(500).await;
    let accepted = world.broadcast(&words()).await.unwrap();
    world.until_told(700).await;
    world.goes_on_under_an_heir(accepted.job).await;
    drop(worker);
    world.platform.close().await;
}

#[tokio::test]
async fn everyone_who_is_named_gets_the_notice_once() {
    let world = World::of(1100).await;
    let worker = Worker::start(world.options(), world.runners());
    let cmd = ServerSend { transaction_id: Some(7), ..world.word_to(1050) };
    let accepted = world.notify(cmd.clone()).await.unwrap();
    let job = world.until(accepted, JobState::Done).await;
    assert_eq!((job.done, job.total, job.result.as_deref()), (1050, 1050, Some(r#"{"sent":1050}"#)));
    assert_eq!(world.items_of(1050).await, vec![1; 1050]);
    assert_eq!(world.items_of(1100).await.iter().sum::<u64>(), 1050, "nobody else");
    // The same transaction is the same notice, another one is another.
    let repeat = world.notify(cmd).await.unwrap();
    world.until(repeat, JobState::Done).await;
    assert_eq!(world.items_of(3).await, [1, 1, 1]);
    let other = world.notify(world.word_to(2)).await.unwrap();
    world.until(other, JobState::Done).await;
    assert_eq!(world.items_of(3).await, [2, 2, 1]);
    worker.stop().await;
    world.platform.close().await;
}

#[tokio::test]
async fn a_notice_goes_on_after_death_where_it_was() {
    let world = World::of(700).await;
    let worker = world.doomed_worker(500).await;
    let accepted = world.notify(world.word_to(700)).await.unwrap();
    world.until_told(700).await;
    world.goes_on_under_an_heir(accepted).await;
    drop(worker);
    world.platform.close().await;
}

#[tokio::test]
async fn bad_notices_are_refused_and_nobody_is_told() {
    let world = World::of(2).await;
    let worker = Worker::start(world.options(), world.runners());
    let long = |bytes: usize| "x".repeat(bytes + 1);
    let mut stranger = world.word_to(3);
    stranger.transaction_id = Some(1);
    for bad in [
        stranger,
        ServerSend { content: long(cerulean_types::limits::TEXT_BYTES), ..world.word_to(2) },
        ServerSend { ext: long(cerulean_types::limits::EXTRA_BYTES), ..world.word_to(2) },
        ServerSend { actor: Actor::User { id: user(0), device: DeviceSn::NONE }, ..world.word_to(2) },
    ] {
        assert!(world.notify(bad).await.is_err());
    }
    let good = world.notify(world.word_to(2)).await.unwrap();
    world.until(good, JobState::Done).await;
    assert_eq!(world.items_of(3).await, [1, 1, 0]);
    worker.stop().await;
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
