//! Verdicts before messages are sent.

use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{Chain, TestServer, User, content_of, contents_of, pb};
use prost::Message;
use serde_json::{Value, json};

use crate::console::receiver::{Received, Receiver, Reply};

const EVENTS: [&str; 1] = ["message.before_send"];

fn verdict(one: &Received) -> Reply {
    match one.content().as_str() {
        "bad" => Reply::Json(json!({"action": "deny", "text": "not here"})),
        "rude" => Reply::Json(json!({"action": "replace", "content": "r**e"})),
        "silent" => Reply::Nothing,
        "broken" => Reply::Status(500),
        "long" => Reply::Json(json!({"action": "replace", "content": "x".repeat(200_000)})),
        "gone" => Reply::Json(json!({"action": "replace", "content": ""})),
        "odd" => Reply::Json(json!({"action": "explode"})),
        "empty" => Reply::Status(200),
        _ => Reply::Json(json!({"action": "allow"})),
    }
}

async fn screened(screen: Value) -> (TestServer, User, User, Receiver) {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let receiver = Receiver::start().await;
    receiver.answer(verdict);
    receiver.hook_with(&server.app, &EVENTS, screen).await;
    (server, alice, bob, receiver)
}

fn text(to: &User, content: &str) -> Value {
    json!({"type": 1, "targets": [to.id.get()], "content_type": 0, "content": content})
}

#[tokio::test]
async fn messages_are_allowed_refused_and_replaced() {
    let (server, alice, bob, receiver) = screened(json!({})).await;
    let (mut client, mut peer) = (alice.socket().await, bob.socket().await);
    assert!(client.text(&bob, "fine").await.body.is_empty());
    assert_eq!(client.text_refused(&bob, "bad").await, (ErrorCode::WordCensored, "not here".to_owned()));
    let replaced = client.text(&bob, "rude").await;
    assert_eq!(pb::MessageBody::decode(replaced.body).unwrap().content, "r**e", "the sender learns what was stored");
    client.text(&bob, "empty").await;
    let mut chain = Chain::default();
    let mut told = Vec::new();
    for _ in 0..3 {
        let pushed = peer.pushed(&alice).await;
        chain.follow(&pushed);
        told.push(content_of(&pushed));
    }
    assert_eq!(told, ["fine", "r**e", "empty"]);
    assert_eq!(contents_of(&peer.history(&alice, 0, 10).await.metas), ["empty", "r**e", "fine"]);
    let asked = receiver.wait_for(4).await;
    assert_eq!(asked[0].kind(), "message.before_send");
    let data = &asked[0].body()["data"];
    assert_eq!((&data["scope"], &data["from_id"]), (&json!("client"), &json!(alice.id.get())));
    server.stop().await;
}

#[tokio::test]
async fn the_server_api_is_asked_about_too_and_its_own_notices_are_not() {
    let (server, alice, bob, receiver) = screened(json!({})).await;
    let carol = server.user("carol").await;
    server.make_friends(&alice, &carol).await;
    let refused = alice.rest().post("/message/send", text(&bob, "bad")).send().await;
    assert_eq!((refused.code(), refused.message()), (10010, "not here".to_owned()));
    alice.rest().post("/message/send", text(&bob, "rude")).data().await;
    let mut many = text(&bob, "bad");
    many["targets"] = json!([bob.id.get(), carol.id.get()]);
    assert_eq!(alice.rest().post("/message/send", many).code().await, 10010);
    server.admin().post("/message/notify", text(&bob, "bad")).data().await;
    let mut peer = bob.socket().await;
    assert_eq!(contents_of(&peer.pull_all(&alice).await), ["r**e"]);
    assert!(receiver.wait_for(4).await.iter().all(|one| one.body()["data"]["scope"] == "server"));
    server.stop().await;
}

#[tokio::test]
async fn edits_are_asked_about_and_read_marks_are_not() {
    let (server, alice, bob, receiver) = screened(json!({"scope": ["edits"]})).await;
    let (mut client, mut peer) = (alice.socket().await, bob.socket().await);
    let sent = client.text(&bob, "bad").await;
    peer.operate(&alice, OpType::ReadAck, sent.server_mid, None).await;
    assert!(receiver.received().is_empty());
    let edited = client.edit(&bob, OpType::Replace, sent.server_mid, "rude").await;
    assert_eq!(pb::MessageBody::decode(edited.body).unwrap().content, "r**e");
    assert!(client.edit(&bob, OpType::Append, sent.server_mid, "!").await.body.is_empty());
    assert_eq!(receiver.wait_for(2).await[0].body()["data"]["related_mid"], sent.server_mid);
    assert_eq!(contents_of(&peer.history(&alice, 0, 10).await.metas), ["r**e!"]);
    server.stop().await;
}

#[tokio::test]
async fn without_a_verdict_the_setting_decides() {
    for (on_failure, is_sent) in [("allow", true), ("deny", false)] {
        let (server, alice, bob, _receiver) = screened(json!({"on_failure": on_failure, "time_limit_ms": 200})).await;
        let mut client = alice.socket().await;
        for content in ["silent", "broken", "odd", "long", "gone"] {
            if is_sent {
                client.text(&bob, content).await;
            } else {
                let (code, text) = client.text_refused(&bob, content).await;
                assert!(code == ErrorCode::WordCensored && text.contains("try again"), "{text}");
            }
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn typing_is_asked_about_only_when_something_is_beside_it() {
    let (server, alice, bob, receiver) = screened(json!({})).await;
    let (mut client, mut peer) = (alice.socket().await, bob.socket().await);
    let transient = |ext: &str| pb::MessageBody {
        r#type: pb::message_body::Type::Chat as i32,
        qos: pb::message_body::QoS::AtMostOnce as i32,
        ext: ext.into(),
        ..Default::default()
    };
    for ext in [r#"{"input_status":"typing"}"#, r#"{"input_status":"nothing"}"#] {
        client.post(client.message(&bob, transient(ext))).await;
        assert_eq!(pb::MessageBody::decode(peer.pushed(&alice).await.payload).unwrap().ext, ext);
    }
    assert!(receiver.received().is_empty());
    for ext in [r#"{"input_status":"come to me"}"#, r#"{"input_status":"typing","text":"hi"}"#, "hi"] {
        client.post(client.message(&bob, transient(ext))).await;
    }
    let beside = pb::MessageBody { config: "come to me".into(), ..transient(r#"{"input_status":"typing"}"#) };
    client.post(client.message(&bob, beside)).await;
    receiver.wait_for(4).await;
    server.stop().await;
}

#[tokio::test]
async fn a_receiver_that_keeps_failing_is_left_alone_for_a_while() {
    let (server, alice, bob, receiver) = screened(json!({})).await;
    let mut client = alice.socket().await;
    for _ in 0..8 {
        client.text(&bob, "broken").await;
    }
    assert_eq!(receiver.received().len(), 5);
    client.text(&bob, "bad").await;
    server.clock.advance(30_001);
    client.text_refused(&bob, "bad").await;
    client.text_refused(&bob, "bad").await;
    assert_eq!(receiver.received().len(), 7);
    server.stop().await;
}

#[tokio::test]
async fn messages_that_would_be_refused_anyway_are_nobodys_business() {
    let (server, alice, _bob, receiver) = screened(json!({})).await;
    let carol = server.user("carol").await;
    carol.rest().post("/roster/block", json!({"user_id": alice.id.get()})).data().await;
    let mut client = alice.socket().await;
    client.text_refused(&carol, "fine").await;
    assert!(receiver.received().is_empty());
    server.stop().await;
}
