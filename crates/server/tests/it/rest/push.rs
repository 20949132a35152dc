//! Pushes that an app asks for, and what it sets for its users.

use cerulean_testkit::{TestServer, User};
use serde_json::{Value, json};

/// A user with a device that pushes reach.
async fn reachable(server: &TestServer, name: &str, notifier: &str) -> User {
    let user = server.user(name).await;
    let _socket = user.socket().await;
    let device_sn = user.rest().get("/user/device/list").data().await[0]["device_sn"].clone();
    let binding =
        json!({ "device_sn": device_sn, "device_token": format!("{name}-device"), "notifier_name": notifier });
    user.rest().post("/user/token/bind", binding).data().await;
    user
}

async fn notify(server: &TestServer, audience: Value) -> Value {
    let push = json!({ "audience": audience, "message": { "title": "Release", "body": "1.0 is out" } });
    server.admin().post("/push/notify", push).data().await["task_id"].clone()
}

async fn details(server: &TestServer, tasks: &[&Value]) -> Value {
    server.admin().post("/push/task/detail", json!({ "list": tasks })).data().await
}

#[tokio::test]
async fn tags_alias_and_badge_are_kept_and_read_back() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let rest = alice.rest();
    rest.post("/user/push/tag", json!({ "tags": ["beijing", "early"] })).data().await;
    rest.post("/user/push/tag", json!({ "tags": ["early"] })).data().await;
    assert_eq!(rest.get("/user/push/tag").data().await, json!(["beijing", "early"]));
    rest.delete("/user/push/tag", json!({ "tags": ["beijing"] })).data().await;
    assert_eq!(rest.get("/user/push/tag").data().await, json!(["early"]));
    rest.delete("/user/push/tag/all", json!({})).data().await;
    assert_eq!(rest.get("/user/push/tag").data().await, json!([]));
    rest.post("/user/push/alias", json!({ "alias": "staff-1" })).data().await;
    rest.post("/user/push/badge", json!({ "badge": 3 })).data().await;
    for bad in [json!({ "badge": -1 }), json!({ "badge": 100_000 })] {
        assert_eq!(rest.post("/user/push/badge", bad).code().await, 10002);
    }
    let many: Vec<String> = (0..101).map(|number| format!("tag{number}")).collect();
    assert_eq!(rest.post("/user/push/tag", json!({ "tags": many })).code().await, 10002);
    assert_eq!(rest.post("/user/push/tag", json!({ "tags": many[..100] })).code().await, 200);
    assert_eq!(rest.post("/user/push/tag", json!({ "tags": ["one more"] })).code().await, 10002);
    assert_eq!(rest.get("/user/push/tag").data().await.as_array().unwrap().len(), 100);
    server.stop().await;
}

#[tokio::test]
async fn a_push_waits_for_every_device_of_its_audience() {
    let server = TestServer::start().await;
    let alice = reachable(&server, "alice", "xiaomi").await;
    let bob = reachable(&server, "bob", "apns-release").await;
    server.user("carol").await;
    alice.rest().post("/user/push/tag", json!({ "tags": ["early"] })).data().await;
    bob.rest().post("/user/push/alias", json!({ "alias": "staff-2", "push_token": "b" })).data().await;

    let all = notify(&server, json!("all")).await;
    let tagged = notify(&server, json!({ "tag": ["early", "nobody"] })).await;
    let aliased = notify(&server, json!({ "alias": ["staff-2"] })).await;
    let by_token = notify(&server, json!({ "push_token": ["b"] })).await;
    let by_id = notify(&server, json!({ "user_id": [alice.id.get(), bob.id.get(), 1] })).await;
    let list = details(&server, &[&all, &tagged, &aliased, &by_token, &by_id]).await;
    let targets = |at: usize| (list[at]["xiaomi_target"].as_i64(), list[at]["apns_target"].as_i64());
    assert_eq!(
        (0..5).map(targets).collect::<Vec<_>>(),
        [(Some(1), Some(1)), (Some(1), Some(0)), (Some(0), Some(1)), (Some(0), Some(1)), (Some(1), Some(1))]
    );
    // Nothing here speaks to a vendor, and the details say so.
    assert_eq!((&list[0]["xiaomi_sent"], &list[0]["xiaomi_received"]), (&json!(0), &json!(0)));
    server.stop().await;
}

#[tokio::test]
async fn a_named_request_is_kept_once() {
    let server = TestServer::start().await;
    let push = json!({ "audience": "all", "setting": { "request_id": "r1" }, "message": { "body": "x" } });
    let first = server.admin().post("/push/notify", push.clone()).data().await;
    assert_eq!(server.admin().post("/push/notify", push).data().await, first);
    server.stop().await;
}

#[tokio::test]
async fn pushes_are_the_administrators_and_stay_in_their_app() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let task = notify(&server, json!({ "user_id": [alice.id.get()] })).await;
    let other = server.new_app("other").await;
    assert_eq!(other.admin().post("/push/task/detail", json!({ "list": [task] })).data().await, json!([]));
    for path in ["/push/notify", "/push/task/detail"] {
        assert_eq!(
            alice.rest().post(path, json!({ "audience": "all", "message": { "body": "x" } })).code().await,
            10010
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn bad_pushes_are_refused_by_their_codes() {
    let server = TestServer::start().await;
    let message = json!({ "body": "x" });
    let names: Vec<String> = (0..501).map(|number| number.to_string()).collect();
    for (push, code) in [
        (json!({ "message": message }), 10002),
        (json!({ "audience": "some", "message": message }), 10002),
        (json!({ "audience": { "tag": ["a"], "alias": ["b"] }, "message": message }), 10002),
        (json!({ "audience": { "tag": [] }, "message": message }), 10002),
        (json!({ "audience": "all" }), 10002),
        (json!({ "audience": "all", "message": {} }), 10002),
        (json!({ "audience": { "tag": names }, "message": message }), 12005),
        (json!({ "audience": "all", "message": message, "setting": { "distribution_strategy": "x" } }), 10002),
    ] {
        assert_eq!(server.admin().post("/push/notify", push.clone()).code().await, code, "{push}");
    }
    assert_eq!(server.admin().get("/push/certificate?provider=1").code().await, 12006);
    assert_eq!(server.admin().get("/push/certificate?provider=8").code().await, 10002);
    server.stop().await;
}

#[tokio::test]
async fn a_user_is_registered_with_where_pushes_for_him_go() {
    let server = TestServer::start().await;
    let new =
        json!({ "username": "dora", "password": "a fine secret", "alias": "staff-4", "push_token": "d", "sign": "x" });
    let settings = server.anonymous().post("/user/register/push", new.clone()).data().await;
    assert_eq!(settings["push_token"], "d");
    assert_eq!(server.anonymous().post("/user/register/push", new).code().await, 10004);
    let long = json!({ "username": "dora2", "password": "a fine secret", "alias": "x".repeat(129) });
    assert_eq!(server.anonymous().post("/user/register/push", long).code().await, 10002);
    // Refused as a whole: the name is still free.
    assert_eq!(server.anonymous().get("/app/user/name_check?username=dora2").data().await, true);
    server.stop().await;
}
