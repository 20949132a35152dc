//! Friends and blocks, and what the other side's devices hear of them.

use cerulean_testkit::pb::roster_notice::Type;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{SocketClient, TestServer, User, roster_notice_of};
use serde_json::{Value, json};

use crate::rest::{fields, listening};

const ITEM: [&str; 12] = [
    "alias",
    "auth_mode",
    "auth_question",
    "avatar",
    "description",
    "ext",
    "mute_notification",
    "nick_name",
    "public_info",
    "relation",
    "user_id",
    "username",
];

fn to(user: &User) -> Value {
    json!({"user_id": user.id.get(), "alias": "", "reason": ""})
}

async fn heard(socket: &mut SocketClient, kind: Type, from: &User) {
    let notice = roster_notice_of(&socket.pushed(0).await);
    assert_eq!((notice.r#type(), notice.from.unwrap().uid), (kind, from.id.get()));
    assert_eq!(notice.to.len(), 1, "clients ignore notices with another number of receivers");
}

#[tokio::test]
async fn an_application_travels_to_the_other_side_and_back() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let (mut alices, mut bobs) = (listening(&alice).await, listening(&bob).await);
    let ask = json!({"user_id": bob.id.to_string(), "alias": "Bobby", "reason": "你好"});
    alice.rest().post("/roster/apply", ask).data().await;
    heard(&mut bobs, Type::Applied, &alice).await;
    let list = bob.rest().get("/roster/apply/list?cursor=").data().await;
    assert_eq!(fields(&list[0]), ["expired_time", "reason", "status", "user_id"]);
    bob.rest().post(&format!("/roster/accept?user_id={}", alice.id), json!({})).data().await;
    heard(&mut alices, Type::Accepted, &bob).await;
    for (one, other) in [(&alice, &bob), (&bob, &alice)] {
        assert_eq!(one.rest().get("/roster/list?").data().await, json!([other.id.get()]));
        let item = one.rest().get(&format!("/roster/id?user_id={}", other.id)).data().await;
        assert_eq!((fields(&item), &item["relation"]), (ITEM.to_vec(), &json!(0)));
    }
    assert_eq!(alice.rest().get("/roster/name?username=bob").data().await["alias"], "Bobby");
    server.stop().await;
}

#[tokio::test]
async fn the_target_decides_who_may_ask() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let mut alices = listening(&alice).await;
    alice.rest().post("/roster/apply", to(&bob)).data().await;
    bob.rest().post("/roster/decline", json!({"user_id": alice.id.get(), "reason": "no"})).data().await;
    heard(&mut alices, Type::Declined, &bob).await;
    assert_eq!(alice.rest().get("/roster/list").data().await, json!([]));
    bob.rest().post("/user/authmode?value=3", json!({})).data().await;
    assert_eq!(alice.rest().post("/roster/apply", to(&bob)).code().await, 10012);
    bob.rest().post("/user/authmode?value=0", json!({})).data().await;
    alice.rest().post("/roster/apply", to(&bob)).data().await;
    assert_eq!(alice.rest().get("/roster/list").data().await, json!([bob.id.get()]), "friends at once");
    assert_eq!(alice.rest().post("/roster/apply", to(&bob)).code().await, 10005);
    server.stop().await;
}

#[tokio::test]
async fn applications_run_out() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    alice.rest().post("/roster/apply", to(&bob)).data().await;
    let list = bob.rest().get("/roster/apply/list").data().await;
    let left = list[0]["expired_time"].as_i64().unwrap() - server.clock.now();
    assert!(left > 0);
    server.clock.advance(left + 1);
    let bob = bob.with_token(server.fresh_token(&bob).await);
    assert_eq!(bob.rest().post("/roster/accept", to(&alice)).code().await, 10007);
    server.stop().await;
}

#[tokio::test]
async fn a_block_acts_on_open_sockets_at_once() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut alices, mut bobs) = (listening(&alice).await, listening(&bob).await);
    alices.text(&bob, "before").await;
    bob.rest().post("/roster/block", to(&alice)).data().await;
    let (code, _) = alices.text_refused(&bob, "during").await;
    assert_eq!(code, ErrorCode::Fail);
    let send = json!({"type": 1, "targets": [bob.id.get()], "content_type": 0, "content": "during"});
    assert_eq!(alice.rest().post("/message/send", send).code().await, 10006);
    assert_eq!(bob.rest().get("/roster/blocked_list?=").data().await, json!([alice.id.get()]));
    let item = bob.rest().get(&format!("/roster/id?user_id={}", alice.id)).data().await;
    assert_eq!(item["relation"], 3);
    bob.rest().post("/roster/unblock", to(&alice)).data().await;
    alices.text(&bob, "after").await;
    bobs.heartbeat().await;
    server.stop().await;
}

#[tokio::test]
async fn a_deleted_friend_is_gone_on_both_sides_and_on_other_devices() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut other_device = alice.with_token(server.fresh_token(&alice).await).device("2").await;
    other_device.pull_all(0).await;
    alice.rest().post("/roster/delete", to(&bob)).data().await;
    let notice = roster_notice_of(&other_device.pushed(0).await);
    assert_eq!(notice.r#type(), Type::Removed);
    assert_eq!(alice.rest().get("/roster/list").data().await, json!([]));
    assert_eq!(bob.rest().get("/roster/list").data().await, json!([]));
    assert_eq!(alice.rest().post("/roster/delete", to(&bob)).code().await, 200, "once more does no harm");
    let carol = server.user("carol").await;
    assert_eq!(alice.rest().post("/roster/delete", to(&carol)).code().await, 10002, "never a friend");
    server.stop().await;
}
