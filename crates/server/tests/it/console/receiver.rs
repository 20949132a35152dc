//! A server of somebody else: an app's own, as far as webhooks are concerned, or a site that is linked to. It checks signatures with an
//! implementation of its own.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cerulean_testkit::{TestApp, eventually};
use hmac::{Hmac, KeyInit, Mac};
use parking_lot::Mutex;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub text: String,
}

/// What it answers.
#[derive(Debug, Clone)]
pub enum Reply {
    Status(u16),
    Json(Value),
    Redirect(String),
    /// With its media type.
    Content(&'static str, Vec<u8>),
    /// Nothing, until the receiver is told to go on.
    Nothing,
}

type Answer = Box<dyn FnMut(&Received) -> Reply + Send>;

struct Inner {
    url: String,
    received: Mutex<Vec<Received>>,
    answer: Mutex<Answer>,
    go_on: Notify,
}

/// The receiver. Answers with 204 unless told otherwise.
#[derive(Clone)]
pub struct Receiver(Arc<Inner>);

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn id(&self) -> String {
        self.header("webhook-id").to_owned()
    }

    pub fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn kind(&self) -> String {
        self.body()["type"].as_str().unwrap().to_owned()
    }

    pub fn content(&self) -> String {
        self.body()["data"]["content"].as_str().unwrap_or_default().to_owned()
    }

    /// Which of its signatures a secret made.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let (id, timestamp) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        mac.update(format!("{id}.{timestamp}.{}", self.text).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').any(|shown| shown == expected)
    }
}

async fn receive(State(receiver): State<Receiver>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let received = Received { path: uri.path().to_owned(), headers, text: String::from_utf8(body.to_vec()).unwrap() };
    let reply = receiver.0.answer.lock()(&received);
    receiver.0.received.lock().push(received);
    match reply {
        Reply::Status(status) => (StatusCode::from_u16(status).unwrap(), "said the receiver").into_response(),
        Reply::Json(value) => axum::Json(value).into_response(),
        Reply::Redirect(to) => (StatusCode::FOUND, [("location", to)]).into_response(),
        Reply::Content(kind, content) => ([("content-type", kind)], content).into_response(),
        Reply::Nothing => {
            receiver.0.go_on.notified().await;
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

impl Receiver {
    pub async fn start() -> Self {
        let socket = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        let answer: Answer = Box::new(|_| Reply::Status(204));
        let inner = Inner { url, received: Mutex::default(), answer: Mutex::new(answer), go_on: Notify::new() };
        let receiver = Self(Arc::new(inner));
        let router = Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(socket, router).await });
        receiver
    }

    pub fn url(&self) -> &str {
        &self.0.url
    }

    pub fn answer(&self, answer: impl FnMut(&Received) -> Reply + Send + 'static) {
        *self.0.answer.lock() = Box::new(answer);
    }

    pub fn go_on(&self) {
        self.0.go_on.notify_waiters();
    }

    pub fn received(&self) -> Vec<Received> {
        self.0.received.lock().clone()
    }

    /// Waits until so many requests came.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        eventually(&format!("{count} requests at the receiver"), || async { self.received().len() >= count }).await;
        let received = self.received();
        assert_eq!(received.len(), count, "{:?}", received.iter().map(|one| &one.text).collect::<Vec<_>>());
        received
    }

    /// Registers it with an app: its id and secret.
    pub async fn hook(&self, app: &TestApp, events: &[&str]) -> (String, String) {
        self.hook_with(app, events, json!({})).await
    }

    /// Registers it with an app, with settings for verdicts.
    pub async fn hook_with(&self, app: &TestApp, events: &[&str], screen: Value) -> (String, String) {
        self.hook_as(app, json!({"url": self.url(), "events": events, "screen": screen})).await
    }

    /// Registers it with an app as one that wants to know what was said.
    pub async fn hook_with_content(&self, app: &TestApp, events: &[&str]) -> (String, String) {
        self.hook_as(app, json!({"url": self.url(), "events": events, "with_content": true})).await
    }

    async fn hook_as(&self, app: &TestApp, new: Value) -> (String, String) {
        let answer = app.admin().post("/console/v1/hooks", new).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
        (text("id"), text("secret"))
    }
}
