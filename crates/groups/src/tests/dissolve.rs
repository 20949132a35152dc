//! Large groups that are dissolved: told page by page, through the death of a worker.

use std::time::Duration;

use cerulean_jobs::{JobFilter, JobKind, JobRow, JobState, Runners, Worker, WorkerOptions};
use cerulean_storage::group_member::MemberFilter;

use super::*;

const LARGE: usize = 2_500;
const PAGE: usize = 1_000;

impl Bench {
    fn worker_options(&self) -> WorkerOptions {
        let platform = &self.platform;
        WorkerOptions {
            schedules: &[],
            poll: Duration::from_millis(20),
            ..WorkerOptions::new(platform.db.clone(), platform.bus.clone(), self.clock.clone())
        }
    }

    fn runners(&self) -> Runners {
        Runners::default().with(JobKind::DissolveGroup, TellDissolved(self.platform.clone()))
    }

    fn worker(&self) -> Worker {
        Worker::start(self.worker_options(), self.runners())
    }

    async fn only_job(&self) -> JobRow {
        let tx = self.platform.db.read(self.app).await.unwrap();
        let mut jobs = tx.jobs().list(&JobFilter::default(), 10).await.unwrap();
        assert_eq!(jobs.len(), 1);
        jobs.remove(0)
    }

    async fn until_done(&self) -> JobRow {
        let mut job = self.only_job().await;
        while job.state != JobState::Done {
            assert!(!job.state.has_ended(), "{job:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
            job = self.only_job().await;
        }
        job
    }

    /// How many items each of these users has in his system line.
    async fn items_of(&self, users: &[UserId]) -> Vec<u64> {
        let keys: Vec<ConversationKey> = users.iter().map(|user| ConversationKey::System(*user)).collect();
        let heads = self.platform.log.heads(self.app, &keys).await.unwrap();
        keys.iter().map(|key| heads.get(key).map_or(0, |head| head.position)).collect()
    }

    async fn remaining(&self, group: GroupId) -> u64 {
        let tx = self.platform.db.read(self.app).await.unwrap();
        tx.group_members().count(group, MemberFilter::All).await.unwrap()
    }
}

#[tokio::test]
async fn a_large_group_is_dissolved_at_once_and_told_in_pages() {
    let bench = Bench::with_capacity(LARGE + 100).await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    let crowd = bench.crowd(group, LARGE).await;
    bench.heard.lock().told.clear();
    act!(bench, alice, destroy_group(group)).unwrap();
    assert_eq!(bench.heard.lock().told.len(), PAGE, "one page of rows goes with the change, however large the group");
    assert_eq!(bench.remaining(group).await as usize, crowd.len() + 2 - PAGE);
    // It is gone for everyone already, told or not.
    for user in [alice, bob, crowd[0], *crowd.last().unwrap()] {
        assert_eq!(act!(bench, user, list_joined()).unwrap_or_default(), vec![]);
        assert_code(act!(bench, user, require_info(group)), Code::GroupNotFound);
    }
    assert!(bench.platform.group_view(bench.app, group).await.unwrap().is_none());
    let job = bench.only_job().await;
    assert_eq!((job.done, job.total as usize), (0, crowd.len() + 2 - PAGE));

    let worker = bench.worker();
    let job = bench.until_done().await;
    assert_eq!(job.done, job.total);
    assert_eq!(bench.remaining(group).await, 0);
    assert_eq!(bench.items_of(&crowd).await, vec![1; crowd.len()], "everyone is told once");
    let heard = bench.heard.lock().told.clone();
    assert_eq!(heard.len(), crowd.len() + 2);
    assert!(heard.iter().all(|told| (told.kind, told.from) == (Type::Destroyed, alice)));
    worker.stop().await;
    bench.platform.close().await;
}

#[tokio::test]
async fn death_within_a_page_tells_nobody_twice() {
    let bench = Bench::with_capacity(LARGE + 100).await;
    let [alice] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    let crowd = bench.crowd(group, LARGE).await;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (options, runners) = (bench.worker_options(), bench.runners());
    let worker = runtime.spawn(async move { Worker::start(options, runners) }).await.unwrap();
    // The job dies the moment the log has stored something of its first page: before those who are told are forgotten.
    let doomed = Mutex::new(Some(runtime));
    let told = Mutex::new(0);
    bench.platform.bus.subscribe(Arc::new(move |event| {
        let BusEvent::Committed(items) = event else { return };
        *told.lock() += items.len();
        if *told.lock() > PAGE
            && let Some(runtime) = doomed.lock().take()
        {
            runtime.shutdown_background();
        }
    }));
    act!(bench, alice, destroy_group(group)).unwrap();
    while bench.items_of(&crowd).await.iter().sum::<u64>() < 2 * PAGE as u64 - 1 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let heir = bench.worker();
    bench.clock.advance(60_001);
    let job = bench.until_done().await;
    assert_eq!(job.attempts, 2);
    assert_eq!(bench.items_of(&crowd).await, vec![1; crowd.len()]);
    assert_eq!(bench.remaining(group).await, 0);
    heir.stop().await;
    drop(worker);
    bench.platform.close().await;
}
