//! How often and how much over HTTP.

use cerulean_delivery::{AppQuotas, AppRates, DevicePolicy};
use cerulean_testkit::TestServer;
use serde_json::{Value, json};

#[tokio::test]
async fn requests_are_limited_by_user_device_app_and_address() {
    let server = TestServer::start()
        .limits(|limits| {
            limits.rates.requests_per_minute = 5;
            limits.rates.requests_per_minute_of_app = 12;
        })
        .await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let codes = async |user: &cerulean_testkit::User, count: usize| {
        let mut codes = Vec::new();
        for _ in 0..count {
            codes.push(user.rest().get("/user/profile").code().await);
        }
        codes
    };
    assert_eq!(codes(&alice, 6).await, [200, 200, 200, 200, 200, 429]);
    assert_eq!(codes(&bob, 5).await, [200; 5], "another user has his own");
    let problem = alice.rest().get("/client/v1/limits").send().await;
    assert_eq!((problem.status, problem.header("content-type")), (429, "application/problem+json"));
    let wait: u64 = problem.header("retry-after").parse().unwrap();
    assert!((1..=12).contains(&wait), "five in a minute: {wait}");
    let refused = alice.rest().get("/user/profile").send().await;
    assert!(!refused.header("retry-after").is_empty() && refused.message().starts_with("too often: try again in "));
    for expected in [200, 200, 429] {
        assert_eq!(server.admin().get("/user/list").code().await, expected, "what is left of the app's");
    }
    let wrong = server.anonymous().token("wrong");
    for expected in [402, 402, 402, 402, 402, 429] {
        assert_eq!(wrong.get("/user/profile").code().await, expected, "an address where nobody is signed in");
    }
    server.clock.advance(60_000);
    assert_eq!(codes(&alice, 1).await, [200]);
    server.stop().await;
}

#[tokio::test]
async fn users_see_their_limits_and_the_administrator_what_is_used() {
    let server = TestServer::start()
        .limits(|limits| {
            limits.rates.sends_per_minute = 100;
            limits.quotas.users = Some(50);
        })
        .await;
    let rates = AppRates { sends_per_minute: Some(40), requests_per_minute: Some(1000), ..AppRates::default() };
    let devices = DevicePolicy { max_devices: 3, ..DevicePolicy::default() };
    let quotas = AppQuotas { users: Some(500), ..AppQuotas::default() };
    server
        .change_settings(&server.app, |settings| {
            (settings.rates, settings.devices, settings.quotas) = (rates, devices, quotas);
        })
        .await;
    let alice = server.user("alice").await;
    let seen: Value = alice.rest().get("/client/v1/limits").send().await.json();
    let expected = json!({
        "text_bytes": 65536, "file_bytes": 1 << 30, "batch_items": 10000, "batch_users": 200, "requests_per_minute": 1000,
        "requests_per_minute_of_device": null, "sends_per_minute": 40, "frames_per_minute": null, "traffic_per_day": null,
        "max_devices": 3,
    });
    assert_eq!(seen, expected);
    assert_eq!(server.admin().get("/client/v1/limits").send().await.status, 403, "they are a user's");
    let used: Value = server.admin().get("/console/v1/limits").send().await.json();
    assert_eq!(used["users"], json!({"limit": 50, "used": 1}), "an app cannot allow itself more than the server");
    assert_eq!(used["rates"]["sends_of_user"], 40);
    assert_eq!(alice.rest().get("/console/v1/limits").send().await.status, 403);
    server.stop().await;
}

#[tokio::test]
async fn an_app_takes_as_many_users_as_its_quota() {
    let server = TestServer::start().limits(|limits| limits.quotas.users = Some(2)).await;
    server.user("first").await;
    let register = |name: &str| {
        let body = json!({"username": name, "password": "a long enough password"});
        server.anonymous().post("/user/register/v2", body).send()
    };
    let at_once = futures::future::join_all(["second", "third", "fourth"].map(register)).await;
    let mut codes: Vec<_> = at_once.iter().map(cerulean_testkit::Answer::code).collect();
    codes.sort_unstable();
    assert_eq!(codes, [200, 40002, 40002]);
    server.stop().await;
}

#[tokio::test]
async fn an_app_stores_as_many_bytes_as_its_quota() {
    let server = TestServer::start().limits(|limits| limits.quotas.storage_bytes = Some(10)).await;
    let alice = server.user("alice").await;
    let used = async || {
        let limits: Value = server.admin().get("/console/v1/limits").send().await.json();
        limits["storage_bytes"].clone()
    };
    assert_eq!(used().await, json!({"limit": 10, "used": 0}));
    let ask = "/file/upload/chat?file_type=100&to_type=1&to_id=";
    let address = alice.rest().get(&format!("{ask}{}", alice.id)).data().await;
    let part = reqwest::multipart::Part::bytes(b"twelve bytes".to_vec()).file_name("a.txt");
    let form = reqwest::multipart::Form::new().part("file", part);
    let upload_url = address["upload_url"].as_str().unwrap();
    assert_eq!(server.raw().call(http::Method::POST, upload_url).multipart(form).send().await.code(), 200);
    assert_eq!(used().await, json!({"limit": 10, "used": 12}));
    assert_eq!(alice.rest().get(&format!("{ask}{}", alice.id)).code().await, 30023);
    server.stop().await;
}
