//! Checking tokens.

use super::*;

#[tokio::test]
async fn token_speaks_for_its_user_in_its_app() {
    let bench = Bench::start().await;
    let other = create_app(&bench.platform, "other", "Other").await.unwrap();
    let user = bench.user("alice").await;
    let signed_in = bench.token("alice").await;
    let identity = bench.accounts.authenticate(&signed_in.token, Some(bench.app)).await.unwrap();
    let expected =
        Identity { app: bench.app, subject: Subject::User(user, DeviceSn::NONE), token_no: signed_in.token_no };
    assert_eq!(identity, expected);
    assert_eq!(bench.accounts.authenticate(&signed_in.token, None).await.unwrap(), expected);
    let foreign = bench.accounts.authenticate(&signed_in.token, Some(other.app)).await;
    assert_eq!(code(foreign), Code::TokenInvalid);
}

#[tokio::test]
async fn forged_and_broken_tokens_are_refused() {
    let bench = Bench::start().await;
    bench.user("alice").await;
    let token = bench.token("alice").await.token;
    let mut forged = token.clone();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    let unknown_app = crate::token::TokenText::random(AppId(999), 1).text;
    let unknown_number = crate::token::TokenText::random(bench.app, 1).text;
    for bad in ["", "x", &forged, &unknown_app, &unknown_number] {
        assert_eq!(code(bench.accounts.authenticate(bad, None).await), Code::TokenInvalid, "{bad}");
    }
    assert!(bench.is_good(&token).await);
}

#[tokio::test]
async fn token_ends_with_its_time() {
    let bench = Bench::start().await;
    bench.user("alice").await;
    let token = bench.token("alice").await.token;
    bench.clock.advance(bench.platform.limits.token_ms - 60_000);
    assert!(bench.is_good(&token).await);
    bench.clock.advance(60_000);
    assert!(!bench.is_good(&token).await);
}

#[tokio::test]
async fn sign_out_ends_one_token_at_once() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let (one, other) = (bench.token("alice").await, bench.token("alice").await);
    assert!(bench.is_good(&one.token).await && bench.is_good(&other.token).await);
    let mut ctx = bench.acting(user, DeviceSn::NONE).await;
    sign_out(&mut ctx, one.token_no).await.unwrap();
    ctx.commit().await.unwrap();
    assert!(!bench.is_good(&one.token).await && bench.is_good(&other.token).await);
    assert_eq!(bench.ended(), [(user, cerulean_bus::SessionsOf::Token(one.token_no), None)]);
    assert_eq!(code(sign_out(&mut bench.admin().await, 1).await), Code::PermissionDenied);
}

#[tokio::test]
async fn revocation_is_seen_even_when_its_event_was_lost() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let signed_in = bench.token("alice").await;
    assert!(bench.is_good(&signed_in.token).await);
    let tx = bench.platform.db.begin(bench.app).await.unwrap();
    tx.tokens().delete(signed_in.token_no).await.unwrap();
    tx.users().bump_token_epoch(user).await.unwrap();
    tx.commit().await.unwrap();
    bench.platform.bus.publish(BusEvent::UserChanged { app: bench.app, user });
    assert!(!bench.is_good(&signed_in.token).await);
}

#[tokio::test]
async fn frozen_app_lets_nobody_in() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let token = bench.token("alice").await.token;
    let tx = bench.platform.db.platform().await.unwrap();
    tx.apps().update(bench.app, "frozen", "{}").await.unwrap();
    tx.commit().await.unwrap();
    bench.platform.bus.publish(BusEvent::AppChanged { app: bench.app });
    assert_eq!(code(bench.accounts.authenticate(&token, None).await), Code::AppFrozen);
    assert_eq!(code(bench.connect(user, &token, "g").await), Code::AppFrozen);
    assert_eq!(code(bench.try_sign_in("alice", PASSWORD).await), Code::AppFrozen);
}

#[tokio::test]
async fn administrator_has_one_token_at_a_time() {
    let bench = Bench::start().await;
    let identity = bench.accounts.authenticate(&bench.admin_token, Some(bench.app)).await.unwrap();
    assert_eq!(identity.subject, Subject::Admin);
    bench.clock.advance(100 * 365 * 86_400_000);
    assert!(bench.is_good(&bench.admin_token).await, "it never expires");
    let fresh = rotate_admin_token(&bench.platform, bench.app).await.unwrap();
    assert!(!bench.is_good(&bench.admin_token).await && bench.is_good(&fresh).await);
    assert_eq!(code(rotate_admin_token(&bench.platform, AppId(999)).await), Code::AppNotFound);
    let user = bench.user("alice").await;
    assert_eq!(code(bench.connect(user, &fresh, "g").await), Code::TokenInvalid, "it opens no connection");
}

#[tokio::test]
async fn apps_have_names_of_their_own() {
    let bench = Bench::start().await;
    assert_eq!(code(create_app(&bench.platform, "demo", "Again").await), Code::BadParameter);
    assert_eq!(code(create_app(&bench.platform, "Demo!", "Bad").await), Code::BadParameter);
    assert_eq!(code(create_app(&bench.platform, "good", " ").await), Code::BadParameter);
    let slugs: Vec<_> = list_apps(&bench.platform).await.unwrap().into_iter().map(|row| row.slug).collect();
    assert_eq!(slugs, ["demo"]);
}
