//! Acts of moderation are told.

use cerulean_testkit::TestServer;
use cerulean_testkit::pb::message_operation::OpType;
use serde_json::json;

use crate::console::receiver::{Received, Receiver, Reply};

fn kinds(told: &[Received]) -> Vec<String> {
    let mut kinds: Vec<String> = told.iter().map(Received::kind).collect();
    kinds.sort();
    kinds
}

#[tokio::test]
async fn verdicts_on_messages_are_told_and_what_was_said_only_on_request() {
    const EVENTS: [&str; 2] = ["moderation.message_denied", "moderation.message_replaced"];
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (screen, plain, full) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    screen.answer(|one| match one.content().as_str() {
        "bad" => Reply::Json(json!({"action": "deny", "text": "not here"})),
        "rude" => Reply::Json(json!({"action": "replace", "content": "r**e"})),
        "broken" => Reply::Status(500),
        _ => Reply::Json(json!({"action": "allow"})),
    });
    screen.hook_with(&server.app, &["message.before_send"], json!({"on_failure": "deny"})).await;
    plain.hook(&server.app, &EVENTS).await;
    full.hook_with_content(&server.app, &EVENTS).await;
    let mut client = alice.socket().await;
    client.text(&bob, "fine").await;
    client.text_refused(&bob, "bad").await;
    client.text(&bob, "rude").await;
    client.text_refused(&bob, "broken").await;
    let told = plain.wait_for(3).await;
    let expected = json!({
        "from_id": alice.id.get(), "to_kind": "user", "to_id": bob.id.get(), "content_type": 0, "scope": "client",
        "is_judged": true, "text": "not here",
    });
    assert_eq!((told[0].kind().as_str(), &told[0].body()["data"]), (EVENTS[0], &expected));
    assert_eq!(told[1].kind(), EVENTS[1]);
    assert_eq!((told[2].kind().as_str(), &told[2].body()["data"]["is_judged"]), (EVENTS[0], &json!(false)));
    assert!(told.iter().all(|one| !one.text.contains("rude") && !one.text.contains("r**e")));
    let told = full.wait_for(3).await;
    let replaced = &told[1].body()["data"];
    assert_eq!((&replaced["content"], &replaced["replacement"]["content"]), (&json!("rude"), &json!("r**e")));
    assert_eq!(told[0].content(), "bad");
    server.stop().await;
}

#[tokio::test]
async fn acts_of_administrators_are_told() {
    let events = [
        "moderation.message_recalled",
        "moderation.member_banned",
        "moderation.member_unbanned",
        "moderation.member_kicked",
        "moderation.user_blocked",
        "moderation.user_unblocked",
        "moderation.user_frozen",
        "moderation.user_unfrozen",
    ];
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let receiver = Receiver::start().await;
    receiver.hook(&server.app, &events).await;
    let (mut owner, mut member) = (alice.socket().await, bob.socket().await);
    let own = member.text(&group, "mine").await;
    member.operate(&group, OpType::Recall, own.server_mid, Some(group.id.get())).await;
    let sent = member.text(&group, "bad").await;
    owner.operate(&group, OpType::Recall, sent.server_mid, Some(group.id.get())).await;
    let told = receiver.wait_for(1).await.remove(0);
    let data = &told.body()["data"];
    assert_eq!(told.kind(), events[0]);
    assert_eq!((&data["actor_id"], &data["author_id"]), (&json!(alice.id.get()), &json!(bob.id.get())));
    assert_eq!((&data["group_id"], &data["related_mid"]), (&json!(group.id.get()), &json!(sent.server_mid)));
    let rest = alice.rest();
    let group_id = group.id.get();
    for (path, fields) in [
        ("/group/ban", json!({"group_id": group_id, "user_list": [bob.id.get()], "duration": 5})),
        ("/group/unban", json!({"group_id": group_id, "user_list": [bob.id.get()]})),
        ("/group/kick", json!({"group_id": group_id, "user_list": [bob.id.get()]})),
        ("/group/block", json!({"group_id": group_id, "user_list": [carol.id.get()]})),
        ("/group/unblock", json!({"group_id": group_id, "user_list": [carol.id.get()]})),
    ] {
        rest.post(path, fields).data().await;
    }
    for path in ["/user/disable", "/user/enable"] {
        server.admin().post(path, json!({"list": [carol.id.get()]})).data().await;
    }
    let told = receiver.wait_for(8).await;
    let mut expected = events.map(str::to_owned);
    expected.sort();
    assert_eq!(kinds(&told), expected);
    let banned = told.iter().find(|one| one.kind() == "moderation.member_banned").unwrap().body();
    assert_eq!(banned["data"]["user_ids"], json!([bob.id.get()]));
    server.stop().await;
}
