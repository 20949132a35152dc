//! The two methods of one path with the same meaning, at the same moment.

use std::collections::BTreeMap;

use super::{Operation, Stage, operations};

#[tokio::test]
async fn twins_at_the_same_moment_are_answered_as_one_after_the_other() {
    let stage = Stage::set().await;
    let mut by_path: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for operation in operations() {
        if operation.method != http::Method::GET {
            by_path.entry(operation.path.clone()).or_default().push(operation);
        }
    }
    by_path.retain(|_, twins| twins.len() > 1);
    assert!(by_path.len() > 50, "{}", by_path.len());
    for twins in by_path.values() {
        let examples = stage.examples(&twins[0]).await;
        let mut calls = Vec::new();
        for twin in twins.iter().cycle().take(6) {
            let rest = stage.caller(twin).await;
            let values = examples.clone();
            calls.push(async move { (twin.name(), twin.check(&twin.call(&rest, &values).send().await, "at once")) });
        }
        futures::future::join_all(calls).await;
    }
    stage.server.stop().await;
}

/// Answers to the same question are handed out once, however many ask at the same moment.
#[tokio::test]
async fn a_kept_text_is_fetched_once() {
    let stage = Stage::set().await;
    let anyone = stage.server.anonymous();
    let kept = serde_json::json!({ "expire_seconds": 60, "secret_text": "only once" });
    let code = anyone.post("/app/secret_info", kept).data().await["code"].as_str().unwrap().to_owned();
    let fetches = (0..16).map(|_| {
        let anyone = anyone.clone();
        let code = code.clone();
        async move { anyone.get("/app/secret_info").query(&[("code", &code)]).send().await.code() }
    });
    let codes = futures::future::join_all(fetches).await;
    assert_eq!(codes.iter().filter(|code| **code == 200).count(), 1, "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, 200 | 404)), "{codes:?}");
    stage.server.stop().await;
}
