//! The workloads, and the order in which they run: on one server, from the idle to the busy.

mod big_group;
mod broadcast;
mod catch_up;
mod chat;
mod crowd;
mod group;
mod history;
mod idle;
mod import;
mod latency;
mod login;
mod memory;
mod meter;
mod pair;
mod provision;
mod rest;
mod start;

use std::path::Path;

use anyhow::{Context, bail, ensure};

use crate::Program;
use crate::child::start_relay;
use crate::fixture::{Server, User};
use crate::options::RunOptions;
use crate::process;
use crate::report::{Figures, Report};

const NAMES: [&str; 14] = [
    "start",
    "idle",
    "provision",
    "chat",
    "chat-keys",
    "latency",
    "group",
    "catch-up",
    "history",
    "login",
    "rest",
    "import",
    "broadcast",
    "big-group",
];
/// Users whom the workloads share: pairs need two each, the group a hundred.
const USERS: usize = 128;

/// What a workload works on.
pub(crate) struct Bench<'a> {
    pub server: &'a Server,
    /// The server's memory after its start, before anybody came.
    pub empty_bytes: u64,
    pub users: &'a [User],
    pub options: &'a RunOptions,
    /// The server's program, which is also its command line.
    pub binary: &'a Path,
    program: Program,
    myself: &'a Path,
    folder: &'a Path,
}

impl Bench<'_> {
    /// A fresh relay, unless it was left out.
    async fn relay(&self) -> anyhow::Result<Option<(crate::child::Process, std::net::SocketAddr)>> {
        if self.options.no_relay {
            return Ok(None);
        }
        start_relay(self.program, self.myself, self.folder).await.map(Some)
    }

    fn rss_mib(&self) -> anyhow::Result<f64> {
        Ok(process::resident_bytes(self.server.process.pid())? as f64 / f64::from(1 << 20))
    }
}

/// Runs the workloads that were asked for and prints their figures.
#[expect(clippy::print_stdout, reason = "this is what the command prints for people")]
pub(crate) async fn run_all(
    program: Program,
    server: &Path,
    myself: &Path,
    options: &RunOptions,
) -> anyhow::Result<()> {
    for name in &options.workloads {
        ensure!(NAMES.contains(&name.as_str()), "there is no workload {name}; there are {}", NAMES.join(", "));
    }
    let load_before = process::load_average();
    let temporary = tempfile::tempdir()?;
    let folder = options.data.as_deref().unwrap_or(temporary.path());
    if options.data.is_some() {
        std::fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("{cores} cores, load average {load_before:.2} before the run, generator and server on the same machine\n");
    if cfg!(debug_assertions) {
        println!("This is a debug build: its figures mean nothing.\n");
    }
    let mut report = Report { cores, load_before, is_release_build: !cfg!(debug_assertions), figures: Vec::new() };
    let binary = server;
    let (server, empty_bytes, started) = start::run(binary, folder).await?;
    tell(&mut report, options, started);
    let user_count = USERS.max(2 * options.pairs);
    let users = server.add_users("bench", user_count).await.context("users cannot be set up")?;
    let bench = Bench { server: &server, empty_bytes, users: &users, options, binary, program, myself, folder };
    for name in &NAMES[1..] {
        if options.wants(name) {
            let figures = run_one(name, &bench).await.with_context(|| format!("workload {name}"))?;
            tell(&mut report, options, figures);
        }
    }
    if let Some(file) = &options.json {
        std::fs::write(file, serde_json::to_vec_pretty(&report)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    let missed = report.missed();
    if options.strict && missed > 0 {
        bail!("{missed} goals were missed");
    }
    Ok(())
}

async fn run_one(name: &str, bench: &Bench<'_>) -> anyhow::Result<Figures> {
    match name {
        "idle" => idle::run(bench).await,
        "provision" => provision::run(bench).await,
        "chat" => chat::run(bench, false).await,
        "chat-keys" => chat::run(bench, true).await,
        "latency" => latency::run(bench).await,
        "group" => group::run(bench).await,
        "catch-up" => catch_up::run(bench).await,
        "history" => history::run(bench).await,
        "login" => login::run(bench).await,
        "rest" => rest::run(bench).await,
        "import" => import::run(bench).await,
        "broadcast" => broadcast::run(bench).await,
        "big-group" => big_group::run(bench).await,
        other => bail!("there is no workload {other}"),
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command prints for people")]
fn tell(report: &mut Report, options: &RunOptions, figures: Figures) {
    if options.wants(figures.workload) {
        println!("{}", figures.to_text());
        report.figures.push(figures);
    }
}
