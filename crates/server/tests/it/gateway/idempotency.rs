//! A send that is repeated is stored once; two sends that look alike are two.

use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{Address, TestServer, contents_of, mids_of, operation, pb, text_body};

const MINUTE_MS: i64 = 60_000;

fn same_answer(one: &pb::SyncDl, other: &pb::SyncDl) {
    let facts = |answer: &pb::SyncDl| {
        (
            answer.server_mid,
            answer.server_time,
            answer.link.clone(),
            answer.digest.clone(),
            answer.position,
            answer.prev_mid,
        )
    };
    assert_eq!(facts(one), facts(other));
}

#[tokio::test]
async fn send_key_gets_the_first_answer_for_ever() {
    let (mut server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    client.text(&bob, "before").await;
    let mut meta = client.message(&bob, text_body(&bob, "once"));
    meta.send_key = vec![7; 16].into();
    let first = client.send(meta.clone()).await;
    client.text(&bob, "after").await;
    let again = client.send(meta.clone()).await;
    same_answer(&first, &again);
    // Another connection, another device, another client id, another body: the key alone counts.
    let mut other = alice.with_token(server.fresh_token(&alice).await).device("other").await;
    let mut changed = other.message(&bob, text_body(&bob, "once, but different"));
    changed.send_key = meta.send_key.clone();
    same_answer(&first, &other.send(changed).await);
    server.clock.advance(60 * MINUTE_MS);
    server.restart().await;
    let mut client = alice.socket().await;
    same_answer(&first, &client.send(meta.clone()).await);
    // It is the sender's key: the same bytes of somebody else are another send.
    let mut peer = bob.socket().await;
    let mut theirs = peer.message(&alice, text_body(&alice, "his"));
    theirs.send_key = meta.send_key.clone();
    peer.send(theirs).await;
    assert_eq!(contents_of(&client.history(&bob, 0, 20).await.metas), ["his", "after", "once", "before"]);
    server.stop().await;
}

#[tokio::test]
async fn send_key_works_for_operations_and_within_one_commit() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut client, mut other) = (alice.socket().await, bob.socket().await);
    let mid = client.text(&bob, "a").await.server_mid;
    other.pushed(&alice).await;
    let edit = pb::MessageBody { content: "b".into(), ..operation(OpType::Append, mid, None) };
    let mut answers = Vec::new();
    let mut client_mids = Vec::new();
    for _ in 0..5 {
        let mut meta = client.message(&bob, edit.clone());
        meta.send_key = vec![9; 16].into();
        client_mids.push(meta.id);
        client.post(meta).await;
    }
    for client_mid in client_mids {
        answers.push(client.answer_to(client_mid).await);
    }
    for answer in &answers {
        assert_eq!(answer.server_mid, answers[0].server_mid);
    }
    assert_eq!(contents_of(&client.history(&bob, 0, 20).await.metas), ["ab"]);
    server.stop().await;
}

#[tokio::test]
async fn send_key_has_sixteen_bytes() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.socket().await;
    for length in [1, 15, 17, 1000] {
        let mut meta = client.message(&alice, text_body(&alice, "x"));
        meta.send_key = vec![1; length].into();
        assert_eq!(client.refused(meta).await.0, ErrorCode::InvalidParameter, "{length}");
    }
    server.stop().await;
}

#[tokio::test]
async fn older_clients_are_known_by_device_client_id_and_body() {
    let (mut server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    let one = client.message(&bob, text_body(&bob, "one"));
    let mut two = client.message(&bob, text_body(&bob, "two"));
    two.id = one.id;
    let first = client.send(one.clone()).await;
    let second = client.send(two.clone()).await;
    assert_ne!(first.server_mid, second.server_mid, "two messages of one millisecond");
    same_answer(&first, &client.send(one.clone()).await);
    same_answer(&second, &client.send(two.clone()).await);
    // After a reconnect and after a restart it is still the same device.
    client.close().await;
    let mut client = alice.socket().await;
    same_answer(&first, &client.send(one.clone()).await);
    server.restart().await;
    let mut client = alice.socket().await;
    same_answer(&first, &client.send(one.clone()).await);
    // Another device may use the same number for the same words.
    let mut other = alice.with_token(server.fresh_token(&alice).await).device("other").await;
    assert_ne!(other.send(one.clone()).await.server_mid, first.server_mid);
    // In another conversation it is another message.
    let mut elsewhere = one.clone();
    elsewhere.to = Some(pb::Xid { uid: alice.uid(), device_sn: 0 });
    assert_ne!(client.send(elsewhere).await.server_mid, first.server_mid);
    // And after ten minutes nobody resends.
    server.clock.advance(11 * MINUTE_MS);
    let late = client.send(one).await;
    assert_ne!(late.server_mid, first.server_mid);
    assert_eq!(contents_of(&client.history(&bob, 0, 20).await.metas), ["one", "one", "two", "one"]);
    server.stop().await;
}

#[tokio::test]
async fn resend_is_pushed_to_nobody_again() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut client, mut other) = (alice.socket().await, bob.socket().await);
    let meta = client.message(&bob, text_body(&bob, "once"));
    let first = client.send(meta.clone()).await;
    client.send(meta).await;
    let last = client.text(&bob, "last").await;
    assert_eq!(other.pushed(&alice).await.id, first.server_mid);
    assert_eq!(other.pushed(&alice).await.id, last.server_mid);
    assert_eq!(mids_of(&other.history(&alice, 0, 20).await.metas), [last.server_mid, first.server_mid]);
    server.stop().await;
}
