//! Sign-in by a picture.

use cerulean_testkit::{RestClient, TestServer, User};
use serde_json::{Value, json};

struct Picture {
    ticket: String,
    code: String,
}

async fn shown(server: &TestServer) -> Picture {
    let call = server.anonymous().get("/app/qr_code").header("user-agent", "Firefox on 听风's desk");
    let shown = call.data().await;
    assert_eq!(shown["qr_code"], shown["qrcode_id"]);
    assert!(shown["expired"].as_i64().unwrap() > server.clock.now());
    let ticket = shown["qr_code"].as_str().unwrap().to_owned();
    let url = shown["url"].as_str().unwrap();
    let (base, code) = url.split_once("#qr_login=").unwrap();
    assert_eq!(base, format!("{}/chat/?app_id=demo", server.base_url()));
    assert!(!url.contains(&ticket), "the picture does not show what the browser keeps");
    Picture { code: code.to_owned(), ticket }
}

async fn standing(client: &RestClient, picture: &Picture) -> Value {
    client.get(&format!("/app/qr_login?qr_code={}", picture.ticket)).data().await
}

async fn answer(user: &User, code: &str, verb: &str) -> (u16, Value) {
    let answer = user.rest().post(&format!("/client/v1/qr-login/{code}/{verb}"), json!({})).send().await;
    let body = if answer.bytes.is_empty() { Value::Null } else { answer.json() };
    (answer.status, body)
}

async fn enter(server: &TestServer, name: &str, password: &str) -> Value {
    server.anonymous().post("/token/user", json!({ "name": name, "password": password })).send().await.json()
}

#[tokio::test]
async fn a_browser_signs_in_once_after_scan_and_consent() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let picture = shown(&server).await;
    assert_eq!(standing(&server.anonymous(), &picture).await, json!({ "status": "waiting" }));
    let (status, asked) = answer(&alice, &picture.code, "scan").await;
    assert_eq!((status, &asked["address"]), (200, &json!("127.0.0.1")));
    assert!(asked["expires_at"].as_i64() > asked["created_at"].as_i64());
    assert_eq!(standing(&server.anonymous(), &picture).await, json!({ "status": "scanned" }));
    assert_eq!(answer(&alice, &picture.code, "confirm").await.0, 204);
    let confirmed = standing(&server.anonymous(), &picture).await;
    assert_eq!(standing(&server.anonymous(), &picture).await, confirmed, "a lost answer can be asked for again");
    assert_eq!((&confirmed["status"], &confirmed["username"]), (&json!("confirmed"), &json!("alice")));
    let secret = confirmed["password"].as_str().unwrap();
    assert_ne!(secret, alice.password);
    let entered = enter(&server, "alice", secret).await;
    assert_eq!(entered["data"]["user_id"], json!(alice.id.get()));
    let token = entered["data"]["token"].as_str().unwrap().to_owned();
    assert_eq!(alice.with_token(token).rest().get("/user/profile").code().await, 200);
    assert_eq!(enter(&server, "alice", secret).await["code"], 10010, "used up");
    assert_eq!(standing(&server.anonymous(), &picture).await, json!({ "status": "expired" }));
    assert!(!alice.sign_in().await.is_empty(), "the password is as it was");
    server.stop().await;
}

#[tokio::test]
async fn only_whoever_scanned_answers_and_only_in_his_app() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let other = server.new_app("other").await;
    let carol = server.user_of(&other, "carol").await;
    let picture = shown(&server).await;
    assert_eq!(answer(&carol, &picture.code, "scan").await.0, 404, "another app");
    assert_eq!(answer(&alice, &picture.code, "confirm").await.0, 404, "nobody scanned it");
    assert_eq!(answer(&alice, &picture.code, "scan").await.0, 200);
    assert_eq!(answer(&bob, &picture.code, "scan").await.0, 404, "another came first");
    assert_eq!(answer(&bob, &picture.code, "confirm").await.0, 404);
    assert_eq!(answer(&alice, &picture.code, "scan").await.0, 200, "the same may look again");
    assert_eq!(answer(&alice, &picture.code, "refuse").await.0, 204);
    assert_eq!(standing(&server.anonymous(), &picture).await, json!({ "status": "refused" }));
    assert_eq!(answer(&alice, &picture.code, "confirm").await.0, 404, "he has spoken");
    let foreign = server.raw().app("other");
    assert_eq!(standing(&foreign, &picture).await, json!({ "status": "expired" }), "another app knows nothing");
    let anonymous = server.anonymous().post(&format!("/client/v1/qr-login/{}/scan", picture.code), json!({}));
    assert_eq!(anonymous.send().await.status, 401);
    server.stop().await;
}

#[tokio::test]
async fn secrets_are_one_users_and_short_lived() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let secret_of = async |user: &User| {
        let picture = shown(&server).await;
        // Clients that show the ticket itself are understood, too.
        assert_eq!(answer(user, &picture.ticket, "scan").await.0, 200);
        assert_eq!(answer(user, &picture.ticket, "confirm").await.0, 204);
        standing(&server.anonymous(), &picture).await["password"].as_str().unwrap().to_owned()
    };
    let secret = secret_of(&alice).await;
    assert_eq!(enter(&server, "bob", &secret).await["code"], 10010, "it is not his");
    assert_eq!(enter(&server, "nobody", &secret).await["code"], 10010);
    server.clock.advance(60_001);
    assert_eq!(enter(&server, "alice", &secret).await["code"], 10010, "too late");
    let secret = secret_of(&bob).await;
    let (one, other) = tokio::join!(enter(&server, "bob", &secret), enter(&server, "bob", &secret));
    let mut codes = [one["code"].as_u64().unwrap(), other["code"].as_u64().unwrap()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 10010], "one of two at once");
    let picture = shown(&server).await;
    server.clock.advance(180_001);
    assert_eq!(answer(&alice, &picture.code, "scan").await.0, 404, "nobody looks at it any more");
    assert_eq!(standing(&server.anonymous(), &picture).await, json!({ "status": "expired" }));
    server.stop().await;
}

#[tokio::test]
async fn a_new_password_and_a_freeze_void_secrets() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let secret_of = async || {
        let picture = shown(&server).await;
        assert_eq!(answer(&alice, &picture.code, "scan").await.0, 200);
        assert_eq!(answer(&alice, &picture.code, "confirm").await.0, 204);
        standing(&server.anonymous(), &picture).await["password"].as_str().unwrap().to_owned()
    };
    let secret = secret_of().await;
    let change = json!({ "old_password": alice.password, "new_password": "another secret 7" });
    assert_eq!(alice.rest().post("/user/change_password", change).code().await, 200);
    assert_eq!(enter(&server, "alice", &secret).await["code"], 10010);
    let secret = secret_of().await;
    server.admin().put("/user/disable", json!({ "list": [alice.id.get()] })).data().await;
    assert_eq!(enter(&server, "alice", &secret).await["code"], 10013);
    server.stop().await;
}
