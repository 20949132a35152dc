//! What a client shows after hearing notices equals what it would fetch, for each action and for many in a row.

mod each_action;
mod own_devices;
mod random_actions;

use cerulean_testkit::{Address, Model, SocketClient, TestServer, User};
use serde_json::{Value, json};

const ALICE: usize = 0;
const BOB: usize = 1;
const CAROL: usize = 2;
const DAVE: usize = 3;

/// A device with what it shows.
struct Device {
    user: User,
    name: &'static str,
    socket: Option<SocketClient>,
    model: Model,
}

/// Four users; the first has two devices online, the second one, the third one that is away.
struct World {
    server: TestServer,
    users: Vec<User>,
    clients: Vec<cerulean_testkit::RestClient>,
    devices: Vec<Device>,
}

impl World {
    async fn start() -> Self {
        let server = TestServer::start().await;
        let mut users = Vec::new();
        for name in ["alice", "bob", "carol", "dave"] {
            users.push(server.user(name).await);
        }
        let clients = users.iter().map(User::rest).collect();
        let mut devices = Vec::new();
        for (user, name, is_online) in [(0, "phone", true), (0, "desk", true), (1, "phone", true), (2, "phone", false)]
        {
            let user = users[user].with_token(server.fresh_token(&users[user]).await);
            let mut socket = user.connecting().device(name).login().await;
            socket.catch_up().await;
            if !is_online {
                socket.close().await;
                devices.push(Device { model: Model::fetch(&user).await, user, name, socket: None });
                continue;
            }
            devices.push(Device { model: Model::fetch(&user).await, user, name, socket: Some(socket) });
        }
        server.settle().await;
        Self { server, users, clients, devices }
    }

    /// A user does something; the code of the answer.
    async fn act(&self, who: usize, path: &str, body: Value) -> u64 {
        let code = self.clients[who].post(path, body).code().await;
        self.server.settle().await;
        code
    }

    /// Makes a group of a user with others in it.
    async fn group(&self, owner: usize, members: &[usize]) -> u64 {
        let members: Vec<u64> = members.iter().map(|member| self.uid(*member)).collect();
        let data = self.clients[owner].post("/group/create", json!({"name": "g", "user_list": members})).data().await;
        self.server.settle().await;
        data["group_id"].as_u64().expect("a number")
    }

    fn uid(&self, who: usize) -> u64 {
        self.users[who].uid()
    }

    /// Everyone who is online hears what there is, and shows what he would fetch.
    async fn check(&mut self, after: &str) {
        for device in &mut self.devices {
            let Some(socket) = &mut device.socket else { continue };
            device.model.hear(socket.catch_up().await).await;
            let fresh = device.model.fetch_all().await;
            assert_eq!(device.model.shown, fresh, "after {after}, on {}'s {}", device.user.name, device.name);
        }
    }

    /// As [`World::check`], with those who were away.
    async fn check_all(&mut self, after: &str) {
        for device in &mut self.devices {
            if device.socket.is_none() {
                device.socket = Some(device.user.connecting().device(device.name).login().await);
            }
        }
        self.check(after).await;
    }
}
