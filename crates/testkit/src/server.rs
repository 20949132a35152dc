//! A node in this process.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use cerulean_accounts::{RegisterUser, RegisteredBy, create_app, issue_token, register_user};
use cerulean_blobs::BlobOptions;
use cerulean_delivery::{AppSettings, Limits};
use cerulean_egress::EgressOptions;
use cerulean_gateway::GatewayOptions;
use cerulean_groups::{CreateGroup, create_group};
use cerulean_hooks::HooksOptions;
use cerulean_jobs::{Worker, WorkerOptions};
use cerulean_previews::PreviewOptions;
use cerulean_roster::{Apply, RosterError, accept, apply};
use cerulean_server::{Doors, Listening, Parts, PartsOptions, listen, router};
use cerulean_types::{Actor, AppId, Clock};
use parking_lot::RwLock;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::database::Database;
use crate::problems;
use crate::rest::RestClient;
use crate::socket::Connecting;
use crate::user::{TestGroup, User};
use crate::wait::{eventually, within};

/// What clients must know of a server, also after it has moved to another port.
pub(crate) struct Shared(RwLock<SocketAddr>);

impl Shared {
    pub(crate) fn at(address: SocketAddr) -> Arc<Self> {
        Arc::new(Self(RwLock::new(address)))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        *self.0.read()
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }
}

/// An app on a test server.
#[derive(Clone)]
pub struct TestApp {
    pub(crate) shared: Arc<Shared>,
    /// Number inside this installation.
    pub id: AppId,
    /// Public name.
    pub slug: String,
    /// Opens the server API.
    pub admin_token: String,
}

/// A test server about to start. Await it, or add people first.
pub struct Starting {
    database: Database,
    gateway: GatewayOptions,
    limits: Limits,
    egress: EgressOptions,
    hooks: HooksOptions,
    previews: PreviewOptions,
    preview_egress: EgressOptions,
    metrics_token: Option<String>,
    public_url: Option<String>,
}

impl Starting {
    /// Keeps everything in another database than SQLite.
    pub fn database(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    /// Changes how connections are treated.
    pub fn gateway(mut self, change: impl FnOnce(&mut GatewayOptions)) -> Self {
        change(&mut self.gateway);
        self
    }

    /// Changes the operator's limits.
    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// Changes what the server may call: by default this machine, where receivers of tests are, and the public network.
    pub fn egress(mut self, change: impl FnOnce(&mut EgressOptions)) -> Self {
        change(&mut self.egress);
        self
    }

    /// Changes how receivers of webhooks are treated.
    pub fn hooks(mut self, change: impl FnOnce(&mut HooksOptions)) -> Self {
        change(&mut self.hooks);
        self
    }

    /// Changes how links are previewed.
    pub fn previews(mut self, change: impl FnOnce(&mut PreviewOptions)) -> Self {
        change(&mut self.previews);
        self
    }

    /// Changes what links may lead to: by default this machine, where sites of tests are, and the public network.
    pub fn preview_egress(mut self, change: impl FnOnce(&mut EgressOptions)) -> Self {
        change(&mut self.preview_egress);
        self
    }

    /// Sets the token that `/metrics` asks for.
    pub fn metrics_token(mut self, token: &str) -> Self {
        self.metrics_token = Some(token.into());
        self
    }

    /// Sets how clients reach the server.
    pub fn public_url(mut self, url: &str) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Starts with two users who are friends.
    pub async fn with_friends(self, one: &str, other: &str) -> (TestServer, User, User) {
        let server = self.boot().await;
        let (one, other) = (server.user(one).await, server.user(other).await);
        server.make_friends(&one, &other).await;
        (server, one, other)
    }

    async fn boot(self) -> TestServer {
        problems::listen();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Clock::adjustable();
        let node = Node::start(&self, &folder, &clock).await;
        let shared = Arc::new(Shared(RwLock::new(node.listening.address)));
        let app = make_app(&node.parts, &shared, "demo").await;
        TestServer { starting: self, folder, clock, node: Some(node), shared, app }
    }
}

impl IntoFuture for Starting {
    type Output = TestServer;
    type IntoFuture = Pin<Box<dyn Future<Output = TestServer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.boot())
    }
}

/// What runs.
struct Node {
    parts: Parts,
    listening: Listening,
    worker: Worker,
}

/// Tests turn the clock, so the worker must look at it often.
const WORKER_POLL: Duration = Duration::from_millis(50);

impl Node {
    async fn start(starting: &Starting, folder: &TempDir, clock: &Clock) -> Self {
        let data = folder.path().to_owned();
        let options = PartsOptions {
            db: starting.database.options(&data),
            blobs: BlobOptions::Directory { folder: data.join("blobs") },
            data,
            limits: starting.limits.clone(),
            gateway: starting.gateway.clone(),
            egress: starting.egress.clone(),
            hooks: starting.hooks.clone(),
            previews: starting.previews.clone(),
            preview_egress: starting.preview_egress.clone(),
            mail: None,
            sms: None,
            wordings: Default::default(),
            public_url: starting.public_url.clone(),
            base_url: starting.public_url.clone().unwrap_or_else(|| "http://127.0.0.1:8080".into()),
            is_tls: false,
            default_app: Some("demo".into()),
            clock: clock.clone(),
        };
        let parts = Parts::open(options).await.expect("the server opens");
        let socket = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let router = router(&parts, starting.metrics_token.clone(), Doors::ALL);
        let listening = listen(socket, None, router).expect("the socket is bound");
        let worker = parts.start_worker(WorkerOptions { poll: WORKER_POLL, ..parts.worker_options() });
        Self { parts, listening, worker }
    }

    /// As `serve` does when it is told to stop.
    async fn stop(self) {
        within("the server stops", async {
            tokio::join!(self.listening.stop(), self.parts.gateway.close());
            self.worker.stop().await;
            self.parts.close().await;
        })
        .await;
    }
}

async fn make_app(parts: &Parts, shared: &Arc<Shared>, slug: &str) -> TestApp {
    let created = create_app(&parts.platform, slug, slug).await.expect("a fresh app");
    TestApp { shared: shared.clone(), id: created.app, slug: slug.into(), admin_token: created.admin_token }
}

/// A real server on a port of its own, with an app `demo`, a fresh database and a clock that can be turned.
///
/// End a test with [`TestServer::stop`], which also checks that the server closes in order. Errors in the log fail the test.
pub struct TestServer {
    starting: Starting,
    folder: TempDir,
    /// Its time.
    pub clock: Clock,
    node: Option<Node>,
    shared: Arc<Shared>,
    /// The app that is there from the start.
    pub app: TestApp,
}

impl TestServer {
    /// Prepares a server on SQLite with default settings.
    pub fn start() -> Starting {
        let this_machine = EgressOptions {
            allow_networks: vec!["127.0.0.0/8".parse().expect("a network")],
            ..EgressOptions::default()
        };
        Starting {
            database: Database::Sqlite,
            gateway: GatewayOptions::default(),
            limits: Limits::default(),
            egress: this_machine.clone(),
            hooks: HooksOptions::default(),
            previews: PreviewOptions { timeout: Duration::from_secs(30), ..PreviewOptions::default() },
            preview_egress: this_machine,
            metrics_token: None,
            public_url: None,
        }
    }

    /// The node's parts, for looking inside where no client can.
    pub fn parts(&self) -> &Parts {
        &self.node.as_ref().expect("the server runs").parts
    }

    /// The data directory.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// `http://127.0.0.1:port`
    pub fn base_url(&self) -> String {
        self.shared.base_url()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.address()
    }

    /// The HTTP paths without app and token.
    pub fn raw(&self) -> RestClient {
        RestClient::new(self.shared.clone())
    }

    /// The HTTP paths in the app `demo`, without a token.
    pub fn anonymous(&self) -> RestClient {
        self.app.anonymous()
    }

    /// The HTTP paths in the app `demo`, with its administrator's token.
    pub fn admin(&self) -> RestClient {
        self.app.admin()
    }

    /// The administrator of `demo` acting in a user's place.
    pub fn admin_as(&self, user: &User) -> RestClient {
        self.app.admin_as(user)
    }

    /// A connection about to be made, of nobody yet.
    pub fn connecting(&self) -> Connecting {
        Connecting::new(self.address())
    }

    /// Adds another app.
    pub async fn new_app(&self, slug: &str) -> TestApp {
        make_app(self.parts(), &self.shared, slug).await
    }

    /// Changes what an app decides for itself.
    pub async fn change_settings(&self, app: &TestApp, change: impl FnOnce(&mut AppSettings)) {
        let platform = &self.parts().platform;
        let mut settings = (*platform.settings_of(app.id).await.expect("the app is there")).clone();
        change(&mut settings);
        let text = serde_json::to_string(&settings).expect("settings become JSON");
        let tx = platform.db.platform().await.expect("the database answers");
        tx.apps().update(app.id, &settings.status, &text).await.expect("the app is there");
        tx.commit().await.expect("the database answers");
        platform.bus.publish(cerulean_bus::BusEvent::AppChanged { app: app.id });
    }

    /// Registers a user in `demo` and signs him in. The password is `<name>'s secret`.
    pub async fn user(&self, name: &str) -> User {
        self.user_of(&self.app, name).await
    }

    /// Registers a user in an app and signs him in.
    pub async fn user_of(&self, app: &TestApp, name: &str) -> User {
        let parts = self.parts();
        let password = format!("{name}'s secret");
        let command = RegisterUser { username: name.into(), password: password.clone() };
        let row = register_user(&parts.accounts, app.id, RegisteredBy::Admin, command).await.expect("a free name");
        let ctx = parts.platform.ctx(app.id, Actor::System).await.expect("the database answers");
        let signed_in = issue_token(&ctx, row.id, None).await.expect("a fresh user");
        ctx.commit().await.expect("the database answers");
        User {
            shared: self.shared.clone(),
            app: app.slug.clone(),
            app_id: app.id,
            id: row.id,
            name: name.into(),
            password,
            token: signed_in.token,
        }
    }

    /// A further token of a user, without the cost of checking a password.
    pub async fn fresh_token(&self, user: &User) -> String {
        let ctx = self.parts().platform.ctx(user.app_id, Actor::System).await.expect("the database answers");
        let signed_in = issue_token(&ctx, user.id, None).await.expect("the user may sign in");
        ctx.commit().await.expect("the database answers");
        signed_in.token
    }

    /// Makes two users friends. Their notices are in their system lines when this returns, and lie before anything to come.
    pub async fn make_friends(&self, one: &User, other: &User) {
        let platform = &self.parts().platform;
        let as_user = |user: &User| Actor::Admin { acting_for: Some(user.id) };
        let mut ctx = platform.ctx(one.app_id, as_user(one)).await.expect("the database answers");
        let asked = Apply { target: other.id, alias: String::new(), reason: String::new(), auth_answer: String::new() };
        apply(&mut ctx, asked).await.expect("they are strangers");
        ctx.commit().await.expect("the database answers");
        let mut ctx = platform.ctx(one.app_id, as_user(other)).await.expect("the database answers");
        match accept(&mut ctx, one.id).await {
            Ok(()) => ctx.commit().await.expect("the database answers"),
            Err(RosterError::ApplicationGone) => drop(ctx),
            Err(error) => panic!("accepting a friend: {error}"),
        }
        self.settle().await;
    }

    /// Makes a group of `owner` with members who join at once.
    pub async fn group(&self, owner: &User, members: &[&User]) -> TestGroup {
        let platform = &self.parts().platform;
        let actor = Actor::Admin { acting_for: Some(owner.id) };
        let mut ctx = platform.ctx(owner.app_id, actor).await.expect("the database answers");
        let members = members.iter().map(|member| member.id).collect();
        let command = CreateGroup { name: "a group".into(), members, ..CreateGroup::default() };
        let info = create_group(&mut ctx, command).await.expect("members who may join");
        ctx.commit().await.expect("the database answers");
        self.settle().await;
        TestGroup { id: info.row.id }
    }

    /// Waits until the notices of all that was done are in their conversations and handed out, and lets a moment pass on the server's clock, so that
    /// what comes next is later.
    pub async fn settle(&self) {
        eventually("notices are sent out", || async {
            let tx = self.parts().platform.db.platform_read().await.expect("the database answers");
            let is_stored = tx.waiting_outbox(1).await.expect("the database answers").is_empty();
            is_stored && self.parts().gateway.stats().waiting_groups == 0
        })
        .await;
        self.clock.advance(2);
    }

    /// Waits until no job runs or is due. A running job is held by a lease that ends by the clock: who turns the clock under it begins another
    /// attempt.
    pub async fn finish_jobs(&self) {
        eventually("no job is left", || async {
            let tx = self.parts().platform.db.platform_read().await.expect("the database answers");
            let stats = tx.jobs().stats(self.clock.now()).await.expect("the database answers");
            stats.running == 0 && stats.due == 0
        })
        .await;
    }

    /// Turns the clock to the next midnight, UTC, so that a day lasts as long as the test.
    pub fn begin_day(&self) {
        const DAY_MS: i64 = 86_400_000;
        self.clock.advance(DAY_MS - self.clock.now() % DAY_MS);
    }

    /// Stops in order and starts again on the same data, on another port.
    pub async fn restart(&mut self) {
        if let Some(node) = self.node.take() {
            node.stop().await;
        }
        let node = Node::start(&self.starting, &self.folder, &self.clock).await;
        *self.shared.0.write() = node.listening.address;
        self.node = Some(node);
    }

    /// Stops in order, leaving the data as a stopped process does.
    pub async fn stop_node(&mut self) {
        if let Some(node) = self.node.take() {
            node.stop().await;
        }
    }

    /// Ends the test: stops in order and fails if the server logged errors.
    pub async fn stop(mut self) {
        self.stop_node().await;
        self.starting.database.drop_it().await;
        problems::refuse_unexpected();
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        problems::refuse_unexpected();
    }
}
