//! Every operation of the OpenAPI document, called in ways that must not work. The operations are those of the document, so a new one is swept as soon as it is described, and
//! it cannot be served without. Whatever comes back must be an answer that the document lists: no other code, no other status, never a mistake of ours.

mod credentials;
mod example;
mod input;
mod operation;
mod twins;

use cerulean_testkit::{RestClient, TestServer, User};
use serde_json::{Map, Value};

pub use operation::{Access, Field, Operation, Place, operations};

/// A server with people, a group and a friendship, so that examples find somebody.
pub struct Stage {
    pub server: TestServer,
    pub alice: User,
    pub bob: User,
    /// Whom the administrator acts as, and may ruin.
    pub carol: User,
}

/// Operations that end the token they are called with.
const LAST_CALLS: [&str; 5] =
    ["/client/v1/sign-out", "/user/change_password", "/user/delete", "/user/device/remove", "/user/kick"];

impl Stage {
    pub async fn set() -> Self {
        let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
        let carol = server.user("carol").await;
        Self { server, alice, bob, carol }
    }

    /// The examples of an operation, with people who exist in the place of those of the document, and a group of theirs.
    pub async fn examples(&self, operation: &Operation) -> Map<String, Value> {
        let mut values = operation.examples();
        let mut group = None;
        if values.values().any(|value| value.to_string().contains("8002")) {
            group = Some(self.server.group(&self.alice, &[&self.bob]).await.id.get());
        }
        for value in values.values_mut() {
            self.cast(value, group);
        }
        values
    }

    fn cast(&self, value: &mut Value, group: Option<u64>) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.cast(item, group)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.cast(field, group)),
            Value::Number(number) => match number.as_u64() {
                Some(8001) => *value = self.alice.id.get().into(),
                Some(8009) => *value = self.bob.id.get().into(),
                Some(8002) => *value = group.unwrap_or(8002).into(),
                _ => {}
            },
            _ => {}
        }
    }

    /// Whoever may call the operation: the administrator where his token is needed, else a user. A user who may be about to lose his token
    /// by the call gets one for it.
    pub async fn caller(&self, operation: &Operation) -> RestClient {
        match operation.access {
            Access::Admin => self.server.admin(),
            Access::Token if operation.is_administrators => self.server.admin_as(&self.carol),
            Access::Token if LAST_CALLS.contains(&operation.path.as_str()) => {
                self.alice.rest().token(&self.server.fresh_token(&self.alice).await)
            }
            Access::Token => self.alice.rest(),
            Access::App | Access::Open => self.server.anonymous(),
        }
    }
}
