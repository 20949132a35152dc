//! The other transport: Socket.IO 2 over Engine.IO 3 (wire.md 3.1).

use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{Down, Event, TestServer, content_of, pb};
use prost::Message as _;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use super::status_of;

fn hex_bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[tokio::test]
async fn connection_opens_pings_and_leaves_as_the_library_expects() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.connecting().socket_io().open().await;
    let Event::Text(open) = client.event().await else { panic!("the open packet comes first") };
    let open: Value = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
    assert!(open["sid"].as_str().is_some_and(|sid| !sid.is_empty()));
    assert_eq!(
        (&open["upgrades"], &open["pingInterval"], &open["pingTimeout"]),
        (&Value::Array(vec![]), &25_000.into(), &60_000.into())
    );
    assert_eq!(client.event().await, Event::Text("40".into()));
    for (ping, pong) in [("2", "3"), ("2probe", "3probe")] {
        client.send_message(Message::text(ping)).await;
        assert_eq!(client.event().await, Event::Text(pong.into()));
    }
    // What is not the one event is passed over.
    for other in ["40", "3", r#"42["chat","x"]"#, r#"451-["other",{"_placeholder":true,"num":0}]"#, "nonsense", ""] {
        client.send_message(Message::text(other)).await;
    }
    client.send_message(Message::Binary(vec![4, 8, 0, 16, 0, 24, 0].into())).await;
    client.send_message(Message::text("2")).await;
    assert_eq!(client.event().await, Event::Text("3".into()), "a binary part that nothing announced is no frame");
    let answer = client.provision(alice.connecting().provision()).await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::Ok);
    client.send_message(Message::text("41")).await;
    let (frames, status) = client.closed().await;
    assert!(frames.is_empty());
    assert_eq!(status, Some(1000));
    server.stop().await;
}

#[tokio::test]
async fn both_transports_talk_to_each_other() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut one = alice.connecting().socket_io().live().await;
    let mut other = bob.socket().await;
    for round in 0..20 {
        one.text(&bob, &format!("{round} 你好")).await;
        assert_eq!(content_of(&other.pushed(&alice).await), format!("{round} 你好"));
        other.text(&alice, &"x".repeat(round * 3000 + 1)).await;
        assert_eq!(content_of(&one.pushed(&bob).await).len(), round * 3000 + 1);
    }
    assert_eq!(one.history(&bob, 0, 100).await.metas.len(), 40);
    one.confirm_by_pong().await;
    server.stop().await;
}

/// Every frame that the real SDK was seen to send gets the answer of its kind.
#[tokio::test]
async fn recorded_frames_are_answered() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let file: Value = serde_json::from_str(include_str!("../../../../../spec/vectors.json")).unwrap();
    for connecting in [alice.connecting().socket_io(), alice.connecting()] {
        let mut client = connecting.live().await;
        for vector in file["vectors"].as_array().unwrap().iter().filter(|vector| vector["direction"] == "up") {
            let bytes = hex_bytes(vector["hex"].as_str().unwrap());
            let command = pb::Frame::decode(&bytes[..]).unwrap().command();
            client.send_bytes(bytes).await;
            let answered = client.expect(vector["name"].as_str().unwrap(), |down| Some(down.clone())).await;
            match (command, answered) {
                (pb::frame::Command::Provision, Down::Provision(answer)) => {
                    // Somebody else's number, on a connection that is signed in.
                    assert_ne!(status_of(answer.status.as_ref()).0, ErrorCode::Ok);
                }
                (pb::frame::Command::Unread, Down::Unread(answer)) => {
                    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::Ok);
                }
                (pb::frame::Command::Sync, Down::Sync(answer)) => assert!(answer.status.is_some()),
                (command, answered) => panic!("{}: {command:?} answered with {answered:?}", vector["name"]),
            }
            // An operation that is taken may push to nobody; a call signal pushes its error.
            client.heartbeat().await;
            while client.kept().count() > 0 {
                client.frame().await;
            }
        }
    }
    server.stop().await;
}
