//! Webhooks.

use cerulean_types::AppId;
use cerulean_vault::Vault;

use crate::hook::{HookRow, HookStatus};
use crate::hook_queue::{AttemptRow, DeliveryFilter, DeliveryRow, DeliveryState, NewHookEvent, Verdict};
use crate::{Db, Tx};

fn hook(id: &str) -> HookRow {
    HookRow {
        id: id.into(),
        status: HookStatus::Enabled,
        events: vec!["a.b".into(), "c".into()],
        body: r#"{"url":"https://receiver.example/秘密"}"#.into(),
        created_at: 1,
        updated_at: 2,
    }
}

fn event(number: u8, line: &str) -> NewHookEvent {
    NewHookEvent {
        id: [number; 16],
        kind: "a.b",
        order_key: line.into(),
        body: format!("body {number}"),
        hooks: vec!["h".into()],
    }
}

fn attempt(attempt: u32) -> AttemptRow {
    AttemptRow { attempt, at: 5, duration_ms: 7, status: 500, error: String::new(), excerpt: "oh".into() }
}

async fn claim(tx: &Tx, now: i64) -> Vec<DeliveryRow> {
    let claimed = tx.hook_queue().claim("h", now, now + 100, 10).await.expect("claim");
    claimed.into_iter().map(|(row, _)| row).collect()
}

fn events(rows: &[DeliveryRow]) -> Vec<u8> {
    rows.iter().map(|row| row.event_id[0]).collect()
}

/// A receiver comes back as written, in its app alone, and goes with what was on its way to it.
pub async fn hooks_are_kept_sealed_in_their_app(db: Db, app: AppId, vault: Vault) {
    let other = AppId(app.0 + 1);
    vault.ensure_app(other).expect("keys");
    let tx = db.begin(app).await.expect("begin");
    tx.hooks().insert(&hook("h")).await.expect("insert");
    assert_eq!(tx.hooks().find("h").await.expect("find"), Some(hook("h")));
    let changed = HookRow { status: HookStatus::Gone, body: "{}".into(), ..hook("h") };
    tx.hooks().update(&changed).await.expect("update");
    assert_eq!(tx.hooks().find_for_update("h").await.expect("find"), Some(changed.clone()));
    assert_eq!(tx.hooks().list().await.expect("list"), vec![changed.clone()]);
    tx.hook_queue().record(&[event(1, "x")], 10).await.expect("record");
    tx.commit().await.expect("commit");
    let tx = db.begin(other).await.expect("begin");
    assert_eq!(tx.hooks().find("h").await.expect("find"), None);
    assert!(!tx.hooks().remove("h").await.expect("remove"));
    assert!(claim(&tx, 100).await.is_empty());
    assert_eq!(tx.hook_queue().list(&DeliveryFilter::default(), None, 10).await.expect("list"), vec![]);
    drop(tx);
    assert_eq!(db.platform().await.expect("begin").apps_with_hooks().await.expect("list"), vec![app]);
    assert_eq!(db.hooks_of(app).await.expect("list"), vec![changed]);
    let tx = db.begin(app).await.expect("begin");
    assert!(tx.hooks().remove("h").await.expect("remove"));
    assert_eq!(tx.hook_queue().list(&DeliveryFilter::default(), None, 10).await.expect("list"), vec![]);
}

/// Of a line only the first is ready; the next follows when it is done or given up, not while it is retried.
pub async fn hook_deliveries_of_a_line_go_one_by_one(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let queue = tx.hook_queue();
    queue.record(&[event(1, "x"), event(2, "x"), event(3, "y")], 10).await.expect("record");
    queue.record(&[event(4, "y"), event(5, "z")], 11).await.expect("record");
    let first = queue.claim("h", 20, 30, 10).await.expect("claim");
    let bodies: Vec<&str> = first.iter().map(|(_, body)| body.as_str()).collect();
    assert_eq!(bodies, ["body 1", "body 3", "body 5"]);
    let rows: Vec<DeliveryRow> = first.into_iter().map(|(row, _)| row).collect();
    assert!(claim(&tx, 20).await.is_empty());
    queue.finish(&rows[0], &attempt(1), Verdict::Retry(50), 21).await.expect("finish");
    queue.finish(&rows[1], &attempt(1), Verdict::GiveUp, 21).await.expect("finish");
    queue.finish(&rows[2], &attempt(1), Verdict::Delivered, 21).await.expect("finish");
    assert_eq!(events(&claim(&tx, 31).await), [4]);
    assert_eq!(queue.next_due("h", 31).await.expect("due"), Some(50));
    let again = claim(&tx, 50).await;
    assert_eq!((events(&again), again[0].attempts, again[0].tries), (vec![1], 1, 1));
    queue.finish(&again[0], &attempt(2), Verdict::Delivered, 51).await.expect("finish");
    assert_eq!(events(&claim(&tx, 51).await), [2]);
    assert_eq!(queue.attempts(again[0].number).await.expect("attempts"), [attempt(1), attempt(2)]);
}

/// The same event recorded twice is told once, and what comes with the repeat is not held up by it.
pub async fn hook_events_are_recorded_once(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let queue = tx.hook_queue();
    queue.record(&[event(1, "x")], 10).await.expect("record");
    let row = claim(&tx, 10).await.remove(0);
    queue.finish(&row, &attempt(1), Verdict::Delivered, 11).await.expect("finish");
    queue.record(&[event(1, "x"), event(2, "x")], 12).await.expect("record");
    assert_eq!(events(&claim(&tx, 12).await), [2]);
    assert_eq!(queue.count("h", DeliveryState::Delivered).await.expect("count"), 1);
    assert_eq!(queue.list(&DeliveryFilter::default(), None, 10).await.expect("list").len(), 2);
}

/// What a node claimed and never finished is claimed by others later, or at once when no other node is there.
pub async fn hook_claims_end(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    tx.hook_queue().record(&[event(1, "x")], 10).await.expect("record");
    assert_eq!(claim(&tx, 10).await.len(), 1);
    assert!(claim(&tx, 109).await.is_empty());
    assert_eq!(claim(&tx, 110).await.len(), 1);
    tx.commit().await.expect("commit");
    let platform = db.platform().await.expect("begin");
    assert_eq!(platform.release_hook_claims().await.expect("release"), 1);
    platform.commit().await.expect("commit");
    let tx = db.begin(app).await.expect("begin");
    let row = claim(&tx, 111).await.remove(0);
    tx.hook_queue().finish(&row, &attempt(1), Verdict::Keep, 112).await.expect("finish");
    let kept = claim(&tx, 112).await.remove(0);
    assert_eq!((kept.attempts, kept.tries), (1, 0));
}

/// What is replayed goes through its line again, each once at a time.
pub async fn hook_replays_keep_the_line(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let queue = tx.hook_queue();
    queue.record(&[event(1, "x"), event(2, "x"), event(3, "x"), event(4, "y")], 10).await.expect("record");
    for _ in 0..2 {
        for row in claim(&tx, 10).await {
            queue.finish(&row, &attempt(1), Verdict::GiveUp, 11).await.expect("finish");
        }
    }
    // 3 is on its way while 1, 2 and 4 have been given up.
    assert_eq!(events(&claim(&tx, 12).await), [3]);
    let failed = DeliveryFilter { states: vec![DeliveryState::Failed], ..Default::default() };
    assert_eq!(queue.replay(&failed, None, 13).await.expect("replay"), 3);
    assert_eq!(queue.promote_lines("h").await.expect("promote"), 1);
    assert_eq!(events(&claim(&tx, 13).await), [4]);
    let three = queue.find(queue.list(&DeliveryFilter::default(), None, 10).await.expect("list")[1].number).await;
    let three = three.expect("find").expect("there");
    assert_eq!(three.event_id[0], 3);
    queue.finish(&three, &attempt(1), Verdict::Delivered, 14).await.expect("finish");
    let one = claim(&tx, 14).await.remove(0);
    assert_eq!((one.event_id[0], one.attempts, one.tries), (1, 1, 0));
    assert_eq!(queue.replay(&DeliveryFilter::default(), Some(one.number), 15).await.expect("replay"), 0);
}

/// The oldest beyond a number are given up, but not what is on its way.
pub async fn hook_queues_are_bounded(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let queue = tx.hook_queue();
    queue.record(&[event(1, "x"), event(2, "x"), event(3, "x")], 10).await.expect("record");
    queue.record(&[event(4, "y"), event(5, "y"), event(6, "y")], 11).await.expect("record");
    assert_eq!(queue.give_up_beyond("h", 6, 12).await.expect("bounded"), 0);
    assert_eq!(queue.give_up_beyond("i", 1, 12).await.expect("bounded"), 0);
    let first = queue.claim("h", 12, 112, 1).await.expect("claim");
    assert_eq!(first[0].0.event_id[0], 1);
    assert_eq!(queue.give_up_beyond("h", 2, 13).await.expect("bounded"), 3, "1 is being sent");
    let failed = DeliveryFilter { states: vec![DeliveryState::Failed], ..Default::default() };
    let given_up = queue.list(&failed, None, 10).await.expect("list");
    assert_eq!(events(&given_up), [4, 3, 2]);
    assert!(given_up.iter().all(|row| row.attempts == 0 && row.finished_at == 13));
    assert_eq!(queue.promote_lines("h").await.expect("promote"), 1);
    assert_eq!(events(&claim(&tx, 13).await), [5]);
}

/// Lists are filtered and paged; what is old is forgotten with all that belongs to it.
pub async fn hook_deliveries_are_found_and_forgotten(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let queue = tx.hook_queue();
    queue.record(&[event(1, "x")], 10).await.expect("record");
    queue
        .record(&[NewHookEvent { kind: "c", hooks: vec!["h".into(), "i".into()], ..event(2, "y") }], 20)
        .await
        .expect("record");
    tx.commit().await.expect("commit");
    let all = tx_list(&db, app, DeliveryFilter::default(), None, 10).await;
    assert_eq!(events(&all), [2, 2, 1]);
    let tail = tx_list(&db, app, DeliveryFilter::default(), Some(all[1].number), 10).await;
    assert_eq!(events(&tail), [1]);
    for (filter, found) in [
        (DeliveryFilter { hook: Some("i".into()), ..Default::default() }, vec![2]),
        (DeliveryFilter { kind: Some("a.b".into()), ..Default::default() }, vec![1]),
        (DeliveryFilter { states: vec![DeliveryState::Ready], ..Default::default() }, vec![2, 2, 1]),
        (DeliveryFilter { states: vec![DeliveryState::Failed], ..Default::default() }, vec![]),
        (DeliveryFilter { since: Some(20), ..Default::default() }, vec![2, 2]),
        (DeliveryFilter { until: Some(20), ..Default::default() }, vec![1]),
    ] {
        assert_eq!(events(&tx_list(&db, app, filter, None, 10).await), found);
    }
    let tx = db.begin(app).await.expect("begin");
    for row in claim(&tx, 20).await {
        let verdict = if row.event_id[0] == 1 { Verdict::Delivered } else { Verdict::GiveUp };
        tx.hook_queue().finish(&row, &attempt(1), verdict, 30).await.expect("finish");
    }
    tx.commit().await.expect("commit");
    let platform = db.platform().await.expect("begin");
    assert_eq!(platform.prune_hooks(31, 30, 10).await.expect("prune"), 1);
    assert_eq!(platform.prune_hooks(31, 31, 10).await.expect("prune"), 1);
    platform.commit().await.expect("commit");
    let tx = db.begin(app).await.expect("begin");
    assert_eq!(tx.hook_queue().find_body(&[1; 16]).await.expect("find"), None);
    assert_eq!(tx.hook_queue().find_body(&[2; 16]).await.expect("find").as_deref(), Some("body 2"));
    assert_eq!(tx.hook_queue().attempts(all[2].number).await.expect("attempts"), []);
}

async fn tx_list(db: &Db, app: AppId, filter: DeliveryFilter, below: Option<i64>, limit: usize) -> Vec<DeliveryRow> {
    let tx = db.begin(app).await.expect("begin");
    tx.hook_queue().list(&filter, below, limit).await.expect("list")
}
