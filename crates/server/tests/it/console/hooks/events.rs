//! What is told, to whom, and how it is signed.

use std::collections::BTreeSet;

use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::{TestServer, eventually};
use serde_json::json;

use crate::console::receiver::{Received, Receiver, Reply};

#[tokio::test]
async fn a_stored_message_is_told_once_and_signed() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let receiver = Receiver::start().await;
    let (_, secret) = receiver.hook(&server.app, &["message.sent"]).await;
    let mut client = alice.socket().await;
    let sent = client.text(&bob, "你好").await;
    let told = receiver.wait_for(1).await.remove(0);
    assert!(told.is_signed_by(&secret));
    assert!(!told.is_signed_by("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    assert_eq!(told.header("content-type"), "application/json");
    assert_eq!(told.header("webhook-timestamp"), (server.clock.now() / 1000).to_string());
    let expected = json!({
        "type": "message.sent",
        "timestamp": sent.server_time,
        "app_id": "demo",
        "data": {
            "from_id": alice.id.get(), "to_kind": "user", "to_id": bob.id.get(), "content_type": 0, "content": "你好",
            "attachment": "", "ext": "", "config": "", "mid": sent.server_mid, "sent_at": sent.server_time,
        },
    });
    assert_eq!(told.body(), expected);
    server.stop().await;
}

#[tokio::test]
async fn edits_and_recalls_name_their_message() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let receiver = Receiver::start().await;
    receiver.hook(&server.app, &["message.edited", "message.recalled"]).await;
    let mut client = alice.socket().await;
    let sent = client.text(&bob, "one").await;
    client.edit(&bob, OpType::Replace, sent.server_mid, "two").await;
    client.edit(&bob, OpType::Append, sent.server_mid, " three").await;
    client.operate(&bob, OpType::Recall, sent.server_mid, Some(bob.id.get())).await;
    let told = receiver.wait_for(3).await;
    let facts: Vec<_> = told.iter().map(|one| (one.kind(), one.body()["data"]["operation"].clone())).collect();
    let expected = [("message.edited", json!("replace")), ("message.edited", json!("append"))];
    assert_eq!(facts[..2], expected.map(|(kind, operation)| (kind.to_owned(), operation)));
    assert_eq!(told[2].kind(), "message.recalled");
    assert!(told.iter().all(|one| one.body()["data"]["related_mid"] == sent.server_mid));
    server.stop().await;
}

#[tokio::test]
async fn people_groups_and_files_are_told_of() {
    let server = TestServer::start().await;
    let names: Vec<String> = server.admin().get("/console/v1/hook-events").send().await.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .filter(|name| !name.starts_with("message."))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let receiver = Receiver::start().await;
    receiver.hook(&server.app, &names).await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    server.make_friends(&alice, &bob).await;
    let group = server.group(&alice, &[&bob]).await;
    let rest = alice.rest();
    let in_group = |fields: serde_json::Value| {
        let mut fields = fields;
        fields["group_id"] = group.id.get().into();
        fields
    };
    rest.post("/group/info/name", in_group(json!({"value": "renamed"}))).data().await;
    rest.post("/group/ban", in_group(json!({"user_list": [bob.id.get()], "duration": 5}))).data().await;
    rest.post("/group/kick", in_group(json!({"user_list": [bob.id.get()]}))).data().await;
    rest.post("/group/destroy", in_group(json!({}))).data().await;
    rest.post("/roster/block", json!({"user_id": carol.id.get()})).data().await;
    rest.post("/user/nickname", json!({"nick_name": "A"})).data().await;
    let (socket, other) = (bob.socket().await, bob.device("other").await);
    other.close().await;
    socket.close().await;
    server.admin().post("/user/disable", json!({"list": [carol.id.get()]})).send().await;
    let expected = BTreeSet::from([
        "user.registered",
        "roster.applied",
        "roster.accepted",
        "group.created",
        "group.info_updated",
        "group.banned",
        "group.kicked",
        "group.destroyed",
        "roster.blocked",
        "user.profile_updated",
        "user.device_added",
        "user.online",
        "user.offline",
    ]);
    let told = || -> BTreeSet<String> { receiver.received().iter().map(Received::kind).collect() };
    for name in expected {
        eventually(&format!("{name} is told"), || async { told().contains(name) }).await;
    }
    let of_kind = |kind: &str| receiver.received().into_iter().filter(|one| one.kind() == kind).collect::<Vec<_>>();
    assert_eq!(of_kind("user.registered").len(), 3);
    assert_eq!(of_kind("roster.accepted").len(), 1);
    let kicked = of_kind("group.kicked");
    assert_eq!(kicked.len(), 1);
    let data = &kicked[0].body()["data"];
    assert_eq!((&data["group_id"], &data["actor_id"]), (&json!(group.id.get()), &json!(alice.id.get())));
    assert_eq!(data["user_ids"], json!([bob.id.get()]));
    server.stop().await;
}

#[tokio::test]
async fn other_apps_and_other_events_are_not_told() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
    receiver.hook(&server.app, &["user.registered"]).await;
    elsewhere.hook(&other, &["user.registered"]).await;
    let alice = server.user("alice").await;
    let bob = server.user("bob").await;
    server.make_friends(&alice, &bob).await;
    server.user_of(&other, "dave").await;
    assert_eq!(elsewhere.wait_for(1).await[0].body()["app_id"], "other");
    assert!(receiver.wait_for(2).await.iter().all(|one| one.body()["app_id"] == "demo"));
    server.stop().await;
}

#[tokio::test]
async fn both_secrets_sign_while_one_is_replaced() {
    let server = TestServer::start().await;
    let receiver = Receiver::start().await;
    receiver.answer(|_| Reply::Status(200));
    let (id, old) = receiver.hook(&server.app, &["user.registered"]).await;
    let rotate = format!("/console/v1/hooks/{id}/secret");
    let rotated = server.admin().post(&rotate, json!({"overlap_seconds": 60})).send().await.json();
    let new = rotated["secret"].as_str().unwrap().to_owned();
    assert_eq!(rotated["secrets"], 2);
    server.user("alice").await;
    let told = receiver.wait_for(1).await.remove(0);
    assert!(told.is_signed_by(&old) && told.is_signed_by(&new));
    server.clock.advance(60_001);
    server.user("bob").await;
    let told = receiver.wait_for(2).await.remove(1);
    assert!(!told.is_signed_by(&old) && told.is_signed_by(&new));
    server.stop().await;
}
