//! Calls without a media server fail cleanly (wire.md 11).

use cerulean_testkit::pb::meta::NameSpace;
use cerulean_testkit::pb::{self, message_body::ContentType, rtc_signal};
use cerulean_testkit::{TestServer, body_of, rtc_signal_of, text_body};
use serde_json::Value;

#[tokio::test]
async fn signal_is_answered_with_an_error_of_the_media_server() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.socket().await;
    for content in [r#"{"janus":"create","transaction":"abc123"}"#, "no JSON"] {
        let signal = pb::RtcSignal {
            r#type: rtc_signal::Type::VideoRoom as i32,
            content: content.into(),
            media_server: "ws://127.0.0.1:8188".into(),
        };
        let mut meta = client.meta(0, NameSpace::RtcSignal, signal);
        meta.to = None;
        client.send(meta).await;
        let answer = rtc_signal_of(&client.pushed(0).await);
        assert_eq!(answer.r#type(), rtc_signal::Type::VideoRoom);
        let content: Value = serde_json::from_str(&answer.content).unwrap();
        assert_eq!(content["janus"], "error");
        assert!(content["error"]["code"].is_number() && content["error"]["reason"].is_string());
        let transaction = content["transaction"].as_str().unwrap();
        assert!(transaction == "abc123" || transaction.is_empty());
    }
    assert!(client.pull_all(0).await.is_empty(), "none of it is stored");
    server.stop().await;
}

#[tokio::test]
async fn call_control_is_a_message_like_others() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut one, mut other) = (alice.socket().await, bob.socket().await);
    let config = r#"{"action":"call","type":1,"roomId":1234567890123456,"callId":"2302128618881_1763600000000"}"#;
    let body = pb::MessageBody { ctype: ContentType::Rtc as i32, config: config.into(), ..text_body(&bob, "") };
    let meta = one.message(&bob, body);
    one.send(meta).await;
    let body = body_of(&other.pushed(&alice).await);
    assert_eq!((body.ctype(), body.config.as_str()), (ContentType::Rtc, config));
    server.stop().await;
}
