//! A router over a fresh database.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use cerulean_accounts::{Accounts, Presence};
use cerulean_blobs::{BlobOptions, Blobs};
use cerulean_bus::LocalBus;
use cerulean_delivery::{Limits, Platform, PlatformOptions};
use cerulean_egress::{Egress, EgressOptions};
use cerulean_files::Files;
use cerulean_messaging::Messaging;
use cerulean_previews::{PreviewOptions, Previews};
use cerulean_rest::{Rest, RestParts, router};
use cerulean_storage::DbOptions;
use cerulean_types::{AppId, Clock, UserId};
use cerulean_vault::Vault;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub const PASSWORD: &str = "correct horse";

/// Nobody is connected here.
struct Nobody;

impl Presence for Nobody {
    fn is_online(&self, _app: AppId, _user: UserId) -> bool {
        false
    }
}

/// The router with an app `demo`.
pub struct Bench {
    pub platform: Arc<Platform>,
    pub accounts: Accounts,
    pub admin_token: String,
    pub router: Router,
    pub folder: TempDir,
}

/// An answer: HTTP status and JSON.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> u64 {
        self.body["code"].as_u64().expect("a code")
    }

    pub fn data(&self) -> &Value {
        assert_eq!((self.status, self.code()), (StatusCode::OK, 200), "{}", self.body);
        &self.body["data"]
    }
}

/// A call under construction.
pub struct Call<'a> {
    bench: &'a Bench,
    request: axum::http::request::Builder,
    body: Value,
}

impl Call<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("access-token", token)
    }

    pub fn body(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    pub async fn send(self) -> Answer {
        let text = if self.body.is_null() { String::new() } else { self.body.to_string() };
        let request = self.request.header("content-type", "application/json").body(Body::from(text)).unwrap();
        let response = self.bench.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status, body }
    }
}

impl Bench {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = PlatformOptions {
            db: DbOptions::Sqlite { folder: folder.path().to_owned() },
            vault: Vault::in_memory(),
            bus: Arc::new(LocalBus::default()),
            clock: Clock::adjustable(),
            limits: Limits::default(),
        };
        let platform = Platform::open(options).await.unwrap();
        let accounts = Accounts::new(platform.clone());
        let blobs = Blobs::open(&BlobOptions::Directory { folder: folder.path().join("blobs") }).unwrap();
        let admin_token = cerulean_accounts::create_app(&platform, "demo", "Demo").await.unwrap().admin_token;
        let egress = Egress::new(EgressOptions::default()).unwrap();
        let parts = RestParts {
            verification: cerulean_verification::Verification::new(platform.clone()),
            platform: platform.clone(),
            accounts: accounts.clone(),
            messaging: Messaging::new(platform.clone()),
            files: Files::new(platform.clone(), blobs),
            previews: Previews::new(platform.clone(), egress, PreviewOptions::default()),
            presence: Arc::new(Nobody),
            public_url: None,
            is_tls: false,
            default_app: Some("demo".into()),
        };
        Self { platform, accounts, admin_token, router: router(Rest::new(parts)), folder }
    }

    /// A call in the app `demo`.
    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        self.call_in("demo", method, path)
    }

    pub fn call_in(&self, app: &str, method: &str, path: &str) -> Call<'_> {
        let request =
            Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080").header("app_id", app);
        Call { bench: self, request, body: Value::Null }
    }

    /// Registers and signs in; answers with id and token.
    pub async fn user(&self, name: &str) -> (u64, String) {
        let credentials = json!({"username": name, "password": PASSWORD});
        let registered = self.call("POST", "/user/register/v2").body(credentials).send().await;
        (registered.data()["user_id"].as_u64().unwrap(), self.token(name).await)
    }

    pub async fn token(&self, name: &str) -> String {
        let answer = self.call("POST", "/token/user").body(json!({"name": name, "password": PASSWORD})).send().await;
        answer.data()["token"].as_str().unwrap().to_owned()
    }

    /// Connects a device, as the gateway does.
    pub async fn connect(&self, user: u64, token: &str, guid: &str) -> u32 {
        let request = cerulean_accounts::ProvisionRequest {
            user_id: UserId::parse(user).unwrap(),
            token: token.into(),
            device_guid: guid.into(),
            os_type: 6,
            device_info: "Web".into(),
        };
        cerulean_accounts::provision(&self.accounts, &request).await.unwrap().device.0
    }
}
