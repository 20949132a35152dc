//! The way to a receiver: order, failures, slowness, restarts.

use std::time::Duration;

use cerulean_testkit::{TestServer, eventually};
use serde_json::json;

use crate::console::receiver::{Received, Receiver, Reply};

/// Waits until so many tries of the oldest event are noted. What is noted of a try goes by the clock, so it must be noted before the clock goes on.
async fn tried(server: &TestServer, times: u64) {
    eventually("the try is noted", || async {
        let all = server.admin().get("/console/v1/hook-deliveries").send().await.json();
        all["items"].as_array().unwrap().last().is_some_and(|oldest| oldest["attempts"] == times)
    })
    .await;
}

#[tokio::test]
async fn later_events_of_a_conversation_wait_for_earlier_ones() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    server.make_friends(&alice, &carol).await;
    let receiver = Receiver::start().await;
    let mut has_failed = false;
    receiver.answer(move |one| {
        if one.content() == "one" && !has_failed {
            has_failed = true;
            return Reply::Status(500);
        }
        Reply::Status(200)
    });
    receiver.hook(&server.app, &["message.sent"]).await;
    let mut client = alice.socket().await;
    client.text(&bob, "one").await;
    receiver.wait_for(1).await;
    client.text(&bob, "two").await;
    client.text(&bob, "three").await;
    client.text(&carol, "elsewhere").await;
    assert_eq!(receiver.wait_for(2).await[1].content(), "elsewhere");
    tried(&server, 1).await;
    server.clock.advance(6_000);
    let told = receiver.wait_for(5).await;
    let contents: Vec<String> = told.iter().map(Received::content).collect();
    assert_eq!(contents, ["one", "elsewhere", "one", "two", "three"]);
    assert_eq!(told[0].id(), told[2].id());
    server.stop().await;
}

#[tokio::test]
async fn a_slow_receiver_slows_nobody_else() {
    let (server, alice, bob) =
        TestServer::start().hooks(|options| options.per_hook = 2).with_friends("alice", "bob").await;
    let other = server.new_app("other").await;
    let (slow, quick, elsewhere) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    slow.answer(|_| Reply::Nothing);
    slow.hook(&server.app, &["message.sent", "user.registered"]).await;
    quick.hook(&server.app, &["message.sent"]).await;
    elsewhere.hook(&other, &["user.registered"]).await;
    for number in 0..5 {
        server.user(&format!("user{number}")).await;
    }
    let (mut client, mut peer) = (alice.socket().await, bob.socket().await);
    for number in 0..5 {
        client.text(&bob, &format!("text {number}")).await;
        peer.pushed(&alice).await;
    }
    server.user_of(&other, "dave").await;
    quick.wait_for(5).await;
    elsewhere.wait_for(1).await;
    // Two places, both taken.
    slow.wait_for(2).await;
    slow.answer(|_| Reply::Status(200));
    slow.go_on();
    slow.wait_for(10).await;
    server.stop().await;
}

#[tokio::test]
async fn a_restart_tells_the_same_events_under_the_same_ids() {
    let (mut server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let receiver = Receiver::start().await;
    receiver.answer(|_| Reply::Nothing);
    receiver.hook(&server.app, &["message.sent"]).await;
    let mut client = alice.socket().await;
    client.text(&bob, "one").await;
    client.text(&bob, "two").await;
    let before = receiver.wait_for(1).await.remove(0);
    server.stop_node().await;
    receiver.answer(|_| Reply::Status(200));
    server.restart().await;
    let told = receiver.wait_for(3).await;
    assert_eq!((told[1].id(), told[1].content()), (before.id(), "one".to_owned()));
    assert_eq!(told[2].content(), "two");
    server.stop().await;
}

#[tokio::test]
async fn after_the_last_try_an_event_is_a_dead_letter_and_the_next_goes_on() {
    let retry_after = vec![Duration::from_secs(5), Duration::from_mins(5)];
    let (server, alice, bob) =
        TestServer::start().hooks(|options| options.retry_after = retry_after).with_friends("alice", "bob").await;
    let receiver = Receiver::start().await;
    receiver.answer(|one| Reply::Status(if one.content() == "bad" { 503 } else { 200 }));
    receiver.hook(&server.app, &["message.sent"]).await;
    let mut client = alice.socket().await;
    client.text(&bob, "bad").await;
    client.text(&bob, "good").await;
    tried(&server, 1).await;
    server.clock.advance(6_000);
    tried(&server, 2).await;
    server.clock.advance(331_000);
    let told = receiver.wait_for(4).await;
    assert_eq!(told[3].content(), "good");
    let dead = || async { server.admin().get("/console/v1/hook-deliveries?state=failed").send().await.json() };
    let items = dead().await["items"].take();
    assert_eq!((items.as_array().unwrap().len(), &items[0]["attempts"]), (1, &json!(3)));
    let number = &items[0]["number"];
    let whole = server.admin().get(&format!("/console/v1/hook-deliveries/{number}")).send().await.json();
    assert_eq!(whole["body"], told[0].body());
    let tries = whole["tries"].as_array().unwrap();
    assert_eq!(tries.len(), 3);
    assert!(tries.iter().all(|one| one["status"] == 503 && one["excerpt"] == "said the receiver"), "{tries:?}");
    server.stop().await;
}

#[tokio::test]
async fn what_waited_longer_than_a_whole_series_is_tried_once() {
    let retry_after = vec![Duration::from_secs(5), Duration::from_mins(5)];
    let (server, alice, bob) =
        TestServer::start().hooks(|options| options.retry_after = retry_after).with_friends("alice", "bob").await;
    let receiver = Receiver::start().await;
    receiver.answer(|_| Reply::Status(503));
    receiver.hook(&server.app, &["message.sent"]).await;
    let mut client = alice.socket().await;
    for text in ["one", "two", "three"] {
        client.text(&bob, text).await;
    }
    let recorded = || async { server.admin().get("/console/v1/hook-deliveries").send().await.json() };
    eventually("all are recorded", || async { recorded().await["items"].as_array().unwrap().len() == 3 }).await;
    tried(&server, 1).await;
    server.clock.advance(6_000);
    tried(&server, 2).await;
    server.clock.advance(600_000);
    let told = receiver.wait_for(5).await;
    let contents: Vec<String> = told.iter().map(Received::content).collect();
    assert_eq!(contents, ["one", "one", "one", "two", "three"]);
    let is_failed = |item: &serde_json::Value| item["state"] == "failed";
    eventually("all are dead letters", || async {
        recorded().await["items"].as_array().unwrap().iter().all(is_failed)
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn no_more_than_so_many_wait_for_a_receiver() {
    let (server, alice, bob) =
        TestServer::start().hooks(|options| options.waiting_per_hook = 2).with_friends("alice", "bob").await;
    let receiver = Receiver::start().await;
    receiver.answer(|_| Reply::Status(503));
    receiver.hook(&server.app, &["message.sent"]).await;
    let mut client = alice.socket().await;
    for text in ["one", "two", "three", "four", "five"] {
        client.text(&bob, text).await;
    }
    receiver.wait_for(1).await;
    let of_state = async |query: &str| {
        let page = server.admin().get(&format!("/console/v1/hook-deliveries{query}")).send().await.json();
        page["items"].as_array().unwrap().clone()
    };
    eventually("all are recorded, and one was tried", || async {
        let all = of_state("").await;
        all.len() == 5 && all[4]["attempts"] == 1
    })
    .await;
    server.parts().hooks.prune().await.unwrap();
    let attempts: Vec<_> = of_state("?state=failed").await.iter().map(|item| item["attempts"].clone()).collect();
    assert_eq!(attempts, [json!(0), json!(0), json!(1)], "the oldest are given up");
    receiver.answer(|_| Reply::Status(200));
    eventually("the rest goes on in its order", || async { receiver.received().len() >= 3 }).await;
    assert_eq!(receiver.received()[1].content(), "four");
    server.stop().await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_disabled_until_it_is_enabled_again() {
    let server = TestServer::start().await;
    let receiver = Receiver::start().await;
    receiver.answer(|_| Reply::Status(410));
    let (id, _) = receiver.hook(&server.app, &["user.registered"]).await;
    let path = format!("/console/v1/hooks/{id}");
    server.user("alice").await;
    receiver.wait_for(1).await;
    let status = || async { server.admin().get(&path).send().await.json()["status"].take() };
    eventually("it is disabled", || async { status().await == "gone" }).await;
    server.user("bob").await;
    receiver.answer(|_| Reply::Status(200));
    let enabled = server.admin().patch(&path, json!({"is_enabled": true})).send().await.json();
    assert_eq!(enabled["status"], "enabled");
    let told = receiver.wait_for(2).await;
    assert_eq!(told[0].id(), told[1].id(), "what waited goes on; what happened meanwhile was not asked for");
    server.stop().await;
}

#[tokio::test]
async fn redirects_are_failures_and_not_followed() {
    let server = TestServer::start().await;
    let (receiver, target) = (Receiver::start().await, Receiver::start().await);
    let to = target.url().to_owned();
    receiver.answer(move |_| Reply::Redirect(to.clone()));
    let (id, _) = receiver.hook(&server.app, &["user.registered"]).await;
    let outcome = server.admin().post(&format!("/console/v1/hooks/{id}/test"), json!({})).send().await.json();
    assert_eq!(outcome["status"], 302);
    assert!(target.received().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn private_networks_are_refused_at_once_and_when_a_name_leads_there() {
    let server = TestServer::start().egress(|options| options.allow_networks.clear()).await;
    let receiver = Receiver::start().await;
    let add = |url: String| {
        let new = json!({"url": url, "events": ["user.registered"]});
        server.admin().post("/console/v1/hooks", new).send()
    };
    for url in [receiver.url().to_owned(), "http://[::1]/".into(), "http://0x7f.1/".into(), "ftp://example.com/".into()]
    {
        assert_eq!(add(url.clone()).await.status, 400, "{url}");
    }
    let named = add(receiver.url().replace("127.0.0.1", "localhost")).await;
    assert_eq!(named.status, 200);
    let id = named.json()["id"].as_str().unwrap().to_owned();
    let outcome = server.admin().post(&format!("/console/v1/hooks/{id}/test"), json!({})).send().await.json();
    assert_eq!((&outcome["status"], &outcome["error"]), (&json!(0), &json!("the host is not in the public network")));
    assert!(receiver.received().is_empty());
    server.stop().await;
}
