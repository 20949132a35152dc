//! What an app allows its groups.

use super::*;

fn club(kind: u8, members: &[UserId]) -> CreateGroup {
    CreateGroup { name: "Club".into(), kind, members: members.to_vec(), ..CreateGroup::default() }
}

#[tokio::test]
async fn capacity_goes_by_the_kind_of_group() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    bench.change_settings(|settings| settings.groups.capacity.chat_room = Some(2)).await;
    assert_eq!(act!(bench, alice, create_group(club(0, &[bob, carol]))).unwrap().capacity, 100);
    let room = act!(bench, alice, create_group(club(2, &[bob]))).unwrap();
    assert_eq!(room.capacity, 2);
    let room = room.row;
    assert_code(act!(bench, alice, create_group(club(2, &[bob, carol]))), Code::GroupFull);
    let outcomes = act!(bench, alice, invite_users(invite(room.id, &[carol]))).unwrap();
    assert_eq!(outcomes, vec![failed(carol, Refusal::Full { capacity: 2 })]);
}

#[tokio::test]
async fn groups_follow_the_settings_unless_they_have_a_capacity_of_their_own() {
    let bench = Bench::start().await;
    let [alice, bob, carol, dave] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    bench.change_settings(|settings| settings.groups.capacity.private = Some(2)).await;
    let capacity = || async { act!(bench, alice, list_infos(&[group])).unwrap()[0].capacity };
    assert_eq!(capacity().await, 2);
    let full = vec![failed(carol, Refusal::Full { capacity: 2 })];
    assert_eq!(act!(bench, alice, invite_users(invite(group, &[carol]))).unwrap(), full);
    assert_code(act!(bench, dave, apply(application(group))), Code::GroupFull);

    assert_code(act!(bench, alice, set_capacity(group, Some(9))), Code::PermissionDenied);
    for bad in [0, 1_000_001] {
        assert_code(act!(bench, ADMINISTRATOR, set_capacity(group, Some(bad))), Code::BadParameter);
    }
    bench.hear();
    assert_eq!(act!(bench, ADMINISTRATOR, set_capacity(group, Some(3))).unwrap().capacity, 3);
    assert_told(bench.hear(), vec![to_group(group, Type::InfoUpdated, alice, &[], r#"{"capacity":3}"#)]);
    assert_eq!(act!(bench, alice, invite_users(invite(group, &[carol]))).unwrap(), vec![succeeded(carol)]);
    bench.change_settings(|settings| settings.groups.capacity.private = Some(50)).await;
    assert_eq!(capacity().await, 3);
    assert_eq!(act!(bench, ADMINISTRATOR, set_capacity(group, None)).unwrap().capacity, 50);
    bench.change_settings(|settings| settings.groups.capacity.private = Some(1)).await;
    assert_eq!((capacity().await, bench.members(group).await.len()), (1, 3), "nobody is put out");
}

#[tokio::test]
async fn an_app_may_have_so_many_groups() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    bench.change_settings(|settings| settings.groups.per_app = Some(2)).await;
    let first = act!(bench, alice, create_group(club(0, &[]))).unwrap().row.id;
    act!(bench, bob, create_group(club(0, &[]))).unwrap();
    assert_code(act!(bench, alice, create_group(club(0, &[]))), Code::AppGroupQuota);
    act!(bench, alice, destroy_group(first)).unwrap();
    act!(bench, alice, create_group(club(0, &[]))).unwrap();
}

#[tokio::test]
async fn a_user_may_own_and_join_so_many_groups() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    bench
        .change_settings(|settings| {
            settings.groups.owned_per_user = 2;
            settings.groups.joined_per_user = 2;
        })
        .await;
    act!(bench, alice, create_group(club(0, &[]))).unwrap();
    act!(bench, alice, create_group(club(0, &[bob]))).unwrap();
    assert_code(act!(bench, alice, create_group(club(0, &[]))), Code::TooManyGroupsCreated);
    let third = act!(bench, carol, create_group(club(0, &[bob]))).unwrap().row.id;
    assert_code(act!(bench, carol, transfer_group(third, alice)), Code::TransferTargetNotMember);
    let fourth = act!(bench, carol, create_group(club(0, &[]))).unwrap().row.id;
    let outcomes = act!(bench, carol, invite_users(invite(fourth, &[bob]))).unwrap();
    assert_eq!(outcomes, vec![failed(bob, Refusal::TooManyJoined { limit: 2 })]);
    assert_code(act!(bench, bob, apply(application(fourth))), Code::TooManyGroupsJoined);
}

#[tokio::test]
async fn shared_files_have_room_and_kinds() {
    let bench = Bench::start().await;
    let [alice] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    bench
        .change_settings(|settings| {
            settings.groups.shared_files = 2;
            settings.groups.shared_bytes = 100;
            settings.groups.shared_endings = vec!["pdf".into()];
        })
        .await;
    let file = |name: &str, size| ShareFile {
        group,
        name: name.into(),
        size,
        url: "https://files.example.org/f?sign=1".into(),
        content_type: String::new(),
    };
    assert_code(act!(bench, alice, share_file(file("tool.exe", 1))), Code::BadParameter);
    let first = act!(bench, alice, share_file(file("Plan.PDF", 60))).unwrap();
    assert_code(act!(bench, alice, rename_file(group, first.id, "plan.exe")), Code::BadParameter);
    assert_code(act!(bench, alice, share_file(file("b.pdf", 41))), Code::TooLarge);
    assert_code(act!(bench, alice, share_file(file("b.pdf", i64::MAX))), Code::TooLarge);
    act!(bench, alice, share_file(file("b.pdf", 40))).unwrap();
    assert_code(act!(bench, alice, share_file(file("c.pdf", 0))), Code::TooLarge);
    act!(bench, alice, remove_files(group, &[first.id])).unwrap();
    act!(bench, alice, share_file(file("c.pdf", 0))).unwrap();
}

#[tokio::test]
async fn who_was_put_out_three_times_does_not_come_back_by_himself() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    act!(bench, alice, set_apply_approval(group, 0)).unwrap();
    for _ in 0..3 {
        act!(bench, bob, apply(application(group))).unwrap();
        act!(bench, alice, kick_members(group, &[bob])).unwrap();
    }
    let code = act!(bench, alice, sign_qr_code(group)).unwrap().text;
    assert_code(act!(bench, bob, apply(application(group))), Code::KickedTooOften);
    assert_code(act!(bench, bob, join_by_qr_code(&code)), Code::KickedTooOften);
    assert_eq!(act!(bench, alice, invite_users(invite(group, &[bob]))).unwrap(), vec![succeeded(bob)]);
    act!(bench, alice, kick_members(group, &[bob])).unwrap();

    bench.change_settings(|settings| settings.kicks_before_ban = 5).await;
    act!(bench, bob, join_by_qr_code(&code)).unwrap();
    act!(bench, alice, kick_members(group, &[bob])).unwrap();
    assert_code(act!(bench, bob, join_by_qr_code(&code)), Code::KickedTooOften);
    bench.change_settings(|settings| settings.kicks_before_ban = 0).await;
    act!(bench, bob, apply(application(group))).unwrap();
}
