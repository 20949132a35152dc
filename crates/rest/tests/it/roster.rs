//! Friends, requests to be friends, notes and blocks.

use serde_json::{Value, json};

use crate::bench::{Answer, Bench};

const ITEM: [&str; 12] = [
    "alias",
    "auth_mode",
    "auth_question",
    "avatar",
    "description",
    "ext",
    "mute_notification",
    "nick_name",
    "public_info",
    "relation",
    "user_id",
    "username",
];

struct Caller<'a> {
    bench: &'a Bench,
    id: u64,
    token: String,
}

impl<'a> Caller<'a> {
    async fn new(bench: &'a Bench, name: &str) -> Self {
        let (id, token) = bench.user(name).await;
        Self { bench, id, token }
    }

    async fn get(&self, path: &str) -> Answer {
        self.bench.call("GET", path).token(&self.token).send().await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.bench.call("POST", path).token(&self.token).body(body).send().await
    }
}

async fn befriend(one: &Caller<'_>, other: &Caller<'_>) {
    let apply = json!({"user_id": other.id, "alias": "", "reason": ""});
    assert_eq!(one.post("/roster/apply", apply).await.data(), &json!(true));
    assert_eq!(other.post(&format!("/roster/accept?user_id={}", one.id), json!({})).await.data(), &json!(true));
}

#[tokio::test]
async fn friends_are_made_listed_and_deleted() {
    let bench = Bench::start().await;
    let (alice, bob) = (Caller::new(&bench, "alice").await, Caller::new(&bench, "bob").await);
    let apply = json!({"user_id": bob.id.to_string(), "alias": "Bobby", "reason": "你好"});
    assert_eq!(alice.post("/roster/apply", apply.clone()).await.data(), &json!(true));
    let asked = bob.get("/roster/apply/list?cursor=").await;
    let application = &asked.data()[0];
    assert_eq!(
        (&application["user_id"], &application["reason"], &application["status"]),
        (&json!(alice.id), &json!("你好"), &json!(0))
    );
    assert!(application["expired_time"].as_i64().unwrap() > 1_700_000_000_000);
    assert!(asked.body["cursor"].is_string() && asked.body["version"].is_i64());
    assert_eq!(
        bob.bench.call("PUT", &format!("/roster/accept?user_id={}", alice.id)).token(&bob.token).send().await.code(),
        200
    );

    assert_eq!(alice.get("/roster/list?").await.data(), &json!([bob.id]));
    assert_eq!(bob.get("/roster/list").await.data(), &json!([alice.id]));
    assert_eq!(alice.post("/roster/apply", apply).await.code(), 10005);
    assert_eq!(bob.get("/roster/apply/list").await.data()[0]["status"], json!(1));
    assert_eq!(bob.post(&format!("/roster/accept?user_id={}", alice.id), json!({})).await.code(), 10007);
    let item = alice.get(&format!("/roster/id?user_id={}", bob.id)).await;
    assert_eq!((&item.data()["alias"], &item.data()["relation"]), (&json!("Bobby"), &json!(0)));

    let delete = bench.call("DELETE", &format!("/roster/delete?user_id={}", bob.id)).token(&alice.token).send().await;
    assert_eq!(delete.data(), &json!(true));
    assert_eq!(alice.get("/roster/list").await.data(), &json!([]));
    assert_eq!(alice.get(&format!("/roster/id?user_id={}", bob.id)).await.data()["relation"], json!(1));
}

#[tokio::test]
async fn items_have_every_field_and_leave_out_the_unknown() {
    let bench = Bench::start().await;
    let (alice, bob) = (Caller::new(&bench, "alice").await, Caller::new(&bench, "bob").await);
    let wanted = json!({"list": [bob.id, 7, 0, alice.id.to_string(), 9_001]});
    let answer = alice.post("/roster/list", wanted).await;
    let items = answer.data().as_array().unwrap();
    assert_eq!(items.iter().map(|item| item["user_id"].as_u64().unwrap()).collect::<Vec<_>>(), [bob.id, alice.id]);
    let mut fields: Vec<_> = items[0].as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ITEM);
    assert!(items[0].as_object().unwrap().values().all(|value| !value.is_null()));
    assert_eq!((&items[0]["relation"], &items[0]["auth_mode"]), (&json!(2), &json!(1)));

    assert_eq!(alice.get("/roster/name?username=bob").await.data()["user_id"], json!(bob.id));
    assert_eq!(alice.get("/roster/name?username=nobody").await.code(), 10000);
    assert_eq!(alice.get("/roster/mobile?mobile=13800000000").await.code(), 10000);
    bob.post("/user/mobile?mobile=13800000000", json!({})).await;
    assert_eq!(alice.get("/roster/mobile?mobile=13800000000").await.data()["username"], json!("bob"));
    assert_eq!(alice.get("/roster/id?user_id=7").await.code(), 10000);
    assert_eq!(alice.get("/roster/id").await.code(), 10002);
    assert_eq!(alice.post("/roster/list", json!({"list": vec![1; 10_001]})).await.code(), 10002);
}

#[tokio::test]
async fn notes_change_only_what_is_present() {
    let bench = Bench::start().await;
    let (alice, bob) = (Caller::new(&bench, "alice").await, Caller::new(&bench, "bob").await);
    befriend(&alice, &bob).await;
    assert_eq!(alice.post("/roster/ext", json!({"user_id": bob.id, "alias": "B"})).await.data(), &json!(true));
    assert_eq!(
        alice.post("/roster/ext", json!({"user_id": bob.id, "mute_notification": true})).await.data(),
        &json!(true)
    );
    assert_eq!(alice.post("/roster/ext", json!({"user_id": bob.id, "ext": "{}"})).await.data(), &json!(true));
    let item = alice.get(&format!("/roster/id?user_id={}", bob.id)).await;
    let item = item.data();
    assert_eq!((&item["alias"], &item["ext"], &item["mute_notification"]), (&json!("B"), &json!("{}"), &json!(true)));
}

#[tokio::test]
async fn blocks_are_listed_and_stop_applications() {
    let bench = Bench::start().await;
    let (alice, bob) = (Caller::new(&bench, "alice").await, Caller::new(&bench, "bob").await);
    let of_bob = |path: &str| format!("{path}?user_id={}", bob.id);
    assert_eq!(alice.post(&of_bob("/roster/block"), json!({})).await.data(), &json!(true));
    assert_eq!(alice.get("/roster/blocked_list?=").await.data(), &json!([bob.id]));
    assert_eq!(alice.get(&of_bob("/roster/id")).await.data()["relation"], json!(3));
    assert_eq!(bob.post("/roster/apply", json!({"user_id": alice.id})).await.code(), 10006);
    let may = format!("/roster/may_message?user_id={}&roster_id={}", bob.id, alice.id);
    assert_eq!(bob.get(&may).await.data(), &json!(false));
    assert_eq!(alice.post(&of_bob("/roster/unblock"), json!({})).await.data(), &json!(true));
    assert_eq!(alice.get("/roster/blocked_list").await.data(), &json!([]));
    assert_eq!(bob.get(&may).await.data(), &json!(true));
}

#[tokio::test]
async fn settings_of_the_target_decide() {
    let bench = Bench::start().await;
    let alice = Caller::new(&bench, "alice").await;
    let target = Caller::new(&bench, "target").await;
    let apply = async |answer: &str| {
        alice.post("/roster/apply", json!({"user_id": target.id, "auth_answer": answer})).await.code()
    };
    target.post("/user/settings", json!({"user_id": target.id, "auth_mode": 3})).await;
    assert_eq!(apply("").await, 10012);
    let asking = json!({"user_id": target.id, "auth_mode": 2, "auth_question": "q", "auth_answer": "a"});
    target.post("/user/settings", asking).await;
    assert_eq!(alice.get(&format!("/roster/id?user_id={}", target.id)).await.data()["auth_question"], json!("q"));
    assert_eq!(apply("wrong").await, 10012);
    assert_eq!(apply("a").await, 200);
    assert_eq!(alice.get("/roster/list").await.data(), &json!([target.id]));
}

#[tokio::test]
async fn a_batch_of_applications_tells_what_became_of_each() {
    let bench = Bench::start().await;
    let (alice, bob) = (Caller::new(&bench, "alice").await, Caller::new(&bench, "bob").await);
    let batch = json!([{"user_id": bob.id, "reason": "x"}, {"user_id": 7}, {"user_id": alice.id}]);
    let answer = alice.post("/roster/apply/batch", batch).await;
    assert_eq!(answer.data()["success"], json!([bob.id]));
    let fails: Vec<_> = answer.data()["fails"].as_array().unwrap().iter().map(|fail| fail["user_id"].clone()).collect();
    assert_eq!(fails, [json!(7), json!(alice.id)]);
    assert_eq!(alice.post("/roster/apply/batch", json!({"user_id": 1})).await.code(), 10002);
}

#[tokio::test]
async fn the_administrator_acts_for_a_user_or_not_at_all() {
    let bench = Bench::start().await;
    let (alice, bob) = (Caller::new(&bench, "alice").await, Caller::new(&bench, "bob").await);
    befriend(&alice, &bob).await;
    let as_admin = |path: &str| bench.call("GET", path).token(&bench.admin_token);
    assert_eq!(as_admin("/roster/list").header("user_id", &alice.id.to_string()).send().await.data(), &json!([bob.id]));
    assert_eq!(as_admin("/roster/list").send().await.code(), 10010);
    assert_eq!(as_admin(&format!("/roster/id?user_id={}", bob.id)).send().await.data()["relation"], json!(2));
}

#[tokio::test]
async fn every_call_of_the_roster_needs_a_token_of_the_app() {
    let bench = Bench::start().await;
    cerulean_accounts::create_app(&bench.platform, "other", "Other").await.unwrap();
    let (_, token) = bench.user("alice").await;
    for (method, path) in [
        ("GET", "/roster/list"),
        ("POST", "/roster/list"),
        ("GET", "/roster/id"),
        ("GET", "/roster/name"),
        ("GET", "/roster/mobile"),
        ("GET", "/roster/may_message"),
        ("POST", "/roster/apply"),
        ("POST", "/roster/apply/batch"),
        ("GET", "/roster/apply/list"),
        ("POST", "/roster/accept"),
        ("POST", "/roster/decline"),
        ("POST", "/roster/delete"),
        ("POST", "/roster/ext"),
        ("POST", "/roster/block"),
        ("POST", "/roster/unblock"),
        ("GET", "/roster/blocked_list"),
        ("GET", "/file/upload/chat"),
        ("GET", "/file/upload/avatar/user"),
        ("GET", "/file/upload/avatar/group"),
        ("GET", "/file/upload/forward"),
    ] {
        assert_eq!(bench.call(method, path).send().await.code(), 402, "{path} without token");
        let foreign = bench.call_in("other", method, path).token(&token).send().await;
        assert_eq!(foreign.code(), 402, "{path} in another app");
    }
}
