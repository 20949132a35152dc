//! `POST /message/send` and its siblings.

use cerulean_testkit::pb::message_body::ContentType;
use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::{TestServer, User, body_of, content_of, operation_of};
use cerulean_types::limits;
use serde_json::{Value, json};

use crate::rest::fields;

fn text(to: &User, content: &str) -> Value {
    json!({"type": 1, "targets": [to.id.get()], "content_type": 0, "content": content})
}

#[tokio::test]
async fn ids_stand_beside_the_data_for_one_target_only() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let one = server.admin_as(&alice).post("/message/send", text(&bob, "x")).send().await;
    assert_eq!((one.status, one.code()), (200, 200));
    assert_eq!(one.json()["data"], true);
    assert_eq!(one.json()["message"], Value::Null);
    let ids = one.json()["msg_ids"].as_array().unwrap().clone();
    assert!(ids.len() == 1 && ids[0].as_u64().is_some_and(|id| id > 0 && id < 1 << 53), "{ids:?}");
    let two = json!({"type": 1, "targets": [bob.id.get(), carol.id.to_string()], "from_user_id": alice.id.get(), "content_type": 0, "content": "x"});
    let many = server.admin().post("/message/send", two).send().await.json();
    assert_eq!((&many["code"], &many["data"], many.get("msg_ids")), (&json!(200), &json!(true), None));
    server.stop().await;
}

#[tokio::test]
async fn what_is_sent_arrives_unchanged_in_sockets() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut bobs = bob.socket().await;
    let mut body = text(&bob, "静 \u{1F469}\u{200D}\u{1F680}\u{2028}");
    body["config"] = r#"{"roomId": 1234567890123456,  "x":1}"#.into();
    body["attachment"] = r#"{"url":"http://x/?sign=1"}"#.into();
    body["ext"] = "no JSON".into();
    body["content_type"] = 1.into();
    alice.rest().post("/message/send", body.clone()).data().await;
    let got = bobs.pushed(&alice).await;
    let read = body_of(&got);
    assert_eq!(read.ctype, ContentType::Image as i32);
    assert_eq!(
        [&read.content, &read.config, &read.attachment, &read.ext].map(|text| json!(text)),
        ["content", "config", "attachment", "ext"].map(|name| body[name].clone())
    );
    assert_eq!(got.from.unwrap().uid, alice.id.get());
    server.stop().await;
}

#[tokio::test]
async fn groups_and_systems_send_too() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let group = server.group(&alice, &[&bob]).await;
    let mut bobs = bob.socket().await;
    bobs.pull_all(&group).await;
    bobs.pull_all(0).await;
    let to_group = json!({"type": 2, "targets": [group.id.get()], "content_type": 0, "content": "to all"});
    alice.rest().post("/message/send", to_group.clone()).data().await;
    assert_eq!(content_of(&bobs.pushed(&group).await), "to all");
    assert_eq!(carol.rest().post("/message/send", to_group.clone()).code().await, 20002);
    assert_eq!(alice.rest().post("/message/notify", text(&bob, "x")).code().await, 10010);
    assert_eq!(alice.rest().post("/message/broadcast", text(&bob, "x")).code().await, 10010);
    server.admin().post("/message/notify", text(&bob, "from the system")).data().await;
    let word = bobs.pushed(0).await;
    assert!(body_of(&word).is_system && word.from.unwrap().uid == 0);
    let told = server
        .admin()
        .post("/message/broadcast", json!({"type": 1, "content_type": 0, "content": "hear all"}))
        .data()
        .await;
    assert_eq!((fields(&told), &told["send_num"]), (vec!["send_num", "success"], &json!(3)));
    assert_eq!(content_of(&bobs.pushed(0).await), "hear all");
    server.stop().await;
}

#[tokio::test]
async fn nobody_sends_in_the_name_of_another() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut forged = text(&alice, "forged");
    forged["from_user_id"] = bob.id.get().into();
    let code = alice.rest().post("/message/send", forged.clone()).code().await;
    assert_eq!(code, 10010);
    // The headers of the administrator say nothing in the hands of a user.
    let acting = alice.rest().header("user_id", &bob.id.to_string());
    let mut bobs = bob.socket().await;
    acting.post("/message/send", text(&bob, "as herself")).data().await;
    assert_eq!(bobs.pushed(&alice).await.from.unwrap().uid, alice.id.get());
    let other = server.new_app("other").await;
    let eve = server.user_of(&other, "eve").await;
    forged["from_user_id"] = eve.id.get().into();
    assert_eq!(server.admin().post("/message/send", forged).code().await, 10000, "the sender must be of the app");
    server.stop().await;
}

#[tokio::test]
async fn bad_messages_are_refused_and_nothing_is_sent() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let send = async |body: Value| alice.rest().post("/message/send", body).code().await;
    let with = |field: &str, value: Value| {
        let mut body = text(&bob, "x");
        body[field] = value;
        body
    };
    assert_eq!(send(with("content", "x".repeat(limits::TEXT_BYTES).into())).await, 200, "just as much as is allowed");
    for (field, value) in [
        ("content", json!("x".repeat(limits::TEXT_BYTES + 1))),
        ("content", json!("")),
        ("ext", json!("x".repeat(limits::EXTRA_BYTES + 1))),
        ("config", json!("x".repeat(limits::EXTRA_BYTES + 1))),
        ("attachment", json!("x".repeat(limits::EXTRA_BYTES + 1))),
        ("content", json!(7)),
        ("type", json!(3)),
        ("type", json!("user")),
        ("targets", json!([])),
        ("targets", json!({"first": 7})),
        ("targets", json!([-1])),
        ("targets", json!([1.5])),
        ("targets", json!(["x"])),
        ("targets", json!([9_007_199_254_740_992u64])),
        ("targets", json!(vec![bob.id.get(); 10_001])),
        ("content_type", json!(8)),
        ("content_type", json!(99)),
        ("content_type", json!(null)),
        ("transaction_id", json!("x")),
    ] {
        let shown = value.to_string().chars().take(40).collect::<String>();
        assert_eq!(send(with(field, value)).await, 10002, "{field} {shown}");
    }
    let page = alice.rest().get(&format!("/message/conversation?opposite_id={}", bob.id)).data().await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1, "the one that was allowed");
    // One bad target, and none gets the message; the answer says which.
    for (nobody, code) in [(8_001_u64, 10000), (7, 10000)] {
        let mixed =
            json!({"type": 1, "targets": [bob.id.get(), nobody], "content_type": 0, "content": "to all or none"});
        let answer = alice.rest().post("/message/send", mixed).send().await;
        assert_eq!(answer.code(), code);
        assert!(answer.message().contains(&format!("target {nobody}")), "{}", answer.message());
    }
    let page = alice.rest().get(&format!("/message/conversation?opposite_id={}", bob.id)).data().await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn target_named_twice_gets_the_message_once() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let targets = [bob.id.get(), carol.id.get(), bob.id.get(), bob.id.get()];
    let body = json!({"type": 1, "targets": targets, "content_type": 0, "content": "once"});
    alice.rest().post("/message/send", body).data().await;
    for user in [&bob, &carol] {
        let page = alice.rest().get(&format!("/message/conversation?opposite_id={}", user.id)).data().await;
        assert_eq!(page["messages"].as_array().unwrap().len(), 1);
    }
    let twice = json!({"type": 1, "targets": [bob.id.get(), bob.id.get()], "content_type": 0, "content": "and once"});
    let answer = alice.rest().post("/message/send", twice).send().await.json();
    assert_eq!(answer["msg_ids"].as_array().unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn administrator_takes_back_what_the_system_said_and_is_bound_by_no_time() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    server.change_settings(&server.app, |settings| settings.recall_ms = Some(0)).await;
    let mut bobs = bob.socket().await;
    let said = server.admin().post("/message/notify", text(&bob, "an error")).send().await.json();
    let mid = said["msg_ids"][0].as_u64().unwrap();
    assert_eq!(bobs.pushed(0).await.id, mid);
    let recall = |to: u64, kind: u64, mid: u64| json!({"type": kind, "targets": [to], "content_type": 10, "content": "", "related_mid": mid});
    let of_bob = recall(bob.id.get(), 1, mid);
    assert_eq!(bob.rest().post("/message/notify", of_bob.clone()).code().await, 10010);
    assert_eq!(server.admin().post("/message/notify", recall(alice.id.get(), 1, mid)).code().await, 20030);
    server.admin().post("/message/notify", of_bob.clone()).data().await;
    let told = bobs.pushed(0).await;
    let (kind, operation) = operation_of(&told);
    assert_eq!((kind, operation.mid, operation.xid.unwrap().uid), (OpType::Recall, mid, 0));
    assert_eq!((told.from.unwrap().uid, told.to.unwrap().uid), (0, bob.id.get()));
    assert!(bobs.history(0, 0, 20).await.metas.is_empty());
    assert_eq!(server.admin().post("/message/notify", of_bob).code().await, 20030, "it is gone");

    // By conversation, acting for its user; he himself may not.
    let said = server.admin().post("/message/notify", text(&bob, "another")).send().await.json();
    let mid = said["msg_ids"][0].as_u64().unwrap();
    bobs.pushed(0).await;
    let one = json!({"conversation_id": 0, "msg_id": mid});
    assert_eq!(bob.rest().post("/message/recall", one.clone()).code().await, 10010);
    server.admin_as(&bob).post("/message/recall", one).data().await;
    assert_eq!(operation_of(&bobs.pushed(0).await).1.mid, mid);

    // What users say, in a pair and in a group.
    let mid = bobs.text(&alice, "late").await.server_mid;
    let one = json!({"conversation_id": alice.id.get(), "msg_id": mid});
    assert_eq!(bob.rest().post("/message/recall", one.clone()).code().await, 20031);
    assert_eq!(
        server
            .admin_as(&alice)
            .post("/message/recall", json!({"conversation_id": bob.id.get(), "msg_id": mid}))
            .code()
            .await,
        10010
    );
    server.admin_as(&bob).post("/message/recall", one).data().await;
    assert!(bobs.history(&alice, 0, 20).await.metas.is_empty());
    let group = server.group(&alice, &[&bob]).await;
    let mid = bobs.text(&group, "late too").await.server_mid;
    server.admin().post("/message/notify", recall(group.id.get(), 2, mid)).data().await;
    assert!(bobs.history(&group, 0, 20).await.metas.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn operation_acts_on_one_message() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mid = alice.rest().post("/message/send", text(&bob, "x")).send().await.json()["msg_ids"][0].clone();
    let recall = json!({"type": 1, "targets": [bob.id.get(), alice.id.get()], "content_type": 10, "content": "", "related_mid": mid});
    assert_eq!(alice.rest().post("/message/send", recall).code().await, 10002);
    let page = alice.rest().get(&format!("/message/conversation?opposite_id={}", bob.id)).data().await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn operations_travel_over_rest_too() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut bobs = bob.socket().await;
    let sent = alice.rest().post("/message/send", text(&bob, "first")).send().await.json();
    let mid = sent["msg_ids"][0].as_u64().unwrap();
    bobs.pushed(&alice).await;
    for (content_type, kind, content) in [(12, OpType::Replace, "second"), (11, OpType::Append, " and third")] {
        let mut body = text(&bob, content);
        (body["content_type"], body["related_mid"]) = (content_type.into(), mid.into());
        alice.rest().post("/message/send", body.clone()).data().await;
        let (heard, operation) = operation_of(&bobs.pushed(&alice).await);
        assert_eq!((heard, operation.mid), (kind, mid));
        body["targets"] = json!([alice.id.get()]);
        assert_ne!(bob.rest().post("/message/send", body).code().await, 200, "only the author edits");
    }
    let page = bob.rest().get(&format!("/message/conversation?opposite_id={}", alice.id)).data().await;
    assert_eq!(page["messages"][0]["content"], "second and third");
    let recall = json!({"conversation_id": bob.id.get(), "msg_id": mid});
    let by_other = json!({"conversation_id": alice.id.get(), "msg_id": mid});
    assert_ne!(bob.rest().post("/message/recall", by_other).code().await, 200);
    alice.rest().post("/message/recall", recall.clone()).data().await;
    assert_eq!(operation_of(&bobs.pushed(&alice).await).0, OpType::Recall);
    let page = bob.rest().get(&format!("/message/conversation?opposite_id={}", alice.id)).data().await;
    assert_eq!(page["messages"], json!([]));
    assert_eq!(alice.rest().post("/message/recall", recall).code().await, 20030, "it is gone");
    server.stop().await;
}

#[tokio::test]
async fn recalls_have_their_time() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let sent = alice.rest().post("/message/send", text(&bob, "too late")).send().await.json();
    server.clock.advance(limits::RECALL_MS + 1000);
    let recall = json!({"conversation_id": bob.id.get(), "msg_id": sent["msg_ids"][0]});
    let refused = alice.rest().post("/message/recall", recall).send().await;
    assert_eq!(
        (refused.code(), refused.message()),
        (20031, "exceed recall time limit".to_owned()),
        "the demo knows these words"
    );
    server.stop().await;
}
