//! What is seen of a group and its members.

use cerulean_storage::group::GroupFlag;

use super::*;

#[tokio::test]
async fn outsiders_see_the_card_of_groups_they_could_join() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    act!(bench, alice, set_text(group, cerulean_storage::group::GroupText::Ext, "secret")).unwrap();
    let card = act!(bench, bob, require_info(group)).unwrap();
    assert_eq!((card.row.name.as_str(), card.row.ext.as_str()), ("Kegelclub", ""));
    assert_eq!(act!(bench, bob, list_infos(&[group])).unwrap(), vec![card]);
    assert_code(act!(bench, bob, list_members(group, Paging::all())), Code::NotGroupMember);

    act!(bench, alice, set_apply_approval(group, 2)).unwrap();
    assert_code(act!(bench, bob, require_info(group)), Code::NotGroupMember);
    assert_eq!(act!(bench, bob, list_infos(&[group])).unwrap(), vec![]);
    bench.ask_before_joining(bob).await;
    act!(bench, alice, invite_users(invite(group, &[bob]))).unwrap();
    assert_eq!(act!(bench, bob, require_info(group)).unwrap().row.id, group);
    assert_eq!(act!(bench, bob, list_infos(&[group])).unwrap().len(), 1);

    assert_eq!(act!(bench, ADMINISTRATOR, require_info(group)).unwrap().row.ext, "secret");
    let for_bob = Actor::Admin { acting_for: Some(bob) };
    assert_eq!(act!(bench, for_bob, list_infos(&[group])).unwrap()[0].row.ext, "", "he sees what Bob sees");
}

#[tokio::test]
async fn members_are_listed_by_pages() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob, carol]).await;
    act!(bench, bob, set_display_name(group, "Bobby")).unwrap();
    let all = act!(bench, carol, list_members(group, Paging::all())).unwrap();
    assert_eq!(all.total, 3);
    let users: Vec<UserId> = all.items.iter().map(|card| card.user).collect();
    assert_eq!(users, sorted([alice, bob, carol]));
    let card = all.items.iter().find(|card| card.user == bob).unwrap();
    assert_eq!((card.display_name.as_str(), card.avatar.as_str(), card.ban_until), ("Bobby", "avatars/user1", 0));
    assert!(card.joined_at > 0);
    let paging = Paging { after: Some(users[0]), limit: 1 };
    let page = act!(bench, carol, list_members(group, paging)).unwrap();
    assert_eq!((page.items[0].user, page.items.len(), page.total), (users[1], 1, 3));
    let cards = act!(bench, carol, find_cards(group, &[bob, bob])).unwrap();
    assert_eq!(cards.iter().map(|card| card.user).collect::<Vec<_>>(), vec![bob]);
}

#[tokio::test]
async fn hidden_members_show_ids_and_card_names_only() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob, carol]).await;
    act!(bench, bob, set_display_name(group, "Bobby")).unwrap();
    act!(bench, alice, set_flag(group, GroupFlag::HideMemberInfo, true)).unwrap();
    let seen = act!(bench, carol, find_cards(group, &[bob])).unwrap();
    let expected = Card { user: bob, display_name: "Bobby".into(), avatar: String::new(), joined_at: 0, ban_until: 0 };
    assert_eq!(seen, vec![expected]);
    assert_eq!(act!(bench, carol, find_cards(group, &[carol])).unwrap()[0].avatar, "avatars/user2");
    assert_eq!(act!(bench, alice, find_cards(group, &[bob])).unwrap()[0].avatar, "avatars/user1");
}

#[tokio::test]
async fn own_settings_are_told_to_own_devices() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    act!(bench, bob, set_mute_mode(group, 1)).unwrap();
    assert_told(bench.hear(), vec![to_user(bob, Type::Muted, bob, &[], r#"{"msg_mute_mode":1}"#)]);
    act!(bench, bob, set_mute_mode(group, 0)).unwrap();
    assert_told(bench.hear(), vec![to_user(bob, Type::Unmuted, bob, &[], r#"{"msg_mute_mode":0}"#)]);
    act!(bench, bob, set_mute_mode(group, 2)).unwrap();
    act!(bench, bob, set_push_mode(group, 4)).unwrap();
    act!(bench, bob, set_not_disturb(group, true)).unwrap();
    let info = act!(bench, bob, require_info(group)).unwrap();
    assert_eq!((info.mute_mode, info.push_mode), (2, 4));
    let info = act!(bench, alice, list_infos(&[group])).unwrap().remove(0);
    assert_eq!((info.mute_mode, info.push_mode), (0, 0));
    assert_code(act!(bench, bob, set_mute_mode(group, 3)), Code::BadParameter);
    assert_code(act!(bench, bob, set_push_mode(group, 5)), Code::BadPushMode);
    assert_code(act!(bench, carol, set_mute_mode(group, 1)), Code::NotGroupMember);
    assert_code(act!(bench, carol, set_push_mode(group, 1)), Code::NotGroupMember);
    assert_code(act!(bench, carol, set_not_disturb(group, true)), Code::NotGroupMember);
}

#[tokio::test]
async fn card_names_are_told_to_members() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    act!(bench, bob, set_display_name(group, "Bobby")).unwrap();
    let content = r#"{"display_name":"Bobby","property":"display_name"}"#;
    assert_told(bench.hear(), vec![to_group(group, Type::InfoUpdated, bob, &[], content)]);
    assert_code(act!(bench, bob, set_display_name(group, &"b".repeat(65))), Code::BadParameter);
}
