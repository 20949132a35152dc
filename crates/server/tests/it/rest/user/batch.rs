//! Profiles of many users, and the texts an app keeps of one.

use cerulean_testkit::TestServer;
use serde_json::json;

#[tokio::test]
async fn each_user_of_a_batch_is_changed_or_refused_by_himself() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let other = server.new_app("other").await;
    let stranger = server.user_of(&other, "stranger").await;
    let list = json!([
        { "user_id": alice.id.get(), "nick_name": "Alice", "public_info": "p" },
        { "user_id": stranger.id.get(), "nick_name": "Hijacked" },
        { "user_id": 3, "nick_name": "nobody" },
        { "user_id": bob.id.get(), "nick_name": "x".repeat(10_000) },
    ]);
    let mut outcomes = server.admin().post("/user/profile/batch", json!({ "list": list })).data().await;
    outcomes.as_array_mut().unwrap().sort_by_key(|outcome| outcome["user_id"].as_u64());
    let outcome = |id: u64| outcomes.as_array().unwrap().iter().find(|one| one["user_id"] == id).unwrap().clone();
    assert_eq!(outcome(alice.id.get()), json!({ "user_id": alice.id.get(), "success": true, "reason": "" }));
    for refused in [stranger.id.get(), 3, bob.id.get()] {
        assert_eq!(outcome(refused)["success"], false);
        assert_ne!(outcome(refused)["reason"], "");
    }
    assert_eq!(alice.rest().get("/user/profile").data().await["nick_name"], "Alice");
    assert_eq!(stranger.rest().get("/user/profile").data().await["nick_name"], "");

    let pictures = json!({ "list": [{ "user_id": bob.id.get(), "avatar": "https://example.com/b.png" }] });
    server.admin().put("/user/avatar/batch", pictures.clone()).data().await;
    assert_eq!(bob.rest().get("/user/profile").data().await["avatar"], "https://example.com/b.png");
    assert_eq!(alice.rest().post("/user/avatar/batch", pictures).code().await, 10010);
    assert_eq!(server.admin().post("/user/avatar/batch", json!({ "list": [] })).code().await, 10002);
    server.stop().await;
}

#[tokio::test]
async fn the_apps_texts_of_a_user_are_the_body_itself() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    alice.rest().post("/user/public", json!("seen by all")).data().await;
    alice.rest().put("/user/private", json!({ "theme": "dark" })).data().await;
    let profile = alice.rest().get("/user/profile").data().await;
    assert_eq!(
        (&profile["public_info"], &profile["private_info"]),
        (&json!("seen by all"), &json!(r#"{"theme":"dark"}"#))
    );
    let seen = bob.rest().get(&format!("/roster/id?user_id={}", alice.id.get())).data().await;
    assert_eq!(seen["public_info"], "seen by all");
    assert!(seen.get("private_info").is_none());
    assert_eq!(alice.rest().post("/user/public", json!("x".repeat(100_000))).code().await, 10002);
    server.stop().await;
}
