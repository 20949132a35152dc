//! Texts handed over once.

use cerulean_testkit::TestServer;
use serde_json::json;

#[tokio::test]
async fn a_secret_is_fetched_once_and_in_time_and_in_its_app() {
    let server = TestServer::start().await;
    server.new_app("other").await;
    let keep = async |seconds: i64| {
        let kept = server.anonymous().post("/app/secret_info", json!({"expire_seconds": seconds, "secret_text": "s"}));
        format!("/app/secret_info?code={}", kept.data().await["code"].as_str().unwrap())
    };
    let once = keep(60).await;
    assert_eq!(server.raw().app("other").get(&once).code().await, 404, "not in another app");
    assert_eq!(server.anonymous().get(&once).data().await, json!({"secret_text": "s"}));
    assert_eq!(server.anonymous().get(&once).code().await, 404);
    let late = keep(60).await;
    server.clock.advance(61_000);
    assert_eq!(server.anonymous().get(&late).code().await, 404);
    for bad in [0, -1, 86_401] {
        let call = server.anonymous().post("/app/secret_info", json!({"expire_seconds": bad, "secret_text": "s"}));
        assert_eq!(call.code().await, 10002, "{bad}");
    }
    server.stop().await;
}
