//! Browsers on other origins.

use cerulean_testkit::TestServer;
use http::Method;

const ORIGIN: &str = "https://shop.example.com";

#[tokio::test]
async fn preflight_allows_what_clients_send() {
    let server = TestServer::start().await;
    for path in [
        "/token/user",
        "/user/profile",
        "/file/upload/content",
        "/file/download/chat",
        "/v2/app_dns",
        "/client/v1/conversations",
    ] {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let preflight = server.raw().call(Method::OPTIONS, path).header("origin", ORIGIN);
            let preflight = preflight.header("access-control-request-method", method);
            let answer =
                preflight.header("access-control-request-headers", "app_id,access-token,content-type").send().await;
            assert!((200..300).contains(&answer.status), "{path}: {}", answer.status);
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
            let allowed = answer.header("access-control-allow-headers").to_lowercase();
            let has = |name: &str| allowed == "*" || allowed.contains(name);
            assert!(has("app_id") && has("access-token") && has("content-type"), "{path}: {allowed}");
            assert!(answer.header("access-control-allow-methods").contains(method), "{path}: {method}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn every_answer_may_be_read_from_elsewhere() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for path in ["/", "/api/health", "/app/config", "/user/profile", "/nowhere", "/client/v1/server"] {
        let answer = alice.rest().get(path).header("origin", ORIGIN).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}: nothing rides on cookies");
    }
    let refused = server.raw().get("/user/profile").header("origin", ORIGIN).send().await;
    assert_eq!((refused.code(), refused.header("access-control-allow-origin")), (402, "*"), "refusals too");
    server.stop().await;
}
