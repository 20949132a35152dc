//! `/console/v1/app`

use cerulean_testkit::TestServer;
use serde_json::json;

#[tokio::test]
async fn app_is_shown_with_its_own_counts() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    server.group(&alice, &[&bob]).await;
    let other = server.new_app("other").await;
    let shown = server.admin().get("/console/v1/app").send().await.json();
    assert_eq!(shown["app_id"], "demo");
    assert_eq!(shown["status"], "normal");
    assert_eq!(shown["counts"], json!({"users": 2, "groups": 1}));
    assert_eq!(shown["settings"]["open_registration"], true);
    let shown = other.admin().get("/console/v1/app").send().await.json();
    assert_eq!(shown["counts"], json!({"users": 0, "groups": 0}));
    server.stop().await;
}

#[tokio::test]
async fn settings_are_changed_one_by_one_and_act_at_once() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let change = |patch| admin.patch("/console/v1/app/settings", patch);
    let changed = change(json!({"open_registration": false})).send().await;
    assert_eq!((changed.status, changed.json()["open_registration"].as_bool()), (200, Some(false)));
    let register = json!({"username": "carol", "password": "carol's secret"});
    assert_ne!(server.anonymous().post("/user/register/v2", register.clone()).code().await, 200);
    let changed = change(json!({"kicks_before_ban": 7})).send().await.json();
    assert_eq!((&changed["open_registration"], &changed["kicks_before_ban"]), (&json!(false), &json!(7)));
    let back = change(json!({"open_registration": null})).send().await.json();
    assert_eq!(back["open_registration"], true);
    assert_eq!(server.anonymous().post("/user/register/v2", register).code().await, 200);
    server.stop().await;
}

#[tokio::test]
async fn bad_settings_are_refused_by_name_and_change_nothing() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let before = admin.get("/console/v1/app").send().await.json();
    for (patch, name) in [
        (json!({"absent": 1}), "absent"),
        (json!({"status": "frozen"}), "status"),
        (json!({"friends_only": "perhaps"}), "friends_only"),
        (json!({"kicks_before_ban": -1}), "kicks_before_ban"),
        (json!({"open_registration": false, "recall_ms": -2}), "recall_ms"),
    ] {
        let refused = admin.patch("/console/v1/app/settings", patch).send().await;
        assert_eq!((refused.status, refused.code()), (400, 10002), "{name}");
        assert!(refused.json()["detail"].as_str().unwrap().contains(name), "{}", refused.text());
    }
    for body in ["", "[]", "null", "{", "\"x\""] {
        let call = admin.call(http::Method::PATCH, "/console/v1/app/settings");
        let refused = call.header("content-type", "application/json").body(body).send().await;
        assert_eq!(refused.status, 400, "{body}");
    }
    assert_eq!(admin.get("/console/v1/app").send().await.json(), before);
    server.stop().await;
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_kept() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let change = |patch| admin.patch("/console/v1/app/settings", patch).send();
    let (one, two, three) = tokio::join!(
        change(json!({"friends_only": true})),
        change(json!({"kicks_before_ban": 9})),
        change(json!({"recall_ms": 0})),
    );
    assert_eq!([one.status, two.status, three.status], [200; 3]);
    let settings = admin.get("/console/v1/app").send().await.json()["settings"].take();
    let kept = [&settings["friends_only"], &settings["kicks_before_ban"], &settings["recall_ms"]];
    assert_eq!(kept, [&json!(true), &json!(9), &json!(0)]);
    server.stop().await;
}
