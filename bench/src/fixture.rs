//! A server with users on it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::child::{Process, SERVER_READY, start_server};
use crate::client::http::Http;
use crate::client::session::Device;

const PASSWORD: &str = "Kingfisher-93-over-water";

/// A user that signed in.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub id: u64,
    pub name: String,
    pub token: String,
}

impl User {
    /// One of this user's installations.
    pub fn device(&self, name: &str) -> Device {
        Device { user: self.id, token: self.token.clone(), guid: format!("{}_{name}", self.id), capabilities: 0 }
    }

    pub fn password() -> &'static str {
        PASSWORD
    }
}

/// A running server.
pub(crate) struct Server {
    pub process: Process,
    pub address: SocketAddr,
    pub app: String,
    pub admin_token: String,
    /// From the start of the process to the first answered request.
    pub ready_after: Duration,
}

impl Server {
    /// Starts a server in `folder`, whose data are in `folder/data`.
    pub async fn start(binary: &Path, folder: &Path) -> anyhow::Result<Self> {
        let started = Instant::now();
        let mut process = start_server(binary, folder)?;
        let address = process.wait_ready(SERVER_READY).await?;
        let mut http = Http::connect(address, "", "").await?;
        let (status, _) = http.call("GET", "/api/ready", None).await?;
        ensure!(status == 200, "the server says it is ready, but /api/ready answers {status}");
        let ready_after = started.elapsed();
        let (app, admin_token) = sign_ins(&folder.join("data"))?;
        Ok(Self { process, address, app, admin_token, ready_after })
    }

    pub async fn http(&self, token: &str) -> anyhow::Result<Http> {
        Http::connect(self.address, &self.app, token).await
    }

    /// Registers users and signs them in.
    pub async fn add_users(&self, prefix: &str, count: usize) -> anyhow::Result<Vec<User>> {
        let mut admin = self.http(&self.admin_token).await?;
        let mut users = Vec::with_capacity(count);
        let names: Vec<String> = (0..count).map(|index| format!("{prefix}_{index}")).collect();
        for some in names.chunks(16) {
            let list: Vec<Value> = some.iter().map(|name| json!({"username": name, "password": PASSWORD})).collect();
            let done = admin.post("/user/register/batch", &json!({"list": list})).await?;
            for one in done.as_array().context("the batch answers with a list")? {
                ensure!(one["success"] == true, "a user was not registered: {one}");
            }
            for name in some {
                users.push(sign_in(&mut admin, name).await?);
            }
        }
        Ok(users)
    }

    /// Makes a group of all these users, owned by the first.
    pub async fn add_group(&self, users: &[User]) -> anyhow::Result<u64> {
        let mut http = self.http(&users[0].token).await?;
        let members: Vec<u64> = users[1..].iter().map(|user| user.id).collect();
        let info = http.post("/group/create", &json!({"name": "bench", "type": 0, "user_list": members})).await?;
        ensure!(info["count"] == users.len(), "not everyone is in the group: {info}");
        info["group_id"].as_u64().context("the group has no id")
    }
}

async fn sign_in(http: &mut Http, name: &str) -> anyhow::Result<User> {
    let signed_in = http.post("/token/user", &json!({"name": name, "password": PASSWORD})).await?;
    let token = signed_in["token"].as_str().context("no token")?.to_owned();
    let id = signed_in["user_id"].as_u64().context("no user id")?;
    Ok(User { id, name: name.to_owned(), token })
}

/// App and administrator's token of a first start.
fn sign_ins(data: &Path) -> anyhow::Result<(String, String)> {
    let file = data.join("demo-sign-ins.json");
    let text = std::fs::read(&file).with_context(|| format!("{} is missing", file.display()))?;
    let demo: Value = serde_json::from_slice(&text)?;
    let text = |name: &str| demo[name].as_str().map(str::to_owned).with_context(|| format!("{name} is missing"));
    Ok((text("app")?, text("admin_token")?))
}
