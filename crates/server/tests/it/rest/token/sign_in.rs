//! Sign-in, and guessing.

use cerulean_testkit::TestServer;
use serde_json::{Value, json};

use crate::rest::fields;

#[tokio::test]
async fn every_way_to_name_a_user_works() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (mobile, email) = ("13800000000", "alice@example.com");
    alice.rest().post("/user/mobile", json!({"mobile": mobile})).data().await;
    alice.rest().post("/user/email", json!({"email": email})).data().await;
    let ways: [(&str, Value); 7] = [
        ("/token/user", json!({"name": "alice"})),
        ("/token/user", json!({"name": "Alice"})),
        ("/token/user", json!({"mobile": mobile})),
        ("/token/id", json!({"user_id": alice.id.get()})),
        ("/token/id", json!({"user_id": alice.id.to_string()})),
        ("/token/login", json!({"login_name": email})),
        ("/token/login", json!({"login_name": "+86 138 0000 0000"})),
    ];
    for (path, mut body) in ways {
        body["password"] = alice.password.clone().into();
        let stale = server.anonymous().token("stale");
        let data = stale.post(path, body.clone()).data().await;
        assert!(["public_key", "token", "user_id"].iter().all(|name| fields(&data).contains(name)), "{data}");
        assert_eq!(data["user_id"], json!(alice.id.get()), "{path} {body}: a JSON number");
        let token = data["token"].as_str().unwrap();
        assert_eq!(alice.with_token(token.into()).rest().get("/user/profile").code().await, 200);
    }
    server.stop().await;
}

#[tokio::test]
async fn refusals_do_not_tell_who_exists_and_are_no_402() {
    let server = TestServer::start().await;
    server.user("alice").await;
    let mut answers = Vec::new();
    for (name, password) in
        [("alice", "wrong"), ("nobody", "alice's secret"), ("alice", ""), ("12345", "x"), ("静", "x")]
    {
        let answer = server.anonymous().post("/token/user", json!({"name": name, "password": password})).send().await;
        answers.push((answer.status, answer.text()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].1.contains("Operation rejected") && answers[0].1.contains("10010"), "clients know these words");
    server.stop().await;
}

#[tokio::test]
async fn guessing_is_slowed_down_and_forgiven_after_a_while() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let try_with = async |name: &str, password: &str| {
        server.anonymous().post("/token/user", json!({"name": name, "password": password})).code().await
    };
    for _ in 0..10 {
        assert_eq!(try_with("alice", "wrong").await, 10010);
    }
    assert_eq!(try_with("alice", "wrong").await, 429);
    assert_eq!(
        try_with("alice", &alice.password).await,
        429,
        "the right one could otherwise be told from the wrong ones"
    );
    assert_eq!(try_with("ALICE", &alice.password).await, 429);
    let bob = server.user("bob").await;
    assert_eq!(try_with("bob", &bob.password).await, 200, "others are let in");
    assert_eq!(alice.rest().get("/user/profile").code().await, 200, "who is in stays in");
    server.clock.advance(5 * 60_000 + 1);
    assert_eq!(try_with("alice", &alice.password).await, 200);
    server.stop().await;
}

#[tokio::test]
async fn nobody_closes_the_account_of_another_by_guessing() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let try_from = async |last: u8, password: &str| {
        let client = server.anonymous().from_address([127, 0, 0, last].into());
        client.post("/token/user", json!({"name": "alice", "password": password})).code().await
    };
    assert_eq!(try_from(9, &alice.password).await, 200);
    for _ in 0..10 {
        assert_eq!(try_from(2, "wrong").await, 10010);
    }
    assert_eq!(try_from(2, "wrong").await, 429);
    assert_eq!(try_from(2, &alice.password).await, 429);
    assert_eq!(try_from(3, &alice.password).await, 200, "elsewhere he is let in");
    assert_eq!(try_from(2, &alice.password).await, 429, "and there it is not forgiven");
    // Many addresses together get no further than a known number of guesses, and one more every ten seconds.
    let mut guesses = 0;
    for last in 10..20 {
        for _ in 0..10 {
            guesses += usize::from(try_from(last, "wrong").await == 10010);
        }
    }
    assert!((50..80).contains(&guesses), "{guesses}: sixty with those from the first");
    assert_eq!(try_from(9, &alice.password).await, 200, "where he signed in before he need not wait");
    server.clock.advance(10_000);
    assert_eq!(try_from(30, &alice.password).await, 200, "elsewhere he waits for seconds");
    server.stop().await;
}

#[tokio::test]
async fn frozen_users_and_apps_are_not_let_in() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let credentials = json!({"name": "alice", "password": alice.password});
    server.admin().put("/user/disable", json!({"list": [alice.id.get()]})).data().await;
    assert_eq!(server.anonymous().post("/token/user", credentials.clone()).code().await, 10013);
    server.admin().put("/user/enable", json!({"list": [alice.id.get()]})).data().await;
    let bob = server.user("bob").await;
    let mut connected = bob.socket().await;
    let platform = &server.parts().platform;
    cerulean_accounts::set_app_frozen(platform, server.app.id, true).await.unwrap();
    connected.closed().await;
    assert_eq!(server.anonymous().post("/token/user", credentials.clone()).code().await, 40001);
    assert_eq!(bob.rest().get("/user/profile").code().await, 40001);
    assert_eq!(server.admin().get("/console/v1/app").send().await.code(), 40001);
    let discovery = server.anonymous().get("/v2/app_dns").data().await;
    assert_eq!(discovery["app_status"], "frozen", "clients must learn why");
    cerulean_accounts::set_app_frozen(platform, server.app.id, false).await.unwrap();
    assert_eq!(server.anonymous().post("/token/user", credentials).code().await, 200);
    bob.socket().await;
    server.stop().await;
}
