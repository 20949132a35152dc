//! Groups and what hangs on them.

use cerulean_types::{AppId, AppSlug, GroupId, Millis, UserId};
use cerulean_vault::Vault;

use crate::group::{DISSOLVED, FOREVER, GroupFlag, GroupRow, GroupText, GroupViewRow, PUBLIC};
use crate::group_announcement::AnnouncementRow;
use crate::group_file::{GroupFileRow, SharedUsage};
use crate::group_member::{ADMIN, MEMBER, MemberFilter, MemberViewRow, MemberWishRow, OWNER, PlaceRow};
use crate::group_request::{GroupRequestRow, RequestCursor, RequestStatus};
use crate::{Db, Tx};

pub(super) fn user(number: u64) -> UserId {
    UserId::parse(number << 3 | 1).expect("tagged")
}

pub(super) fn group(number: u64) -> GroupId {
    GroupId::parse(number << 3 | 2).expect("tagged")
}

pub(super) fn row(id: GroupId, owner: UserId) -> GroupRow {
    GroupRow {
        id,
        owner,
        kind: 0,
        status: 0,
        member_count: 1,
        capacity: Some(3),
        name: "Bergfreunde".into(),
        avatar: String::new(),
        description: "sonntags".into(),
        ext: "{}".into(),
        apply_approval: 1,
        member_invite: true,
        member_modify: false,
        read_ack: false,
        history_visible: false,
        hide_member_info: false,
        ban_all_until: 0,
        created_at: 10,
        updated_at: 10,
    }
}

async fn with_group(db: &Db, app: AppId) -> (Tx, GroupId) {
    let tx = db.begin(app).await.expect("begin");
    let id = group(1);
    tx.groups().insert(&row(id, user(1))).await.expect("group");
    tx.group_members().insert(id, &[user(1)], OWNER, 10).await.expect("owner");
    (tx, id)
}

async fn other_app(db: &Db, vault: &Vault) -> AppId {
    let tx = db.platform().await.expect("begin");
    let row = tx.apps().insert(&AppSlug::parse("elsewhere").expect("well formed"), "Elsewhere", 1).await.expect("app");
    tx.commit().await.expect("commit");
    vault.ensure_app(row.id).expect("keys");
    row.id
}

/// A group comes back as it was stored, once, and in its own app only.
pub async fn group_is_stored_in_its_app(db: Db, app: AppId, vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    assert_eq!(tx.groups().find(id).await.expect("find"), Some(row(id, user(1))));
    assert_eq!(tx.groups().find_for_update(id).await.expect("find"), Some(row(id, user(1))));
    assert_eq!(tx.groups().find(group(2)).await.expect("find"), None);
    assert_eq!(tx.groups().find_many(&[group(2), id]).await.expect("find"), vec![row(id, user(1))]);
    tx.commit().await.expect("commit");

    let other = other_app(&db, &vault).await;
    let tx = db.begin(other).await.expect("begin");
    assert_eq!(tx.groups().find(id).await.expect("find"), None);
    assert_eq!(tx.groups().find_many(&[id]).await.expect("find"), vec![]);
    assert_eq!(tx.group_members().groups_of(user(1)).await.expect("list"), vec![]);
    assert_eq!(tx.group_members().all_for_view(id).await.expect("list"), vec![]);
    tx.groups().insert(&row(id, user(9))).await.expect("same number, other app");
    drop(tx);

    let tx = db.begin(app).await.expect("begin");
    let error = tx.groups().insert(&row(id, user(2))).await.expect_err("taken");
    assert!(error.is_duplicate());
}

/// Each change touches its own column and the time of change.
pub async fn group_changes_one_thing_at_a_time(db: Db, app: AppId, _vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    let groups = tx.groups();
    groups.set_text(id, GroupText::Name, "Talfreunde", 11).await.expect("name");
    groups.set_text(id, GroupText::Avatar, "avatars/1", 12).await.expect("avatar");
    groups.set_text(id, GroupText::Description, "", 13).await.expect("description");
    groups.set_text(id, GroupText::Ext, "山", 14).await.expect("ext");
    groups.set_flag(id, GroupFlag::MemberInvite, false, 15).await.expect("flag");
    groups.set_flag(id, GroupFlag::MemberModify, true, 15).await.expect("flag");
    groups.set_flag(id, GroupFlag::ReadAck, true, 15).await.expect("flag");
    groups.set_flag(id, GroupFlag::HistoryVisible, true, 15).await.expect("flag");
    groups.set_flag(id, GroupFlag::HideMemberInfo, true, 15).await.expect("flag");
    groups.set_apply_approval(id, 2, 16).await.expect("approval");
    groups.set_ban_all(id, FOREVER, 17).await.expect("ban");
    groups.set_capacity(id, Some(7), 18).await.expect("capacity");
    groups.set_owner(id, user(2), 19).await.expect("owner");
    let expected = GroupRow {
        owner: user(2),
        capacity: Some(7),
        name: "Talfreunde".into(),
        avatar: "avatars/1".into(),
        description: String::new(),
        ext: "山".into(),
        apply_approval: 2,
        member_invite: false,
        member_modify: true,
        read_ack: true,
        history_visible: true,
        hide_member_info: true,
        ban_all_until: FOREVER,
        updated_at: 19,
        ..row(id, user(1))
    };
    assert_eq!(groups.find(id).await.expect("find"), Some(expected));
}

/// Places are taken while there are any, all or none, and the count follows.
pub async fn group_places_are_limited(db: Db, app: AppId, _vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    assert!(tx.groups().take_places(id, 2, 3).await.expect("take"));
    assert!(!tx.groups().take_places(id, 1, 3).await.expect("take"));
    tx.groups().free_places(id, 2).await.expect("free");
    assert!(!tx.groups().take_places(id, 3, 3).await.expect("take"));
    let found = tx.groups().find(id).await.expect("find").expect("there");
    assert_eq!(found.member_count, 1);
    assert!(!tx.groups().take_places(group(9), 1, 3).await.expect("no such group"));
}

/// Dissolved groups keep their row, empty; they are neither public nor owned.
pub async fn group_dissolves(db: Db, app: AppId, _vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    tx.groups().insert(&GroupRow { kind: PUBLIC, ..row(group(2), user(1)) }).await.expect("group");
    tx.groups().insert(&GroupRow { kind: PUBLIC, ..row(group(3), user(1)) }).await.expect("group");
    assert_eq!(tx.groups().list_public(10).await.expect("list"), vec![group(2), group(3)]);
    assert_eq!(tx.groups().list_public(1).await.expect("list"), vec![group(2)]);
    assert_eq!(tx.groups().count_owned(user(1)).await.expect("count"), 3);
    let all = tx.groups().count().await.expect("count");
    tx.groups().dissolve(group(2), 20).await.expect("dissolve");
    tx.groups().dissolve(id, 20).await.expect("dissolve");
    assert_eq!(tx.groups().list_public(10).await.expect("list"), vec![group(3)]);
    assert_eq!(tx.groups().count_owned(user(1)).await.expect("count"), 1);
    assert_eq!(tx.groups().count().await.expect("count"), all - 2);
    let found = tx.groups().find(id).await.expect("find").expect("there");
    assert_eq!((found.status, found.member_count), (DISSOLVED, 0));
}

/// Numbers inside a group rise by one.
pub async fn group_numbers_rise(db: Db, app: AppId, _vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    let mut numbers: Vec<i64> = Vec::new();
    for _ in 0..3 {
        numbers.push(tx.groups().next_number(id).await.expect("number"));
    }
    assert_eq!(numbers, vec![1, 2, 3]);
    let mut taken = Vec::new();
    for wanted in [Some(10), Some(10), Some(4), None, Some(20)] {
        taken.push(tx.groups().take_number(id, wanted).await.expect("number"));
    }
    assert_eq!(taken, [10, 11, 12, 13, 20]);
    assert!(tx.groups().next_number(group(9)).await.is_err());
}

/// Changes of the audience are counted; a group that is gone has none to show.
pub async fn group_versions_rise(db: Db, app: AppId, _vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    let groups = tx.groups();
    assert_eq!(groups.version(id).await.expect("version"), Some(0));
    assert_eq!(groups.raise_version(id).await.expect("raise"), 1);
    assert_eq!(groups.raise_version(id).await.expect("raise"), 2);
    assert!(groups.raise_version(group(9)).await.is_err());
    groups.set_ban_all(id, 70, 20).await.expect("ban");
    let expected = GroupViewRow { version: 2, ban_all_until: 70, is_history_visible: false };
    assert_eq!(groups.find_for_view(id).await.expect("view"), Some(expected));
    groups.dissolve(id, 30).await.expect("dissolve");
    assert_eq!(groups.find_for_view(id).await.expect("view"), None);
    assert_eq!(groups.version(id).await.expect("version"), Some(2));
}

/// Members come and go by key; a second joining is a duplicate.
pub async fn group_members_join_once(db: Db, app: AppId, _vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    let members = tx.group_members();
    members.insert(id, &[user(3), user(2)], MEMBER, 20).await.expect("join");
    members.set_role(id, &[user(2)], ADMIN).await.expect("role");
    members.set_ban(id, &[user(3)], 99).await.expect("ban");
    members.set_mute_mode(id, user(2), 2).await.expect("mute");
    let view = |number, role, ban_until, joined_at| MemberViewRow {
        user_id: user(number),
        role,
        ban_until,
        joined_at,
        mute_mode: if number == 2 { 2 } else { 0 },
    };
    assert_eq!(
        members.all_for_view(id).await.expect("view"),
        vec![view(1, OWNER, 0, 10), view(2, ADMIN, 0, 20), view(3, MEMBER, 99, 20)]
    );
    assert_eq!(members.find_for_view(id, user(2)).await.expect("view"), Some(view(2, ADMIN, 0, 20)));
    assert_eq!(members.find_for_view(id, user(4)).await.expect("view"), None);
    assert_eq!(members.groups_of(user(3)).await.expect("list"), vec![(id, 20)]);
    assert_eq!(members.remove(id, &[user(3), user(4)]).await.expect("leave"), 1);
    assert_eq!(members.find(id, user(3)).await.expect("find"), None);
    tx.commit().await.expect("commit");

    let tx = db.begin(app).await.expect("begin");
    let error = tx.group_members().insert(id, &[user(2)], MEMBER, 21).await.expect_err("there already");
    assert!(error.is_duplicate());
    drop(tx);
    let tx = db.begin(app).await.expect("begin");
    let everyone = tx.group_members().list_ids(id, None, 10).await.expect("list");
    assert_eq!(tx.group_members().remove(id, &everyone).await.expect("remove"), 2);
    assert_eq!(tx.group_members().all_for_view(id).await.expect("view"), vec![]);
}

/// What a member sets in a group is his own.
pub async fn group_member_settings_are_personal(db: Db, app: AppId, _vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    let members = tx.group_members();
    members.insert(id, &[user(2)], MEMBER, 20).await.expect("join");
    members.set_display_name(id, user(2), "老王").await.expect("name");
    members.set_mute_mode(id, user(2), 1).await.expect("mute");
    members.set_push_mode(id, user(2), 4).await.expect("push");
    members.set_not_disturb(id, user(2), true).await.expect("quiet");
    let found = members.find(id, user(2)).await.expect("find").expect("there");
    assert_eq!(found.display_name, "老王");
    assert_eq!((found.mute_mode, found.push_mode, found.not_disturb), (1, 4, true));
    let wish = MemberWishRow { user: user(2), mute_mode: 1, push_mode: 4, not_disturb: true };
    assert_eq!(members.wishes(id).await.expect("wishes"), [wish]);
    let owner = members.find(id, user(1)).await.expect("find").expect("there");
    assert_eq!((owner.display_name.as_str(), owner.mute_mode, owner.push_mode, owner.not_disturb), ("", 0, 0, false));
    members.set_display_name(id, user(2), "").await.expect("name");
    assert_eq!(members.find(id, user(2)).await.expect("find").expect("there").display_name, "");
}

/// Lists go by id, page by page; staff and banned are found among many.
pub async fn group_members_are_listed_by_cursor(db: Db, app: AppId, _vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    let members = tx.group_members();
    let crowd: Vec<UserId> = (2..=3000).map(user).collect();
    members.insert(id, &crowd, MEMBER, 20).await.expect("join");
    members.set_role(id, &[user(77)], ADMIN).await.expect("role");
    members.set_ban(id, &crowd[..1200], 50).await.expect("ban");
    members.set_ban(id, &[user(2999)], FOREVER).await.expect("ban");
    let numbers = |rows: Vec<crate::group_member::MemberRow>| rows.into_iter().map(|row| row.user).collect::<Vec<_>>();

    let page = members.list(id, MemberFilter::All, Some(user(1000)), 2).await.expect("list");
    assert_eq!(numbers(page), vec![user(1001), user(1002)]);
    assert_eq!(numbers(members.list(id, MemberFilter::Staff, None, 10).await.expect("list")), vec![user(1), user(77)]);
    assert_eq!(members.staff(id).await.expect("staff"), vec![user(1), user(77)]);
    let banned = members.list(id, MemberFilter::BannedAt(50), None, 10).await.expect("list");
    assert_eq!(numbers(banned), vec![user(2999)]);
    assert_eq!(members.count(id, MemberFilter::BannedAt(49)).await.expect("count"), 1201);
    assert_eq!(members.count(id, MemberFilter::All).await.expect("count"), 3000);
    assert_eq!(members.list_ids(id, Some(user(2998)), 10).await.expect("list"), vec![user(2999), user(3000)]);
    assert_eq!(members.find_many(id, &crowd).await.expect("find").len(), crowd.len());
    assert_eq!(members.find_many(id, &[user(5000)]).await.expect("find"), vec![]);
}

/// A user's memberships are found without touching the groups.
pub async fn group_memberships_of_a_user_are_found(db: Db, app: AppId, _vault: Vault) {
    let (tx, id) = with_group(&db, app).await;
    let members = tx.group_members();
    let shown = GroupRow { history_visible: true, ..row(group(2), user(1)) };
    tx.groups().insert(&shown).await.expect("group");
    members.insert(group(2), &[user(1), user(2)], MEMBER, 30).await.expect("join");
    members.set_role(group(2), &[user(1)], ADMIN).await.expect("role");
    assert_eq!(members.groups_of(user(1)).await.expect("list"), vec![(id, 10), (group(2), 30)]);
    let mut counts = members.count_groups_of(&[user(1), user(2), user(3)]).await.expect("count");
    counts.sort_unstable();
    assert_eq!(counts, vec![(user(1), 2), (user(2), 1)]);
    let found = members.find_in(user(1), &[group(2), group(3)]).await.expect("find");
    assert_eq!(found.into_iter().map(|(group, row)| (group, row.role)).collect::<Vec<_>>(), vec![(group(2), ADMIN)]);

    members.set_mute_mode(group(2), user(1), 2).await.expect("mute");
    let place =
        |group, joined_at, mute_mode, is_history_visible| PlaceRow { group, joined_at, mute_mode, is_history_visible };
    let expected = vec![place(id, 10, 0, false), place(group(2), 30, 2, true)];
    assert_eq!(members.places_of(user(1)).await.expect("places"), expected);
    assert_eq!(members.places_of(user(3)).await.expect("places"), vec![]);

    // Members of a dissolved group who are still to be told are in no group any more.
    tx.groups().dissolve(group(2), 40).await.expect("dissolve");
    assert_eq!(members.groups_of(user(1)).await.expect("list"), vec![(id, 10)]);
    assert_eq!(members.places_of(user(1)).await.expect("places"), expected[..1]);
    assert_eq!(members.count_groups_of(&[user(1), user(2)]).await.expect("count"), vec![(user(1), 1)]);
    assert_eq!(members.list_ids(group(2), None, 10).await.expect("list"), vec![user(1), user(2)]);
}

fn request(number: u64, inviter: Option<UserId>, updated_at: Millis) -> GroupRequestRow {
    GroupRequestRow {
        group: group(1),
        user: user(number),
        inviter,
        reason: "bitte".into(),
        status: RequestStatus::Pending,
        expires_at: 1000,
        updated_at,
    }
}

/// A newer request takes the place of an older one; applications and invitations do not mix.
pub async fn group_requests_are_replaced(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let (applications, invitations) = (tx.group_applications(), tx.group_invitations());
    applications.put(&request(2, None, 1)).await.expect("apply");
    invitations.put(&request(2, Some(user(1)), 2)).await.expect("invite");
    applications.set_status(group(1), user(2), RequestStatus::Declined, 3).await.expect("decline");
    let handled = GroupRequestRow { status: RequestStatus::Declined, updated_at: 3, ..request(2, None, 1) };
    assert_eq!(applications.find(group(1), user(2)).await.expect("find"), Some(handled));
    assert_eq!(invitations.find(group(1), user(2)).await.expect("find"), Some(request(2, Some(user(1)), 2)));
    let again = GroupRequestRow { reason: "noch einmal".into(), ..request(2, None, 4) };
    applications.put(&again).await.expect("apply again");
    assert_eq!(applications.find(group(1), user(2)).await.expect("find"), Some(again));
    applications.remove_all(group(1)).await.expect("remove");
    assert_eq!(applications.find(group(1), user(2)).await.expect("find"), None);
    assert!(invitations.find(group(1), user(2)).await.expect("find").is_some());
}

/// Closing answers what is open and leaves what was answered; a user's requests are forgotten together.
pub async fn group_requests_are_closed(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let invitations = tx.group_invitations();
    invitations.put(&request(2, Some(user(1)), 2)).await.expect("invite");
    invitations.put(&request(3, Some(user(1)), 2)).await.expect("invite");
    invitations.set_status(group(1), user(3), RequestStatus::Accepted, 3).await.expect("accept");
    let all = [user(2), user(3), user(4)];
    assert_eq!(invitations.open_users(group(1), 999, 10).await.expect("open"), [user(2)]);
    assert_eq!(invitations.open_among(group(1), &all, 999).await.expect("open"), [user(2)]);
    assert!(invitations.open_users(group(1), 1000, 10).await.expect("open").is_empty(), "it ran out");
    assert!(invitations.open_among(group(1), &all[1..], 999).await.expect("open").is_empty());
    invitations.close(group(1), &all, RequestStatus::Declined, 4).await.expect("close");
    assert!(invitations.open_users(group(1), 999, 10).await.expect("open").is_empty());
    let declined = invitations.find(group(1), user(2)).await.expect("find").expect("there");
    assert_eq!((declined.status, declined.updated_at), (RequestStatus::Declined, 4));
    let accepted = invitations.find(group(1), user(3)).await.expect("find").expect("there");
    assert_eq!((accepted.status, accepted.updated_at), (RequestStatus::Accepted, 3));
    tx.group_applications().put(&request(2, None, 5)).await.expect("apply");
    invitations.remove_of_user(user(2)).await.expect("remove");
    assert_eq!(invitations.count_of_user(user(2)).await.expect("count"), 0);
    assert_eq!(tx.group_applications().count_of_user(user(2)).await.expect("count"), 1);
    assert_eq!(invitations.count_of_user(user(3)).await.expect("count"), 1);
}

/// Requests are listed newest first, page by page.
pub async fn group_requests_are_listed_newest_first(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let applications = tx.group_applications();
    for (number, at) in [(2, 5), (3, 7), (4, 5), (5, 6)] {
        applications.put(&request(number, None, at)).await.expect("apply");
    }
    let users = |rows: &[GroupRequestRow]| rows.iter().map(|row| row.user).collect::<Vec<_>>();
    let first = applications.list_of_groups(&[group(1), group(2)], None, 3).await.expect("list");
    assert_eq!(users(&first), vec![user(3), user(5), user(2)]);
    let cursor = RequestCursor { updated_at: 5, group: group(1), user: user(2) };
    let second = applications.list_of_groups(&[group(1)], Some(cursor), 3).await.expect("list");
    assert_eq!(users(&second), vec![user(4)]);
    assert_eq!(applications.list_of_groups(&[group(2)], None, 3).await.expect("list"), vec![]);
    assert_eq!(applications.count_of_groups(&[group(1)]).await.expect("count"), 4);
    assert_eq!(users(&applications.list_of_user(user(5), None, 9).await.expect("list")), vec![user(5)]);
    assert_eq!(applications.count_of_user(user(5)).await.expect("count"), 1);
    assert_eq!(tx.group_invitations().count_of_user(user(5)).await.expect("count"), 0);
}

/// Kicks are counted, blocks are set and lifted; neither disturbs the other.
pub async fn group_restrictions_are_kept_apart(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let restrictions = tx.group_restrictions();
    let id = group(1);
    restrictions.add_kicks(id, &[user(2), user(3)]).await.expect("kick");
    restrictions.block(id, &[user(3), user(4)], 40).await.expect("block");
    restrictions.add_kicks(id, &[user(3)]).await.expect("kick");
    let mut found = restrictions.find_many(id, &[user(2), user(3), user(4), user(5)]).await.expect("find");
    found.sort_by_key(|row| row.user);
    let shape: Vec<_> = found.iter().map(|row| (row.user, row.kicks, row.blocked_at)).collect();
    assert_eq!(shape, vec![(user(2), 1, None), (user(3), 2, Some(40)), (user(4), 0, Some(40))]);
    assert_eq!(restrictions.count_blocked(id).await.expect("count"), 2);
    let page = restrictions.list_blocked(id, Some(user(3)), 5).await.expect("list");
    assert_eq!(page.iter().map(|row| row.user).collect::<Vec<_>>(), vec![user(4)]);
    restrictions.unblock(id, &[user(3)]).await.expect("unblock");
    assert_eq!(restrictions.count_blocked(id).await.expect("count"), 1);
    restrictions.remove_all(id).await.expect("remove");
    assert_eq!(restrictions.find_many(id, &[user(2), user(4)]).await.expect("find"), vec![]);
}

/// Announcements are listed oldest first; the last one is the newest.
pub async fn group_announcements_are_ordered(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let announcements = tx.group_announcements();
    let announcement = |id| AnnouncementRow {
        id,
        group: group(1),
        author: user(1),
        title: format!("{id}. Treffen"),
        content: "um acht".into(),
        created_at: 100 + id,
    };
    for id in [1, 2, 3] {
        announcements.insert(&announcement(id)).await.expect("announce");
    }
    let all: Vec<_> = [1, 2, 3].map(announcement).into();
    assert_eq!(announcements.list(group(1)).await.expect("list"), all);
    assert_eq!(announcements.find(group(1), 2).await.expect("find"), Some(announcement(2)));
    assert!(announcements.remove(group(1), 3).await.expect("remove"));
    assert!(!announcements.remove(group(1), 3).await.expect("remove"));
    assert_eq!(announcements.find_last(group(1)).await.expect("find"), Some(announcement(2)));
    announcements.remove_all(group(1)).await.expect("remove");
    assert_eq!(announcements.find_last(group(1)).await.expect("find"), None);
}

/// Shared files are renamed and removed by number.
pub async fn group_files_are_kept(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let files = tx.group_files();
    let file = |id| GroupFileRow {
        id,
        group: group(1),
        uploader: user(1),
        name: "Karte.pdf".into(),
        url: "https://example.org/f?sign=1".into(),
        content_type: "application/pdf".into(),
        size: 7,
        created_at: 5,
        updated_at: 5,
    };
    files.insert(&file(1)).await.expect("share");
    files.insert(&file(2)).await.expect("share");
    files.set_name(group(1), 2, "Plan.pdf", 6).await.expect("rename");
    let renamed = GroupFileRow { name: "Plan.pdf".into(), updated_at: 6, ..file(2) };
    assert_eq!(files.list(group(1)).await.expect("list"), vec![file(1), renamed.clone()]);
    assert_eq!(files.find(group(1), 2).await.expect("find"), Some(renamed.clone()));
    assert_eq!(files.find_many(group(1), &[2, 9]).await.expect("find"), vec![renamed]);
    let usage = files.usage(group(1)).await.expect("usage");
    assert_eq!((usage.files, usage.bytes), (2, 14));
    assert_eq!(files.usage(group(2)).await.expect("usage"), SharedUsage::default());
    files.remove(group(1), &[2, 9]).await.expect("remove");
    assert_eq!(files.list(group(1)).await.expect("list"), vec![file(1)]);
    files.remove_all(group(1)).await.expect("remove");
    assert_eq!(files.find(group(1), 1).await.expect("find"), None);
}
