//! Users of a server in a process of its own.

use cerulean_testkit::{Connecting, RestClient, SocketClient};
use serde_json::{Value, json};

use crate::home::{Home, Server};

/// A user, signed in.
#[derive(Clone)]
pub struct Person {
    rest: RestClient,
    connecting: Connecting,
    pub id: u64,
    pub token: String,
}

impl Server {
    /// The HTTP paths in an app, without a token.
    pub fn app(&self, app: &str) -> RestClient {
        RestClient::at(self.address).app(app)
    }

    /// Signs a user in.
    pub async fn sign_in(&self, app: &str, name: &str, password: &str) -> Person {
        let rest = self.app(app);
        let data = rest.post("/token/user", json!({"name": name, "password": password})).data().await;
        let (id, token) = (data["user_id"].as_u64().unwrap(), data["token"].as_str().unwrap().to_owned());
        let connecting = Connecting::new(self.address).uid(id).device("1").token(&token);
        Person { rest: rest.token(&token), connecting, id, token }
    }

    /// Registers a user and signs him in.
    pub async fn user(&self, app: &str, name: &str) -> Person {
        let password = format!("{name}'s secret");
        self.app(app).post("/user/register/v2", json!({"username": name, "password": password})).data().await;
        self.sign_in(app, name, &password).await
    }

    /// One of the two demo users, signed in.
    pub async fn demo(&self, home: &Home, number: usize) -> Person {
        let kept: Value =
            serde_json::from_slice(&std::fs::read(home.data().join("demo-sign-ins.json")).unwrap()).unwrap();
        let user = &kept["users"][number - 1];
        self.sign_in("demo", user["username"].as_str().unwrap(), user["password"].as_str().unwrap()).await
    }
}

impl Person {
    /// The HTTP paths with this user's token.
    pub fn rest(&self) -> RestClient {
        self.rest.clone()
    }

    /// A connection about to be made.
    pub fn connecting(&self) -> Connecting {
        self.connecting.clone()
    }

    /// A live session.
    pub async fn socket(&self) -> SocketClient {
        self.connecting.live().await
    }

    /// The same user at a server that was started again.
    pub fn at(&self, server: &Server, app: &str) -> Self {
        Self {
            rest: server.app(app).token(&self.token),
            connecting: Connecting::new(server.address).uid(self.id).device("1").token(&self.token),
            ..self.clone()
        }
    }

    /// The texts of all messages of a conversation, oldest first.
    pub async fn history(&self, with: u64) -> Vec<String> {
        let mut texts = Vec::new();
        let mut before = 0;
        loop {
            let path = format!("/message/conversation?opposite_id={with}&msg_id_start={before}&limit=100");
            let page = self.rest().get(&path).data().await;
            for message in page["messages"].as_array().unwrap() {
                texts.push(message["content"].as_str().unwrap().to_owned());
            }
            if page["is_last"].as_bool().unwrap() {
                texts.reverse();
                return texts;
            }
            before = page["next_msg_id"].as_u64().unwrap();
        }
    }
}

/// Makes two users friends.
pub async fn befriend(one: &Person, other: &Person) {
    one.rest().post("/roster/apply", json!({"user_id": other.id, "alias": "", "reason": ""})).data().await;
    other.rest().post("/roster/accept", json!({"user_id": one.id})).data().await;
}
