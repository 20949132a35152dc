//! People and groups of a test.

use std::sync::Arc;

use cerulean_types::{AppId, GroupId, UserId};
use serde_json::json;

use crate::message::Address;
use crate::rest::RestClient;
use crate::server::{Shared, TestApp};
use crate::socket::{Connecting, SocketClient};

/// A user of an app, signed in. Cheap to clone.
#[derive(Clone)]
pub struct User {
    pub(crate) shared: Arc<Shared>,
    /// Public name of his app.
    pub app: String,
    /// Number of his app.
    pub app_id: AppId,
    /// Who.
    pub id: UserId,
    /// Name to sign in with.
    pub name: String,
    /// Password.
    pub password: String,
    /// A token that is bound to no device.
    pub token: String,
}

impl User {
    /// The HTTP paths with this user's token.
    pub fn rest(&self) -> RestClient {
        RestClient::new(self.shared.clone()).app(&self.app).token(&self.token)
    }

    /// Signs in again, with the password: a further token.
    pub async fn sign_in(&self) -> String {
        let rest = RestClient::new(self.shared.clone()).app(&self.app);
        let data = rest.post("/token/id", json!({"user_id": self.id.get(), "password": self.password})).data().await;
        data["token"].as_str().expect("a token").to_owned()
    }

    /// The same user with another token.
    pub fn with_token(&self, token: String) -> Self {
        Self { token, ..self.clone() }
    }

    /// A connection about to be made, for choosing device, transport or token.
    pub fn connecting(&self) -> Connecting {
        Connecting::new(self.shared.address()).user(self)
    }

    /// A live session of the device `<uid>_1`: provisioned, and UNREAD answered.
    pub async fn socket(&self) -> SocketClient {
        self.device("1").await
    }

    /// A live session of a device; the same name is the same device.
    pub async fn device(&self, name: &str) -> SocketClient {
        self.connecting().device(name).live().await
    }
}

impl Address for User {
    fn uid(&self) -> u64 {
        self.id.get()
    }
}

/// A group.
#[derive(Debug, Clone)]
pub struct TestGroup {
    /// Which.
    pub id: GroupId,
}

impl Address for TestGroup {
    fn uid(&self) -> u64 {
        self.id.get()
    }
}

impl TestApp {
    /// The HTTP paths without a token.
    pub fn anonymous(&self) -> RestClient {
        RestClient::new(self.shared.clone()).app(&self.slug)
    }

    /// The HTTP paths with the administrator's token.
    pub fn admin(&self) -> RestClient {
        self.anonymous().token(&self.admin_token)
    }

    /// The administrator acting in a user's place.
    pub fn admin_as(&self, user: &User) -> RestClient {
        self.admin().header("user_id", &user.id.to_string())
    }
}
