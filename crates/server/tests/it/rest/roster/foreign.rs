//! Users of another app, and users that are none: not found, whoever asks and however.

use cerulean_testkit::TestServer;
use serde_json::{Value, json};

#[tokio::test]
async fn users_of_another_app_are_not_found() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, eve) = (server.user("alice").await, server.user_of(&other, "eve").await);
    eve.rest().post("/user/mobile", json!({"mobile": "13800000000"})).data().await;
    let rest = alice.rest();
    for number in [json!(eve.id.get()), json!(eve.id.to_string()), json!(8_001), json!(0), json!(1u64 << 52)] {
        for path in [
            "/roster/apply",
            "/roster/accept",
            "/roster/decline",
            "/roster/delete",
            "/roster/ext",
            "/roster/block",
            "/roster/unblock",
        ] {
            let code = rest.post(path, json!({"user_id": number, "alias": "a"})).code().await;
            let is_told =
                matches!(code, 10000) || (matches!(path, "/roster/accept" | "/roster/decline") && code == 10007);
            assert!(
                is_told || (matches!(path, "/roster/delete" | "/roster/ext" | "/roster/unblock") && code == 10002),
                "{path} {number}: {code}"
            );
        }
        let id = number.as_str().map_or_else(|| number.to_string(), str::to_owned);
        assert_eq!(rest.get(&format!("/roster/id?user_id={id}")).code().await, 10000, "{id}");
        assert_eq!(
            rest.get(&format!("/file/upload/chat?file_type=100&to_type=1&to_id={id}")).code().await,
            if id == "0" { 200 } else { 10000 }
        );
        let send = json!({"type": 1, "targets": [number], "content_type": 0, "content": "x"});
        assert_eq!(rest.post("/message/send", send).code().await, 10000, "{id}");
        let asked: [Value; 2] = [json!([number, alice.id.get()]), json!([alice.id.get(), number])];
        for list in asked {
            let items = rest.post("/roster/list", json!({"list": list})).data().await;
            assert_eq!(items.as_array().unwrap().len(), 1, "left out of lists: {items}");
        }
    }
    assert_eq!(rest.get("/roster/name?username=eve").code().await, 10000);
    assert_eq!(rest.get("/roster/mobile?mobile=13800000000").code().await, 10000);
    for query in ["eve", "13800000000", &eve.id.to_string()] {
        let found = rest.get("/client/v1/users").query(&[("query", query)]).send().await.json();
        assert_eq!(found, json!({"items": []}), "{query}");
    }
    assert_eq!(eve.rest().get("/roster/apply/list").data().await, json!([]), "and she heard nothing");
    server.stop().await;
}

#[tokio::test]
async fn groups_of_another_app_are_not_found() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, eve) = (server.user("alice").await, server.user_of(&other, "eve").await);
    let group = server.group(&eve, &[]).await;
    let rest = alice.rest();
    for path in
        ["/group/info", "/group/member_list", "/group/announcement/list", "/group/file/list", "/group/banned_list"]
    {
        assert_eq!(rest.get(&format!("{path}?group_id={}", group.id)).code().await, 20001, "{path}");
    }
    for path in ["/group/apply", "/group/leave", "/group/destroy", "/group/info/name", "/group/msg/mute_mode"] {
        let body = json!({"group_id": group.id.get(), "reason": "", "value": "x", "msg_mute_mode": 1});
        assert_eq!(rest.post(path, body).code().await, 20001, "{path}");
    }
    let send = json!({"type": 2, "targets": [group.id.get()], "content_type": 0, "content": "x"});
    assert_eq!(rest.post("/message/send", send.clone()).code().await, 20001);
    assert_eq!(server.admin().post("/message/send", send).code().await, 20001, "not even the administrator");
    let invite = json!({"group_id": group.id.get(), "user_list": [alice.id.get()]});
    let invited = eve.rest().post("/group/invite", invite).data().await;
    assert_eq!(invited[0]["result"], "fail", "{invited}");
    server.stop().await;
}
