//! Creating, inviting, applying, scanning.

use super::*;

#[tokio::test]
async fn created_group_has_its_members() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    bench.ask_before_joining(carol).await;
    let cmd = CreateGroup {
        name: "Chor".into(),
        kind: 1,
        avatar: "avatars/chor".into(),
        description: "dienstags".into(),
        members: vec![bob, alice, carol, bob],
    };
    let info = act!(bench, alice, create_group(cmd)).unwrap();
    let group = info.row.id;
    assert_eq!((info.row.owner, info.row.member_count, info.capacity), (alice, 2, 100));
    assert_eq!((info.row.name.as_str(), info.row.kind, info.row.apply_approval), ("Chor", 1, 1));
    assert_eq!(bench.members(group).await, sorted([alice, bob]));
    let heard = bench.hear();
    assert_eq!(heard.1, 1);
    let created = to_group(group, Type::Created, alice, &[alice, bob], "");
    assert_told(heard, vec![created, to_user(carol, Type::Invited, alice, &[carol], "")]);
    assert_eq!(act!(bench, bob, list_joined()).unwrap(), vec![group]);
    assert_eq!(act!(bench, carol, list_public()).unwrap(), vec![group]);
}

#[tokio::test]
async fn creation_is_refused_for_bad_input() {
    let bench = Bench::with_capacity(2).await;
    let [alice, bob, carol] = bench.users().await;
    let stranger = bench.user_in(bench.other_app, "stranger").await;
    let create = |members: &[UserId]| CreateGroup { members: members.to_vec(), ..CreateGroup::default() };
    assert_code(act!(bench, alice, create_group(create(&[stranger]))), Code::UserNotFound);
    assert_code(act!(bench, alice, create_group(create(&[bob, carol]))), Code::GroupFull);
    let long = CreateGroup { name: "x".repeat(65), ..CreateGroup::default() };
    assert_code(act!(bench, alice, create_group(long)), Code::BadParameter);
    let odd = CreateGroup { kind: 4, ..CreateGroup::default() };
    assert_code(act!(bench, alice, create_group(odd)), Code::BadParameter);
    assert_code(act!(bench, ADMINISTRATOR, create_group(create(&[]))), Code::PermissionDenied);
    let for_stranger = Actor::Admin { acting_for: Some(stranger) };
    assert_code(act!(bench, for_stranger, create_group(create(&[]))), Code::UserNotFound);
    assert_eq!(act!(bench, alice, list_joined()).unwrap(), vec![]);
}

#[tokio::test]
async fn invited_users_join_at_once_or_are_asked() {
    let bench = Bench::start().await;
    let [alice, bob, carol, dave] = bench.users().await;
    let stranger = bench.user_in(bench.other_app, "stranger").await;
    let group = bench.group(alice, &[bob]).await;
    bench.ask_before_joining(dave).await;
    let outcomes = act!(bench, alice, invite_users(invite(group, &[carol, dave, bob, stranger, carol]))).unwrap();
    assert_eq!(
        outcomes,
        vec![
            succeeded(carol),
            succeeded(dave),
            failed(bob, Refusal::AlreadyMember),
            failed(stranger, Refusal::UserNotFound)
        ]
    );
    let joined = to_group(group, Type::InviteAccepted, carol, &[alice], "");
    assert_told(bench.hear(), vec![joined, to_user(dave, Type::Invited, alice, &[dave], "komm")]);
    assert!(!bench.is_member(group, dave).await);

    let page = act!(bench, dave, list_invitations(Paging::all())).unwrap();
    assert_eq!((page.total, page.items[0].inviter, page.items[0].reason.as_str()), (1, Some(alice), "komm"));
    act!(bench, dave, handle_invitation(HandleInvitation { group, is_accepted: true })).unwrap();
    let heard = bench.hear();
    assert_eq!(heard.1, 1);
    assert_told(heard, vec![to_group(group, Type::InviteAccepted, dave, &[alice], "")]);
    assert!(bench.is_member(group, dave).await);
    let again = HandleInvitation { group, is_accepted: true };
    assert_code(act!(bench, dave, handle_invitation(again)), Code::GroupInvitationGone);
}

#[tokio::test]
async fn invitations_may_be_declined_and_expire() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    bench.ask_before_joining(bob).await;
    let decline = HandleInvitation { group, is_accepted: false };
    let accept = HandleInvitation { group, is_accepted: true };
    assert_code(act!(bench, bob, handle_invitation(accept)), Code::GroupInvitationGone);
    act!(bench, alice, invite_users(invite(group, &[bob]))).unwrap();
    bench.hear();
    act!(bench, bob, handle_invitation(decline)).unwrap();
    let declined = |receiver| to_user(receiver, Type::InviteDeclined, bob, &[alice], "");
    assert_told(bench.hear(), vec![declined(alice), declined(bob)]);
    assert_code(act!(bench, bob, handle_invitation(accept)), Code::GroupInvitationGone);

    act!(bench, alice, invite_users(invite(group, &[bob]))).unwrap();
    bench.clock.advance(REQUEST_MS);
    assert_code(act!(bench, bob, handle_invitation(accept)), Code::GroupInvitationGone);
    assert!(!bench.is_member(group, bob).await);
}

#[tokio::test]
async fn places_go_to_the_first() {
    let bench = Bench::with_capacity(3).await;
    let [alice, bob, carol, dave] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    let outcomes = act!(bench, alice, invite_users(invite(group, &[carol, dave]))).unwrap();
    assert_eq!(outcomes, vec![succeeded(carol), failed(dave, Refusal::Full { capacity: 3 })]);
    assert_code(act!(bench, dave, apply(application(group))), Code::GroupFull);
    act!(bench, alice, kick_members(group, &[bob])).unwrap();
    act!(bench, alice, set_apply_approval(group, 0)).unwrap();
    act!(bench, dave, apply(application(group))).unwrap();
    assert_eq!(bench.members(group).await, sorted([alice, carol, dave]));
}

#[tokio::test]
async fn members_invite_only_where_allowed_and_not_those_who_blocked_them() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    assert_code(act!(bench, bob, invite_users(invite(group, &[carol]))), Code::NeedsGroupAdmin);
    act!(bench, alice, set_flag(group, cerulean_storage::group::GroupFlag::MemberInvite, true)).unwrap();
    let ctx = bench.ctx(carol).await;
    ctx.tx.roster().block(carol, bob, 1).await.unwrap();
    ctx.commit().await.unwrap();
    let outcomes = act!(bench, bob, invite_users(invite(group, &[carol]))).unwrap();
    assert_eq!(outcomes, vec![failed(carol, Refusal::RefusesInviter)]);
    assert_eq!(act!(bench, alice, invite_users(invite(group, &[carol]))).unwrap(), vec![succeeded(carol)]);
}

#[tokio::test]
async fn too_long_invitations_are_refused() {
    let bench = Bench::start().await;
    let [alice] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    let mut rng = bench.ctx(alice).await.rng();
    let crowd: Vec<UserId> = (0..=INVITED_USERS).map(|_| UserId::random(&mut rng)).collect();
    assert_code(act!(bench, alice, invite_users(invite(group, &crowd))), Code::BadParameter);
}

#[tokio::test]
async fn applications_are_answered_by_admins() {
    let bench = Bench::start().await;
    let [alice, bob, carol, dave] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    act!(bench, alice, add_admins(group, &[bob])).unwrap();
    bench.hear();
    act!(bench, carol, apply(application(group))).unwrap();
    let applied = |receiver| to_user(receiver, Type::Applyed, carol, &[], "bitte");
    assert_told(bench.hear(), vec![applied(alice), applied(bob)]);
    assert!(!bench.is_member(group, carol).await);

    let page = act!(bench, bob, list_applications(&[group], Paging::all())).unwrap();
    assert_eq!((page.total, page.items[0].user, page.items[0].reason.as_str()), (1, carol, "bitte"));
    let answer = HandleApplication { group, applicant: carol, is_accepted: true };
    act!(bench, bob, handle_application(answer)).unwrap();
    let heard = bench.hear();
    assert_eq!(heard.1, 1);
    let accepted = |receiver| to_user(receiver, Type::ApplyAccepted, bob, &[carol], "");
    let joined = to_group(group, Type::Joined, carol, &[], "");
    assert_told(heard, vec![joined, accepted(alice), accepted(bob), accepted(carol)]);
    assert!(bench.is_member(group, carol).await);
    assert_code(act!(bench, bob, handle_application(answer)), Code::GroupApplicationGone);
    assert_code(act!(bench, carol, apply(application(group))), Code::AlreadyGroupMember);

    act!(bench, dave, apply(application(group))).unwrap();
    bench.hear();
    let answer = HandleApplication { group, applicant: dave, is_accepted: false };
    assert_code(act!(bench, carol, handle_application(answer)), Code::NeedsGroupAdmin);
    act!(bench, alice, handle_application(answer)).unwrap();
    let declined = |receiver| to_user(receiver, Type::ApplyDeclined, alice, &[dave], "");
    assert_told(bench.hear(), vec![declined(alice), declined(bob), declined(dave)]);
    assert!(!bench.is_member(group, dave).await);
}

#[tokio::test]
async fn applications_expire() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    act!(bench, bob, apply(application(group))).unwrap();
    bench.clock.advance(REQUEST_MS);
    let answer = HandleApplication { group, applicant: bob, is_accepted: true };
    assert_code(act!(bench, alice, handle_application(answer)), Code::GroupApplicationGone);
}

#[tokio::test]
async fn groups_decide_what_applying_does() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    act!(bench, alice, set_apply_approval(group, 2)).unwrap();
    assert_code(act!(bench, bob, apply(application(group))), Code::PermissionDenied);
    assert_code(act!(bench, alice, set_apply_approval(group, 3)), Code::BadParameter);
    act!(bench, alice, set_apply_approval(group, 0)).unwrap();
    bench.hear();
    act!(bench, bob, apply(application(group))).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::Joined, bob, &[], "")]);
    assert!(bench.is_member(group, bob).await);
}

#[tokio::test]
async fn applications_of_unmanaged_groups_are_skipped() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let hers = bench.group(alice, &[bob]).await;
    let his = bench.group(bob, &[alice]).await;
    act!(bench, carol, apply(application(hers))).unwrap();
    act!(bench, carol, apply(application(his))).unwrap();
    let page = act!(bench, alice, list_applications(&[hers, his], Paging::all())).unwrap();
    assert_eq!(page.items.iter().map(|row| row.group).collect::<Vec<_>>(), vec![hers]);
    assert_eq!(act!(bench, carol, list_applications(&[hers], Paging::all())).unwrap().total, 0);
    assert_eq!(act!(bench, ADMINISTRATOR, list_applications(&[hers, his], Paging::all())).unwrap().total, 2);
}

#[tokio::test]
async fn qr_code_brings_its_scanner_in() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    assert_code(act!(bench, bob, sign_qr_code(group)), Code::NeedsGroupAdmin);
    assert_code(act!(bench, carol, sign_qr_code(group)), Code::NotGroupMember);
    let code = act!(bench, alice, sign_qr_code(group)).unwrap();
    for bad in ["", ".", "x.y", &code.text[1..], &code.text[..code.text.len() - 2], &format!("{}é", code.text)] {
        assert_code(act!(bench, carol, join_by_qr_code(bad)), Code::BadGroupQrCode);
    }
    assert_eq!(act!(bench, carol, join_by_qr_code(&code.text)).unwrap(), group);
    assert_told(bench.hear(), vec![to_group(group, Type::InviteAccepted, carol, &[alice], "")]);
    assert_code(act!(bench, carol, join_by_qr_code(&code.text)), Code::AlreadyGroupMember);
    act!(bench, carol, leave_group(group)).unwrap();
    bench.clock.advance(REQUEST_MS);
    assert_code(act!(bench, carol, join_by_qr_code(&code.text)), Code::ExpiredGroupQrCode);
}

#[tokio::test]
async fn qr_code_is_worth_what_its_maker_may_do() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    act!(bench, alice, add_admins(group, &[bob])).unwrap();
    let code = act!(bench, bob, sign_qr_code(group)).unwrap();
    act!(bench, alice, remove_admins(group, &[bob])).unwrap();
    assert_code(act!(bench, carol, join_by_qr_code(&code.text)), Code::BadGroupQrCode);
    act!(bench, bob, leave_group(group)).unwrap();
    assert_code(act!(bench, carol, join_by_qr_code(&code.text)), Code::BadGroupQrCode);
}

#[tokio::test]
async fn staff_hears_of_an_application_so_often() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    let ask = |reason: &str| Apply { group, reason: reason.into() };
    for _ in 0..10 {
        act!(bench, bob, apply(ask("bitte"))).unwrap();
    }
    assert_told(bench.hear(), vec![to_user(alice, Type::Applyed, bob, &[], "bitte")]);
    act!(bench, bob, apply(ask("bitte!"))).unwrap();
    let answer = HandleApplication { group, applicant: bob, is_accepted: false };
    act!(bench, alice, handle_application(answer)).unwrap();
    act!(bench, bob, apply(ask("bitte!"))).unwrap();
    bench.hear();
    assert_code(act!(bench, bob, apply(ask("bitte!!"))), Code::RateLimited);
    act!(bench, alice, handle_application(answer)).unwrap();
    bench.hear();
    assert_code(act!(bench, bob, apply(ask("bitte!"))), Code::RateLimited);
    assert_told(bench.hear(), vec![]);
    bench.clock.advance(8 * 3_600_000);
    act!(bench, bob, apply(ask("bitte!"))).unwrap();
}

#[tokio::test]
async fn people_come_into_chat_rooms_without_being_approved() {
    let bench = Bench::start().await;
    let [alice, bob] = bench.users().await;
    let cmd = CreateGroup { name: "Foyer".into(), kind: 2, ..CreateGroup::default() };
    let room = act!(bench, alice, create_group(cmd)).unwrap().row;
    assert_eq!(room.apply_approval, 0);
    act!(bench, bob, apply(application(room.id))).unwrap();
    assert!(bench.is_member(room.id, bob).await);
}
