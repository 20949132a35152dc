//! What moving in and out needs of several repositories.

use cerulean_types::{AppId, UserId};
use cerulean_vault::Vault;

use super::group::{group, row, user};
use crate::Db;
use crate::external_id::ExternalKind;
use crate::group_member::{ADMIN, MEMBER, MemberFilter, MemberRow, OWNER};
use crate::import::ImportRow;
use crate::roster::{Block, PastItem, PendingRow, Relation, RosterRow};
use crate::user::{PastUser, Profile, TakenKey, UserKey, UserSettings, UserStatus};

fn past_user(id: UserId, name: &str, email: &str) -> PastUser {
    PastUser {
        id,
        status: UserStatus::Frozen,
        profile: Profile { username: name.into(), email: email.into(), ..Profile::default() },
        settings: UserSettings { auth_mode: 3, ..UserSettings::default() },
        password_hash: "$argon2id$".into(),
        created_at: 7,
    }
}

/// Ids of a source are found again, in their app, source and kind only.
pub async fn external_ids_are_found_by_source(db: Db, app: AppId, vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let ids = tx.external_ids();
    ids.insert_many(ExternalKind::User, "one", &[("@a:x", 9), ("@b:x", 17)]).await.expect("recorded");
    let found = ids.find_many(ExternalKind::User, "one", &["@b:x", "@a:x", "@c:x"]).await.expect("found");
    assert_eq!((found.len(), found["@a:x"], found["@b:x"]), (2, 9, 17));
    assert!(ids.find_many(ExternalKind::Group, "one", &["@a:x"]).await.expect("found").is_empty());
    assert!(ids.find_many(ExternalKind::User, "two", &["@a:x"]).await.expect("found").is_empty());
    let names = ids.names_of(ExternalKind::User, 17).await.expect("names");
    assert_eq!(names, [("one".to_owned(), "@b:x".to_owned())]);
    let error = ids.insert_many(ExternalKind::User, "one", &[("@a:x", 25)]).await.expect_err("taken");
    assert!(error.is_duplicate());
    drop(tx);
    let other = AppId(app.0 + 1);
    vault.ensure_app(other).expect("keys");
    let tx = db.begin(other).await.expect("begin");
    assert!(tx.external_ids().find_many(ExternalKind::User, "one", &["@a:x"]).await.expect("found").is_empty());
}

/// How far an import has come is replaced as a whole.
pub async fn import_progress_is_replaced(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let of = |progress: &str, is_done| ImportRow { progress: progress.into(), is_done };
    assert_eq!(tx.imports().find(&[1; 32]).await.expect("find"), None);
    tx.imports().put(&[1; 32], &of("{}", false), 1).await.expect("put");
    tx.imports().put(&[1; 32], &of("{\"line\":5}", true), 2).await.expect("put");
    assert_eq!(tx.imports().find(&[1; 32]).await.expect("find"), Some(of("{\"line\":5}", true)));
    assert_eq!(tx.imports().find(&[2; 32]).await.expect("find"), None);
}

/// Lines are known again by their names, in their app only.
pub async fn imported_lines_are_known_again(db: Db, app: AppId, vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    tx.imported_lines().insert_many(&names(&["a", "b"])).await.expect("recorded");
    tx.imported_lines().insert_many(&names(&["b", "c"])).await.expect("recorded again");
    let found = tx.imported_lines().find_many(&names(&["a", "c", "d"])).await.expect("found");
    assert_eq!(found, names(&["a", "c"]).into_iter().collect());
    assert!(tx.imported_lines().find_many(&[]).await.expect("found").is_empty());
    drop(tx);
    let other = AppId(app.0 + 1);
    vault.ensure_app(other).expect("keys");
    let tx = db.begin(other).await.expect("begin");
    assert!(tx.imported_lines().find_many(&names(&["a"])).await.expect("found").is_empty());
}

/// Removed users and dissolved groups are told apart from those that never were.
pub async fn what_is_gone_is_told_apart(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    tx.users().insert_many(&[past_user(user(1), "Anna", ""), past_user(user(2), "Ben", "")]).await.expect("added");
    tx.users().erase(user(2)).await.expect("erased");
    let removed = tx.users().removed_among(&[user(1), user(2), user(3)]).await.expect("found");
    assert_eq!(removed, [user(2)]);
    tx.users().insert_removed(&[(user(5), 7), (user(4), 7)]).await.expect("kept");
    assert_eq!(tx.users().find(user(4)).await.expect("find"), None);
    assert_eq!(tx.users().list_removed_after(None, 2).await.expect("page"), [user(2), user(4)]);
    assert_eq!(tx.users().list_removed_after(Some(user(4)), 2).await.expect("page"), [user(5)]);
    for number in [1, 2] {
        tx.groups().insert(&row(group(number), user(1))).await.expect("group");
    }
    tx.groups().dissolve(group(2), 5).await.expect("dissolved");
    let dissolved = tx.groups().dissolved_among(&[group(1), group(2), group(3)]).await.expect("found");
    assert_eq!(dissolved, [group(2)]);
}

/// Users come with all they had; taken keys are told beforehand, and removed users keep their ids.
pub async fn users_come_with_their_past(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let users = tx.users();
    let (one, other) = (past_user(user(1), "Anna", "anna@example.org"), past_user(user(2), "Ben", ""));
    users.insert_many(&[other.clone(), one.clone()]).await.expect("added");
    let found = users.find_by(UserKey::Username("anna")).await.expect("find").expect("there");
    assert_eq!((found.id, found.status, found.created_at), (user(1), UserStatus::Frozen, 7));
    assert_eq!((found.profile, found.settings), (one.profile.clone(), one.settings.clone()));
    assert_eq!(users.password_hash(user(2)).await.expect("hash").as_deref(), Some("$argon2id$"));
    let page = users.list_after(Some(user(1)), 10).await.expect("page");
    assert_eq!(page.iter().map(|row| row.id).collect::<Vec<_>>(), [user(2)]);
    let same_mail = Profile { email: "ANNA@example.org".into(), ..Profile::default() };
    let free = Profile { username: "Carl".into(), ..Profile::default() };
    let taken = users.taken_keys(&[&other.profile, &free, &same_mail]).await.expect("taken");
    let by = |field, by| Some(TakenKey { field, by });
    assert_eq!(taken, [by("username", user(2)), None, by("email", user(1))]);
    users.erase(user(2)).await.expect("erased");
    assert_eq!(users.taken_keys(&[&other.profile]).await.expect("taken"), [None]);
    assert_eq!(users.given(&[user(2), user(3)]).await.expect("given"), [user(2)]);
}

/// What comes along fills gaps of a roster and overwrites nothing; pages go through all of it.
pub async fn rosters_are_merged(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let roster = tx.roster();
    let item = |from: u64, to: u64, relation, alias: &str| PastItem {
        user: user(from),
        row: RosterRow { peer: user(to), relation, alias: alias.into(), ext: "{}".into(), mute_notification: true },
        updated_at: 5,
    };
    roster.set_relation(user(1), user(3), Relation::Deleted, 1).await.expect("set");
    let items = [
        item(1, 2, Relation::Stranger, ""),
        item(2, 1, Relation::Friend, "Anna"),
        item(1, 3, Relation::Friend, "Carl"),
    ];
    roster.merge_items(&items).await.expect("merged");
    roster
        .merge_items(&[item(1, 2, Relation::Friend, "Ben"), item(2, 1, Relation::Friend, "no")])
        .await
        .expect("merged");
    let first = roster.list_items_after(None, 2).await.expect("page");
    assert_eq!(first[0], PastItem { row: item(1, 2, Relation::Friend, "Ben").row, ..item(1, 2, Relation::Friend, "") });
    assert_eq!((first[1].row.relation, first[1].row.alias.as_str()), (Relation::Deleted, "Carl"));
    let rest = roster.list_items_after(Some((user(1), user(3))), 10).await.expect("page");
    assert_eq!(rest.iter().map(|item| (item.user, item.row.alias.as_str())).collect::<Vec<_>>()[0], (user(2), "Anna"));
    let block = |from: u64, to: u64, created_at| Block { user: user(from), blocked: user(to), created_at };
    roster.insert_blocks(&[block(1, 2, 5), block(2, 1, 6)]).await.expect("blocked");
    roster.insert_blocks(&[block(1, 2, 9), block(1, 3, 9)]).await.expect("blocked");
    let pending = |target, applicant, reason: &str, expires_at| PendingRow {
        target: user(target),
        applicant: user(applicant),
        reason: reason.into(),
        created_at: 3,
        expires_at,
    };
    let (first, second) = (pending(1, 4, "你好", 50), pending(2, 4, "", 50));
    roster.insert_pending(&[first.clone(), second.clone(), pending(2, 5, "", 9)]).await.expect("asked");
    roster.insert_pending(&[pending(1, 4, "another", 90)]).await.expect("asked again");
    let listed = roster.list_pending_after(None, 9, 10).await.expect("listed");
    assert_eq!(listed, [first.clone(), second.clone()], "those that can be answered, the first of two that are alike");
    let after = Some((first.target, first.applicant));
    assert_eq!(roster.list_pending_after(after, 9, 10).await.expect("listed"), [second]);
    assert_eq!(roster.list_pending_after(None, 9, 1).await.expect("listed"), [first]);
    let all = roster.list_blocks_after(None, 10).await.expect("page");
    assert_eq!(all, [block(1, 2, 5), block(1, 3, 9), block(2, 1, 6)]);
    assert_eq!(roster.list_blocks_after(Some((user(1), user(2))), 1).await.expect("page"), all[1..2]);
}

/// Members come with all they had set; the count follows, and the capacity with it.
pub async fn group_members_are_merged(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let id = group(1);
    tx.groups().insert(&row(id, user(1))).await.expect("group");
    tx.group_members().insert(id, &[user(1)], OWNER, 10).await.expect("owner");
    let member = |number: u64, role, display_name: &str| MemberRow {
        user: user(number),
        role,
        ban_until: 99,
        joined_at: 5,
        display_name: display_name.into(),
        mute_mode: 1,
        push_mode: 2,
        not_disturb: true,
    };
    let members = [member(1, MEMBER, "boss"), member(2, ADMIN, "two"), member(3, MEMBER, ""), member(4, MEMBER, "")];
    tx.group_members().merge(id, &members).await.expect("merged");
    tx.group_members().merge(id, &[MemberRow { joined_at: 7, ..member(2, MEMBER, "other") }]).await.expect("merged");
    let stored = tx.group_members().list(id, MemberFilter::All, None, 10).await.expect("list");
    assert_eq!(stored[0], member(1, OWNER, "boss"));
    assert_eq!(stored[1..3], members[1..3]);
    let count = tx.group_members().count(id, MemberFilter::All).await.expect("count");
    tx.groups().set_member_count(id, count).await.expect("set");
    let stored = tx.groups().find(id).await.expect("find").expect("there");
    assert_eq!((stored.member_count, stored.capacity), (4, Some(4)));
    tx.groups().set_member_count(id, 2).await.expect("set");
    let stored = tx.groups().find(id).await.expect("find").expect("there");
    assert_eq!((stored.member_count, stored.capacity), (2, Some(4)));
    tx.groups().insert(&row(group(2), user(1))).await.expect("group");
    let listed = |after| async move { tx.groups().list_after(after, 10).await.expect("list") };
    let ids: Vec<_> = listed(None).await.into_iter().map(|row| row.id).collect();
    assert_eq!(ids, [group(1), group(2)]);
}
