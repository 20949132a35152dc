//! Leaving, kicking, blocking, dissolving, forgetting.

use super::*;

#[tokio::test]
async fn leaver_and_members_are_told() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    act!(bench, bob, leave_group(group)).unwrap();
    let heard = bench.hear();
    assert_eq!(heard.1, 1);
    let expected = vec![to_group(group, Type::Leaved, bob, &[], ""), to_user(bob, Type::Leaved, bob, &[], "")];
    assert_told(heard, expected);
    assert_eq!(bench.members(group).await, vec![alice]);
    assert_code(act!(bench, bob, leave_group(group)), Code::NotGroupMember);
    assert_code(act!(bench, carol, leave_group(group)), Code::NotGroupMember);
    assert_code(act!(bench, alice, leave_group(group)), Code::OwnerMayNotLeave);
    assert_code(act!(bench, ADMINISTRATOR, leave_group(group)), Code::PermissionDenied);
}

#[tokio::test]
async fn kicked_members_are_out_and_told() {
    let bench = Bench::start().await;
    let [alice, bob, carol, dave, eve] = bench.users().await;
    let group = bench.group(alice, &[bob, carol, dave]).await;
    act!(bench, alice, add_admins(group, &[bob, carol])).unwrap();
    bench.hear();
    let outcomes = act!(bench, bob, kick_members(group, &[dave, carol, alice, bob, eve])).unwrap();
    assert_eq!(
        outcomes,
        vec![
            succeeded(dave),
            failed(carol, Refusal::Outranked),
            failed(alice, Refusal::Outranked),
            failed(bob, Refusal::Outranked),
            failed(eve, Refusal::NotMember)
        ]
    );
    let heard = bench.hear();
    assert_eq!(heard.1, 1);
    let expected = vec![to_group(group, Type::Kicked, bob, &[dave], ""), to_user(dave, Type::Kicked, bob, &[dave], "")];
    assert_told(heard, expected);
    assert_eq!(act!(bench, alice, kick_members(group, &[bob])).unwrap(), vec![succeeded(bob)]);
    assert_eq!(bench.members(group).await, sorted([alice, carol]));
    assert_code(act!(bench, dave, kick_members(group, &[carol])), Code::NotGroupMember);
}

#[tokio::test]
async fn kicked_too_often_cannot_apply_but_be_invited() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    act!(bench, alice, set_apply_approval(group, 0)).unwrap();
    for _ in 0..3 {
        act!(bench, bob, apply(application(group))).unwrap();
        act!(bench, alice, kick_members(group, &[bob])).unwrap();
    }
    assert_code(act!(bench, bob, apply(application(group))), Code::KickedTooOften);
    assert_eq!(act!(bench, alice, invite_users(invite(group, &[bob]))).unwrap(), vec![succeeded(bob)]);
}

#[tokio::test]
async fn blocked_users_stay_out() {
    let bench = Bench::start().await;
    let [alice, bob, carol, dave] = bench.users().await;
    let stranger = bench.user_in(bench.other_app, "stranger").await;
    let group = bench.group(alice, &[bob, dave]).await;
    bench.ask_before_joining(carol).await;
    act!(bench, alice, add_admins(group, &[dave])).unwrap();
    act!(bench, alice, invite_users(invite(group, &[carol]))).unwrap();
    bench.hear();
    let outcomes = act!(bench, dave, block_users(group, &[bob, carol, stranger, alice])).unwrap();
    assert_eq!(
        outcomes,
        vec![
            succeeded(bob),
            succeeded(carol),
            failed(stranger, Refusal::UserNotFound),
            failed(alice, Refusal::Outranked)
        ]
    );
    let kept_out = |receiver| to_user(receiver, Type::Blocked, dave, &[carol], "");
    let put_out = [to_group(group, Type::Blocked, dave, &[bob], ""), to_user(bob, Type::Blocked, dave, &[bob], "")];
    let expected = put_out.into_iter().chain([alice, dave, carol].map(kept_out)).collect();
    assert_told(bench.hear(), expected);
    assert_eq!(bench.members(group).await, sorted([alice, dave]));

    assert_code(act!(bench, bob, apply(application(group))), Code::OnGroupBlockList);
    let accept = HandleInvitation { group, is_accepted: true };
    assert_code(act!(bench, carol, handle_invitation(accept)), Code::GroupInvitationGone);
    let outcomes = act!(bench, alice, invite_users(invite(group, &[bob]))).unwrap();
    assert_eq!(outcomes, vec![failed(bob, Refusal::OnBlockList)]);

    let page = act!(bench, dave, list_blocked(group, Paging::all())).unwrap();
    assert_eq!(page.items.iter().map(|row| row.user).collect::<Vec<_>>(), sorted([bob, carol]));
    bench.hear();
    let outcomes = act!(bench, alice, unblock_users(group, &[bob, dave])).unwrap();
    assert_eq!(outcomes, vec![succeeded(bob), failed(dave, Refusal::NotBlocked)]);
    let unblocked = |receiver| to_user(receiver, Type::Unblocked, alice, &[bob], "");
    assert_told(bench.hear(), vec![unblocked(alice), unblocked(dave)]);
    act!(bench, bob, apply(application(group))).unwrap();
}

#[tokio::test]
async fn only_admins_see_who_is_blocked() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    assert_code(act!(bench, bob, list_blocked(group, Paging::all())), Code::NeedsGroupAdmin);
    assert_code(act!(bench, bob, block_users(group, &[alice])), Code::NeedsGroupAdmin);
    assert_code(act!(bench, bob, unblock_users(group, &[alice])), Code::NeedsGroupAdmin);
}

#[tokio::test]
async fn destroyed_group_is_gone_for_everyone() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob, carol]).await;
    assert_code(act!(bench, bob, destroy_group(group)), Code::NeedsGroupOwner);
    act!(bench, alice, destroy_group(group)).unwrap();
    let heard = bench.hear();
    assert_eq!(heard.1, 1);
    let destroyed = |receiver| to_user(receiver, Type::Destroyed, alice, &[], "");
    assert_told(heard, vec![destroyed(alice), destroyed(bob), destroyed(carol)]);
    assert_eq!(bench.members(group).await, vec![]);
    for user in [alice, bob] {
        assert_eq!(act!(bench, user, list_joined()).unwrap(), vec![]);
        assert_code(act!(bench, user, require_info(group)), Code::GroupNotFound);
        assert_code(act!(bench, user, apply(application(group))), Code::GroupNotFound);
        assert_eq!(act!(bench, user, list_infos(&[group])).unwrap(), vec![]);
    }
    assert_code(act!(bench, alice, destroy_group(group)), Code::GroupNotFound);
    assert_code(act!(bench, ADMINISTRATOR, destroy_group(group)), Code::GroupNotFound);
}

#[tokio::test]
async fn ownership_passes_to_a_member() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    assert_code(act!(bench, bob, transfer_group(group, bob)), Code::NeedsGroupOwner);
    assert_code(act!(bench, alice, transfer_group(group, carol)), Code::TransferTargetNotMember);
    act!(bench, alice, transfer_group(group, bob)).unwrap();
    let heard = bench.hear();
    assert_eq!(heard.1, 3, "two roles, and the ban of the new owner is void");
    assert_told(heard, vec![to_group(group, Type::OwnerAssigned, alice, &[bob], "")]);
    assert_eq!(act!(bench, alice, require_info(group)).unwrap().row.owner, bob);
    assert_code(act!(bench, alice, destroy_group(group)), Code::NeedsGroupOwner);
    act!(bench, ADMINISTRATOR, transfer_group(group, alice)).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::OwnerAssigned, bob, &[alice], "")]);
    act!(bench, bob, leave_group(group)).unwrap();
}

#[tokio::test]
async fn forgotten_user_leaves_no_group_headless() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let with_admin = bench.group(alice, &[bob, carol]).await;
    act!(bench, alice, add_admins(with_admin, &[carol])).unwrap();
    let alone = bench.group(alice, &[]).await;
    let guest = bench.group(bob, &[alice]).await;
    act!(bench, ADMINISTRATOR, forget_user(alice)).unwrap();
    assert_eq!(bench.members(with_admin).await, sorted([bob, carol]));
    assert_eq!(act!(bench, bob, require_info(with_admin)).unwrap().row.owner, carol);
    assert_eq!(bench.members(guest).await, vec![bob]);
    assert_eq!(bench.members(alone).await, vec![]);
    assert_code(act!(bench, ADMINISTRATOR, require_info(alone)), Code::GroupNotFound);
}
