//! E-mail addresses and forgotten passwords.

use cerulean_testkit::{TestServer, User, eventually};
use serde_json::{Value, json};

const EMAIL: &str = "alice@example.com";

async fn server_with_codes() -> TestServer {
    let server = TestServer::start().await;
    let turn_on = |settings: &mut cerulean_delivery::AppSettings| settings.email_codes = true;
    server.change_settings(&server.app, turn_on).await;
    server
}

async fn letters(server: &TestServer) -> Vec<Value> {
    server.admin().get("/console/v1/outbox").send().await.json()["items"].as_array().unwrap().clone()
}

async fn newest_code(server: &TestServer, letters_there: usize) -> String {
    eventually("the code is in the outbox", || async { letters(server).await.len() == letters_there }).await;
    let letter = letters(server).await.remove(0);
    letter["content"].as_str().unwrap().rsplit(' ').next().unwrap().to_owned()
}

async fn bind(server: &TestServer, user: &User, email: &str, password: Option<&str>) -> u16 {
    server.finish_jobs().await;
    let there = letters(server).await.len();
    server.clock.advance(60_001);
    let asked = user.rest().post("/client/v1/email/code", json!({ "email": email })).send().await;
    assert_eq!(asked.status, 204);
    let code = newest_code(server, there + 1).await;
    let body = json!({ "email": email, "code": code, "password": password });
    user.rest().put("/client/v1/email", body).send().await.status
}

#[tokio::test]
async fn an_address_is_bound_by_a_code_and_changed_with_the_password() {
    let server = server_with_codes().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    assert_eq!(bind(&server, &alice, EMAIL, None).await, 204);
    assert_eq!(alice.rest().get("/user/profile").data().await["email"], EMAIL);
    assert_eq!(bind(&server, &bob, EMAIL, None).await, 409, "it is alice's");
    assert_eq!(bind(&server, &alice, "new@example.com", None).await, 403, "a proven address takes the password");
    assert_eq!(bind(&server, &alice, "new@example.com", Some(&alice.password)).await, 204);
    let wrong = json!({ "email": EMAIL, "code": "000000" });
    assert_eq!(alice.rest().put("/client/v1/email", wrong).send().await.status, 403);
    let bad = alice.rest().post("/client/v1/email/code", json!({ "email": "nobody" })).send().await;
    assert_eq!((bad.status, bad.json()["code"].clone()), (400, json!(10002)));
    server.stop().await;
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_a_code() {
    let server = server_with_codes().await;
    let alice = server.user("alice").await;
    assert_eq!(bind(&server, &alice, EMAIL, None).await, 204);
    let ask = async |contact: &str| {
        let asked = server.anonymous().post("/client/v1/password-reset/code", json!({ "contact": contact }));
        asked.send().await.status
    };
    assert_eq!(ask(EMAIL).await, 204);
    assert_eq!(ask(EMAIL).await, 429, "a contact gets one letter to this end in a minute");
    assert_eq!(ask("unknown@example.com").await, 204, "the answer tells nothing");
    let code = newest_code(&server, 2).await;
    let reset = async |contact: &str, code: &str, new: &str| {
        let body = json!({ "contact": contact, "code": code, "new_password": new });
        server.anonymous().post("/client/v1/password-reset", body).send().await.status
    };
    assert_eq!(reset(EMAIL, &code, "short").await, 400, "a bad password leaves the code");
    assert_eq!(reset("unknown@example.com", &code, "a new secret").await, 400);
    assert_eq!(reset(EMAIL, &code, "a new secret").await, 204);
    assert_eq!(reset(EMAIL, &code, "a newer secret").await, 400, "used up");
    assert_eq!(alice.rest().get("/user/profile").code().await, 402, "old tokens are void");
    let sign_in = json!({ "name": "alice", "password": "a new secret" });
    assert_eq!(server.anonymous().post("/token/user", sign_in).code().await, 200);
    server.stop().await;
}

#[tokio::test]
async fn codes_by_mail_are_off_until_the_app_turns_them_on() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let asked = alice.rest().post("/client/v1/email/code", json!({ "email": EMAIL })).send().await;
    assert_eq!((asked.status, asked.json()["code"].clone()), (404, json!(404)));
    let reset = server.anonymous().post("/client/v1/password-reset/code", json!({ "contact": EMAIL })).send().await;
    assert_eq!(reset.status, 404);
    server.stop().await;
}
