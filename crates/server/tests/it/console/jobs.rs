//! `/console/v1/jobs`, with a broadcast as the job.

use cerulean_testkit::{TestServer, content_of, eventually};
use serde_json::{Value, json};

fn words(text: &str) -> Value {
    json!({ "type": 1, "content_type": 0, "content": text })
}

#[tokio::test]
async fn a_broadcast_is_followed_to_its_end() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    server.user("bob").await;
    let mut alices = alice.socket().await;
    alices.pull_all(0).await;
    let accepted = server.admin().post("/message/broadcast", words("hear all")).send().await;
    assert_eq!(accepted.data(), json!({ "send_num": 2, "success": true }));
    let path = format!("/console/v1/jobs/{}", accepted.header("cerulean-job"));
    let job = async || server.admin().get(&path).send().await.json();
    eventually("the broadcast is sent", || async { job().await["state"] == "done" }).await;
    let ended = job().await;
    assert_eq!((&ended["done"], &ended["total"], &ended["result"]), (&json!(2), &json!(2), &json!({ "sent": 2 })));
    assert_eq!(content_of(&alices.pushed(0).await), "hear all");
    let refused = server.admin().post(&format!("{path}/cancel"), json!({})).send().await;
    assert_eq!(refused.status, 400, "it has ended");
    server.stop().await;
}

#[tokio::test]
async fn a_notice_to_several_is_a_job_and_one_to_one_is_not() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let mut bobs = bob.socket().await;
    bobs.pull_all(0).await;
    let word = |targets: &[u64]| json!({ "type": 1, "targets": targets, "content_type": 0, "content": "hear this" });
    let both = [alice.id.get(), bob.id.get()];
    let accepted = server.admin().post("/message/notify", word(&both)).send().await;
    assert_eq!((accepted.code(), &accepted.json()["data"]), (200, &json!(true)));
    assert_eq!(accepted.json().get("msg_ids"), None, "ids stand there for one target only");
    let path = format!("/console/v1/jobs/{}", accepted.header("cerulean-job"));
    let job = async || server.admin().get(&path).send().await.json();
    eventually("the notice is sent", || async { job().await["state"] == "done" }).await;
    let ended = job().await;
    assert_eq!(
        (&ended["kind"], &ended["done"], &ended["total"], &ended["result"]),
        (&json!("notify"), &json!(2), &json!(2), &json!({ "sent": 2 }))
    );
    let got = bobs.pushed(0).await;
    assert_eq!((content_of(&got).as_str(), got.from.unwrap().uid), ("hear this", 0));
    // One target: sent at once, with its id.
    let single = server.admin().put("/message/notify", word(&both[..1])).send().await;
    assert!(single.json()["msg_ids"][0].is_u64());
    // One who is not there: nobody is told.
    let missing = server.admin().post("/message/notify", word(&[bob.id.get(), 8_001])).send().await;
    assert_eq!(missing.code(), 10000);
    let jobs = server.admin().get("/console/v1/jobs?kind=notify").send().await.json();
    assert_eq!(jobs["items"].as_array().unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn jobs_are_listed_by_page_kind_and_state() {
    let server = TestServer::start().await;
    server.user("alice").await;
    let mut sent = Vec::new();
    for number in 0..3 {
        server.clock.advance(5);
        let accepted = server.admin().post("/message/broadcast", words(&format!("word {number}"))).send().await;
        sent.push(accepted.header("cerulean-job").parse::<u64>().unwrap());
    }
    let list = async |query: &str| server.admin().get(&format!("/console/v1/jobs{query}")).send().await.json();
    let ids = |page: &Value| -> Vec<u64> {
        page["items"].as_array().unwrap().iter().map(|job| job["id"].as_u64().unwrap()).collect()
    };
    let all_done = || async { ids(&list("?state=done&kind=broadcast").await).len() == 3 };
    eventually("all are sent", all_done).await;
    let page = list("?limit=2").await;
    assert_eq!(ids(&page), [sent[2], sent[1]]);
    let rest = list(&format!("?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!((ids(&rest), &rest["next_cursor"]), (vec![sent[0]], &Value::Null));
    assert!(ids(&list("?state=failed").await).is_empty());
    assert!(ids(&list("?kind=deliver_code").await).is_empty());
    assert_eq!(server.admin().get("/console/v1/jobs?state=lost").send().await.status, 400);
    assert!(!list("").await.to_string().contains("word 1"), "what was said is not shown");
    server.stop().await;
}

#[tokio::test]
async fn jobs_are_their_apps_and_its_administrators() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let other = server.new_app("other").await;
    let accepted = server.admin().post("/message/broadcast", words("hear all")).send().await;
    let path = format!("/console/v1/jobs/{}", accepted.header("cerulean-job"));
    assert_eq!(other.admin().get(&path).send().await.status, 404);
    assert_eq!(other.admin().post(&format!("{path}/cancel"), json!({})).send().await.status, 404);
    assert_eq!(alice.rest().get(&path).send().await.status, 403);
    assert_eq!(server.anonymous().get(&path).send().await.status, 401);
    assert!(other.admin().get("/console/v1/jobs").send().await.json()["items"].as_array().unwrap().is_empty());
    assert_eq!(server.admin().get("/console/v1/jobs/none").send().await.status, 400);
    for path in ["/console/v1/outbox", "/console/v1/jobs"] {
        assert_eq!(alice.rest().get(path).send().await.status, 403, "{path}");
    }
    server.stop().await;
}
