//! Frames that are wrong: a clear answer, and the connection stays.

use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{Address, Down, SocketClient, TestServer, pb, text_body};
use prost::Message as _;
use tokio_tungstenite::tungstenite::Message;

use super::status_of;

async fn any_sync(client: &mut SocketClient) -> pb::SyncDl {
    client
        .expect("an answer", |down| match down {
            Down::Sync(sync) => Some(sync.clone()),
            _ => None,
        })
        .await
}

fn frame(command: i32, payload: Vec<u8>) -> Vec<u8> {
    pb::Frame { command, payload: payload.into(), ..Default::default() }.encode_to_vec()
}

#[tokio::test]
async fn large_frames_are_refused_and_the_next_is_read() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for connecting in [alice.connecting(), alice.connecting().socket_io()] {
        let mut client = connecting.live().await;
        for bytes in [(1 << 20) + 1, 5 << 20] {
            client.send_bytes(vec![0; bytes]).await;
            let answer = any_sync(&mut client).await;
            assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::InvalidParameter, "{bytes}");
        }
        // Exactly a mebibyte is a frame: one whose text is too long.
        let body = text_body(&alice, &"x".repeat((1 << 20) - 200));
        let meta = client.message(&alice, body);
        assert_eq!(client.refused(meta).await.0, ErrorCode::InvalidParameter);
        client.text(&alice, "goes on").await;
    }
    server.stop().await;
}

#[tokio::test]
async fn broken_protobuf_is_told_in_the_kind_it_claims_to_be() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.socket().await;
    let sync = pb::frame::Command::Sync as i32;
    for bytes in [
        vec![0xff, 0xff],
        vec![0x22, 0x7f, 1],
        frame(sync, vec![0xff]),
        frame(sync, vec![0x1a, 0x05, 1]),
        frame(sync, vec![0x1a, 0x02, 0x32, 0x09]),
    ] {
        client.send_bytes(bytes.clone()).await;
        let answer = any_sync(&mut client).await;
        assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::PbParserError, "{bytes:?}");
    }
    // A broken string (not UTF-8) in PROVISION.
    for payload in [vec![0xff], vec![0x32, 0x02, 0xc3, 0x28]] {
        client.send_bytes(frame(pb::frame::Command::Provision as i32, payload)).await;
        let answer = client
            .expect("an answer to PROVISION", |down| match down {
                Down::Provision(answer) => Some(answer.clone()),
                _ => None,
            })
            .await;
        assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::PbParserError);
    }
    client.text(&alice, "goes on").await;
    server.stop().await;
}

#[tokio::test]
async fn unknown_commands_and_wrappings_are_named() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for mut client in [alice.connecting().open().await, alice.socket().await] {
        for command in [2, 4, 42, -1, i32::MAX] {
            client.send_bytes(frame(command, Vec::new())).await;
            let answer = any_sync(&mut client).await;
            assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::UnknownCommand, "{command}");
        }
        let zlib = pb::Frame { compress_method: 1, command: 1, ..Default::default() };
        let sealed = pb::Frame { encrypt_method: 1, command: 1, ..Default::default() };
        for wrapped in [zlib, sealed] {
            client.send_bytes(wrapped.encode_to_vec()).await;
            let answer = any_sync(&mut client).await;
            assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::EncryptMethodUnsupported);
        }
        client.try_unread().await;
    }
    server.stop().await;
}

#[tokio::test]
async fn empty_requests_are_answered() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.socket().await;
    client.command(pb::frame::Command::Sync, pb::SyncUl::default()).await;
    let answer = any_sync(&mut client).await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::InvalidParameter);
    let empty = pb::SyncUl { meta: Some(pb::Meta::default()), ..Default::default() };
    client.command(pb::frame::Command::Sync, empty).await;
    let answer = any_sync(&mut client).await;
    assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::InvalidParameter);
    let nothing = pb::SyncUl { ack_only: true, ..Default::default() };
    client.command(pb::frame::Command::Sync, nothing).await;
    any_sync(&mut client).await;
    // No bytes at all are a frame of defaults: a heartbeat.
    client.send_bytes(Vec::new()).await;
    client.expect("an answer", |down| matches!(down, Down::Unread(_)).then_some(())).await;
    server.stop().await;
}

#[tokio::test]
async fn numbers_beyond_what_ids_can_be_name_nothing() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    let mid = client.text(&bob, "one").await.server_mid;
    // Client ids are echoed whatever they are.
    for id in [1, (1 << 53) + 1, u64::MAX] {
        let mut meta = client.message(&bob, text_body(&bob, &format!("as {id}")));
        meta.id = id;
        assert_eq!(client.send(meta).await.client_mid, id);
    }
    let before = client.history(&bob, 0, 20).await.metas.len();
    for key in [mid, 1 << 53, 1 << 63, u64::MAX] {
        assert!(client.pull(&bob, key).await.metas.is_empty(), "own items, whatever the key: {key}");
    }
    assert_eq!(client.history(&bob, 0, 20).await.metas.len(), before);
    // A confirmation of the future confirms what there is and hides nothing that comes.
    let mut other = bob.socket().await;
    other.pull(&alice, u64::MAX).await;
    client.text(&bob, "later").await;
    other.close().await;
    let mut other = bob.connecting().login().await;
    other.unread().await;
    let contents: Vec<_> = other.pull_all(&alice).await.iter().map(cerulean_testkit::content_of).collect();
    assert_eq!(contents.last().map(String::as_str), Some("later"));
    server.stop().await;
}

#[tokio::test]
async fn texts_and_pings_on_the_raw_transport_do_no_harm() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.socket().await;
    client.send_message(Message::text("hello")).await;
    client.send_message(Message::text("2")).await;
    client.send_message(Message::Ping(vec![1, 2, 3].into())).await;
    client.send_message(Message::Pong(vec![0, 0, 0, 1].into())).await;
    client.text(&alice, "goes on").await;
    server.stop().await;
}

#[tokio::test]
async fn noise_never_takes_the_connection_down() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.socket().await;
    let good = client.message(&alice, text_body(&alice, "seed"));
    let good = frame(1, pb::SyncUl { meta: Some(good), ..Default::default() }.encode_to_vec());
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..500 {
        let mut bytes = good.clone();
        for _ in 0..=random() % 4 {
            let place = (random() % bytes.len() as u64) as usize;
            match random() % 3 {
                0 => bytes[place] = random() as u8,
                1 => bytes.truncate(place.max(1)),
                _ => bytes.insert(place, random() as u8),
            }
        }
        client.send_bytes(bytes).await;
    }
    client.heartbeat().await;
    client.text(&alice, "goes on").await;
    assert!(client.uid == alice.uid());
    server.stop().await;
}
