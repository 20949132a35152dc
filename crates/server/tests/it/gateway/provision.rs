//! PROVISION: who is let in (wire.md 4).

use std::time::Duration;

use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{Address, TestApp, TestServer, pb};
use serde_json::json;

use super::status_of;

const LOGIN_FIRST: (ErrorCode, &str) = (ErrorCode::Unauthorized, "you must login first");

async fn set_status(server: &TestServer, app: &TestApp, status: &str) {
    let platform = &server.parts().platform;
    let tx = platform.db.platform().await.unwrap();
    tx.apps().update(app.id, status, "{}").await.unwrap();
    tx.commit().await.unwrap();
    platform.bus.publish(cerulean_bus::BusEvent::AppChanged { app: app.id });
}

#[tokio::test]
async fn right_token_gets_a_device_number_that_is_stable_for_its_guid() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (one, answer) = alice.connecting().device("a").capabilities(7 | 64).try_login().await;
    assert_eq!(status_of(answer.status.as_ref()), (ErrorCode::Ok, ""));
    assert_eq!(answer.xid.map(|xid| xid.uid), Some(alice.id.get()));
    assert_eq!(answer.capabilities, 7, "what the server knows of what was asked");
    assert!(answer.server_time.abs_diff(server.clock.now() as u64) < 60_000);
    assert!((1..=999_999_998).contains(&one.device));
    let first = one.device;
    one.close().await;
    let alice = alice.with_token(server.fresh_token(&alice).await);
    let other = alice.device("b").await;
    assert_ne!(other.device, first, "another installation has another number");
    let again = alice.device("a").await;
    assert_eq!(again.device, first);
    server.stop().await;
}

#[tokio::test]
async fn client_may_claim_any_device_number() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let connecting = alice.connecting();
    let mut client = connecting.open().await;
    let mut request = connecting.provision();
    request.xid = Some(pb::Xid { uid: alice.uid(), device_sn: 1_002_139_998 });
    let answer = client.provision(request.clone()).await;
    let device = answer.xid.unwrap().device_sn;
    assert!(device < 1_000_000);
    // Again on the same connection: the same answer. As somebody else: refused, and the session stays.
    assert_eq!(client.provision(request.clone()).await.xid.unwrap().device_sn, device);
    let bob = server.user("bob").await;
    let answer = client.provision(bob.connecting().provision()).await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::InvalidParameter);
    client.text(&bob, "still alice").await;
    server.stop().await;
}

#[tokio::test]
async fn wrong_tokens_are_refused_and_the_connection_stays() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let other = server.new_app("other").await;
    let mallory = server.user_of(&other, "mallory").await;
    let good = alice.connecting();
    let stale = server.fresh_token(&alice).await;
    alice.rest().token(&stale).call(http::Method::POST, "/client/v1/sign-out").send().await;
    let mut client = good.open().await;
    let cases = [
        ("no token", good.clone().token("")),
        ("no token at all of that form", good.clone().token("x")),
        ("a token that was never given out", good.clone().token(&"A".repeat(alice.token.len()))),
        ("somebody else's", good.clone().token(&bob.token)),
        ("another app's user's", good.clone().token(&mallory.token)),
        ("the administrator's", good.clone().token(&server.app.admin_token)),
        ("another app's administrator's", good.clone().token(&other.admin_token)),
        ("signed out", good.clone().token(&stale)),
        ("nobody's", good.clone().uid(0)),
        ("a group's", good.clone().uid(2)),
        ("no id", good.clone().uid(u64::MAX)),
        ("another app's user with his own app's", good.clone().uid(&mallory)),
        ("a guid without end", good.clone().guid(&"g".repeat(300))),
    ];
    for (what, connecting) in cases {
        let answer = client.provision(connecting.provision()).await;
        let (code, reason) = status_of(answer.status.as_ref());
        assert_eq!(code, ErrorCode::InvalidToken, "{what}");
        assert!(!reason.is_empty() && answer.xid.is_none_or(|xid| xid.device_sn == 0), "{what}");
    }
    let answer = client.provision(pb::Provision { token: alice.token.clone(), ..Default::default() }).await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::InvalidToken, "no id named");
    let answer = client.provision(good.provision()).await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::Ok);
    server.stop().await;
}

#[tokio::test]
async fn frozen_user_and_frozen_app_are_told_so() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    server.admin().put("/user/disable", json!({"list": [alice.id.get()]})).data().await;
    let (_, answer) = alice.connecting().try_login().await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::UserFrozen);
    server.admin().put("/user/enable", json!({"list": [alice.id.get()]})).data().await;
    let mut client = alice.socket().await;
    set_status(&server, &server.app, "frozen").await;
    let (_, answer) = alice.connecting().device("2").try_login().await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::AppFrozen);
    client.closed().await;
    set_status(&server, &server.app, "normal").await;
    alice.socket().await.text(&alice, "to myself").await;
    server.stop().await;
}

#[tokio::test]
async fn expired_token_is_refused() {
    let server = TestServer::start().limits(|limits| limits.token_ms = 60_000).await;
    let alice = server.user("alice").await;
    drop(alice.socket().await);
    server.clock.advance(60_001);
    let (_, answer) = alice.connecting().try_login().await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::InvalidToken);
    server.stop().await;
}

#[tokio::test]
async fn token_bound_to_a_device_opens_for_no_other() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let guid = format!("{}_1", alice.id);
    let sign_in = json!({"user_id": alice.id.get(), "password": alice.password, "device_guid": guid});
    let data = server.anonymous().post("/token/id", sign_in).data().await;
    let bound = alice.with_token(data["token"].as_str().unwrap().into());
    let (_, answer) = bound.connecting().device("2").try_login().await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::InvalidToken);
    let (_, answer) = bound.connecting().guid("").try_login().await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::InvalidToken);
    bound.device("1").await;
    server.stop().await;
}

#[tokio::test]
async fn frames_before_provision_are_answered_in_their_kind() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.connecting().open().await;
    assert_eq!(status_of(client.try_unread().await.status.as_ref()), LOGIN_FIRST);
    let answer = client.pull(&alice, 7).await;
    assert_eq!(status_of(answer.status.as_ref()), LOGIN_FIRST);
    assert!(answer.metas.is_empty());
    let answer = client.history(&alice, 0, 20).await;
    assert_eq!(status_of(answer.status.as_ref()), LOGIN_FIRST);
    let meta = client.message(&alice, cerulean_testkit::text_body(&alice, "early"));
    let answer = client.try_send(meta).await;
    assert_eq!((status_of(answer.status.as_ref()), answer.server_mid), (LOGIN_FIRST, 0));
    assert_eq!(answer.xid.unwrap().uid, alice.uid());
    assert_eq!(status_of(client.provision(alice.connecting().provision()).await.status.as_ref()).0, ErrorCode::Ok);
    assert!(client.history(&alice, 0, 20).await.metas.is_empty(), "nothing of it was kept");
    server.stop().await;
}

#[tokio::test]
async fn connection_without_provision_or_without_a_sign_of_life_is_closed() {
    let short = Duration::from_millis(200);
    let server = TestServer::start()
        .gateway(|options| (options.provision_within, options.silent_for) = (short, 3 * short))
        .await;
    let alice = server.user("alice").await;
    let mut mute = alice.connecting().open().await;
    assert!(mute.closed().await.0.is_empty());
    let (mut refused, _) = alice.connecting().token("").try_login().await;
    refused.closed().await;
    // A session outlives the time for PROVISION, and ends when nothing is heard of it.
    let begin = std::time::Instant::now();
    let mut silent = alice.connecting().login().await;
    silent.closed().await;
    assert!(begin.elapsed() >= 3 * short);
    server.stop().await;
}
