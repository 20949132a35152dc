//! Users who help others, and visitors who come to talk to one of them.

use cerulean_testkit::TestServer;
use serde_json::json;

#[tokio::test]
async fn support_staff_are_the_users_of_the_apps_setting() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let anyone = server.anonymous();
    assert_eq!(anyone.get("/app/support_staff").data().await, json!([]));
    bob.rest().post("/user/nickname?nick_name=Bob", json!({})).data().await;
    let setting = json!({ "support_staff": [bob.id.get(), alice.id.get(), 80_001] });
    assert_eq!(server.admin().patch("/console/v1/app/settings", setting).send().await.status, 200);
    let staff = anyone.get("/app/support_staff").data().await;
    let card = |user: &cerulean_testkit::User, nickname: &str| json!({ "user_id": user.id.get(), "username": user.name, "nickname": nickname, "avatar": "" });
    assert_eq!(staff, json!([card(&bob, "Bob"), card(&alice, "")]));
    server.admin().put("/user/disable", json!({ "list": [bob.id.get()] })).data().await;
    assert_eq!(anyone.get("/app/support_staff").data().await, json!([card(&alice, "")]));
    for bad in [json!({ "support_staff": [2] }), json!({ "support_staff": vec![alice.id.get(); 101] })] {
        assert_eq!(server.admin().patch("/console/v1/app/settings", bad).send().await.status, 400);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_visitor_asks_whom_he_comes_to_to_be_friends() {
    let server = TestServer::start().await;
    let bob = server.user("bob").await;
    let anyone = server.anonymous();
    let visitor = |cid: u64| json!({ "username": "anon_", "password": "a fine secret", "cid": cid });
    let registered = anyone.post("/user/register/anonymous", visitor(bob.id.get())).data().await;
    let asking = bob.rest().get("/roster/apply/list").data().await;
    let friends = bob.rest().get("/roster/list").data().await;
    let is_known = |list: &serde_json::Value| list.to_string().contains(&registered["user_id"].to_string());
    assert!(is_known(&asking) || is_known(&friends), "{asking} {friends}");
    assert_eq!(anyone.post("/user/register/anonymous", visitor(80_001)).code().await, 200);
    // Whoever takes no requests is left in peace, and the visitor is let in all the same.
    bob.rest().post("/user/authmode?value=3", json!({})).data().await;
    assert_eq!(anyone.post("/user/register/anonymous", visitor(bob.id.get())).code().await, 200);
    server.stop().await;
}

#[tokio::test]
async fn calls_of_foreign_mini_programs_are_off() {
    let server = TestServer::start().await;
    for path in ["/app/wechat/bind", "/app/wechat_login", "/user/bind_openid"] {
        assert_eq!(server.anonymous().post(path, json!({})).code().await, 404, "{path}");
    }
    server.stop().await;
}
