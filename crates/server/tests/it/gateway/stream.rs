//! Texts that grow while they are read, and operations that come twice.

use cerulean_testkit::pb::message_body::Status;
use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{Chain, SocketClient, TestServer, body_of, contents_of, operation, pb};
use cerulean_types::limits;

/// Sends appends without waiting for each, then waits for all answers; the statuses.
async fn append_all(client: &mut SocketClient, to: u64, mid: u64, pieces: &[String]) -> Vec<pb::SyncDl> {
    let mut client_mids = Vec::new();
    for piece in pieces {
        let body = pb::MessageBody { content: piece.clone(), ..operation(OpType::Append, mid, None) };
        let meta = client.message(to, body);
        client_mids.push(meta.id);
        client.post(meta).await;
    }
    let mut answers = Vec::with_capacity(pieces.len());
    for client_mid in client_mids {
        answers.push(client.answer_to(client_mid).await);
    }
    answers
}

#[tokio::test]
async fn a_long_stream_is_one_message_in_history_and_every_piece_is_chained() {
    let (mut server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut writer, mut reader) = (alice.socket().await, bob.socket().await);
    let first = writer.text(&bob, "0").await;
    let mut chain = Chain::default();
    chain.follow(&reader.pushed(&alice).await);
    let pieces: Vec<String> = (1..=250).map(|n| format!(" {n}")).collect();
    let answers = append_all(&mut writer, bob.id.get(), first.server_mid, &pieces).await;
    assert!(answers.iter().all(|answer| answer.status.as_ref().unwrap().code() == ErrorCode::Ok));
    let mut shown = "0".to_owned();
    for _ in &pieces {
        let meta = reader.pushed(&alice).await;
        chain.follow(&meta);
        shown.push_str(&body_of(&meta).content);
    }
    let whole = format!("0{}", pieces.concat());
    assert_eq!(shown, whole);
    assert_eq!(contents_of(&reader.history(&alice, 0, 20).await.metas).concat(), whole);
    server.restart().await;
    let mut reader = bob.socket().await;
    assert_eq!(contents_of(&reader.history(&alice, 0, 20).await.metas), [whole]);
    let mut writer = alice.socket().await;
    writer.operate(&bob, OpType::Recall, first.server_mid, Some(bob.id.get())).await;
    assert!(reader.history(&alice, 0, 20).await.metas.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_message_grows_only_to_the_length_of_a_text() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut writer = alice.socket().await;
    let mid = writer.text(&bob, "x").await.server_mid;
    let half = "y".repeat(limits::TEXT_BYTES / 2 - 1);
    for _ in 0..2 {
        writer.edit(&bob, OpType::Append, mid, &half).await;
    }
    let body = pb::MessageBody { content: "zz".into(), ..operation(OpType::Append, mid, None) };
    let meta = writer.message(&bob, body);
    let (code, reason) = writer.refused(meta).await;
    assert_eq!((code, reason.as_str()), (ErrorCode::InvalidParameter, "content is longer than 65536 bytes"));
    assert_eq!(body_of(&writer.history(&bob, 0, 1).await.metas[0]).content.len(), limits::TEXT_BYTES - 1);
    server.stop().await;
}

#[tokio::test]
async fn a_repeated_operation_gets_the_first_answer_and_is_done_once() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut writer = alice.socket().await;
    let mid = writer.text(&bob, "a").await.server_mid;
    let keyed = |client: &SocketClient, key: u8, kind: OpType, content: &str| {
        let xid = (kind == OpType::Recall).then(|| bob.id.get());
        let mut meta = client.message(&bob, pb::MessageBody { content: content.into(), ..operation(kind, mid, xid) });
        meta.send_key = vec![key; 16].into();
        meta
    };
    let meta = keyed(&writer, 1, OpType::Append, "b");
    let first = writer.send(meta).await;
    server.clock.advance(1000);
    let meta = keyed(&writer, 1, OpType::Append, "b");
    let again = writer.send(meta).await;
    let facts = |answer: &pb::SyncDl| (answer.server_mid, answer.server_time, answer.edit_timestamp, answer.position);
    assert_eq!(facts(&again), facts(&first));
    assert_eq!(contents_of(&writer.history(&bob, 0, 1).await.metas), ["ab"]);
    let meta = keyed(&writer, 2, OpType::Recall, "");
    let recalled = writer.send(meta).await;
    for key in [2, 1] {
        let kind = if key == 2 { OpType::Recall } else { OpType::Append };
        let meta = keyed(&writer, key, kind, if key == 1 { "b" } else { "" });
        let again = writer.send(meta).await;
        let expected = if key == 2 { &recalled } else { &first };
        assert_eq!(again.server_mid, expected.server_mid, "also when the message is gone");
    }
    server.stop().await;
}

#[tokio::test]
async fn history_tells_what_was_delivered_and_read_and_a_read_mark_can_be_taken_back() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut one, mut other) = (alice.socket().await, bob.socket().await);
    let mid = one.text(&bob, "seen?").await.server_mid;
    let mut status = async |expected: Status| {
        let page = one.history(&bob, 0, 1).await;
        assert_eq!(body_of(&page.metas[0]).status(), expected);
    };
    status(Status::Unread).await;
    let mut acknowledge = async |kind: OpType| {
        other.operate(&alice, kind, mid, None).await;
        // A read mark rides on the next commit; what is stored after it comes with it.
        other.text(&alice, "-").await;
    };
    acknowledge(OpType::DeliverAck).await;
    assert_eq!(body_of(&one.history(&bob, mid + 1, 1).await.metas[0]).status(), Status::Delivered);
    acknowledge(OpType::ReadAck).await;
    assert_eq!(body_of(&one.history(&bob, mid + 1, 1).await.metas[0]).status(), Status::Read);
    other.operate(&bob, OpType::ReadCancel, mid, Some(alice.id.get())).await;
    assert_eq!(body_of(&one.history(&bob, mid + 1, 1).await.metas[0]).status(), Status::Delivered);
    let unread = bob.rest().get("/message/unread").data().await;
    assert_eq!(unread, serde_json::json!([{"conversation_id": {"uid": alice.id.get()}, "num": 1}]));
    let refused = other.operate_refused(&bob, OpType::ReadCancel, mid + 1, Some(alice.id.get())).await;
    assert_eq!(refused, (ErrorCode::Fail, "message not found".into()));
    server.stop().await;
}
