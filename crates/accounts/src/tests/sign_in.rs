//! Registration, sign-in, passwords.

use cerulean_bus::SessionsOf;

use super::*;

#[tokio::test]
async fn user_signs_in_by_whatever_names_him() {
    let bench = Bench::start().await;
    let user = bench.user("Alice").await;
    let mut ctx = bench.acting(user, DeviceSn::NONE).await;
    let change = ProfileChange {
        mobile: Some("+86 138 0000 0000".into()),
        email: Some("alice@example.com".into()),
        ..ProfileChange::default()
    };
    update_profile(&mut ctx, change).await.unwrap();
    ctx.commit().await.unwrap();
    let id = user.to_string();
    for name in ["Alice", "alice", "13800000000", "+8613800000000", "Alice@Example.com", id.as_str()] {
        assert_eq!(bench.token(name).await.user, user, "{name}");
    }
    let command = SignIn { name: SignInName::Id(user), password: PASSWORD.into(), device_guid: None, address: None };
    assert_eq!(sign_in(&bench.accounts, bench.app, command).await.unwrap().user, user);
}

#[tokio::test]
async fn wrong_password_and_unknown_user_look_the_same() {
    let bench = Bench::start().await;
    bench.user("alice").await;
    let wrong = bench.try_sign_in("alice", "wrong horse").await.err().unwrap();
    let unknown = bench.try_sign_in("nobody", PASSWORD).await.err().unwrap();
    assert_eq!((wrong.code(), wrong.to_string()), (Code::PermissionDenied, "Operation rejected".into()));
    assert_eq!((unknown.code(), unknown.to_string()), (wrong.code(), wrong.to_string()));
}

#[tokio::test]
async fn guessing_is_stopped_and_forgiven_later() {
    let bench = Bench::start().await;
    bench.user("alice").await;
    for name in ["alice", "nobody"] {
        for _ in 0..10 {
            assert_eq!(code(bench.try_sign_in(name, "wrong horse").await), Code::PermissionDenied);
        }
        assert_eq!(code(bench.try_sign_in(name, PASSWORD).await), Code::RateLimited);
    }
    bench.clock.advance(5 * 60_000);
    assert_eq!(code(bench.try_sign_in("alice", PASSWORD).await), Code::Ok);
}

#[tokio::test]
async fn user_of_another_app_is_unknown() {
    let bench = Bench::start().await;
    bench.user("alice").await;
    let other = create_app(&bench.platform, "other", "Other").await.unwrap();
    let command =
        SignIn { name: SignInName::Any("alice".into()), password: PASSWORD.into(), device_guid: None, address: None };
    assert_eq!(code(sign_in(&bench.accounts, other.app, command).await), Code::PermissionDenied);
    let command = RegisterUser { username: "alice".into(), password: PASSWORD.into() };
    register_user(&bench.accounts, other.app, RegisteredBy::Oneself, command).await.expect("the name is free there");
}

#[tokio::test]
async fn registration_keeps_the_rules() {
    let bench = Bench::start().await;
    bench.user("alice").await;
    for (name, password, expected) in [
        ("ALICE", PASSWORD, Code::UserExists),
        ("1234", PASSWORD, Code::BadParameter),
        ("bob", "short", Code::BadParameter),
    ] {
        let command = RegisterUser { username: name.into(), password: password.into() };
        let outcome = register_user(&bench.accounts, bench.app, RegisteredBy::Oneself, command).await;
        assert_eq!(code(outcome), expected, "{name}");
    }
    assert!(!is_name_free(&bench.accounts, bench.app, "Alice").await.unwrap());
    assert!(is_name_free(&bench.accounts, bench.app, "bob").await.unwrap());
}

#[tokio::test]
async fn closed_app_registers_only_through_its_administrator() {
    let bench = Bench::start().await;
    let tx = bench.platform.db.platform().await.unwrap();
    tx.apps().update(bench.app, "normal", r#"{"open_registration":false}"#).await.unwrap();
    tx.commit().await.unwrap();
    bench.platform.bus.publish(BusEvent::AppChanged { app: bench.app });
    let command = RegisterUser { username: "alice".into(), password: PASSWORD.into() };
    let refused = register_user(&bench.accounts, bench.app, RegisteredBy::Oneself, command.clone()).await;
    assert_eq!(code(refused), Code::PermissionDenied);
    register_user(&bench.accounts, bench.app, RegisteredBy::Admin, command).await.unwrap();
}

#[tokio::test]
async fn batch_fails_one_by_one() {
    let bench = Bench::start().await;
    let one = |name: &str| RegisterUser { username: name.into(), password: PASSWORD.into() };
    let done = register_batch(&bench.accounts, bench.app, vec![one("a1"), one("1"), one("a2")]).await.unwrap();
    let shape: Vec<_> = done.iter().map(|item| (item.username.as_str(), item.outcome.is_ok())).collect();
    assert_eq!(shape, [("a1", true), ("1", false), ("a2", true)]);
    let too_many = vec![one("b1"); 201];
    assert_eq!(code(register_batch(&bench.accounts, bench.app, too_many).await), Code::BadParameter);
}

#[tokio::test]
async fn visitors_get_a_name() {
    let bench = Bench::start().await;
    let visit = |prefix: &'static str| {
        register_anonymous(&bench.accounts, bench.app, RegisteredBy::Oneself, prefix, PASSWORD.into())
    };
    let (one, other) = (visit("anon_").await.unwrap(), visit("12").await.unwrap());
    assert!(one.profile.username.starts_with("anon_") && other.profile.username.starts_with("12_"));
    bench.token(&one.profile.username).await;
    assert_eq!(code(visit("no spaces").await), Code::BadParameter);
    assert_eq!(code(visit("maxim").await), Code::BadParameter);
}

#[tokio::test]
async fn changing_the_password_puts_the_others_out() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let (here, there) = (bench.token("alice").await, bench.token("alice").await);
    let device = bench.connect(user, &here.token, "here").await.unwrap().device;
    bench.connect(user, &there.token, "there").await.unwrap();
    bench.ended();
    let actor = Actor::User { id: user, device };
    let change = |old: &'static str, new: &'static str| {
        change_password(&bench.accounts, bench.app, actor, here.token_no, old, new)
    };
    assert_eq!(code(change("wrong horse", "battery staple").await), Code::PermissionDenied);
    assert_eq!(code(change(PASSWORD, "short").await), Code::BadParameter);
    change(PASSWORD, "battery staple").await.unwrap();
    assert!(bench.is_good(&here.token).await && !bench.is_good(&there.token).await);
    assert_eq!(bench.ended(), [(user, SessionsOf::AllBut(device), Some(1))]);
    assert_eq!(code(bench.try_sign_in("alice", PASSWORD).await), Code::PermissionDenied);
    assert_eq!(code(bench.try_sign_in("alice", "battery staple").await), Code::Ok);
}

#[tokio::test]
async fn administrator_sets_a_password_without_the_old_one() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let token = bench.token("alice").await.token;
    let by_user = Actor::User { id: user, device: DeviceSn::NONE };
    let set = |actor| set_password(&bench.accounts, bench.app, actor, user, "battery staple");
    assert_eq!(code(set(by_user).await), Code::PermissionDenied);
    set(Actor::Admin { acting_for: Some(user) }).await.unwrap();
    assert!(!bench.is_good(&token).await);
    assert_eq!(bench.ended(), [(user, SessionsOf::All, Some(1))]);
    assert_eq!(code(bench.try_sign_in("alice", "battery staple").await), Code::Ok);
}

#[tokio::test]
async fn administrator_gives_tokens_out() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let ctx = bench.admin().await;
    let token = issue_token(&ctx, user, None).await.unwrap().token;
    ctx.commit().await.unwrap();
    assert!(bench.is_good(&token).await);
    let by_user = bench.acting(user, DeviceSn::NONE).await;
    assert_eq!(code(issue_token(&by_user, user, None).await), Code::PermissionDenied);
}
