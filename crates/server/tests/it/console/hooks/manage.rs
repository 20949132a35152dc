//! Receivers: added, shown, changed, removed.

use cerulean_testkit::TestServer;
use serde_json::json;

use crate::console::receiver::Receiver;

#[tokio::test]
async fn secret_is_shown_once_and_the_rest_as_it_was_given() {
    let server = TestServer::start().await;
    let new = json!({"url": "https://hooks.example.com/x?y=1", "description": "聊天", "events": ["user.removed", "group.left", "group.left"]});
    let created = server.admin().post("/console/v1/hooks", new).send().await;
    assert_eq!(created.status, 200);
    let created = created.json();
    assert!(created["secret"].as_str().unwrap().starts_with("whsec_"));
    let shown =
        server.admin().get(&format!("/console/v1/hooks/{}", created["id"].as_str().unwrap())).send().await.json();
    assert_eq!(shown.get("secret"), None);
    assert_eq!((&shown["description"], &shown["events"]), (&json!("聊天"), &json!(["group.left", "user.removed"])));
    assert_eq!(shown["screen"]["time_limit_ms"], 3000);
    let listed = server.admin().get("/console/v1/hooks").send().await.json();
    assert_eq!((&listed["items"][0], &listed["next_cursor"]), (&shown, &json!(null)));
    server.stop().await;
}

#[tokio::test]
async fn bad_receivers_are_refused() {
    let server = TestServer::start().await;
    let url = "https://hooks.example.com/";
    for new in [
        json!({}),
        json!({"url": url}),
        json!({"url": url, "events": []}),
        json!({"url": url, "events": ["nothing.such"]}),
        json!({"url": "no address", "events": ["user.removed"]}),
        json!({"url": "https://me:secret@hooks.example.com/", "events": ["user.removed"]}),
        json!({"url": format!("{url}{}", "x".repeat(2048)), "events": ["user.removed"]}),
        json!({"url": url, "events": ["user.removed"], "description": "x".repeat(201)}),
        json!({"url": url, "events": ["user.removed"], "color": "blue"}),
        json!({"url": url, "events": ["message.before_send"], "screen": {"time_limit_ms": 60_000}}),
        json!({"url": url, "events": ["message.before_send"], "screen": {"on_failure": "perhaps"}}),
    ] {
        let refused = server.admin().post("/console/v1/hooks", new.clone()).send().await;
        assert_eq!((refused.status, refused.code()), (400, 10002), "{new}");
    }
    assert_eq!(server.admin().get("/console/v1/hooks").send().await.json()["items"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn only_one_receiver_gives_verdicts_and_only_so_many_are_kept() {
    let server = TestServer::start().await;
    let add = |event: &str| {
        let new = json!({"url": "https://hooks.example.com/", "events": [event]});
        server.admin().post("/console/v1/hooks", new).send()
    };
    assert_eq!(add("message.before_send").await.status, 200);
    assert_eq!(add("message.before_send").await.status, 400);
    for _ in 1..20 {
        assert_eq!(add("user.removed").await.status, 200);
    }
    assert_eq!(add("user.removed").await.status, 400);
    server.stop().await;
}

#[tokio::test]
async fn changes_and_removals_act_at_once_and_in_the_own_app_alone() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let receiver = Receiver::start().await;
    let (id, _) = receiver.hook(&server.app, &["user.registered"]).await;
    let path = format!("/console/v1/hooks/{id}");
    for call in [
        other.admin().get(&path),
        other.admin().patch(&path, json!({"is_enabled": false})),
        other.admin().delete(&path, json!({})),
        other.admin().post(&format!("{path}/secret"), json!({})),
        other.admin().post(&format!("{path}/test"), json!({})),
    ] {
        assert_eq!(call.send().await.status, 404);
    }
    server.user("alice").await;
    receiver.wait_for(1).await;
    let changed = server.admin().patch(&path, json!({"is_enabled": false})).send().await.json();
    assert_eq!((&changed["status"], &changed["events"]), (&json!("disabled"), &json!(["user.registered"])));
    server.user("bob").await;
    server.admin().patch(&path, json!({"is_enabled": true})).send().await;
    server.user("carol").await;
    assert_eq!(receiver.wait_for(2).await[1].body()["data"]["username"], "carol");
    assert_eq!(server.admin().delete(&path, json!({})).send().await.status, 204);
    assert_eq!(server.admin().delete(&path, json!({})).send().await.status, 404);
    assert_eq!(server.admin().get("/console/v1/hook-deliveries").send().await.json()["items"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn a_test_event_tells_what_came_of_it() {
    let server = TestServer::start().await;
    let receiver = Receiver::start().await;
    let (id, secret) = receiver.hook(&server.app, &["user.registered"]).await;
    let outcome = server.admin().post(&format!("/console/v1/hooks/{id}/test"), json!({})).send().await;
    assert_eq!((outcome.status, &outcome.json()["status"]), (200, &json!(204)));
    let told = receiver.wait_for(1).await.remove(0);
    assert!(told.kind() == "hook.test" && told.is_signed_by(&secret));
    server.stop().await;
}

#[tokio::test]
async fn what_a_change_leaves_out_stays_as_it_was() {
    let server = TestServer::start().await;
    let screen = json!({"time_limit_ms": 500, "on_failure": "deny", "scope": ["client"]});
    let new = json!({"url": "https://hooks.example.com/", "events": ["message.before_send"], "screen": screen.clone()});
    let created = server.admin().post("/console/v1/hooks", new).send().await.json();
    let path = format!("/console/v1/hooks/{}", created["id"].as_str().unwrap());
    let change = |screen: serde_json::Value| server.admin().patch(&path, json!({"screen": screen})).send();
    for (field, value) in [("time_limit_ms", json!(800)), ("scope", json!(["server"])), ("on_failure", json!("allow"))]
    {
        let mut expected = screen.clone();
        expected[field] = value.clone();
        assert_eq!(change(json!({field: value})).await.json()["screen"], expected);
        assert_eq!(change(screen.clone()).await.json()["screen"], screen);
    }
    for bad in [json!({"scope": []}), json!({"time_limit": 1}), json!({"time_limit_ms": 99})] {
        let refused = change(bad.clone()).await;
        assert_eq!((refused.status, refused.code()), (400, 10002), "{bad}");
    }
    server.stop().await;
}
