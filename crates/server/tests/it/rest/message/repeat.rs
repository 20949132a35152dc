//! The same call twice.

use cerulean_testkit::{TestServer, contents_of};
use serde_json::{Value, json};

#[tokio::test]
async fn a_repeated_transaction_gets_the_first_answer_and_is_sent_once() {
    let (mut server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let call = |transaction: i64, content: &str| {
        let body = json!({
            "type": 1, "targets": [bob.id.get()], "from_user_id": alice.id.get(), "content_type": 0, "content": content,
            "transaction_id": transaction,
        });
        server.admin().post("/message/send", body).send()
    };
    let first: Value = call(7, "once").await.json();
    assert_eq!(call(7, "once").await.json(), first);
    let at_once = futures::future::join_all((0..4).map(|_| call(8, "at once"))).await;
    let ids: Vec<_> = at_once.iter().map(|answer| answer.json()["msg_ids"].clone()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
    assert_ne!(ids[0], first["msg_ids"]);
    server.restart().await;
    let body = json!({
        "type": 1, "targets": [bob.id.get()], "from_user_id": alice.id.get(), "content_type": 0, "content": "once", "transaction_id": "7",
    });
    assert_eq!(server.admin().post("/message/send", body).send().await.json(), first, "also after a restart");
    let pulled = bob.socket().await.pull_all(&alice).await;
    assert_eq!(contents_of(&pulled), ["once", "at once"]);
    server.stop().await;
}

#[tokio::test]
async fn transactions_are_told_apart_by_sender_and_target() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let call = |from: u64, to: u64| {
        let body = json!({"type": 1, "targets": [to], "from_user_id": from, "content_type": 0, "content": "x", "transaction_id": 7});
        server.admin().post("/message/send", body).send()
    };
    let mut ids = Vec::new();
    for (from, to) in [(&alice, &bob), (&bob, &alice), (&alice, &carol)] {
        ids.push(call(from.id.get(), to.id.get()).await.json()["msg_ids"][0].as_u64().unwrap());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    server.stop().await;
}
