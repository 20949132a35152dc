//! What clients ask before a sign-in.

use cerulean_testkit::TestServer;
use serde_json::json;

use crate::rest::fields;

#[tokio::test]
async fn discovery_has_the_shape_clients_read() {
    let server = TestServer::start().await;
    let data = server.anonymous().get("/v2/app_dns?app_id=demo&source=sdk").data().await;
    assert_eq!(
        fields(&data),
        ["account_verification", "app_status", "dns_list", "dns_server_list", "link_server_list", "version"]
    );
    assert_eq!(data["app_status"], "normal");
    assert_eq!(
        [&data["dns_server_list"], &data["link_server_list"]],
        [&json!([]), &json!([])],
        "clients reach it by https only"
    );
    assert_eq!(fields(&data["account_verification"]), ["name", "status", "type"]);
    let host = server.address().to_string();
    let door = json!([{"protocol": "http", "host": host, "ip_list": ["127.0.0.1"]}]);
    let cluster = json!({"ratel": door, "webim": door, "ws": door, "rtc": door});
    assert_eq!(data["dns_list"], json!([{"group_level": 0, "clusters": [cluster]}]));
    server.stop().await;
}

#[tokio::test]
async fn addresses_are_those_that_clients_can_reach() {
    let server = TestServer::start().public_url("https://im.example.com/").await;
    let data = server.anonymous().get("/v2/app_dns").data().await;
    let ratel = &data["dns_list"][0]["clusters"][0]["ratel"][0];
    assert_eq!((&ratel["protocol"], &ratel["host"]), (&json!("https"), &json!("im.example.com")));
    assert_eq!(data["dns_server_list"], json!([{"domain": "im.example.com"}]));
    assert_eq!(data["link_server_list"], json!([{"domain": "im.example.com"}]));
    let alice = server.user("alice").await;
    let file = alice.rest().get("/file/upload/avatar/user").data().await;
    for address in ["upload_url", "download_url"] {
        assert!(file[address].as_str().unwrap().starts_with("https://im.example.com/file/"), "{file}");
    }
    server.stop().await;
}

#[tokio::test]
async fn app_decides_what_clients_are_told() {
    let server = TestServer::start().await;
    let told = async || server.anonymous().get("/app/config").data().await;
    let usual =
        json!({"hide_member_info": false, "message_forward_max_user_num": 50, "message_forward_max_message_num": 100});
    assert_eq!(told().await, usual);
    let change = async |clients: serde_json::Value| {
        let patch = json!({"clients": clients});
        server.admin().patch("/console/v1/app/settings", patch).send().await.status
    };
    assert_eq!(change(json!({"hide_member_info": true, "message_forward_max_user_num": 9})).await, 200);
    let changed =
        json!({"hide_member_info": true, "message_forward_max_user_num": 9, "message_forward_max_message_num": 100});
    assert_eq!(told().await, changed);
    assert_eq!(change(json!({"message_forward_max_message_num": 0})).await, 400);
    assert_eq!(change(json!(null)).await, 200);
    assert_eq!(told().await, usual);
    server.stop().await;
}

#[tokio::test]
async fn unknown_apps_are_told_so() {
    let server = TestServer::start().await;
    for app in ["unknown", "NO APP", "../demo", "demo2"] {
        let discovery = server.raw().get("/v2/app_dns").query(&[("app_id", app)]).send().await;
        assert_eq!((discovery.status, discovery.code()), (200, 99997), "{app}");
        let sign_in = json!({"name": "alice", "password": "alice's secret"});
        assert_eq!(server.raw().app(app).post("/token/user", sign_in).code().await, 40000, "{app}");
        assert_eq!(server.raw().app(app).get("/app/config").code().await, 40000, "{app}");
    }
    assert_eq!(server.raw().get("/app/config").code().await, 40000, "no app at all");
    server.stop().await;
}

#[tokio::test]
async fn health_and_readiness_ask_for_nothing() {
    let server = TestServer::start().await;
    let health = server.raw().get("/api/health").send().await;
    assert_eq!((health.status, health.json()["code"].as_u64()), (200, Some(200)));
    assert_eq!(server.raw().get("/api/ready").send().await.status, 200);
    assert_eq!(server.raw().get("/nowhere").send().await.status, 404);
    server.stop().await;
}
