//! Who has read the messages of a group.

use cerulean_storage::log::StateChange;
use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::{Address, SocketClient, TestGroup, TestServer, User, eventually};
use cerulean_types::{ConversationKey, MessageId, UserId};
use serde_json::{Value, json};

async fn show_readers(server: &TestServer, group: &TestGroup, owner: &User, is_on: bool) {
    let call = json!({"group_id": group.uid(), "value": is_on});
    owner.rest().post("/group/settings/enable_read_ack", call).data().await;
    server.settle().await;
}

async fn read(client: &mut SocketClient, user: &User, group: &TestGroup, mid: u64) {
    client.operate(user.uid(), OpType::ReadAll, mid, Some(group.uid())).await;
}

async fn counts(user: &User, group: &TestGroup, mids: &str) -> Value {
    user.rest().get(&format!("/client/v1/groups/{}/reads", group.uid())).query(&[("mids", mids)]).send().await.json()
}

async fn status(user: &User, path: String) -> u16 {
    user.rest().get(&path).send().await.status
}

#[tokio::test]
async fn readers_are_counted_and_listed() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let dave = server.user("dave").await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    show_readers(&server, &group, &alice, true).await;
    let (mut bobs, mut carols) = (bob.socket().await, carol.socket().await);
    let first = bobs.text(&group, "one").await.server_mid;
    let second = bobs.text(&group, "two").await.server_mid;
    let mids = format!("{first},{second}");
    let none = json!({"items": [
        {"mid": first, "read_count": 0, "member_count": 2},
        {"mid": second, "read_count": 0, "member_count": 2},
    ]});
    assert_eq!(counts(&bob, &group, &mids).await, none);
    read(&mut carols, &carol, &group, first).await;
    let one = json!({"items": [
        {"mid": first, "read_count": 1, "member_count": 2},
        {"mid": second, "read_count": 0, "member_count": 2},
    ]});
    eventually("carol has read the first", || async { counts(&bob, &group, &mids).await == one }).await;

    // Who joins later has not read what he cannot see, and who wrote it does not count.
    server.clock.advance(1_000);
    let call = json!({"group_id": group.uid(), "user_list": [dave.uid()]});
    alice.rest().post("/group/invite", call).data().await;
    server.settle().await;
    let mut daves = dave.socket().await;
    read(&mut daves, &dave, &group, 0).await;
    read(&mut bobs, &bob, &group, 0).await;
    let path = format!("/client/v1/groups/{}/messages/{first}/readers", group.uid());
    assert_eq!(bob.rest().get(&path).send().await.json(), json!({"items": [carol.uid()], "next_cursor": null}));
    assert_eq!(counts(&alice, &group, &mids).await, one, "admins may know as well");

    // Only author and admins, only where it is on, only messages that are there.
    let refused = carol.rest().get(&path).send().await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("see who has read"), "{}", refused.text());
    let missing = format!("/client/v1/groups/{}/messages/{}/readers", group.uid(), second + 1);
    assert_eq!(status(&alice, missing).await, 404);
    let outsider = server.user("eve").await;
    assert_eq!(status(&outsider, path.clone()).await, 403);
    let bad = format!("/client/v1/groups/{}/reads?mids=x", group.uid());
    assert_eq!(status(&alice, bad).await, 400);
    let many = vec![first.to_string(); 51].join(",");
    assert_eq!(status(&alice, format!("/client/v1/groups/{}/reads?mids={many}", group.uid())).await, 400);
    show_readers(&server, &group, &alice, false).await;
    assert_eq!(status(&bob, path).await, 404);
    server.stop().await;
}

#[tokio::test]
async fn readers_of_a_large_group_are_listed_page_by_page() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let group = server.group(&alice, &[]).await;
    show_readers(&server, &group, &alice, true).await;
    let platform = &server.parts().platform;
    let mut crowd: Vec<UserId> = (0..2_000).map(|_| UserId::random(&mut rand::rng())).collect();
    crowd.sort_unstable();
    crowd.dedup();
    let tx = platform.db.begin(server.app.id).await.unwrap();
    tx.group_members().insert(group.id, &crowd, 0, 1).await.unwrap();
    assert!(tx.groups().take_places(group.id, crowd.len() as u64, 10_000).await.unwrap());
    tx.groups().raise_version(group.id).await.unwrap();
    tx.commit().await.unwrap();
    server.clock.advance(61_000);
    let mid = alice.socket().await.text(&group, "to all").await.server_mid;
    let key = ConversationKey::Group(group.id);
    for user in &crowd {
        platform.log.change_state_lazily(server.app.id, *user, key, StateChange::Read(MessageId(mid)));
    }
    platform.log.change_state(server.app.id, alice.id, key, StateChange::Pin(true)).await.unwrap();
    let count = json!({"items": [{"mid": mid, "read_count": crowd.len(), "member_count": crowd.len()}]});
    eventually("all have read", || async { counts(&alice, &group, &mid.to_string()).await == count }).await;
    let path = format!("/client/v1/groups/{}/messages/{mid}/readers", group.uid());
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = alice.rest().get(&path).query(&[("limit", "700"), ("cursor", &cursor)]).send().await.json();
        listed.extend(page["items"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(listed, crowd.iter().map(|user| user.get()).collect::<Vec<_>>());
    server.stop().await;
}
