//! Fields as other languages write them: nulls, long numbers, lists in queries, capital flags; and which one is named when it is wrong.

use cerulean_testkit::TestServer;
use serde_json::{Value, json};

use crate::rest::sweep::{Operation, Place, Stage, operations};

/// What an operation answers where each optional field of its body is left out, and where it is null.
async fn answers(stage: &Stage, operation: &Operation, name: &str) -> [u64; 2] {
    let mut codes = Vec::new();
    for is_null in [false, true] {
        let mut values = stage.examples(operation).await;
        if is_null {
            values.insert(name.to_owned(), Value::Null)
        } else {
            values.remove(name)
        };
        let answer = operation.call(&stage.caller(operation).await, &values).send().await;
        codes.push(operation.check(&answer, &format!("with {name} {}", if is_null { "null" } else { "absent" })));
    }
    [codes[0], codes[1]]
}

/// Calls whose second answer differs from the first, whatever they carry: they use something up.
const ONCE: [&str; 2] = ["/user/delete", "/app/secret_info"];

#[tokio::test]
async fn null_is_answered_like_absent() {
    let stage = Stage::set().await;
    let (mut asked, mut different) = (0, Vec::new());
    for operation in operations() {
        if operation.path.starts_with("/console/v1") || ONCE.contains(&operation.path.as_str()) {
            continue;
        }
        for field in operation.fields.iter().filter(|field| !field.is_required && field.place == Place::Body) {
            asked += 1;
            let [absent, null] = answers(&stage, &operation, &field.name).await;
            // What was done by the first of two calls may be refused to the second, as done already; what is wrong with a field never.
            if null != absent && (null == 10002 || null == 400) {
                different.push(format!("{} {}: {absent} {null}", operation.name(), field.name));
            }
        }
    }
    assert!(different.is_empty(), "{different:#?}");
    assert!(asked > 60, "{asked}");
    stage.server.stop().await;
}

#[tokio::test]
async fn messages_and_groups_are_made_with_nulls() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let message = json!({
        "type": 1, "targets": [bob.id.get()], "content_type": 0, "content": "hi", "attachment": null, "config": null,
        "ext": null, "from_user_id": null, "online_only": null, "related_mid": null, "transaction_id": null,
    });
    assert_eq!(alice.rest().post("/message/send", message).code().await, 200);
    let picture = json!({"type": 1, "targets": [bob.id.get()], "content_type": 1, "content": null, "attachment": "{}"});
    assert_eq!(alice.rest().post("/message/send", picture).code().await, 200);
    let group = json!({"name": "a group", "type": null, "avatar": null, "description": null, "user_list": null});
    assert_eq!(alice.rest().post("/group/create", group).code().await, 200);
    server.stop().await;
}

#[tokio::test]
async fn transactions_have_numbers_of_64_bits() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    for number in [json!(i64::MAX), json!(1_u64 << 53), json!(-1), json!("9223372036854775806")] {
        let mut sent = Vec::new();
        for _ in 0..2 {
            let message = json!({
                "type": 1, "targets": [bob.id.get()], "content_type": 0, "content": "x", "transaction_id": number,
            });
            let answer = alice.rest().post("/message/send", message).send().await;
            assert_eq!(answer.code(), 200, "{number}: {}", answer.text());
            sent.push(answer.json()["msg_ids"].clone());
        }
        assert_eq!(sent[0], sent[1], "{number}: the second is the first");
    }
    server.stop().await;
}

#[tokio::test]
async fn lists_and_flags_stand_in_queries() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    for list in [
        format!("user_list={}", bob.id),
        format!("user_list={},{}", bob.id, carol.id),
        format!("user_list={}&user_list={}", carol.id, bob.id),
        format!("user_list=%5B{},{}%5D", bob.id, carol.id),
    ] {
        let group = server.group(&alice, &[&bob, &carol]).await;
        let kicked = alice.rest().delete(&format!("/group/kick?group_id={}&{list}", group.id), json!({})).data().await;
        assert!(kicked.as_array().unwrap().iter().all(|one| one["result"] == "success"), "{list}: {kicked}");
        assert_eq!(kicked[0]["result"], "success");
    }
    assert_eq!(alice.rest().post("/user/sounds?value=True", json!({})).code().await, 200);
    assert_eq!(alice.rest().get("/user/settings").data().await["no_sounds"], true);
    server.stop().await;
}

#[tokio::test]
async fn the_field_that_is_wrong_is_named() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for (path, body, field) in [
        ("/group/invite", json!({"group_id": 2, "user_list": ["x"]}), "user_list"),
        ("/group/create", json!({"name": 5}), "name"),
        ("/message/send", json!({"type": 1, "targets": [1], "content_type": "text"}), "content_type"),
        ("/roster/list", json!({"list": {}}), "list"),
        ("/user/settings", json!({"no_push": "perhaps"}), "no_push"),
    ] {
        let refused = alice.rest().post(path, body).send().await;
        assert_eq!(refused.code(), 10002, "{path}");
        assert!(refused.message().contains(&format!("{field}: ")), "{path}: {}", refused.message());
    }
    server.stop().await;
}

#[tokio::test]
async fn the_settings_of_others_are_the_administrators() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, bob, eve) = (server.user("alice").await, server.user("bob").await, server.user_of(&other, "eve").await);
    let change = |user: u64| json!({"user_id": user, "no_sounds": true});
    assert_eq!(alice.rest().post("/user/settings", change(bob.id.get())).code().await, 10010);
    let sounds =
        async |user: &cerulean_testkit::User| user.rest().get("/user/settings").data().await["no_sounds"].clone();
    assert_eq!((sounds(&alice).await, sounds(&bob).await), (json!(false), json!(false)), "and changes nobody");
    assert_eq!(alice.rest().post("/user/settings", change(alice.id.get())).code().await, 200);
    assert_eq!(server.admin().post("/user/settings", change(bob.id.get())).code().await, 200);
    assert_eq!((sounds(&alice).await, sounds(&bob).await), (json!(true), json!(true)));
    assert_eq!(server.admin().post("/user/settings", change(eve.id.get())).code().await, 10000);
    server.stop().await;
}
