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

fn with(transaction: i64, body: &Value) -> Value {
    let mut body = body.clone();
    body["transaction_id"] = transaction.into();
    body
}

#[tokio::test]
async fn repeated_operations_get_the_first_answer() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let operate = |transaction: i64, content_type: i64, content: &str, mid: &Value| {
        let body = json!({"type": 1, "targets": [bob.id.get()], "content_type": content_type, "content": content, "related_mid": mid});
        alice.rest().post("/message/send", with(transaction, &body)).send()
    };
    let sent = operate(1, 0, "a", &json!(0)).await.json();
    let mid = sent["msg_ids"][0].clone();
    let twins = futures::future::join_all((0..4).map(|_| operate(2, 11, "b", &mid))).await;
    let ids: Vec<_> = twins.iter().map(|answer| answer.json()["msg_ids"].clone()).collect();
    assert!(ids[0].is_array() && ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
    let page =
        alice.rest().get(&format!("/message/conversation?limit=5&msg_id_start=0&opposite_id={}", bob.id)).data().await;
    assert_eq!(page["messages"][0]["content"], "ab", "folded once");
    let recalls = futures::future::join_all((0..4).map(|_| operate(3, 10, "", &mid))).await;
    let ids: Vec<_> = recalls.iter().map(|answer| (answer.code(), answer.json()["msg_ids"].clone())).collect();
    assert!(ids[0].0 == 200 && ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
    assert_eq!(operate(4, 10, "", &mid).await.code(), 20030, "another call finds nothing to recall");
    server.stop().await;
}

#[tokio::test]
async fn a_repeat_is_answered_even_where_sending_is_not_allowed_any_more() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let body = json!({"type": 1, "targets": [bob.id.get()], "content_type": 0, "content": "in time"});
    let first = alice.rest().post("/message/send", with(5, &body)).send().await.json();
    bob.rest().post("/roster/block", json!({"user_id": alice.id.get()})).data().await;
    assert_eq!(alice.rest().post("/message/send", with(5, &body)).send().await.json(), first);
    assert_eq!(alice.rest().post("/message/send", with(6, &body)).code().await, 10006);
    server.stop().await;
}

#[tokio::test]
async fn what_is_for_those_online_is_pushed_once_and_never_stored() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let group = server.group(&alice, &[&bob]).await;
    let mut bobs = bob.socket().await;
    for xid in [group.id.get(), 0, alice.id.get()] {
        bobs.pull_all(xid).await;
    }
    let online = |kind: i64, target: u64, content: &str| json!({"type": kind, "targets": [target], "content_type": 0, "content": content, "online_only": true});
    let to_bob = with(9, &online(1, bob.id.get(), "now"));
    let first = alice.rest().post("/message/send", to_bob.clone()).send().await.json();
    assert_eq!(contents_of(&[bobs.pushed(&alice).await]), ["now"]);
    assert_eq!(alice.rest().post("/message/send", to_bob).send().await.json(), first);
    alice.rest().post("/message/send", online(2, group.id.get(), "all of you")).data().await;
    assert_eq!(contents_of(&[bobs.pushed(&group).await]), ["all of you"]);
    server.admin().post("/message/notify", online(1, bob.id.get(), "hear")).data().await;
    assert_eq!(contents_of(&[bobs.pushed(0).await]), ["hear"]);
    bobs.heartbeat().await;
    assert!(bobs.pushes_kept(&alice).is_empty(), "a repeat is not pushed again");
    for xid in [alice.id.get(), group.id.get()] {
        assert!(bobs.history(xid, 0, 20).await.metas.is_empty());
    }
    let mut late = bob.with_token(server.fresh_token(&bob).await).device("late").await;
    assert!(late.pull_all(&alice).await.is_empty());
    server.stop().await;
}
