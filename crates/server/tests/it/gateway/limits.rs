//! How much and how often (spec/extensions.md).

use cerulean_delivery::{AppQuotas, AppRates};
use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::pb::user_notice::Type;
use cerulean_testkit::{SocketClient, TestServer, contents_of, pb, text_body, user_notice_of};
use serde_json::json;

/// Sends texts without waiting for each; how many were taken, and the codes of the others.
async fn flood(client: &mut SocketClient, to: u64, count: usize) -> (usize, Vec<ErrorCode>) {
    let mut client_mids = Vec::new();
    for n in 0..count {
        let meta = client.message(to, text_body(to, &n.to_string()));
        client_mids.push(meta.id);
        client.post(meta).await;
    }
    let (mut taken, mut refused) = (0, Vec::new());
    for client_mid in client_mids {
        match client.answer_to(client_mid).await.status.expect("every answer has a status").code() {
            ErrorCode::Ok => taken += 1,
            code => refused.push(code),
        }
    }
    (taken, refused)
}

#[tokio::test]
async fn a_user_who_sends_too_fast_is_told_and_may_go_on_later() {
    let (server, alice, bob) =
        TestServer::start().limits(|limits| limits.rates.sends_per_minute = 10).with_friends("alice", "bob").await;
    let mut one = alice.device("1").await;
    let (taken, refused) = flood(&mut one, bob.id.get(), 15).await;
    assert_eq!(taken, 10);
    assert!(refused.len() == 5 && refused.iter().all(|code| *code == ErrorCode::RateLimitExceeded), "{refused:?}");
    // Operations and other devices of the same user count too, other users do not.
    let mut two = alice.with_token(server.fresh_token(&alice).await).device("2").await;
    assert_eq!(two.text_refused(&bob, "x").await.0, ErrorCode::RateLimitExceeded);
    let mid = two.history(&bob, 0, 1).await.metas[0].id;
    assert_eq!(
        two.operate_refused(&bob, OpType::Recall, mid, Some(bob.id.get())).await.0,
        ErrorCode::RateLimitExceeded
    );
    let body = json!({"type": 1, "targets": [bob.id.get()], "content_type": 0, "content": "by REST"});
    assert_eq!(alice.rest().post("/message/send", body).code().await, 429);
    bob.socket().await.text(&alice, "not limited").await;
    // The connection is as good as before.
    one.heartbeat().await;
    assert_eq!(one.history(&bob, 0, 100).await.metas.len(), 11);
    server.clock.advance(12_000);
    assert_eq!(flood(&mut one, bob.id.get(), 3).await.0, 2, "a fifth of a minute brings two back");
    let metrics = server.raw().get("/metrics").send().await.text();
    assert!(metrics.contains("cerulean_limits_refused_total{limit=\"sends_per_minute_of_user\"}"), "{metrics}");
    server.stop().await;
}

#[tokio::test]
async fn frames_that_come_too_fast_are_refused_and_heartbeats_answered() {
    let (server, alice, bob) =
        TestServer::start().limits(|limits| limits.rates.frames_per_minute = 5).with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    let (taken, refused) = flood(&mut client, bob.id.get(), 8).await;
    assert_eq!((taken, refused), (5, vec![ErrorCode::RateLimitExceeded; 3]));
    let refusal = client.pull(&bob, 0).await;
    assert_eq!(refusal.status.unwrap().code(), ErrorCode::RateLimitExceeded);
    client.heartbeat().await;
    server.clock.advance(60_000);
    assert_eq!(client.history(&bob, 0, 10).await.metas.len(), 5);
    server.stop().await;
}

#[tokio::test]
async fn traffic_is_limited_by_the_day_and_told_once() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    server.begin_day();
    let rates = AppRates { traffic_per_day: Some(20_000), ..AppRates::default() };
    server.change_settings(&server.app, |settings| settings.rates = rates).await;
    let (mut client, mut peer) = (alice.device("1").await, bob.socket().await);
    client.text(&bob, &"x".repeat(15_000)).await;
    for round in 0..2 {
        let (code, reason) = client.text_refused(&bob, &"y".repeat(10_000)).await;
        assert_eq!(code, ErrorCode::RateLimitExceeded, "{reason}");
        if round == 0 {
            let notice = user_notice_of(&client.pushed(0).await);
            assert_eq!(notice.r#type(), Type::TrafficLimitExceeded);
        }
    }
    client.heartbeat().await;
    assert!(client.pushes_kept(0).is_empty(), "told once");
    peer.pushed(&alice).await;
    peer.text(&alice, "still received").await;
    assert_eq!(contents_of(&[client.pushed(&bob).await]), ["still received"]);
    client.history(&bob, 0, 10).await;
    // Connecting again is no way around it, another device is.
    client.close().await;
    let mut again = alice.device("1").await;
    assert_eq!(again.text_refused(&bob, "z").await.0, ErrorCode::RateLimitExceeded);
    alice.with_token(server.fresh_token(&alice).await).device("2").await.text(&bob, "z").await;
    assert!(again.pull_all(0).await.iter().all(|meta| user_notice_of(meta).r#type() != Type::TrafficLimitExceeded));
    server.clock.advance(86_400_000);
    let mut tomorrow = alice.device("1").await;
    tomorrow.text(&bob, "a new day").await;
    server.stop().await;
}

#[tokio::test]
async fn an_address_that_opens_too_many_connections_is_refused() {
    let server = TestServer::start().limits(|limits| limits.rates.connections_per_minute_of_address = 3).await;
    let alice = server.user("alice").await;
    for _ in 0..3 {
        alice.connecting().open().await;
    }
    let upgrade = async || {
        let call = server.raw().get("/socket.io/?EIO=3&transport=websocket");
        let headers = [("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13")];
        let call = headers.into_iter().fold(call, |call, (name, value)| call.header(name, value));
        call.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==").send().await.status
    };
    assert_eq!(upgrade().await, 429);
    server.clock.advance(60_000);
    alice.socket().await.heartbeat().await;
    server.stop().await;
}

#[tokio::test]
async fn an_app_sends_as_many_messages_as_its_quota() {
    let (mut server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    server.begin_day();
    let quotas = AppQuotas { messages_per_day: Some(3), messages_per_month: Some(5), ..AppQuotas::default() };
    server.change_settings(&server.app, |settings| settings.quotas = quotas).await;
    let mut client = alice.socket().await;
    for _ in 0..3 {
        client.text(&bob, "counted").await;
    }
    let (code, reason) = client.text_refused(&bob, "one too many").await;
    assert_eq!(
        (code, reason.as_str()),
        (ErrorCode::RateLimitExceeded, "the app has reached its quota of 3 messages a day")
    );
    let body = json!({"type": 1, "targets": [bob.id.get()], "content_type": 0, "content": "by REST"});
    assert_eq!(alice.rest().post("/message/send", body).code().await, 30023);
    server.restart().await;
    let mut client = alice.socket().await;
    assert_eq!(client.text_refused(&bob, "x").await.0, ErrorCode::RateLimitExceeded, "counted across a restart");
    let limits: serde_json::Value = server.admin().get("/console/v1/limits").send().await.json();
    assert_eq!(limits["messages_today"], json!({"limit": 3, "used": 3}));
    assert_eq!(limits["messages_this_month"], json!({"limit": 5, "used": 3}));
    let other = server.new_app("other").await;
    let carol = server.user_of(&other, "carol").await;
    carol.socket().await.text(&carol, "another app's are its own").await;
    server.stop().await;
}

#[test]
fn codes_are_those_of_the_protocol() {
    assert_eq!(pb::status::ErrorCode::RateLimitExceeded as i32, 20);
    assert_eq!(pb::status::ErrorCode::TooManyDevices as i32, 13);
}
