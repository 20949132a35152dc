//! Status, profile, settings, lists, secrets.

use cerulean_bus::SessionsOf;

use super::*;

#[tokio::test]
async fn frozen_user_is_out_until_unfrozen() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let token = bench.token("alice").await.token;
    assert!(bench.is_good(&token).await);
    let mut ctx = bench.admin().await;
    freeze_users(&mut ctx, &[user]).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!(bench.ended(), [(user, SessionsOf::All, Some(2))]);
    assert_eq!(code(bench.accounts.authenticate(&token, None).await), Code::UserFrozen);
    assert_eq!(code(bench.connect(user, &token, "g").await), Code::UserFrozen);
    assert_eq!(code(bench.try_sign_in("alice", PASSWORD).await), Code::UserFrozen);
    assert_eq!(code(bench.try_sign_in("alice", "wrong horse").await), Code::PermissionDenied);
    let mut ctx = bench.admin().await;
    unfreeze_users(&mut ctx, &[user]).await.unwrap();
    ctx.commit().await.unwrap();
    assert!(bench.is_good(&token).await);
}

#[tokio::test]
async fn only_the_administrator_freezes_and_only_who_exists() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.user("alice").await, bench.user("bob").await);
    let mut ctx = bench.acting(alice, DeviceSn::NONE).await;
    assert_eq!(code(freeze_users(&mut ctx, &[bob]).await), Code::PermissionDenied);
    drop(ctx);
    let stranger = UserId::parse(9).unwrap();
    assert_eq!(code(freeze_users(&mut bench.admin().await, &[bob, stranger]).await), Code::UserNotFound);
    bench.token("bob").await;
}

#[tokio::test]
async fn removed_user_is_gone_and_his_name_free() {
    let bench = Bench::start().await;
    let (user, friend) = (bench.user("alice").await, bench.user("bob").await);
    let token = bench.token("alice").await.token;
    bench.connect(user, &token, "g").await.unwrap();
    let tx = bench.platform.db.begin(bench.app).await.unwrap();
    let friends = cerulean_storage::roster::Relation::Friend;
    tx.roster().set_relation(user, friend, friends, 1).await.unwrap();
    tx.commit().await.unwrap();
    bench.ended();
    let actor = Actor::User { id: user, device: DeviceSn(1) };
    let delete = async |actor, password| -> Result<(), AccountError> {
        let user = confirm_removal(&bench.accounts, bench.app, actor, password).await?;
        let mut ctx = bench.admin().await;
        remove_user(&mut ctx, user).await?;
        Ok(ctx.commit().await?)
    };
    assert_eq!(code(delete(actor, None).await), Code::PermissionDenied);
    assert_eq!(code(delete(actor, Some("wrong horse")).await), Code::PermissionDenied);
    delete(actor, Some(PASSWORD)).await.unwrap();
    assert_eq!(bench.ended(), [(user, SessionsOf::All, Some(3))]);
    assert!(!bench.is_good(&token).await);
    assert_eq!(code(bench.try_sign_in("alice", PASSWORD).await), Code::PermissionDenied);
    let ctx = bench.admin().await;
    assert_eq!(code(find_user_by_id(&ctx, user).await), Code::UserNotFound);
    assert!(ctx.tx.roster().friends(friend).await.unwrap().is_empty());
    drop(ctx);
    assert_ne!(bench.user("alice").await, user);
    let admin = Actor::Admin { acting_for: Some(friend) };
    delete(admin, None).await.unwrap();
    assert_eq!(code(delete(admin, None).await), Code::UserNotFound);
}

#[tokio::test]
async fn profile_keeps_its_rules() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.user("alice").await, bench.user("bob").await);
    let mobile = |text: &str| ProfileChange { mobile: Some(text.into()), ..ProfileChange::default() };
    let email = |text: &str| ProfileChange { email: Some(text.into()), ..ProfileChange::default() };
    let mut ctx = bench.acting(alice, DeviceSn::NONE).await;
    let nick = ProfileChange { nick_name: Some("爱丽丝".into()), ..mobile("138-0000-0000") };
    update_profile(&mut ctx, nick).await.unwrap();
    update_profile(&mut ctx, email("a@example.com")).await.unwrap();
    ctx.commit().await.unwrap();
    let mut ctx = bench.acting(bob, DeviceSn::NONE).await;
    for (change, expected) in [
        (mobile("13800000000"), Code::UserExists),
        (email("A@EXAMPLE.COM"), Code::UserExists),
        (mobile("not a number"), Code::BadParameter),
        (email("not an address"), Code::BadParameter),
        (ProfileChange { nick_name: Some("x".repeat(65)), ..ProfileChange::default() }, Code::BadParameter),
        (ProfileChange { description: Some("x".repeat(4097)), ..ProfileChange::default() }, Code::BadParameter),
    ] {
        assert_eq!(code(update_profile(&mut ctx, change.clone()).await), expected, "{change:?}");
    }
    drop(ctx);
    let mut ctx = bench.acting(alice, DeviceSn::NONE).await;
    update_profile(&mut ctx, mobile("")).await.unwrap();
    let row = find_user_by_id(&ctx, alice).await.unwrap();
    assert_eq!((row.profile.nick_name.as_str(), row.profile.mobile.as_str()), ("爱丽丝", ""));
    assert_eq!(row.profile.username, "alice");
    let stranger = UserId::parse(9).unwrap();
    drop(ctx);
    let mut nobody = bench.acting(stranger, DeviceSn::NONE).await;
    assert_eq!(code(update_profile(&mut nobody, email("")).await), Code::UserNotFound);
}

#[tokio::test]
async fn settings_change_alone_and_are_announced() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    bench.heard.lock().clear();
    let mut ctx = bench.acting(user, DeviceSn::NONE).await;
    let change = SettingsChange { auth_mode: Some(0), group_confirm: Some(true), ..SettingsChange::default() };
    update_settings(&mut ctx, change).await.unwrap();
    let row = find_user_by_id(&ctx, user).await.unwrap();
    assert_eq!((row.settings.auth_mode, row.settings.group_confirm, row.settings.vibratory), (0, true, true));
    ctx.commit().await.unwrap();
    assert!(matches!(bench.heard.lock()[..], [BusEvent::UserChanged { user: changed, .. }] if changed == user));
}

#[tokio::test]
async fn users_are_found_exactly_and_listed_for_the_administrator() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.user("alice").await, bench.user("bob").await);
    let ctx = bench.acting(alice, DeviceSn::NONE).await;
    assert_eq!(find_user(&ctx, " BOB ").await.unwrap().map(|row| row.id), Some(bob));
    assert_eq!(find_user(&ctx, &bob.to_string()).await.unwrap().map(|row| row.id), Some(bob));
    for nothing in ["", "bo", "bobb", "%", "13800000000"] {
        assert!(find_user(&ctx, nothing).await.unwrap().is_none(), "{nothing}");
    }
    assert_eq!(code(list_users(&ctx, 1, 50).await), Code::PermissionDenied);
    drop(ctx);
    let ctx = bench.admin().await;
    let names = |rows: Vec<UserRow>| rows.into_iter().map(|row| row.profile.username).collect::<Vec<_>>();
    assert_eq!(names(list_users(&ctx, 1, 50).await.unwrap()).len(), 2);
    assert_eq!(names(list_users(&ctx, 2, 1).await.unwrap()).len(), 1);
    assert!(list_users(&ctx, u64::MAX, 1000).await.unwrap().is_empty());
    for (page, size) in [(0, 1), (1, 0), (1, 1001)] {
        assert_eq!(code(list_users(&ctx, page, size).await), Code::BadParameter);
    }
}

#[tokio::test]
async fn secret_is_fetched_once_in_time_and_in_its_app() {
    let bench = Bench::start().await;
    let other = create_app(&bench.platform, "other", "Other").await.unwrap().app;
    let keep = |text: &'static str, seconds| keep_secret(&bench.platform, bench.app, text, seconds);
    let platform = &bench.platform;
    let take = |app, code: String| async move { take_secret(platform, app, &code).await };
    let ticket = keep("听风", 60).await.unwrap();
    assert_eq!(code(take(other, ticket.clone()).await), Code::FeatureOff);
    assert_eq!(take(bench.app, ticket.clone()).await.unwrap(), "听风");
    assert_eq!(code(take(bench.app, ticket).await), Code::FeatureOff);
    let late = keep("late", 1).await.unwrap();
    bench.clock.advance(1000);
    assert_eq!(code(take(bench.app, late).await), Code::FeatureOff);
    for (text, seconds) in [("", 60), ("x", 0), ("x", 86_401), ("x", i64::MAX)] {
        assert_eq!(code(keep(text, seconds).await), Code::BadParameter);
    }
}
