//! Every call of the console asks for the administrator's token of the app it names.

use cerulean_testkit::{RestClient, TestServer};
use http::Method;

/// Method and path of every call.
const CALLS: &[(Method, &str)] = &[
    (Method::GET, "/console/v1/app"),
    (Method::PATCH, "/console/v1/app/settings"),
    (Method::GET, "/console/v1/hook-events"),
    (Method::GET, "/console/v1/hooks"),
    (Method::POST, "/console/v1/hooks"),
    (Method::GET, "/console/v1/hooks/hook_1"),
    (Method::PATCH, "/console/v1/hooks/hook_1"),
    (Method::DELETE, "/console/v1/hooks/hook_1"),
    (Method::POST, "/console/v1/hooks/hook_1/secret"),
    (Method::POST, "/console/v1/hooks/hook_1/test"),
    (Method::GET, "/console/v1/hook-deliveries"),
    (Method::POST, "/console/v1/hook-deliveries/replay"),
    (Method::GET, "/console/v1/hook-deliveries/1"),
    (Method::POST, "/console/v1/hook-deliveries/1/replay"),
    (Method::GET, "/console/v1/limits"),
];

async fn statuses(client: &RestClient) -> Vec<(u16, String)> {
    let mut all = Vec::new();
    for (method, path) in CALLS {
        let answer = client.call(method.clone(), path).json(serde_json::json!({})).send().await;
        all.push((answer.status, answer.header("content-type").to_owned()));
    }
    all
}

async fn all_are(client: &RestClient, status: u16) {
    for (got, kind) in statuses(client).await {
        assert_eq!((got, kind.as_str()), (status, "application/problem+json"));
    }
}

#[tokio::test]
async fn nobody_else_is_let_in() {
    let server = TestServer::start().await;
    let user = server.user("alice").await;
    let other = server.new_app("other").await;
    all_are(&server.anonymous(), 401).await;
    all_are(&server.admin().token("nonsense"), 401).await;
    all_are(&server.anonymous().token(&user.token), 403).await;
    all_are(&server.admin().app("other"), 401).await;
    all_are(&other.admin().app("demo"), 401).await;
    all_are(&server.admin().app(""), 404).await;
    all_are(&server.admin().app("absent"), 404).await;
    server.stop().await;
}

#[tokio::test]
async fn tokens_in_the_query_do_not_count() {
    let server = TestServer::start().await;
    let path = format!("/console/v1/app?access-token={}&app_id=demo", server.app.admin_token);
    assert_eq!(server.anonymous().get(&path).send().await.status, 401);
    server.stop().await;
}

#[tokio::test]
async fn bearer_header_is_read_too() {
    let server = TestServer::start().await;
    let bearer = format!("Bearer {}", server.app.admin_token);
    let answer = server.anonymous().header("authorization", &bearer).get("/console/v1/app").send().await;
    assert_eq!(answer.status, 200);
    server.stop().await;
}
