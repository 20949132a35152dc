//! The list of conversations, and what a user changes in it.

use cerulean_testkit::TestServer;
use serde_json::{Value, json};

fn fields(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn conversations_are_listed_newest_first() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let group = server.group(&alice, &[&bob]).await;
    let (mut alices, mut carols) = (alice.socket().await, carol.socket().await);
    let sent = alices.text(&bob, &"长".repeat(300)).await;
    server.clock.advance(10);
    carols.text(&alice, "newest").await;
    let page = alice.rest().get("/client/v1/conversations").send().await;
    assert_eq!(page.status, 200);
    let page = page.json();
    let items = page["items"].as_array().unwrap();
    assert_eq!(
        items.iter().map(|item| item["xid"].as_u64().unwrap()).collect::<Vec<_>>(),
        [carol.id.get(), bob.id.get(), group.id.get()]
    );
    let expected =
        ["head_mid", "is_muted", "is_pinned", "kind", "last", "peer_read_mid", "position", "read_mid", "unread", "xid"];
    let mut names = fields(&items[0]);
    names.sort_unstable();
    assert_eq!(names, expected);
    let of_bob = &items[1];
    assert_eq!(
        (&of_bob["kind"], &of_bob["unread"], &of_bob["head_mid"]),
        (&json!("user"), &json!(0), &json!(sent.server_mid))
    );
    assert_eq!(of_bob["last"]["content"].as_str().unwrap().chars().count(), 200, "cut between characters");
    assert_eq!((&items[0]["unread"], &items[2]["kind"]), (&json!(1), &json!("group")));
    assert_eq!(page["next_cursor"], Value::Null);

    let first = alice.rest().get("/client/v1/conversations?limit=1").send().await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest =
        alice.rest().get("/client/v1/conversations").query(&[("limit", "10"), ("cursor", cursor)]).send().await.json();
    assert_eq!(first["items"].as_array().unwrap().len() + rest["items"].as_array().unwrap().len(), 3);
    server.stop().await;
}

#[tokio::test]
async fn pins_mutes_and_clearing_are_the_users_own() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut socket = alice.socket().await;
    socket.text(&bob, "hello").await;
    let path = format!("/client/v1/conversations/{}", bob.id);
    for (part, field) in [("pin", "is_pinned"), ("mute", "is_muted")] {
        for value in [true, false, true] {
            let mut body = json!({});
            body[field] = value.into();
            assert_eq!(alice.rest().put(&format!("{path}/{part}"), body).send().await.status, 204);
            let list = alice.rest().get("/client/v1/conversations").send().await.json();
            assert_eq!(list["items"][0][field], value);
        }
    }
    assert_eq!(
        alice.rest().get("/user/conversation/pin_list").data().await,
        json!({"conversation_ids": [bob.id.get()]})
    );
    let mut second = alice.with_token(server.fresh_token(&alice).await).device("2").await;
    second.pull_all(0).await;
    assert_eq!(alice.rest().delete(&path, json!({})).send().await.status, 204);
    second.pushed(0).await;
    assert_eq!(alice.rest().get("/client/v1/conversations").send().await.json()["items"], json!([]));
    let bobs = bob.rest().get("/client/v1/conversations").send().await.json();
    assert_eq!(
        (&bobs["items"][0]["is_pinned"], &bobs["items"][0]["last"]["content"]),
        (&json!(false), &json!("hello"))
    );
    server.stop().await;
}
