//! `cerulean serve`: from settings to a running node, and back.

use std::time::Instant;

use anyhow::Context;
use cerulean_config::{Config, Role};
use cerulean_types::Clock;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::{ControlSocket, DataLock, OpenData};
use crate::demo::{self, Demo};
use crate::router::Doors;
use crate::{Parts, PartsOptions, listen, router, telemetry, tls};

/// Runs a node until it is told to stop (SIGINT or SIGTERM).
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let started = Instant::now();
    let telemetry = telemetry::start(&config)?;
    let tls = tls::from_config(&config)?;
    let data = config.data.folder.clone();
    let lock = DataLock::take(&data)?;
    let socket = TcpListener::bind(config.server.listen).await.with_context(|| {
        let address = config.server.listen;
        format!("cannot listen on {address}: is another server running there? Choose another with --listen")
    })?;
    let parts = Parts::open(PartsOptions::from_config(&config, Clock::system())).await?;
    if config.database.is_sqlite() {
        // Nobody else uses this data, so whatever an upload left unfinished is of a process that is gone.
        parts.files.recover().await.context("cannot clean up unfinished uploads")?;
    }
    let worker = config.server.has_role(Role::Worker).then(|| parts.start_worker(parts.worker_options()));
    let demo = if config.wants_demo() { demo::ensure(&parts, &data).await? } else { None };
    let control = ControlSocket::bind(&data).context("cannot open the control socket")?;
    let control = tokio::spawn(control.run(OpenData::of(&parts)));
    let scheme = if tls.is_some() { "https" } else { "http" };
    let metrics_token = config.observability.metrics_token.expose();
    let metrics_token = (!metrics_token.is_empty()).then(|| metrics_token.to_owned());
    // Before anyone can know that it runs: whoever stops it right then is heard as well.
    let stop = StopSignals::listen()?;
    let listening = listen(socket, tls, router(&parts, metrics_token, Doors::of(&config)))?;
    greet(&format!("{scheme}://{}", listening.address), demo.as_ref(), started);
    stop.wait().await;
    tracing::info!("stopping: no new connections, finishing what runs");
    tokio::join!(listening.stop(), parts.gateway.close());
    control.abort();
    if let Some(worker) = worker {
        worker.stop().await;
    }
    parts.close().await;
    drop(lock);
    tracing::info!("stopped");
    telemetry.stop().await;
    Ok(())
}

/// What asks the process to stop in order.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Tells people where everything is.
#[expect(clippy::print_stdout, reason = "this is what the command prints for people")]
fn greet(base: &str, demo: Option<&Demo>, started: Instant) {
    println!("Cerulean is ready after {} ms.", started.elapsed().as_millis());
    println!("  Start page   {base}/");
    println!("  Messenger    {base}/chat/");
    println!("  Health       {base}/api/health");
    let Some(demo) = demo else { return };
    println!();
    println!("Demo app: {}", demo.app);
    for user in &demo.users {
        println!("  sign in as {}  password {}  (user id {})", user.username, user.password, user.user_id);
    }
    println!("  administrator's token  {}", demo.admin_token);
    println!();
    let (from, to) = (&demo.users[0], &demo.users[1]);
    println!("Send a message from the shell:");
    println!(
        "  curl -s {base}/message/send -H 'app_id: {}' -H 'access-token: {}' -H 'content-type: application/json' \\",
        demo.app, demo.admin_token
    );
    println!(
        "    -d '{{\"type\":1,\"from_user_id\":{},\"targets\":[{}],\"content_type\":0,\"content\":\"Hello\"}}'",
        from.user_id, to.user_id
    );
}
