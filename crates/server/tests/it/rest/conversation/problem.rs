//! Refusals of our own paths: real statuses and problem details.

use cerulean_testkit::{Answer, TestServer};
use http::Method;
use serde_json::json;

fn is_problem(answer: &Answer, status: u16, code: u64) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text());
    let body = answer.json();
    assert_eq!((body["status"].as_u64(), body["code"].as_u64()), (Some(u64::from(status)), Some(code)), "{body}");
    assert!(body["title"].is_string() && body["detail"].is_string() && body["type"].is_string(), "{body}");
}

#[tokio::test]
async fn no_token_is_401_everywhere() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    server.new_app("other").await;
    for (method, path) in [
        (Method::GET, "/client/v1/conversations"),
        (Method::DELETE, "/client/v1/conversations/8001"),
        (Method::PUT, "/client/v1/conversations/8001/pin"),
        (Method::PUT, "/client/v1/conversations/8001/mute"),
        (Method::GET, "/client/v1/conversations/8001/chain"),
        (Method::GET, "/client/v1/users?query=x"),
        (Method::POST, "/client/v1/sign-out"),
    ] {
        let call = |rest: cerulean_testkit::RestClient| {
            rest.call(method.clone(), path).json(json!({"is_pinned": true, "is_muted": true})).send()
        };
        is_problem(&call(server.anonymous()).await, 401, 402);
        is_problem(&call(server.anonymous().token("x")).await, 401, 402);
        is_problem(&call(alice.rest().app("other")).await, 401, 402);
        is_problem(&call(alice.rest().app("unknown")).await, 404, 40000);
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_wrong_is_400() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, bob, eve) = (server.user("alice").await, server.user("bob").await, server.user_of(&other, "eve").await);
    let group = server.group(&bob, &[]).await;
    let at = |xid: &str, part: &str| format!("/client/v1/conversations/{xid}{part}");
    for xid in [eve.id.get(), 8_001] {
        for part in ["/pin", "/mute"] {
            let answer = alice
                .rest()
                .put(&at(&xid.to_string(), part), json!({"is_pinned": true, "is_muted": true}))
                .send()
                .await;
            is_problem(&answer, 404, 10000);
        }
        is_problem(&alice.rest().get(&at(&xid.to_string(), "/chain")).send().await, 404, 10000);
        is_problem(&alice.rest().delete(&at(&xid.to_string(), ""), json!({})).send().await, 404, 10000);
    }
    is_problem(&alice.rest().get(&at(&group.id.to_string(), "/chain")).send().await, 403, 20002);
    let pin = at(&bob.id.to_string(), "/pin");
    is_problem(&alice.rest().put(&pin, json!({"is_pinned": "perhaps"})).send().await, 400, 10002);
    is_problem(&alice.rest().put(&pin, json!({})).send().await, 400, 10002);
    is_problem(&alice.rest().call(Method::PUT, &pin).body("{\"is_pinned\": true}").send().await, 400, 10002);
    let malformed = alice.rest().call(Method::PUT, &pin).header("content-type", "application/json").body("{");
    is_problem(&malformed.send().await, 400, 10002);
    for xid in ["x", "-1", "9007199254740992", "99999999999999999999999", "1.5"] {
        is_problem(&alice.rest().put(&at(xid, "/pin"), json!({"is_pinned": true})).send().await, 400, 10002);
        is_problem(&alice.rest().get(&at(xid, "/chain")).send().await, 400, 10002);
    }
    for query in ["limit=x", "limit=-1", "cursor=x"] {
        is_problem(&alice.rest().get(&format!("/client/v1/conversations?{query}")).send().await, 400, 10002);
    }
    is_problem(&server.admin().get("/client/v1/conversations").send().await, 403, 10010);
    server.stop().await;
}
