//! Lists of deliveries, and sending again.

use cerulean_testkit::{TestServer, eventually};
use serde_json::{Value, json};

use crate::console::receiver::{Received, Receiver, Reply};

async fn list(server: &TestServer, query: &str) -> Value {
    let answer = server.admin().get(&format!("/console/v1/hook-deliveries{query}")).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn all_are(server: &TestServer, state: &str, count: usize) {
    eventually(&format!("{count} are {state}"), || async {
        list(server, &format!("?state={state}")).await["items"].as_array().unwrap().len() == count
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_filtered_and_paged() {
    let server = TestServer::start().await;
    let receiver = Receiver::start().await;
    let (id, _) = receiver.hook(&server.app, &["user.registered", "roster.accepted"]).await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    server.make_friends(&alice, &bob).await;
    all_are(&server, "delivered", 3).await;
    let events = |page: &Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|item| item["event"].as_str().unwrap().to_owned()).collect()
    };
    let first = list(&server, "?limit=2").await;
    assert_eq!(events(&first), ["roster.accepted", "user.registered"]);
    let rest = list(&server, &format!("?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!((events(&rest), &rest["next_cursor"]), (vec!["user.registered".to_owned()], &Value::Null));
    assert_eq!(events(&list(&server, "?event=roster.accepted").await), ["roster.accepted"]);
    assert_eq!(events(&list(&server, &format!("?hook={id}")).await).len(), 3);
    assert!(events(&list(&server, "?hook=hook_absent").await).is_empty());
    assert!(events(&list(&server, "?until=1").await).is_empty());
    for bad in ["?state=lost", "?event=nothing.such", "?limit=0", "?cursor=x", "?since=x"] {
        let answer = server.admin().get(&format!("/console/v1/hook-deliveries{bad}")).send().await;
        assert_eq!((answer.status, answer.code()), (400, 10002), "{bad}");
    }
    server.stop().await;
}

#[tokio::test]
async fn one_or_all_dead_letters_are_sent_again() {
    let server = TestServer::start().hooks(|options| options.retry_after = Vec::new()).await;
    let receiver = Receiver::start().await;
    receiver.answer(|_| Reply::Status(500));
    receiver.hook(&server.app, &["user.registered"]).await;
    for name in ["alice", "bob", "carol"] {
        server.user(name).await;
    }
    all_are(&server, "failed", 3).await;
    receiver.answer(|_| Reply::Status(200));
    for bad in [json!({"hok": "x"}), json!({"state": "waiting"}), json!({"state": "ready"})] {
        let answer = server.admin().post("/console/v1/hook-deliveries/replay", bad.clone()).send().await;
        assert_eq!(answer.status, 400, "{bad}: {}", answer.text());
    }
    let newest = list(&server, "?limit=1").await["items"][0]["number"].take();
    let replay = format!("/console/v1/hook-deliveries/{newest}/replay");
    assert_eq!(server.admin().post(&replay, json!({})).send().await.status, 204);
    all_are(&server, "delivered", 1).await;
    let all = server.admin().post("/console/v1/hook-deliveries/replay", json!({"event": "user.registered"}));
    assert_eq!(all.send().await.json(), json!({"replayed": 2}));
    all_are(&server, "delivered", 3).await;
    let mut ids: Vec<String> = receiver.wait_for(6).await.iter().map(Received::id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    server.stop().await;
}

#[tokio::test]
async fn another_apps_deliveries_are_not_found() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let receiver = Receiver::start().await;
    let (id, _) = receiver.hook(&server.app, &["user.registered"]).await;
    server.user("alice").await;
    all_are(&server, "delivered", 1).await;
    let number = list(&server, "").await["items"][0]["number"].take();
    let admin = other.admin();
    assert_eq!(admin.get("/console/v1/hook-deliveries").send().await.json()["items"], json!([]));
    assert_eq!(admin.get(&format!("/console/v1/hook-deliveries/{number}")).send().await.status, 404);
    assert_eq!(admin.post(&format!("/console/v1/hook-deliveries/{number}/replay"), json!({})).send().await.status, 404);
    let all = admin.post("/console/v1/hook-deliveries/replay", json!({"hook": id, "state": "delivered"}));
    assert_eq!(all.send().await.json(), json!({"replayed": 0}));
    assert_eq!(receiver.received().len(), 1);
    server.stop().await;
}
