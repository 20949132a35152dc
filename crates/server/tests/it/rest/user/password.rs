//! Passwords.

use cerulean_testkit::pb::user_notice;
use cerulean_testkit::{Down, TestServer, user_notice_of};
use serde_json::json;

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let elsewhere = alice.with_token(server.fresh_token(&alice).await);
    let idle = alice.with_token(server.fresh_token(&alice).await);
    let (mut here, mut there) = (alice.device("here").await, elsewhere.device("there").await);
    let change = |old: &str, new: &str| json!({"old_password": old, "new_password": new});
    assert_eq!(alice.rest().post("/user/change_password", change("wrong", "another secret")).code().await, 10010);
    assert_eq!(alice.rest().post("/user/change_password", change(&alice.password, "")).code().await, 10002);
    there.heartbeat().await;
    alice.rest().post("/user/change_password", change(&alice.password, "another secret")).data().await;

    let (frames, _) = there.closed().await;
    let told = frames.iter().any(|down| {
        matches!(down, Down::Sync(sync) if sync.metas.iter().any(|meta| user_notice_of(meta).r#type() == user_notice::Type::PasswordChanged))
    });
    assert!(told, "{frames:?}");
    for gone in [&elsewhere, &idle] {
        assert_eq!(gone.rest().get("/user/profile").code().await, 402);
    }
    here.heartbeat().await;
    assert_eq!(alice.rest().get("/user/profile").code().await, 200, "who changed it stays");
    let sign_in = async |password: &str| {
        server.anonymous().post("/token/user", json!({"name": "alice", "password": password})).code().await
    };
    assert_eq!(sign_in(&alice.password).await, 10010);
    assert_eq!(sign_in("another secret").await, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_password_set_by_the_administrator_ends_all_sessions() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, eve) = (server.user("alice").await, server.user_of(&other, "eve").await);
    let mut socket = alice.socket().await;
    let set = json!({"password": "another secret"});
    assert_eq!(alice.rest().post("/user/change_password_admin", set.clone()).code().await, 10010);
    let foreign = server.admin().header("user_id", &eve.id.to_string());
    assert_eq!(foreign.post("/user/change_password_admin", set.clone()).code().await, 10000);
    server.admin_as(&alice).post("/user/change_password_admin", set).data().await;
    socket.closed().await;
    assert_eq!(alice.rest().get("/user/profile").code().await, 402);
    server.stop().await;
}

#[tokio::test]
async fn guessing_the_old_password_is_slowed_down_too() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let body = json!({"old_password": "wrong", "new_password": "another secret"});
    for _ in 0..10 {
        assert_eq!(alice.rest().post("/user/change_password", body.clone()).code().await, 10010);
    }
    assert_eq!(alice.rest().post("/user/change_password", body).code().await, 429);
    server.stop().await;
}
