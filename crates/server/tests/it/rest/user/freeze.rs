//! Users that are disabled or removed.

use cerulean_testkit::TestServer;
use cerulean_testkit::pb::status::ErrorCode;
use serde_json::json;

#[tokio::test]
async fn a_frozen_user_is_out_at_once_and_back_when_unfrozen() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut alices, mut bobs) = (alice.socket().await, bob.socket().await);
    let list = json!({"list": [alice.id.get()]});
    server.admin().put("/user/disable", list.clone()).data().await;
    alices.closed().await;
    assert_eq!(alice.rest().get("/user/profile").code().await, 10013);
    let (_, answer) = alice.connecting().try_login().await;
    assert_eq!(answer.status.unwrap().code(), ErrorCode::UserFrozen);
    bobs.heartbeat().await;
    assert_eq!(bob.rest().get(&format!("/roster/id?user_id={}", alice.id)).code().await, 200, "friends still see her");
    server.admin().put("/user/enable", list).data().await;
    assert_eq!(alice.rest().get("/user/profile").code().await, 200);
    alice.socket().await.text(&bob, "back").await;
    assert_eq!(bobs.pushed(&alice).await.from.unwrap().uid, alice.id.get());
    server.stop().await;
}

#[tokio::test]
async fn only_the_administrator_freezes_and_only_in_his_app() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, eve) = (server.user("alice").await, server.user_of(&other, "eve").await);
    let of = |id: u64| json!({"list": [id]});
    assert_eq!(alice.rest().put("/user/disable", of(alice.id.get())).code().await, 10010);
    assert_eq!(server.admin().put("/user/disable", of(eve.id.get())).code().await, 10000, "not found, not forbidden");
    assert_eq!(eve.rest().get("/user/profile").code().await, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_removed_user_is_gone_for_everyone() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut alices = alice.socket().await;
    let group = server.group(&bob, &[&alice]).await;
    assert_eq!(alice.rest().post("/user/delete", json!({"password": "wrong"})).code().await, 10010);
    alice.rest().post("/user/delete", json!({"password": alice.password})).data().await;
    alices.closed().await;
    assert_eq!(alice.rest().get("/user/profile").code().await, 402);
    let credentials = json!({"name": "alice", "password": alice.password});
    assert_eq!(server.anonymous().post("/token/user", credentials).code().await, 10010);
    assert_eq!(bob.rest().get("/roster/list").data().await, json!([]));
    assert_eq!(bob.rest().get(&format!("/roster/id?user_id={}", alice.id)).code().await, 10000);
    let members = bob.rest().get(&format!("/group/member_list?group_id={}", group.id)).data().await;
    assert_eq!(members.as_array().unwrap().len(), 1);
    let (_, reason) = bob.socket().await.text_refused(&alice, "there?").await;
    assert_eq!(reason, "user not found");
    server.stop().await;
}
