//! Who may do what.

use cerulean_storage::group::{FOREVER, GroupFlag, GroupText};

use super::*;

#[tokio::test]
async fn another_apps_group_is_not_found() {
    let bench = Bench::start().await;
    let [alice] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    let stranger = bench.user_in(bench.other_app, "stranger").await;
    let mut ctx = bench.platform.ctx(bench.other_app, stranger.actor()).await.unwrap();
    for action in [GroupAction::View, GroupAction::Kick, GroupAction::Destroy] {
        assert_code(require_group(&mut ctx, group, action).await, Code::GroupNotFound);
    }
    assert_code(apply(&mut ctx, application(group)).await, Code::GroupNotFound);
    assert_code(leave_group(&mut ctx, group).await, Code::GroupNotFound);
    ctx.actor = ADMINISTRATOR;
    assert_code(require_info(&mut ctx, group).await, Code::GroupNotFound);
    assert_eq!(list_infos(&mut ctx, &[group]).await.unwrap(), vec![]);
}

#[tokio::test]
async fn ranks_are_needed() {
    let bench = Bench::start().await;
    let [alice, bob, carol, dave] = bench.users().await;
    let group = bench.group(alice, &[bob, carol]).await;
    act!(bench, alice, add_admins(group, &[bob])).unwrap();
    let everyone = [GroupAction::View, GroupAction::SetOwn, GroupAction::ShareFile];
    let admins = [
        GroupAction::ViewStaffLists,
        GroupAction::EditInfo,
        GroupAction::Invite,
        GroupAction::HandleApplications,
        GroupAction::Kick,
        GroupAction::Block,
        GroupAction::Ban,
        GroupAction::Configure,
        GroupAction::Announce,
    ];
    let owner = [GroupAction::AppointAdmins, GroupAction::Transfer, GroupAction::Destroy];
    for action in everyone.into_iter().chain(admins).chain(owner) {
        assert_eq!(act!(bench, alice, require_group(group, action)).unwrap().role, Role::Owner);
        assert_eq!(act!(bench, ADMINISTRATOR, require_group(group, action)).unwrap().user, alice);
        assert_code(act!(bench, dave, require_group(group, action)), Code::NotGroupMember);
    }
    for action in everyone {
        act!(bench, carol, require_group(group, action)).unwrap();
    }
    for action in admins {
        act!(bench, bob, require_group(group, action)).unwrap();
        assert_code(act!(bench, carol, require_group(group, action)), Code::NeedsGroupAdmin);
    }
    for action in owner {
        assert_code(act!(bench, bob, require_group(group, action)), Code::NeedsGroupOwner);
        assert_code(act!(bench, carol, require_group(group, action)), Code::NeedsGroupOwner);
    }
}

#[tokio::test]
async fn administrator_acts_with_the_rank_of_whom_he_names() {
    let bench = Bench::start().await;
    let [alice, bob, carol, dave] = bench.users().await;
    let stranger = bench.user_in(bench.other_app, "stranger").await;
    let group = bench.group(alice, &[bob, carol]).await;
    let acting = |user| Actor::Admin { acting_for: Some(user) };
    act!(bench, acting(alice), set_text(group, GroupText::Name, "Neu")).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::InfoUpdated, alice, &[], r#"{"name":"Neu"}"#)]);
    for (user, code) in [(bob, Code::NeedsGroupAdmin), (dave, Code::NotGroupMember), (stranger, Code::NotGroupMember)] {
        assert_code(act!(bench, acting(user), set_text(group, GroupText::Name, "Nein")), code);
        assert_code(act!(bench, acting(user), kick_members(group, &[carol])), code);
    }
    act!(bench, acting(bob), set_display_name(group, "Bob")).unwrap();
    act!(bench, dave, apply(application(group))).unwrap();
    for (actor, managed) in [(acting(bob), 0), (acting(alice), 1), (ADMINISTRATOR, 1)] {
        let applications = act!(bench, actor, list_applications(&[group], Paging::all())).unwrap();
        assert_eq!(applications.items.len(), managed);
    }
    bench.hear();
    act!(bench, ADMINISTRATOR, set_text(group, GroupText::Name, "Alt")).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::InfoUpdated, alice, &[], r#"{"name":"Alt"}"#)]);
    assert_code(act!(bench, ADMINISTRATOR, set_display_name(group, "x")), Code::PermissionDenied);
}

#[tokio::test]
async fn admins_are_made_and_unmade_by_the_owner() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    assert_code(act!(bench, bob, add_admins(group, &[bob])), Code::NeedsGroupOwner);
    let outcomes = act!(bench, alice, add_admins(group, &[bob, carol, alice])).unwrap();
    let expected = vec![succeeded(bob), failed(carol, Refusal::NotMember), failed(alice, Refusal::Outranked)];
    assert_eq!(outcomes, expected);
    let heard = bench.hear();
    assert_eq!(heard.1, 1);
    assert_told(heard, vec![to_group(group, Type::AdminGranted, alice, &[bob], "")]);
    let admins = act!(bench, bob, list_admins(group)).unwrap();
    assert_eq!(admins.iter().map(|card| card.user).collect::<Vec<_>>(), vec![bob]);
    assert_eq!(act!(bench, alice, add_admins(group, &[bob])).unwrap(), vec![succeeded(bob)]);
    assert_told(bench.hear(), vec![]);
    act!(bench, alice, remove_admins(group, &[bob])).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::AdminRevoked, alice, &[bob], "")]);
    assert_eq!(act!(bench, alice, remove_admins(group, &[bob])).unwrap(), vec![succeeded(bob)]);
    assert_told(bench.hear(), vec![]);
    assert_eq!(act!(bench, bob, list_admins(group)).unwrap(), vec![]);
}

#[tokio::test]
async fn bans_begin_and_end() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob, carol]).await;
    let ban = |users: &[UserId], duration| BanMembers { group, users: users.to_vec(), duration };
    assert_code(act!(bench, bob, ban_members(ban(&[carol], BanDuration::Forever))), Code::NeedsGroupAdmin);
    let outcomes = act!(bench, alice, ban_members(ban(&[bob, alice], BanDuration::Minutes(5)))).unwrap();
    assert_eq!(outcomes, vec![succeeded(bob), failed(alice, Refusal::Outranked)]);
    let heard = bench.hear();
    assert_eq!(heard.1, 1);
    assert_told(heard, vec![to_group(group, Type::Banned, alice, &[bob], "5")]);
    act!(bench, alice, ban_members(ban(&[carol], BanDuration::Forever))).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::Banned, alice, &[carol], "-1")]);
    let banned = |page: PageOf<Card>| page.items.into_iter().map(|card| card.user).collect::<Vec<_>>();
    assert_eq!(banned(act!(bench, bob, list_banned(group, Paging::all())).unwrap()), sorted([bob, carol]));
    bench.clock.advance(5 * 60_000 + 1);
    assert_eq!(banned(act!(bench, bob, list_banned(group, Paging::all())).unwrap()), vec![carol]);
    act!(bench, alice, unban_members(group, &[carol])).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::Unbanned, alice, &[carol], "")]);
    assert_eq!(act!(bench, alice, unban_members(group, &[carol])).unwrap(), vec![succeeded(carol)]);
    assert_told(bench.hear(), vec![]);
    assert_eq!(banned(act!(bench, bob, list_banned(group, Paging::all())).unwrap()), vec![]);
}

#[test]
fn ban_durations_have_bounds() {
    assert_eq!(BanDuration::parse(-1).unwrap(), BanDuration::Forever);
    assert_eq!(BanDuration::parse(1).unwrap(), BanDuration::Minutes(1));
    for bad in [0, -2, i64::MIN, i64::MAX, 10 * 366 * 24 * 60 + 1] {
        assert_code(BanDuration::parse(bad), Code::BadParameter);
    }
}

#[tokio::test]
async fn everyone_is_banned_and_unbanned() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    assert_code(act!(bench, bob, ban_everyone(group, BanDuration::Forever)), Code::NeedsGroupAdmin);
    assert_code(act!(bench, bob, unban_everyone(group)), Code::NeedsGroupAdmin);
    assert_eq!(act!(bench, alice, ban_everyone(group, BanDuration::Forever)).unwrap(), FOREVER);
    let heard = bench.hear();
    assert_eq!(heard.1, 1);
    let content = |seconds: i64| format!(r#"{{"ban_expire_time":{seconds},"property":"ban_expire_time"}}"#);
    assert_told(heard, vec![to_group(group, Type::InfoUpdated, alice, &[], &content(-1))]);
    let until = act!(bench, alice, ban_everyone(group, BanDuration::Minutes(1))).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::InfoUpdated, alice, &[], &content(until / 1000))]);
    act!(bench, alice, unban_everyone(group)).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::InfoUpdated, alice, &[], &content(0))]);
    assert_eq!(act!(bench, bob, require_info(group)).unwrap().row.ban_all_until, 0);
}

#[tokio::test]
async fn settings_change_and_are_told() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    let flags = [
        (GroupFlag::MemberInvite, "member_invite"),
        (GroupFlag::MemberModify, "member_modify"),
        (GroupFlag::ReadAck, "read_ack"),
        (GroupFlag::HistoryVisible, "history_visible"),
        (GroupFlag::HideMemberInfo, "hide_member_info"),
    ];
    for (flag, name) in flags {
        assert_code(act!(bench, bob, set_flag(group, flag, true)), Code::NeedsGroupAdmin);
        act!(bench, alice, set_flag(group, flag, true)).unwrap();
        let heard = bench.hear();
        assert_eq!(heard.1, usize::from(flag == GroupFlag::HistoryVisible), "who may speak and see is in memory");
        assert_told(heard, vec![to_group(group, Type::InfoUpdated, alice, &[], &format!(r#"{{"{name}":true}}"#))]);
    }
    let row = act!(bench, bob, require_info(group)).unwrap().row;
    assert!(row.member_invite && row.member_modify && row.read_ack && row.history_visible && row.hide_member_info);
}

#[tokio::test]
async fn members_edit_texts_only_where_allowed() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    assert_code(act!(bench, bob, set_text(group, GroupText::Ext, "x")), Code::NeedsGroupAdmin);
    act!(bench, alice, set_flag(group, GroupFlag::MemberModify, true)).unwrap();
    bench.hear();
    act!(bench, bob, set_text(group, GroupText::Description, "山 \"hoch\"")).unwrap();
    let heard = bench.hear();
    assert_eq!(heard.1, 0, "texts change nobody's rights");
    let content = r#"{"description":"山 \"hoch\""}"#;
    assert_told(heard, vec![to_group(group, Type::InfoUpdated, bob, &[], content)]);
    for (text, value) in [
        (GroupText::Name, ""),
        (GroupText::Name, " "),
        (GroupText::Name, &*"n".repeat(65)),
        (GroupText::Ext, &"e".repeat(4097)),
        (GroupText::Name, "two\nlines"),
        (GroupText::Ext, "\u{0}"),
        (GroupText::Description, "\u{1b}[2J"),
    ] {
        assert_code(act!(bench, alice, set_text(group, text, value)), Code::BadParameter);
    }
}
