//! How long a token is good, and where.

use cerulean_testkit::TestServer;
use cerulean_types::limits;

#[tokio::test]
async fn tokens_run_out() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    server.clock.advance(limits::TOKEN_MS - 60_000);
    assert_eq!(alice.rest().get("/user/profile").code().await, 200);
    server.clock.advance(60_001);
    assert_eq!(alice.rest().get("/user/profile").code().await, 402);
    let alice = alice.with_token(alice.sign_in().await);
    assert_eq!(alice.rest().get("/user/profile").code().await, 200);
    assert_eq!(server.admin().get("/user/list").code().await, 200, "the administrator's token stays");
    server.stop().await;
}

#[tokio::test]
async fn tokens_are_read_wherever_clients_put_them() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let profile = "/user/profile";
    let bearer = format!("Bearer {}", alice.token);
    assert_eq!(server.anonymous().header("authorization", &bearer).get(profile).code().await, 200);
    let query = [("access-token", alice.token.as_str()), ("app_id", "demo")];
    assert_eq!(server.raw().get(profile).query(&query).code().await, 200);
    for bad in ["", " ", "x", "undefined", &"x".repeat(5000), &alice.token[1..], &format!("{}x", alice.token)] {
        assert_eq!(server.anonymous().token(bad).get(profile).code().await, 402, "{bad}");
    }
    server.stop().await;
}

#[tokio::test]
async fn tokens_are_good_in_their_app_only() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, eve) = (server.user("alice").await, server.user_of(&other, "eve").await);
    assert_eq!(alice.rest().app("other").get("/user/profile").code().await, 402);
    assert_eq!(eve.rest().app("demo").get("/user/profile").code().await, 402);
    assert_eq!(server.admin().app("other").get("/user/list").code().await, 402);
    assert_eq!(server.raw().app("unknown").token(&alice.token).get("/user/profile").code().await, 40000);
    assert_eq!(alice.rest().get("/user/list").code().await, 10010, "a user is no administrator");
    server.stop().await;
}
