//! Rosters.

use cerulean_types::{AppId, UserId};
use cerulean_vault::Vault;

use crate::roster::{ApplicationStatus, Forgotten, GateRow, Relation, RosterNotes};
use crate::{Db, Tx};

fn users<const N: usize>() -> [UserId; N] {
    std::array::from_fn(|index| UserId::parse((1_000 + index as u64) << 3 | 1).expect("tagged as a user"))
}

async fn begin(db: &Db, app: AppId) -> Tx {
    db.begin(app).await.expect("begin")
}

/// A friendship has two sides, ends on both, and begins again.
pub async fn friendship_has_two_sides(db: Db, app: AppId, _vault: Vault) {
    let [one, other, third, lonely] = users();
    let tx = begin(&db, app).await;
    tx.roster().set_relation(one, other, Relation::Friend, 5).await.expect("friends");
    tx.roster().set_relation(third, one, Relation::Friend, 6).await.expect("friends");
    tx.commit().await.expect("commit");

    let tx = begin(&db, app).await;
    assert_eq!(tx.roster().friends(one).await.expect("list"), [other, third]);
    assert_eq!(tx.roster().friends(other).await.expect("list"), [one]);
    assert_eq!(tx.roster().count_friends(one).await.expect("count"), 2);
    assert_eq!(tx.roster().count_friends(lonely).await.expect("count"), 0);
    assert_eq!(tx.roster().version(one).await.expect("version"), 6);
    assert_eq!(tx.roster().version(lonely).await.expect("version"), 0);
    tx.roster().set_relation(other, one, Relation::Deleted, 7).await.expect("ended");
    assert_eq!(tx.roster().friends(one).await.expect("list"), [third]);
    assert!(tx.roster().friends(other).await.expect("list").is_empty());
    let item = tx.roster().find_item(one, other).await.expect("find").expect("kept");
    assert_eq!(item.relation, Relation::Deleted);
    tx.roster().set_relation(one, other, Relation::Friend, 8).await.expect("again");
    assert_eq!(tx.roster().friends(other).await.expect("list"), [one]);
}

/// The gate tells friendship and the direction of blocks.
pub async fn gate_tells_friendship_and_blocks(db: Db, app: AppId, _vault: Vault) {
    let [one, other, third] = users();
    let tx = begin(&db, app).await;
    assert_eq!(tx.roster().gate(one, other).await.expect("gate"), GateRow::default());
    tx.roster().set_relation(one, other, Relation::Friend, 1).await.expect("friends");
    assert!(tx.roster().block(one, other, 2).await.expect("block"));
    assert!(!tx.roster().block(one, other, 3).await.expect("block"), "blocked already");
    tx.roster().block(third, one, 4).await.expect("block");
    let gate = tx.roster().gate(one, other).await.expect("gate");
    assert_eq!(gate, GateRow { is_friend: true, from_blocked_to: true, to_blocked_from: false });
    let gate = tx.roster().gate(other, one).await.expect("gate");
    assert_eq!(gate, GateRow { is_friend: true, from_blocked_to: false, to_blocked_from: true });
    let gate = tx.roster().gate(one, third).await.expect("gate");
    assert_eq!(gate, GateRow { is_friend: false, from_blocked_to: false, to_blocked_from: true });
    assert!(tx.roster().unblock(one, other).await.expect("unblock"));
    assert!(!tx.roster().unblock(one, other).await.expect("unblock"), "not blocked any more");
    assert_eq!(tx.roster().gate(one, other).await.expect("gate"), GateRow { is_friend: true, ..GateRow::default() });
}

/// Blocked users are listed in the order in which they were blocked.
pub async fn blocked_users_are_listed_in_order(db: Db, app: AppId, _vault: Vault) {
    let [one, a, b, c] = users();
    let tx = begin(&db, app).await;
    for (at, blocked) in [(3, a), (1, b), (2, c)] {
        tx.roster().block(one, blocked, at).await.expect("block");
    }
    assert_eq!(tx.roster().blocked(one).await.expect("list"), [b, c, a]);
    let among = tx.roster().blocked_among(one, &[a, one]).await.expect("among");
    assert_eq!(among.into_iter().collect::<Vec<_>>(), [a]);
    let blockers = tx.roster().blockers_among(a, &[b, one]).await.expect("among");
    assert_eq!(blockers.into_iter().collect::<Vec<_>>(), [one]);
    assert!(tx.roster().blocked(a).await.expect("list").is_empty());
}

/// Notes change only where they are given, belong to one side, and survive changes of the relation.
pub async fn notes_change_only_where_given(db: Db, app: AppId, _vault: Vault) {
    let [one, other] = users();
    let tx = begin(&db, app).await;
    let roster = tx.roster();
    roster.set_notes(one, other, RosterNotes { alias: Some("老王"), ..RosterNotes::default() }, 1).await.expect("set");
    assert_eq!(roster.find_item(one, other).await.expect("find").expect("there").relation, Relation::Stranger);
    roster.set_relation(one, other, Relation::Friend, 2).await.expect("friends");
    let rest = RosterNotes { alias: None, ext: Some("{\"a\":1}"), mute_notification: Some(true) };
    roster.set_notes(one, other, rest, 3).await.expect("set");
    roster.set_notes(one, other, RosterNotes::default(), 4).await.expect("nothing");

    let item = roster.find_item(one, other).await.expect("find").expect("there");
    assert_eq!((item.alias.as_str(), item.ext.as_str(), item.mute_notification), ("老王", "{\"a\":1}", true));
    assert_eq!(item.relation, Relation::Friend);
    let back = roster.find_item(other, one).await.expect("find").expect("there");
    assert_eq!((back.alias.as_str(), back.ext.as_str(), back.mute_notification), ("", "", false));
    roster.set_notes(one, other, RosterNotes { alias: Some(""), ..RosterNotes::default() }, 5).await.expect("clear");
    let items = roster.items(one, &[other, one]).await.expect("items");
    assert_eq!(items.len(), 1);
    assert_eq!(items[&other].alias, "");
}

/// Requests are listed newest first, page by page, and are answered once and in time.
pub async fn friend_requests_are_answered_once(db: Db, app: AppId, _vault: Vault) {
    let [target, a, b, c] = users();
    let tx = begin(&db, app).await;
    let roster = tx.roster();
    for (at, applicant) in [(10, a), (20, b), (20, c)] {
        roster.apply(target, applicant, "让我进", at, at + 100).await.expect("apply");
    }
    let first = roster.applications(target, None, 2).await.expect("page");
    assert_eq!(first.iter().map(|row| row.applicant).collect::<Vec<_>>(), [b, c]);
    assert_eq!(
        (first[0].reason.as_str(), first[0].status, first[0].expires_at),
        ("让我进", ApplicationStatus::Pending, 120)
    );
    let last = &first[1];
    let second = roster.applications(target, Some((last.created_at, last.applicant)), 2).await.expect("page");
    assert_eq!(second.iter().map(|row| row.applicant).collect::<Vec<_>>(), [a]);

    let accepted = ApplicationStatus::Accepted;
    assert!(!roster.answer_application(target, a, accepted, 110).await.expect("late"), "expired");
    assert!(roster.answer_application(target, a, accepted, 109).await.expect("in time"));
    assert!(!roster.answer_application(target, a, ApplicationStatus::Declined, 109).await.expect("twice"), "answered");
    assert!(!roster.answer_application(a, target, accepted, 50).await.expect("none"), "wrong way round");
    roster.apply(target, a, "noch einmal", 30, 130).await.expect("again");
    let rows = roster.applications(target, None, 10).await.expect("page");
    assert_eq!((rows.len(), rows[0].applicant, rows[0].status), (3, a, ApplicationStatus::Pending));
}

/// Nothing remains of a forgotten user, and the others stay as they were.
pub async fn forgotten_user_leaves_no_relation(db: Db, app: AppId, _vault: Vault) {
    let [gone, one, other] = users();
    let tx = begin(&db, app).await;
    let roster = tx.roster();
    roster.set_relation(gone, one, Relation::Friend, 1).await.expect("friends");
    roster.set_relation(other, one, Relation::Friend, 1).await.expect("friends");
    roster.block(other, gone, 1).await.expect("block");
    roster.apply(other, gone, "", 1, 2).await.expect("apply");
    roster.apply(gone, other, "", 1, 2).await.expect("apply");
    let knew = Forgotten { friends: vec![one], asked: vec![other], blockers: vec![other] };
    assert_eq!(roster.forget_user(gone, 1).await.expect("forget"), knew);
    assert_eq!(roster.friends(one).await.expect("list"), [other]);
    assert!(roster.find_item(one, gone).await.expect("find").is_none());
    assert!(roster.blocked(other).await.expect("list").is_empty());
    assert!(roster.applications(other, None, 9).await.expect("list").is_empty());
}

/// Another app sees nothing of this app's rosters.
pub async fn rosters_belong_to_one_app(db: Db, app: AppId, vault: Vault) {
    let [one, other] = users();
    let tx = begin(&db, app).await;
    tx.roster().set_relation(one, other, Relation::Friend, 1).await.expect("friends");
    tx.roster().block(one, other, 1).await.expect("block");
    tx.roster().apply(one, other, "", 1, 2).await.expect("apply");
    tx.commit().await.expect("commit");
    let foreign = AppId(app.0 + 1);
    vault.ensure_app(foreign).expect("keys");
    let tx = begin(&db, foreign).await;
    assert!(tx.roster().friends(one).await.expect("list").is_empty());
    assert!(tx.roster().blocked(one).await.expect("list").is_empty());
    assert!(tx.roster().applications(one, None, 9).await.expect("list").is_empty());
    assert_eq!(tx.roster().gate(one, other).await.expect("gate"), GateRow::default());
}
