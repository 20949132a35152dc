//! Every documented operation, without a token, with a bad one, with one of another app, and as an ordinary user where the administrator's
//! is needed. An operation that is documented and neither served nor listed as absent fails here.

use std::collections::BTreeSet;

use cerulean_testkit::TestServer;
use http::Method;
use serde_json::{Value, json};

/// Served to whoever names an app.
const OPEN: [&str; 6] =
    ["/token/user", "/token/id", "/token/login", "/user/register/v2", "/user/register/anonymous", "/file/download"];

/// Documented by the vendor and not part of this server (yet): pushes, assistants, a few lists nobody asks for.
const ABSENT: &[&str] = &[
    "DELETE /user/push/tag",
    "DELETE /user/push/tag/all",
    "GET /push/certificate",
    "GET /user/push/tag",
    "POST /ai/message/send",
    "POST /push/notify",
    "POST /push/task/detail",
    "POST /user/avatar/batch",
    "POST /user/private",
    "POST /user/profile/batch",
    "POST /user/public",
    "POST /user/push/alias",
    "POST /user/push/badge",
    "POST /user/push/tag",
    "POST /user/register/push",
    "POST /user/username",
    "PUT /ai/message/send",
    "PUT /user/avatar/batch",
    "PUT /user/private",
    "PUT /user/profile/batch",
    "PUT /user/public",
    "PUT /user/username",
];

/// For the administrator alone.
const ADMINISTRATORS: [&str; 6] =
    ["/user/list", "/user/disable", "/user/enable", "/user/register/batch", "/message/notify", "/message/broadcast"];

fn operations() -> Vec<(Method, String)> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/server-api.json");
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let read = |operation: &Value| {
        let text = |name: &str| operation[name].as_str().unwrap().to_owned();
        (text("method").parse().unwrap(), text("path"))
    };
    document["operations"].as_array().unwrap().iter().map(read).collect()
}

fn is_open(path: &str) -> bool {
    OPEN.iter().any(|open| path == *open || (path.starts_with("/file/download") && open.ends_with("download")))
}

#[tokio::test]
async fn every_documented_operation_asks_for_a_token_of_its_app() {
    let server = TestServer::start().await;
    server.new_app("other").await;
    let alice = server.user("alice").await;
    let (mut absent, mut asked) = (BTreeSet::new(), 0);
    for (method, path) in operations() {
        let call = |rest: cerulean_testkit::RestClient| rest.call(method.clone(), &path).json(json!({})).send();
        let answer = call(server.anonymous()).await;
        if matches!(answer.status, 404 | 405) {
            absent.insert(format!("{method} {path}"));
            continue;
        }
        if is_open(&path) {
            continue;
        }
        asked += 1;
        assert_eq!((answer.status, answer.code()), (200, 402), "{method} {path} without a token");
        for rest in [server.anonymous().token("x"), alice.rest().app("other")] {
            assert_eq!(call(rest).await.code(), 402, "{method} {path}");
        }
        assert_eq!(call(alice.rest().app("unknown")).await.code(), 40000, "{method} {path} in an unknown app");
    }
    assert!(asked > 100, "{asked}");
    let listed: BTreeSet<String> = ABSENT.iter().map(|&operation| operation.to_owned()).collect();
    assert_eq!(absent, listed);
    server.stop().await;
}

#[tokio::test]
async fn what_is_the_administrators_is_refused_to_users() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let body = json!({
        "list": [], "type": 1, "targets": [alice.id.get()], "content_type": 0, "content": "x", "password": "a fine secret",
    });
    for (method, path) in operations() {
        if ADMINISTRATORS.contains(&path.as_str()) || path == "/user/change_password_admin" {
            let code = alice.rest().call(method.clone(), &path).json(body.clone()).code().await;
            assert_eq!(code, 10010, "{method} {path}");
        }
    }
    server.stop().await;
}
