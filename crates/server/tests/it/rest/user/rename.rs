//! Names to sign in with, changed.

use cerulean_testkit::pb::roster_notice;
use cerulean_testkit::{TestServer, roster_notice_of};
use serde_json::json;

use crate::rest::listening;

#[tokio::test]
async fn a_renamed_user_signs_in_by_the_new_name_alone_and_friends_learn_it() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut bobs = listening(&bob).await;
    alice.rest().post("/user/username?username=alicia", json!({})).data().await;
    let anyone = server.anonymous();
    let sign_in = |name: &str| json!({ "name": name, "password": alice.password });
    assert_eq!(anyone.post("/token/user", sign_in("alicia")).code().await, 200);
    assert_eq!(anyone.post("/token/user", sign_in("alice")).code().await, 10010);
    let meta = bobs.pushed(0).await;
    let notice = roster_notice_of(&meta);
    assert_eq!(notice.r#type(), roster_notice::Type::InfoUpdated);
    assert!(notice.content.contains("alicia"), "{}", notice.content);
    // The old name is free.
    let carol = server.user("carol").await;
    carol.rest().put("/user/username", json!({ "username": "alice" })).data().await;
    server.stop().await;
}

#[tokio::test]
async fn taken_and_ill_formed_names_are_refused() {
    let server = TestServer::start().await;
    let (alice, _bob) = (server.user("alice").await, server.user("bob").await);
    for (name, code) in [("bob", 10004), ("1234", 10002), ("maxim_1", 10002), ("a b", 10002), ("alice", 200)] {
        assert_eq!(alice.rest().post("/user/username", json!({ "username": name })).code().await, code, "{name}");
    }
    server.stop().await;
}

#[tokio::test]
async fn two_who_want_one_name_get_it_once() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let rename = |rest: cerulean_testkit::RestClient| async move {
        rest.post("/user/username", json!({ "username": "carol" })).code().await
    };
    let (one, other) = tokio::join!(rename(alice.rest()), rename(bob.rest()));
    let mut both = [one, other];
    both.sort_unstable();
    assert_eq!(both, [200, 10004]);
    server.stop().await;
}
