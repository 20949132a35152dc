//! Webhooks across kills: what was accepted is told, in order, under the same id when it is told again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use cerulean_testkit::eventually;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::home::{Home, Server};
use crate::people::{Person, befriend};

const ROUNDS: usize = 5;
/// Messages to each of two friends in a round.
const MESSAGES: usize = 12;

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    id: String,
    to: u64,
    content: String,
}

/// A receiver that takes events, or keeps whoever tells them waiting.
#[derive(Default)]
struct Receiver {
    told: Mutex<Vec<Told>>,
    is_stuck: AtomicBool,
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let data = serde_json::from_slice::<Value>(&body).unwrap()["data"].take();
    let content = data["content"].as_str().unwrap().to_owned();
    receiver.told.lock().push(Told { id, to: data["to_id"].as_u64().unwrap(), content });
    if receiver.is_stuck.load(Ordering::Acquire) {
        // Until the server that asked is dead.
        std::future::pending::<()>().await;
    }
    StatusCode::NO_CONTENT
}

async fn start_receiver() -> (Arc<Receiver>, u16) {
    let receiver = Arc::new(Receiver::default());
    let socket = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let router = Router::new().fallback(receive).with_state(receiver.clone());
    tokio::spawn(async move { axum::serve(socket, router).await });
    (receiver, port)
}

/// Sends to both friends in turn; everything was acknowledged when this returns.
async fn send(server: &Server, from: &Person, to: &[&Person; 2], round: usize) {
    let mut socket = from.at(server, "shop").connecting().device(&round.to_string()).live().await;
    for number in 0..MESSAGES {
        for friend in to {
            socket.text(friend.id, &format!("{:03}", round * MESSAGES + number)).await;
        }
    }
}

/// What one friend's messages were told as: all, each after the one before, and again only while it was the last.
fn check_order(told: &[Told], to: u64) {
    let mut next = 0;
    for one in told.iter().filter(|one| one.to == to) {
        let number: usize = one.content.parse().unwrap();
        assert!(number == next || number + 1 == next, "{number} was told when {next} was due");
        next = number + 1;
    }
    assert_eq!(next, ROUNDS * MESSAGES, "all are told");
}

#[tokio::test]
async fn accepted_messages_are_told_after_kills_in_order_and_under_their_ids() {
    let home = Home::new();
    let app = home.json(&["app", "create", "--name", "shop"]);
    let (receiver, port) = start_receiver().await;
    let allowed = "[egress]\nallow_networks = [\"127.0.0.0/8\"]\nports = []\n";
    std::fs::write(home.path().join("webhooks.toml"), allowed).unwrap();
    let args = ["--config", "webhooks.toml", "--set", "dev.demo_app=off"];
    let mut server = home.start(&args).await;
    let admin = server.app("shop").token(app["admin_token"].as_str().unwrap());
    let hook = json!({"url": format!("http://127.0.0.1:{port}/"), "events": ["message.sent"]});
    assert_eq!(admin.post("/console/v1/hooks", hook).send().await.status, 200);
    let (alice, bob, carol) =
        (server.user("shop", "alice").await, server.user("shop", "bob").await, server.user("shop", "carol").await);
    befriend(&alice, &bob).await;
    befriend(&alice, &carol).await;
    for round in 0..ROUNDS {
        // Killed with requests under way, and with events that nobody has looked at yet.
        receiver.is_stuck.store(round % 2 == 0, Ordering::Release);
        send(&server, &alice, &[&bob, &carol], round).await;
        if round % 2 == 0 {
            eventually("a request is under way", || async { !receiver.told.lock().is_empty() }).await;
        }
        server.kill().await;
        server = home.start(&args).await;
    }
    receiver.is_stuck.store(false, Ordering::Release);
    // A request of the server that was started last may be stuck.
    server.kill().await;
    let server = home.start(&args).await;
    let last = format!("{:03}", ROUNDS * MESSAGES - 1);
    for friend in [&bob, &carol] {
        let is_last = |one: &Told| one.to == friend.id && one.content == last;
        eventually("the last message is told", || async { receiver.told.lock().iter().any(is_last) }).await;
    }
    let told = receiver.told.lock().clone();
    check_order(&told, bob.id);
    check_order(&told, carol.id);
    let mut ids: HashMap<&str, (u64, &str)> = HashMap::new();
    for one in &told {
        let message = (one.to, one.content.as_str());
        assert_eq!(*ids.entry(&one.id).or_insert(message), message, "an id stands for one event");
    }
    assert_eq!(ids.len(), 2 * ROUNDS * MESSAGES, "an event has one id, however often it is told");
    assert!(told.len() > ids.len(), "the kills came while something was being told");
    server.stop().await;
}
