//! The job queue and the schedules.

use std::sync::Arc;

use cerulean_types::{AppId, JobId, Millis};
use cerulean_vault::Vault;

use crate::Db;
use crate::job::{JobFilter, JobState, NewJobRow};
use crate::job_queue::{ClaimedJob, JobEnd, JobStats};

const KINDS: [&str; 2] = ["one", "two"];
const DONE: JobEnd<'static> = JobEnd { state: JobState::Done, result: Some("{\"sent\":3}"), error: None };

fn new(kind: &'static str, due_at: Millis) -> NewJobRow<'static> {
    NewJobRow { kind, payload: b"what to do", due_at, total: 7, unique_key: None, created_at: 1_800_000_000_000 }
}

async fn add(db: &Db, app: AppId, row: NewJobRow<'_>) -> JobId {
    let tx = db.begin(app).await.expect("begin");
    let id = tx.jobs().insert(&row).await.expect("insert");
    tx.commit().await.expect("commit");
    id
}

async fn claim(db: &Db, owner: &str, now: Millis, limit: u64) -> Vec<ClaimedJob> {
    let tx = db.platform().await.expect("begin");
    let claimed = tx.jobs().claim(&KINDS, owner, now, now + 100, limit).await.expect("claim");
    tx.commit().await.expect("commit");
    claimed
}

async fn state_of(db: &Db, app: AppId, id: JobId) -> Option<JobState> {
    let tx = db.read(app).await.expect("begin");
    tx.jobs().find(id).await.expect("find").map(|row| row.state)
}

/// Several workers at once share the due jobs among them; none is handed out twice, and none before its time.
pub async fn jobs_are_claimed_once(db: Db, app: AppId, _vault: Vault) {
    for number in 0..20 {
        add(&db, app, new(KINDS[number % 2], 1000 + number as i64)).await;
    }
    add(&db, app, new("one", 2000)).await;
    add(&db, app, new("three", 1000)).await;
    let tx = db.platform_read().await.expect("begin");
    assert_eq!(tx.jobs().next_due(&KINDS).await.expect("next"), Some(1000));
    assert_eq!(tx.jobs().next_due(&["four"]).await.expect("next"), None);
    drop(tx);
    assert!(claim(&db, "early", 999, 5).await.is_empty());
    let (a, b, c) = tokio::join!(claim(&db, "a", 1500, 9), claim(&db, "b", 1500, 9), claim(&db, "c", 1500, 9));
    let mut rest = claim(&db, "d", 1500, 99).await;
    let mut all: Vec<JobId> = [a, b, c].concat().iter().map(|job| job.lease.id).collect();
    all.extend(rest.iter().map(|job| job.lease.id));
    assert_eq!(all.len(), 20);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 20, "none is handed out twice");
    if let Some(job) = rest.pop() {
        assert_eq!(job.payload.as_deref(), Some(b"what to do".as_slice()));
    }
}

/// When a lease runs out one other worker takes the job over, with what was saved; the first one changes nothing any more.
pub async fn job_of_a_dead_worker_is_taken_over_once(db: Db, app: AppId, _vault: Vault) {
    let id = add(&db, app, new("one", 1000)).await;
    let dead = claim(&db, "dead", 1000, 1).await.remove(0).lease;
    let tx = db.platform().await.expect("begin");
    assert_eq!(tx.jobs().save_progress(&dead, 3, 7, Some(b"page 3")).await.expect("save"), Some(false));
    assert_eq!(tx.jobs().renew(&dead, 1200).await.expect("renew"), Some(false));
    tx.commit().await.expect("commit");
    assert!(claim(&db, "early", 1199, 1).await.is_empty(), "the lease was prolonged");

    let db = Arc::new(db);
    let (one, other) = tokio::join!(claim(&db, "one", 1200, 1), claim(&db, "other", 1200, 1));
    let mut taken = [one, other].concat();
    assert_eq!(taken.len(), 1, "taken over once");
    let heir = taken.remove(0);
    assert_eq!((heir.lease.id, heir.lease.attempt, heir.done, heir.total), (id, 2, 3, 7));
    assert_eq!(heir.checkpoint.as_deref(), Some(b"page 3".as_slice()));

    let tx = db.platform().await.expect("begin");
    let queue = tx.jobs();
    assert_eq!(queue.renew(&dead, 9000).await.expect("renew"), None);
    assert_eq!(queue.save_progress(&dead, 9, 9, None).await.expect("save"), None);
    assert!(!queue.end(&dead, DONE, 1300).await.expect("end"));
    assert!(!queue.retry(&dead, 1300, "late").await.expect("retry"));
    assert!(!queue.give_back(&dead, 1300).await.expect("give back"));
    assert!(queue.end(&heir.lease, DONE, 1300).await.expect("end"));
    tx.commit().await.expect("commit");
    assert_eq!(state_of(&db, app, id).await, Some(JobState::Done));
}

/// An ended job is never handed out again; one to be retried is, later; one given back has not used up an attempt.
pub async fn jobs_end_retry_and_go_back(db: Db, app: AppId, _vault: Vault) {
    let id = add(&db, app, new("one", 1000)).await;
    let first = claim(&db, "a", 1000, 1).await.remove(0).lease;
    let tx = db.platform().await.expect("begin");
    assert!(tx.jobs().retry(&first, 1500, "the gateway was silent").await.expect("retry"));
    tx.commit().await.expect("commit");
    let tx = db.read(app).await.expect("begin");
    let row = tx.jobs().find(id).await.expect("find").expect("there");
    assert_eq!((row.state, row.due_at, row.attempts), (JobState::Waiting, Some(1500), 1));
    assert_eq!(row.error.as_deref(), Some("the gateway was silent"));
    drop(tx);
    assert!(claim(&db, "a", 1499, 1).await.is_empty());
    let second = claim(&db, "a", 1500, 1).await.remove(0).lease;
    assert_eq!(second.attempt, 2);
    let tx = db.platform().await.expect("begin");
    assert!(tx.jobs().give_back(&second, 1510).await.expect("give back"));
    tx.commit().await.expect("commit");
    let third = claim(&db, "b", 1510, 1).await.remove(0).lease;
    assert_eq!(third.attempt, 2);
    let tx = db.platform().await.expect("begin");
    assert!(tx.jobs().end(&third, DONE, 1520).await.expect("end"));
    tx.commit().await.expect("commit");
    assert!(claim(&db, "b", 1_000_000, 1).await.is_empty());
    let tx = db.read(app).await.expect("begin");
    let row = tx.jobs().find(id).await.expect("find").expect("there");
    assert_eq!((row.state, row.due_at, row.ended_at), (JobState::Done, None, Some(1520)));
    assert_eq!((row.result.as_deref(), row.error.as_deref()), (DONE.result, None));
}

/// While a job lives, asking for the same once more names the first; the same key is free for other kinds, and after the end.
pub async fn job_keys_are_held_while_the_job_lives(db: Db, app: AppId, _vault: Vault) {
    let keyed = |kind| NewJobRow { unique_key: Some("key"), ..new(kind, 1000) };
    let first = add(&db, app, keyed("one")).await;
    assert_eq!(add(&db, app, keyed("one")).await, first);
    assert_ne!(add(&db, app, keyed("two")).await, first);
    for job in claim(&db, "a", 1000, 9).await {
        let tx = db.platform().await.expect("begin");
        assert!(tx.jobs().end(&job.lease, DONE, 1001).await.expect("end"));
        tx.commit().await.expect("commit");
    }
    assert_ne!(add(&db, app, keyed("one")).await, first);
    let tx = db.platform().await.expect("begin");
    let own = tx.jobs().insert(&keyed("one")).await.expect("insert");
    assert_eq!(tx.jobs().insert(&keyed("one")).await.expect("insert"), own);
    tx.commit().await.expect("commit");
    assert_eq!(state_of(&db, app, own).await, None, "jobs of the installation belong to no app");
    let claimed = claim(&db, "a", 1000, 9).await;
    let of_installation = claimed.iter().find(|job| job.lease.id == own).expect("claimed like any other");
    assert_eq!(of_installation.payload.as_deref(), Some(b"what to do".as_slice()));
}

/// A waiting job is cancelled at once, a running one is asked to end, an ended one stays as it is; another app's is not there.
pub async fn jobs_are_cancelled(db: Db, app: AppId, _vault: Vault) {
    let (running, waiting) = (add(&db, app, new("one", 1000)).await, add(&db, app, new("one", 5000)).await);
    let lease = claim(&db, "a", 1000, 1).await.remove(0).lease;
    assert_eq!(lease.id, running);
    let stranger = db.begin(AppId(app.0 + 1)).await.expect("begin");
    assert!(!stranger.jobs().cancel(waiting, 1001).await.expect("cancel"));
    assert!(stranger.jobs().find(waiting).await.expect("find").is_none());
    drop(stranger);
    let tx = db.begin(app).await.expect("begin");
    assert!(tx.jobs().cancel(waiting, 1001).await.expect("cancel"));
    assert!(!tx.jobs().cancel(waiting, 1001).await.expect("cancel"));
    assert!(tx.jobs().cancel(running, 1001).await.expect("cancel"));
    tx.commit().await.expect("commit");
    assert_eq!(state_of(&db, app, waiting).await, Some(JobState::Cancelled));
    assert!(claim(&db, "a", 5000, 1).await.iter().all(|job| job.lease.id == running && job.is_cancel_requested));
    let lease = later(lease, 2);
    let tx = db.platform().await.expect("begin");
    assert_eq!(tx.jobs().renew(&lease, 6000).await.expect("renew"), Some(true));
    let end = JobEnd { state: JobState::Cancelled, result: None, error: None };
    assert!(tx.jobs().end(&lease, end, 1002).await.expect("end"));
    tx.commit().await.expect("commit");
    let tx = db.begin(app).await.expect("begin");
    assert!(!tx.jobs().cancel(running, 1003).await.expect("cancel"));
}

fn later(lease: crate::job_queue::JobLease, attempt: u32) -> crate::job_queue::JobLease {
    crate::job_queue::JobLease { attempt, ..lease }
}

/// Lists go newest first, page by page; figures count what is due, to come, running and failed.
pub async fn jobs_are_listed_and_counted(db: Db, app: AppId, _vault: Vault) {
    let mut ids = Vec::new();
    for number in 0..5 {
        let row = NewJobRow { created_at: 1_800_000_000_000 + number, ..new("one", 1000 + number) };
        ids.push(add(&db, app, row).await);
    }
    ids.push(add(&db, app, NewJobRow { created_at: 1_800_000_001_000, ..new("two", 9000) }).await);
    let list = async |filter: JobFilter<'_>, limit| {
        let tx = db.read(app).await.expect("begin");
        let rows = tx.jobs().list(&filter, limit).await.expect("list");
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(list(JobFilter::default(), 2).await, [ids[5], ids[4]]);
    assert_eq!(list(JobFilter { before: Some(ids[4]), ..JobFilter::default() }, 2).await, [ids[3], ids[2]]);
    assert_eq!(list(JobFilter { kind: Some("two"), ..JobFilter::default() }, 9).await, [ids[5]]);
    let taken = claim(&db, "a", 1001, 9).await;
    assert_eq!(taken.len(), 2);
    let tx = db.platform().await.expect("begin");
    let end = JobEnd { state: JobState::Failed, result: None, error: Some("no route") };
    assert!(tx.jobs().end(&taken[0].lease, end, 1002).await.expect("end"));
    let stats = tx.jobs().stats(1003).await.expect("stats");
    assert_eq!(stats, JobStats { due: 2, later: 2, running: 1, failed: 1, oldest_due_at: Some(1002) });
    tx.commit().await.expect("commit");
    assert_eq!(list(JobFilter { state: Some(JobState::Failed), ..JobFilter::default() }, 9).await, [ids[0]]);
}

/// Keys that are gone leave jobs that carry nothing, and the queue goes on.
pub async fn jobs_of_a_destroyed_app_carry_nothing(db: Db, app: AppId, vault: Vault) {
    add(&db, app, new("one", 1000)).await;
    vault.destroy(app).expect("destroy");
    let job = claim(&db, "a", 1000, 1).await.remove(0);
    assert_eq!(job.payload, None);
    let tx = db.platform().await.expect("begin");
    assert!(tx.jobs().end(&job.lease, DONE, 1001).await.expect("end"));
}

/// Ended jobs are forgotten after their time, failed ones later than others; living ones never.
pub async fn ended_jobs_are_forgotten(db: Db, app: AppId, _vault: Vault) {
    let (done, failed, alive) =
        (add(&db, app, new("one", 1)).await, add(&db, app, new("one", 2)).await, add(&db, app, new("one", 9000)).await);
    let taken = claim(&db, "a", 10, 2).await;
    let tx = db.platform().await.expect("begin");
    let queue = tx.jobs();
    queue.end(&taken[0].lease, DONE, 100).await.expect("end");
    let end = JobEnd { state: JobState::Failed, result: None, error: Some("no route") };
    queue.end(&taken[1].lease, end, 100).await.expect("end");
    assert_eq!(queue.forget_ended(100, 50, 9).await.expect("forget"), 0);
    assert_eq!(queue.forget_ended(101, 50, 9).await.expect("forget"), 1);
    tx.commit().await.expect("commit");
    assert_eq!(state_of(&db, app, done).await, None);
    assert_eq!(state_of(&db, app, failed).await, Some(JobState::Failed));
    let tx = db.platform().await.expect("begin");
    assert_eq!(tx.jobs().forget_ended(101, 101, 9).await.expect("forget"), 1);
    tx.commit().await.expect("commit");
    assert_eq!(state_of(&db, app, alive).await, Some(JobState::Waiting));
}

/// Of several nodes that see a turn due, one takes it.
pub async fn schedule_turns_are_taken_once(db: Db, _app: AppId, _vault: Vault) {
    let tx = db.platform().await.expect("begin");
    tx.schedules().ensure("sweep", 1000).await.expect("ensure");
    tx.schedules().ensure("sweep", 9000).await.expect("ensure");
    tx.schedules().ensure("count", 500).await.expect("ensure");
    tx.commit().await.expect("commit");
    let take = async |now| {
        let tx = db.platform().await.expect("begin");
        let is_mine = tx.schedules().take_turn("sweep", now, now + 1000).await.expect("take");
        tx.commit().await.expect("commit");
        is_mine
    };
    assert!(!take(999).await);
    let (one, other) = tokio::join!(take(1000), take(1000));
    assert!(one != other, "one of them");
    assert!(!take(1999).await);
    assert!(take(2000).await);
    let tx = db.platform().await.expect("begin");
    let rows = tx.schedules().list().await.expect("list");
    let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["count", "sweep"]);
    assert_eq!((rows[1].next_at, rows[1].last_at), (3000, Some(2000)));
}
