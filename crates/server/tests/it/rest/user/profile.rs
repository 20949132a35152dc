//! Profile and settings.

use cerulean_testkit::pb::roster_notice;
use cerulean_testkit::{TestServer, roster_notice_of};
use serde_json::{Value, json};

use crate::rest::fields;

#[tokio::test]
async fn a_profile_has_all_fields_from_the_start() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let profile = alice.rest().get("/user/profile?").data().await;
    assert_eq!(
        fields(&profile),
        ["avatar", "description", "email", "mobile", "nick_name", "private_info", "public_info", "user_id", "username"]
    );
    assert_eq!((&profile["user_id"], &profile["username"]), (&json!(alice.id.get()), &json!("alice")));
    let settings = alice.rest().get("/user/settings").data().await;
    assert_eq!(
        fields(&settings),
        [
            "auth_answer",
            "auth_mode",
            "auth_question",
            "auto_download",
            "group_confirm",
            "id",
            "no_push",
            "no_push_detail",
            "no_push_end_hour",
            "no_push_start_hour",
            "no_sounds",
            "push_nick_name",
            "push_token",
            "silence_end_time",
            "silence_start_time",
            "user_id",
            "vibratory",
        ]
    );
    server.stop().await;
}

#[tokio::test]
async fn friends_learn_of_a_changed_profile_and_strangers_do_not() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let (mut bobs, mut carols) = (bob.socket().await, carol.socket().await);
    bobs.pull_all(0).await;
    alice
        .rest()
        .post("/user/profile", json!({"nick_name": "爱丽丝", "private_info": "nobody's business"}))
        .data()
        .await;
    let notice = roster_notice_of(&bobs.pushed(0).await);
    assert_eq!(notice.r#type(), roster_notice::Type::InfoUpdated);
    let changed: Value = serde_json::from_str(&notice.content).unwrap();
    assert_eq!((&changed["nick_name"], changed.get("private_info")), (&json!("爱丽丝"), None));
    let item = bob.rest().get(&format!("/roster/id?user_id={}", alice.id)).data().await;
    assert_eq!(item["nick_name"], "爱丽丝");
    assert!(!item.to_string().contains("nobody's business"));
    carols.heartbeat().await;
    assert!(carols.pushes_kept(0).is_empty());
    server.stop().await;
}

#[tokio::test]
async fn what_is_too_long_or_wrong_is_refused_and_changes_nothing() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let before = alice.rest().get("/user/profile").data().await;
    for (path, body) in [
        ("/user/profile", json!({"nick_name": "x".repeat(65)})),
        ("/user/profile", json!({"description": "x".repeat(4097)})),
        ("/user/profile", json!({"nick_name": 7.5, "description": ["x"]})),
        ("/user/nickname", json!({"nick_name": "x".repeat(65)})),
        ("/user/mobile", json!({"mobile": "not a number"})),
        ("/user/mobile", json!({})),
        ("/user/email", json!({"email": "nobody"})),
        ("/user/settings", json!({"auth_mode": 4})),
        ("/user/settings", json!({"auth_mode": -1})),
        ("/user/push/limit", json!({"no_push_start_hour": 24, "no_push_end_hour": 7})),
        ("/user/push", json!({"value": "perhaps"})),
    ] {
        assert_eq!(alice.rest().post(path, body.clone()).code().await, 10002, "{path} {body}");
    }
    assert_eq!(alice.rest().get("/user/profile").data().await, before);
    server.stop().await;
}

#[tokio::test]
async fn a_phone_number_belongs_to_one_user_of_an_app() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, bob, eve) = (server.user("alice").await, server.user("bob").await, server.user_of(&other, "eve").await);
    let mobile = json!({"mobile": "13800000000"});
    alice.rest().post("/user/mobile", mobile.clone()).data().await;
    assert_eq!(bob.rest().post("/user/mobile", mobile.clone()).code().await, 10004);
    assert_eq!(eve.rest().post("/user/mobile", mobile).code().await, 200, "another app is another world");
    server.stop().await;
}
