//! What would be pushed is told, to the company that pushes itself.

use std::collections::BTreeMap;

use cerulean_testkit::pb::message_body::ContentType;
use cerulean_testkit::{TestServer, User, eventually, pb, text_body};
use serde_json::{Value, json};

use crate::console::receiver::{Received, Receiver};

const EVENTS: [&str; 1] = ["push.message"];

fn data(told: &Received) -> Value {
    told.body()["data"].take()
}

async fn is_fed_through(server: &TestServer) -> bool {
    server.parts().platform.log.feed(1).await.unwrap().is_empty()
}

async fn set(user: &User, path: &str) {
    user.rest().post(path, json!({})).data().await;
}

#[tokio::test]
async fn a_message_to_somebody_who_is_away_is_told_and_what_it_says_only_on_request() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (plain, full) = (Receiver::start().await, Receiver::start().await);
    plain.hook(&server.app, &EVENTS).await;
    full.hook_with_content(&server.app, &EVENTS).await;
    alice.rest().post("/user/nickname", json!({"nick_name": "Alice L"})).data().await;
    let mut client = alice.socket().await;
    let present = bob.socket().await;
    client.text(&bob, "he is there").await;
    eventually("the message was looked at", || async { is_fed_through(&server).await }).await;
    present.close().await;
    eventually("bob is away", || async {
        bob.rest().get("/user/online_status").data().await["online"] == json!(false)
    })
    .await;
    let sent = client.text(&bob, "he is away").await;
    let command = pb::MessageBody { ctype: ContentType::Command.into(), ..text_body(bob.id.get(), "{}") };
    let meta = client.message(&bob, command);
    client.send(meta).await;
    client.text(&bob, "and still is").await;
    let told = plain.wait_for(2).await;
    let expected = json!({
        "from_id": alice.id.get(), "to_kind": "user", "to_id": bob.id.get(), "content_type": 0, "mid": sent.server_mid,
        "sent_at": sent.server_time, "user_ids": [bob.id.get()], "is_detail_hidden": false,
    });
    assert_eq!(data(&told[0]), expected);
    let told = full.wait_for(2).await;
    let shown = data(&told[0]);
    assert_eq!((&shown["sender_name"], &shown["text"]), (&json!("Alice L"), &json!("he is away")));
    assert_eq!(data(&told[1])["text"], "and still is");
    server.stop().await;
}

#[tokio::test]
async fn what_a_user_set_about_pushes_is_kept_to() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    server.make_friends(&alice, &carol).await;
    let receiver = Receiver::start().await;
    receiver.hook_with_content(&server.app, &EVENTS).await;
    let mut client = alice.socket().await;
    // The fake clock says which hour it is in China.
    let hour = (server.clock.now() / 3_600_000 + 8) % 24;
    let (before, after) = ((hour + 23) % 24, (hour + 1) % 24);
    let muted = |is_muted: bool| json!({"user_id": alice.id.get(), "mute_notification": is_muted});
    let line = format!("/client/v1/conversations/{}/mute", alice.id.get());
    let rest = bob.rest();
    let hours = |from, until| {
        rest.post(&format!("/user/push/limit?no_push_start_hour={from}&no_push_end_hour={until}"), json!({}))
    };
    let wishes = [
        (rest.post("/user/push?value=true", json!({})), rest.post("/user/push?value=false", json!({}))),
        (hours(before, after), hours(after, before)),
        (rest.post("/roster/ext", muted(true)), rest.post("/roster/ext", muted(false))),
        (rest.put(&line, json!({"is_muted": true})), rest.put(&line, json!({"is_muted": false}))),
    ];
    for (step, (silent, loud)) in wishes.into_iter().enumerate() {
        assert!(silent.send().await.status < 300);
        client.text(&bob, "not told").await;
        // What was said before the setting changed is decided by then.
        eventually("the message was looked at", || async { is_fed_through(&server).await }).await;
        assert!(loud.send().await.status < 300);
        client.text(&bob, &format!("told {step}")).await;
        let told = receiver.wait_for(step + 1).await;
        assert_eq!(data(&told[step])["text"], format!("told {step}"));
    }
    set(&bob, "/user/push/detail?value=true").await;
    client.text(&bob, "a secret").await;
    let told = receiver.wait_for(5).await.remove(4);
    assert!(data(&told)["is_detail_hidden"] == json!(true) && !told.text.contains("secret"));
    server.admin().post("/user/disable", json!({"list": [carol.id.get()]})).data().await;
    server.stop().await;
}

#[tokio::test]
async fn members_of_a_group_are_told_by_their_modes() {
    let server = TestServer::start().await;
    let mut users = Vec::new();
    for name in ["owner", "member", "all", "none", "staff_or_mention", "staff", "mention", "muted", "quiet"] {
        users.push(server.user(name).await);
    }
    let [owner, member, all, none, staff_or_mention, staff, mention, muted, quiet] = users.as_slice() else { panic!() };
    let group = server.group(owner, &users[1..].iter().collect::<Vec<_>>()).await;
    let of_group = |name: &str, value: Value| json!({"group_id": group.id.get(), name: value});
    for (mode, user) in [all, none, staff_or_mention, staff, mention].into_iter().enumerate() {
        user.rest().post("/group/msg/push_mode", of_group("msg_push_mode", json!(mode))).data().await;
    }
    muted.rest().post("/group/msg/mute_mode", of_group("msg_mute_mode", json!(1))).data().await;
    quiet.rest().post("/group/msg/not_disturb", of_group("value", json!(true))).data().await;
    let receiver = Receiver::start().await;
    receiver.hook_with_content(&server.app, &EVENTS).await;
    let (mut chief, mut other) = (owner.socket().await, member.socket().await);
    other.text(&group, "plain").await;
    chief.text(&group, "from the owner").await;
    let mentioning = |config: Value| pb::MessageBody { config: config.to_string(), ..text_body(group.id.get(), "hi") };
    let named = mentioning(json!({"mentionAll": false, "mentionList": [mention.id.get()], "pushMessage": "@you"}));
    let everyone = mentioning(json!({"mentionAll": true}));
    for body in [named, everyone] {
        let meta = other.message(&group, body);
        other.send(meta).await;
    }
    let names: BTreeMap<u64, &str> = users.iter().map(|user| (user.id.get(), user.name.as_str())).collect();
    let told: Vec<Vec<&str>> = receiver
        .wait_for(4)
        .await
        .iter()
        .map(|one| data(one)["user_ids"].as_array().unwrap().iter().map(|id| names[&id.as_u64().unwrap()]).collect())
        .map(|mut told: Vec<&str>| {
            told.sort_unstable();
            told
        })
        .collect();
    assert_eq!(told[0], ["all"]);
    assert_eq!(told[1], ["all", "staff", "staff_or_mention"]);
    assert_eq!(told[2], ["all", "mention"]);
    assert_eq!(told[3], ["all", "mention", "staff_or_mention"]);
    let shown = data(&receiver.received()[2]);
    assert_eq!((&shown["text"], &shown["sender_name"]), (&json!("@you"), &json!("member")));
    assert_eq!(shown["to_kind"], "group");
    server.stop().await;
}

#[tokio::test]
async fn pushes_that_the_app_asks_for_are_told() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let receiver = Receiver::start().await;
    receiver.hook_with_content(&server.app, &["push.requested"]).await;
    set(&bob, "/user/push?value=true").await;
    set(&carol, "/user/push/detail?value=true").await;
    let push = json!({
        "audience": "all", "setting": {"request_id": "first"}, "message": {"title": "Release", "body": "1.0 is out"},
    });
    let task = server.admin().post("/push/notify", push.clone()).data().await["task_id"].clone();
    assert_eq!(server.admin().post("/push/notify", push).data().await["task_id"], task);
    let told: Vec<Value> = receiver.wait_for(2).await.iter().map(data).collect();
    let shown = json!({"title": "Release", "body": "1.0 is out"});
    let expected = json!({"task_id": task, "user_ids": [alice.id.get()], "is_detail_hidden": false, "message": shown});
    assert_eq!(told[0], expected);
    let expected = json!({"task_id": task, "user_ids": [carol.id.get()], "is_detail_hidden": true});
    assert_eq!(told[1], expected);
    server.stop().await;
}
