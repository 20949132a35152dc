//! Devices with their times, as users and the people who run the app see them.

use cerulean_testkit::TestServer;
use serde_json::{Value, json};

#[tokio::test]
async fn devices_are_listed_with_their_times() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let path = format!("/console/v1/users/{}/devices", alice.id);
    let of_user = async || alice.rest().get("/client/v1/devices").send().await.json()["items"].take();
    let of_admin = async || server.admin().get(&path).send().await.json()["items"].take();
    assert_eq!((of_user().await, of_admin().await), (json!([]), json!([])));
    let before = server.clock.now();
    let socket = alice.socket().await;
    let seen = of_user().await;
    assert_eq!(seen.as_array().unwrap().len(), 1);
    let first = &seen[0];
    assert_eq!((&first["device_sn"], first["user_agent"].is_string()), (&json!(socket.device), true));
    let time = |device: &Value, field: &str| device[field].as_i64().unwrap();
    for field in ["created_at", "signed_in_at", "last_seen_at"] {
        assert!((before..=server.clock.now()).contains(&time(first, field)), "{field}: {first}");
    }
    let told = of_admin().await;
    assert_eq!((&told[0]["last_seen_at"], &told[0]["has_push"]), (&first["last_seen_at"], &json!(false)));
    drop(socket);

    server.clock.advance(2 * 3_600_000);
    let later = server.clock.now();
    let _socket = alice.socket().await;
    let again = &of_user().await[0];
    assert!(time(again, "last_seen_at") >= later && time(again, "signed_in_at") < later, "{again}");

    assert_eq!(bob.rest().get(&path).send().await.status, 403);
    assert_eq!(server.admin().get("/console/v1/users/7/devices").send().await.status, 404);
    assert_eq!(server.admin().get("/client/v1/devices").send().await.status, 403, "they are a user's");
    server.stop().await;
}
