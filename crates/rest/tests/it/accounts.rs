//! Registration, sign-in, profile, settings, devices, the administrator's calls, discovery.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::bench::{Bench, PASSWORD};

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

const SETTINGS: [&str; 17] = [
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
];

#[tokio::test]
async fn registration_and_sign_in_have_the_documented_shape() {
    let bench = Bench::start().await;
    let credentials = json!({"username": "alice", "password": PASSWORD});
    let registered = bench.call("POST", "/user/register/v2").body(credentials.clone()).send().await;
    assert_eq!(keys(registered.data()), SETTINGS);
    let id = registered.data()["user_id"].as_u64().expect("a number");
    assert_eq!(bench.call("POST", "/user/register/v2").body(credentials).send().await.code(), 10004);
    for (path, body) in [
        ("/token/user", json!({"name": "alice", "password": PASSWORD})),
        ("/token/login", json!({"login_name": "ALICE", "password": PASSWORD})),
        ("/token/id", json!({"user_id": id.to_string(), "password": PASSWORD})),
    ] {
        let answer = bench.call("POST", path).token("stale").body(body).send().await;
        assert_eq!(answer.data()["user_id"], json!(id), "{path}");
        assert!(answer.data()["token"].is_string() && answer.data()["public_key"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn refused_sign_in_is_no_402() {
    let bench = Bench::start().await;
    bench.user("alice").await;
    for body in [
        json!({"name": "alice", "password": "wrong"}),
        json!({"name": "nobody", "password": PASSWORD}),
        json!({"name": 13_800_000_000u64, "password": 123_456}),
    ] {
        let answer = bench.call("POST", "/token/user").body(body).send().await;
        assert_eq!((answer.status, answer.code()), (StatusCode::OK, 10010));
        assert_eq!(answer.body["message"], json!("Operation rejected"));
    }
    for (id, expected) in [(9, 10010), (8, 10010)] {
        let body = json!({"user_id": id, "password": PASSWORD});
        assert_eq!(bench.call("POST", "/token/id").body(body).send().await.code(), expected, "{id}");
    }
    assert_eq!(bench.call("POST", "/token/user").body(json!({"name": "alice"})).send().await.code(), 10002);
    let unknown_app =
        bench.call_in("unknown", "POST", "/token/user").body(json!({"name": "alice", "password": PASSWORD}));
    assert_eq!(unknown_app.send().await.code(), 40000);
}

#[tokio::test]
async fn every_call_of_a_user_needs_a_token_of_the_app() {
    let bench = Bench::start().await;
    cerulean_accounts::create_app(&bench.platform, "other", "Other").await.unwrap();
    let (_, token) = bench.user("alice").await;
    for (method, path) in [
        ("GET", "/user/profile"),
        ("POST", "/user/profile"),
        ("POST", "/user/nickname"),
        ("POST", "/user/avatar"),
        ("POST", "/user/mobile"),
        ("POST", "/user/email"),
        ("POST", "/user/authmode"),
        ("GET", "/user/settings"),
        ("POST", "/user/settings"),
        ("POST", "/user/push"),
        ("POST", "/user/push/detail"),
        ("POST", "/user/push/limit"),
        ("POST", "/user/push/nickname"),
        ("POST", "/user/sounds"),
        ("POST", "/user/vibratory"),
        ("POST", "/user/download"),
        ("POST", "/user/change_password"),
        ("POST", "/user/change_password_admin"),
        ("POST", "/user/delete"),
        ("GET", "/user/device/list"),
        ("POST", "/user/device/remove"),
        ("POST", "/user/kick"),
        ("POST", "/user/token/bind"),
        ("POST", "/user/token/unbind"),
        ("GET", "/user/list"),
        ("GET", "/user/online_status"),
        ("PUT", "/user/disable"),
        ("PUT", "/user/enable"),
        ("POST", "/user/register/batch"),
    ] {
        assert_eq!(bench.call(method, path).send().await.code(), 402, "{path} without token");
        assert_eq!(bench.call(method, path).token("x").send().await.code(), 402, "{path} with a bad token");
        let foreign = bench.call_in("other", method, path).token(&token).send().await;
        assert_eq!(foreign.code(), 402, "{path} in another app");
    }
}

#[tokio::test]
async fn profile_is_read_and_changed() {
    let bench = Bench::start().await;
    let (id, token) = bench.user("alice").await;
    let post = |path: &str, body: Value| bench.call("POST", path).token(&token).body(body);
    let change = json!({"nick_name": "爱丽丝", "public_info": "{}", "private_info": "p", "description": "d"});
    assert_eq!(post("/user/profile", change).send().await.data(), &json!(true));
    assert_eq!(post("/user/nickname?nick_name=A%20B", json!({})).send().await.data(), &json!(true));
    assert_eq!(post("/user/avatar", json!({"avatar": "http://x/?sign=1"})).send().await.data(), &json!(true));
    assert_eq!(post("/user/mobile?mobile=13800000000", json!({})).send().await.data(), &json!(true));
    assert_eq!(post("/user/email", json!({"email": "a@example.com"})).send().await.data(), &json!(true));
    assert_eq!(post("/user/mobile?mobile=x", json!({})).send().await.code(), 10002);
    let profile = bench.call("GET", "/user/profile?").token(&token).send().await;
    let expected = json!({
        "user_id": id, "username": "alice", "nick_name": "A B", "avatar": "http://x/?sign=1", "description": "d",
        "mobile": "13800000000", "email": "a@example.com", "public_info": "{}", "private_info": "p",
    });
    assert_eq!(profile.data(), &expected);
}

#[tokio::test]
async fn settings_are_set_in_body_or_query() {
    let bench = Bench::start().await;
    let (id, token) = bench.user("alice").await;
    for (path, body) in [
        ("/user/authmode?value=2", json!({})),
        ("/user/settings", json!({"user_id": id, "auth_question": "q", "auth_answer": "a", "group_confirm": true})),
        ("/user/push", json!({"value": true})),
        ("/user/push/detail?value=true", json!({})),
        ("/user/push/limit", json!({"no_push_start_hour": "22", "no_push_end_hour": 7})),
        ("/user/push/nickname", json!({"value": "n"})),
        ("/user/sounds", json!({"value": "true"})),
        ("/user/vibratory", json!({"value": false})),
        ("/user/download", json!({"value": false})),
    ] {
        for method in ["POST", "PUT"] {
            let answer = bench.call(method, path).token(&token).body(body.clone()).send().await;
            assert_eq!(answer.data(), &json!(true), "{method} {path}");
        }
    }
    let answer = bench.call("GET", "/user/settings").token(&token).send().await;
    let expected = json!({
        "id": id, "user_id": id, "auth_mode": 2, "auth_question": "q", "auth_answer": "a", "auto_download": false,
        "group_confirm": true, "no_push": true, "no_push_detail": true, "no_push_start_hour": 22,
        "no_push_end_hour": 7, "no_sounds": true, "push_nick_name": "n", "push_token": "", "silence_start_time": 0,
        "silence_end_time": 0, "vibratory": false,
    });
    assert_eq!(answer.data(), &expected);
    let bad = bench.call("POST", "/user/authmode?value=4").token(&token).send().await;
    assert_eq!(bad.code(), 10002);
}

#[tokio::test]
async fn devices_are_listed_kicked_and_bound() {
    let bench = Bench::start().await;
    let (id, token) = bench.user("alice").await;
    let other = bench.token("alice").await;
    assert_eq!(bench.connect(id, &token, "here").await, 1);
    assert_eq!(bench.connect(id, &other, "there").await, 2);
    let list = bench.call("GET", "/user/device/list").token(&token).send().await;
    let device = |sn: u32| json!({"device_sn": sn, "platform": 6, "user_agent": "Web", "user_id": id});
    assert_eq!(list.data(), &json!([device(1), device(2)]));
    let binding = json!({"device_sn": 1, "device_token": "t", "notifier_name": "n"});
    let bound = bench.call("POST", "/user/token/bind").token(&token).body(binding).send().await;
    assert_eq!(bound.data(), &json!(true));
    let unbound = bench.call("POST", "/user/token/unbind?deviceSn=1").token(&token).body(json!({})).send().await;
    assert_eq!(unbound.data(), &json!(true));
    let kick = |body: Value| bench.call("POST", "/user/kick").token(&token).body(body);
    for bad in [json!({"device_sn": 9}), json!({"device_sn": -1}), json!({"device_sn": "x"})] {
        assert_eq!(kick(bad.clone()).send().await.code(), 10002, "{bad}");
    }
    assert_eq!(kick(json!({"device_sn": "2"})).send().await.data(), &json!(true));
    assert_eq!(bench.call("GET", "/user/profile").token(&other).send().await.code(), 402);
    let removed = bench.call("DELETE", "/user/device/remove?device_sn=2").token(&token).send().await;
    assert_eq!(removed.data(), &json!(true));
    assert_eq!(bench.call("GET", "/user/device/list").token(&token).send().await.data(), &json!([device(1)]));
}

#[tokio::test]
async fn password_changes_and_account_goes() {
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    let other = bench.token("alice").await;
    let change = |old: &str| {
        let body = json!({"old_password": old, "new_password": "battery staple"});
        bench.call("POST", "/user/change_password").token(&token).body(body)
    };
    assert_eq!(change("wrong horse").send().await.code(), 10010);
    assert_eq!(change(PASSWORD).send().await.data(), &json!(true));
    assert_eq!(bench.call("GET", "/user/profile").token(&other).send().await.code(), 402);
    assert_eq!(bench.call("GET", "/user/profile").token(&token).send().await.code(), 200);
    let delete = |body: Value| bench.call("POST", "/user/delete").token(&token).body(body);
    assert_eq!(delete(json!({})).send().await.code(), 10010);
    assert_eq!(delete(json!({"password": "battery staple"})).send().await.data(), &json!(true));
    assert_eq!(bench.call("GET", "/user/profile").token(&token).send().await.code(), 402);
}

#[tokio::test]
async fn administrator_manages_users() {
    let bench = Bench::start().await;
    let (id, token) = bench.user("alice").await;
    let admin = |method: &str, path: &str| bench.call(method, path).token(&bench.admin_token);
    let list = json!({"list": [{"username": "b1", "password": PASSWORD}, {"username": "1", "password": PASSWORD}]});
    let batch = admin("POST", "/user/register/batch").body(list.clone()).send().await;
    assert_eq!((&batch.data()[0]["success"], &batch.data()[1]["success"]), (&json!(true), &json!(false)));
    assert_eq!(keys(&batch.data()[1]), ["reason", "success", "user_id", "username"]);
    let by_user = bench.call("POST", "/user/register/batch").token(&token).body(list).send().await;
    assert_eq!(by_user.code(), 10010);
    let page = admin("GET", "/user/list?page_num=1&page_size=1").send().await;
    assert_eq!(page.data(), &json!([{"user_id": id, "username": "alice", "status": 0}]));
    assert_eq!(admin("GET", "/user/list?page_num=0").send().await.code(), 10002);
    assert_eq!(bench.call("GET", "/user/list").token(&token).send().await.code(), 10010);
    let online = admin("GET", "/user/online_status").header("user_id", &id.to_string()).send().await;
    assert_eq!(online.data(), &json!({"online": false}));
    assert_eq!(admin("GET", "/user/online_status").header("user_id", "9").send().await.code(), 10000);
    assert_eq!(admin("GET", "/user/online_status").send().await.code(), 10010);
    let users = json!({"list": [id.to_string()]});
    assert_eq!(admin("PUT", "/user/disable").body(users.clone()).send().await.data(), &json!(true));
    assert_eq!(bench.call("GET", "/user/profile").token(&token).send().await.code(), 10013);
    assert_eq!(admin("GET", "/user/list").send().await.data()[0]["status"], json!(1));
    assert_eq!(admin("PUT", "/user/enable").body(users.clone()).send().await.data(), &json!(true));
    assert_eq!(bench.call("PUT", "/user/disable").token(&token).body(users).send().await.code(), 10010);
    let unknown = json!({"list": [8]});
    assert_eq!(admin("PUT", "/user/disable").body(unknown).send().await.code(), 10000);
    let password = admin("POST", "/user/change_password_admin").header("user_id", &id.to_string());
    let set = password.body(json!({"password": "battery staple"})).send().await;
    assert_eq!(set.data(), &json!(true));
    assert_eq!(bench.call("GET", "/user/profile").token(&token).send().await.code(), 402);
    let nickname = admin("POST", "/user/nickname").header("user_id", &id.to_string());
    assert_eq!(nickname.body(json!({"nick_name": "by admin"})).send().await.data(), &json!(true));
    let removed = admin("DELETE", "/user/delete").header("user_id", &id.to_string()).send().await;
    assert_eq!(removed.data(), &json!(true));
}

#[tokio::test]
async fn app_calls_need_no_token() {
    let bench = Bench::start().await;
    bench.user("alice").await;
    let get = |path: &str| bench.call("GET", path);
    assert_eq!(get("/app/user/name_check?username=alice").send().await.data(), &json!(false));
    assert_eq!(get("/app/user/name_check?username=bob").send().await.data(), &json!(true));
    assert_eq!(get("/app/user/name_check?username=12").send().await.code(), 10002);
    assert_eq!(get("/app/support_staff").send().await.data(), &json!([]));
    assert!(get("/app/config?platform=6").send().await.data().is_object());
    assert_eq!(get("/app/user_verification").send().await.code(), 402, "this one is about a user");
    assert_eq!(bench.call("POST", "/app/captcha/image").send().await.code(), 404);
    let kept =
        bench.call("POST", "/app/secret_info").body(json!({"expire_seconds": 60, "secret_text": "s"})).send().await;
    let path = format!("/app/secret_info?code={}", kept.data()["code"].as_str().unwrap());
    assert_eq!(get(&path).send().await.data(), &json!({"secret_text": "s"}));
    assert_eq!(get(&path).send().await.code(), 404);
    let visitor = json!({"username": "anon_", "password": PASSWORD, "cid": 1});
    let visitor = bench.call("POST", "/user/register/anonymous").body(visitor).send().await;
    bench.token(visitor.data()["username"].as_str().unwrap()).await;
}

#[tokio::test]
async fn discovery_names_this_server() {
    let bench = Bench::start().await;
    let answer = bench.call("GET", "/v2/app_dns?app_id=demo&source=sdk").send().await;
    let data = answer.data();
    assert_eq!(data["app_status"], json!("normal"));
    let cluster = &data["dns_list"][0]["clusters"][0];
    for door in ["ratel", "webim", "ws", "rtc"] {
        let expected = json!([{"protocol": "http", "host": "127.0.0.1:8080", "ip_list": ["127.0.0.1"]}]);
        assert_eq!(cluster[door], expected, "{door}");
    }
    for unknown in ["unknown", "NO APP"] {
        assert_eq!(bench.call_in(unknown, "GET", "/v2/app_dns").send().await.code(), 99997);
    }
    let proxied = bench.call("GET", "/v2/app_dns").header("x-forwarded-proto", "https").send().await;
    assert_eq!(proxied.data()["dns_list"][0]["clusters"][0]["ratel"][0]["protocol"], json!("https"));
    assert_eq!(bench.call("GET", "/api/health").send().await.status, StatusCode::OK);
}

#[tokio::test]
async fn our_own_calls_answer_with_problems() {
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    let (bob, _) = bench.user("bob").await;
    let server = bench.call("GET", "/client/v1/server").send().await;
    assert_eq!((&server.body["name"], &server.body["default_app"]), (&json!("Cerulean"), &json!("demo")));
    let find = |query: &str| bench.call("GET", &format!("/client/v1/users?query={query}")).token(&token);
    for query in ["BOB".to_owned(), bob.to_string()] {
        let found = find(&query).send().await;
        assert_eq!((found.status, &found.body["items"][0]["user_id"]), (StatusCode::OK, &json!(bob)));
    }
    assert_eq!(find("nobody").send().await.body, json!({"items": []}));
    let refused = bench.call("GET", "/client/v1/users?query=bob").send().await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, 402));
    let bad = bench.call("GET", "/client/v1/users").token(&token).send().await;
    assert_eq!((bad.status, bad.code()), (StatusCode::BAD_REQUEST, 10002));
    let sign_out = |token: &str| bench.call("POST", "/client/v1/sign-out").token(token);
    assert_eq!(sign_out(&token).send().await.status, StatusCode::NO_CONTENT);
    assert_eq!(sign_out(&token).send().await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_out(&bench.admin_token).send().await.status, StatusCode::FORBIDDEN);
}
