//! The crash test: a server under load is killed at random moments; whatever it acknowledged must be there afterwards, once, in order.
//!
//! Everything is checked through the protocol, as any client could: history pages and pulls, positions and chain links. After each kill
//! `audit.rs` reads what the server kept and `ledger.rs` compares it with what `device.rs` was told before. Sends that got no answer are
//! either absent or present once; sending them again leaves one copy.

mod audit;
mod device;
mod ledger;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::child::start_server;
use crate::client::session::{Device, EXPLICIT_ACK};
use crate::fixture::{Server, User};

use device::{Plan, Rendezvous, SessionLog, run_session};
use ledger::{Conversation, Ledger};

/// What to do.
#[derive(Debug, Clone)]
pub struct CrashOptions {
    /// The server's binary.
    pub server: PathBuf,
    /// How often it is killed.
    pub kills: u32,
    /// Start of the random numbers.
    pub seed: u64,
    /// Folder for the data, which must not exist yet and is kept; otherwise a temporary one, kept after a failure.
    pub data: Option<PathBuf>,
    /// Tells how far it is.
    pub is_verbose: bool,
}

/// What happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CrashReport {
    /// Times the server was killed.
    pub kills: u32,
    /// Of these, while it was starting.
    pub kills_at_start: u32,
    /// Messages sent.
    pub sent: u64,
    /// Messages that were acknowledged, all of which were found.
    pub acknowledged: u64,
    /// Messages without an answer that were found.
    pub kept_unanswered: u64,
    /// Messages without an answer that were not found.
    pub dropped_unanswered: u64,
    /// Sends repeated, with and without a send key, that left one copy.
    pub repeated: u64,
    /// Items that devices received, by push or pull.
    pub received: u64,
    /// Items that a device received twice on one connection: must be none.
    pub received_twice: u64,
    /// Links of hash chains that were checked.
    pub links_checked: u64,
}

const USERS: usize = 4;
const DEVICES_PER_USER: usize = 2;
/// Share of kills that hit a server that is starting.
const KILL_AT_START: f64 = 0.15;
/// Share of the other kills that hit while devices connect, pull and repeat what got no answer; the rest hits in full swing.
const KILL_WHILE_CONNECTING: f64 = 0.3;
/// After so many kills everything is read again from its beginning.
const FULL_AUDIT_EVERY: u32 = 100;

/// Runs the crash test to its end; the first violation is the error.
pub fn run(options: &CrashOptions) -> anyhow::Result<CrashReport> {
    // One thread: devices share their sockets within it, and the server keeps the other core.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    let folder = match &options.data {
        Some(folder) => {
            std::fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            folder.clone()
        }
        None => tempfile::tempdir()?.keep(),
    };
    let outcome = local.block_on(&runtime, kill_again_and_again(options, &folder));
    match &outcome {
        Ok(_) if options.data.is_none() => std::fs::remove_dir_all(&folder)?,
        _ => {}
    }
    outcome.with_context(|| format!("seed {}, data kept in {}", options.seed, folder.display()))
}

/// Runs the crash test as a command.
#[expect(clippy::print_stdout, reason = "this is what the command prints for people")]
pub(crate) fn run_and_tell(options: &CrashOptions) -> anyhow::Result<()> {
    println!("seed {}", options.seed);
    let started = Instant::now();
    let report = run(options)?;
    println!("{report:#?}");
    ensure!(report.received_twice == 0, "{} items were delivered twice on one connection", report.received_twice);
    kill_first_starts(&CrashOptions { kills: options.kills.div_ceil(10), ..options.clone() })?;
    println!("Nothing acknowledged was lost, after {:.0} s.", started.elapsed().as_secs_f64());
    Ok(())
}

/// The people of the test and what they talk in.
pub(crate) struct World {
    pub users: Vec<User>,
    pub devices: Vec<Device>,
    pub conversations: Vec<Conversation>,
}

impl World {
    async fn make(server: &Server) -> anyhow::Result<Self> {
        let users = server.add_users("crash", USERS).await?;
        let group = server.add_group(&users).await?;
        let device = |user: &User, number: usize| {
            let capabilities = if number == 0 { EXPLICIT_ACK } else { 0 };
            Device { capabilities, ..user.device(&format!("device{number}")) }
        };
        let devices =
            users.iter().flat_map(|user| (0..DEVICES_PER_USER).map(move |number| device(user, number))).collect();
        let mut conversations = vec![Conversation::Group(group)];
        for one in 0..USERS {
            conversations.extend((one + 1..USERS).map(|other| Conversation::Pair(users[one].id, users[other].id)));
        }
        Ok(Self { users, devices, conversations })
    }
}

/// Tells devices that the end they see is the one that was meant.
#[derive(Default)]
pub(crate) struct Shared {
    pub is_killed: AtomicBool,
    pub next_number: AtomicU64,
}

async fn kill_again_and_again(options: &CrashOptions, folder: &Path) -> anyhow::Result<CrashReport> {
    let mut rng = StdRng::seed_from_u64(options.seed);
    let mut server = Server::start(&options.server, folder).await?;
    let world = World::make(&server).await?;
    let mut ledger = Ledger::new(&world);
    let mut report = CrashReport::default();
    let shared = Arc::new(Shared::default());
    let mut is_full = true;
    while report.kills < options.kills {
        audit::run(&server, &world, &mut ledger, is_full)
            .await
            .with_context(|| format!("after kill {}", report.kills))?;
        let logs = play_and_kill(&mut server, &world, &mut ledger, &shared, &mut rng).await?;
        report.kills += 1;
        for (device, log) in logs.into_iter().enumerate() {
            report.received += log.received.len() as u64;
            report.received_twice += log.twice.len() as u64;
            ledger.take(device, log).with_context(|| format!("before kill {}", report.kills))?;
        }
        while report.kills < options.kills && rng.random_bool(KILL_AT_START) {
            kill_at_start(options, folder, server.ready_after, &mut rng).await?;
            report.kills += 1;
            report.kills_at_start += 1;
        }
        is_full = report.kills.is_multiple_of(FULL_AUDIT_EVERY);
        server =
            Server::start(&options.server, folder).await.with_context(|| format!("after kill {}", report.kills))?;
        tell(options, &report, &ledger);
    }
    audit::run(&server, &world, &mut ledger, true).await.context("at the end")?;
    ledger.fill(&mut report);
    Ok(report)
}

#[expect(clippy::print_stderr, reason = "progress of a command that may take an hour")]
fn tell(options: &CrashOptions, report: &CrashReport, ledger: &Ledger) {
    if options.is_verbose && report.kills.is_multiple_of(10) {
        eprintln!("{} kills, {} messages stored", report.kills, ledger.stored());
    }
}

/// Lets all devices come online and chat, and kills the server in the middle.
async fn play_and_kill(
    server: &mut Server,
    world: &World,
    ledger: &mut Ledger,
    shared: &Arc<Shared>,
    rng: &mut StdRng,
) -> anyhow::Result<Vec<SessionLog>> {
    shared.is_killed.store(false, Ordering::Release);
    let rendezvous = Rendezvous::new(world.devices.len());
    let mut sessions = Vec::new();
    for (number, device) in world.devices.iter().enumerate() {
        let plan = Plan {
            address: server.address,
            device: device.clone(),
            conversations: ledger.conversations_of(device.user),
            repeats: ledger.repeats_of(number, rng),
            seed: rng.random(),
            shared: shared.clone(),
            rendezvous: rendezvous.clone(),
        };
        sessions.push(tokio::task::spawn_local(run_session(plan)));
    }
    let moment = if rng.random_bool(KILL_WHILE_CONNECTING) {
        Duration::from_micros(rng.random_range(0..100_000))
    } else {
        rendezvous.wait(Duration::from_secs(10)).await;
        Duration::from_micros(rng.random_range(0..300_000))
    };
    tokio::time::sleep(moment).await;
    ensure!(server.process.is_running(), "the server ended by itself:\n{}", server.process.printed());
    shared.is_killed.store(true, Ordering::Release);
    server.process.kill()?;
    let printed = server.process.printed();
    ensure!(!printed.contains("panicked"), "the server panicked:\n{printed}");
    let mut logs = Vec::new();
    for session in sessions {
        let outcome = tokio::time::timeout(Duration::from_secs(30), session).await;
        let Ok(joined) = outcome else { bail!("a device did not notice that the server is gone") };
        logs.push(joined??);
    }
    Ok(logs)
}

/// Kills a server before it is ready, or just after.
async fn kill_at_start(options: &CrashOptions, folder: &Path, usual: Duration, rng: &mut StdRng) -> anyhow::Result<()> {
    let mut process = start_server(&options.server, folder)?;
    tokio::time::sleep(usual.mul_f64(rng.random_range(0.0..1.1))).await;
    process.kill()
}

/// Kills very first starts, each in an empty folder; the next start must be complete, sign-ins of the demo app included.
pub fn kill_first_starts(options: &CrashOptions) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut rng = StdRng::seed_from_u64(options.seed);
    let mut usual = Duration::from_millis(500);
    for kill in 0..options.kills {
        let folder = tempfile::tempdir()?;
        let outcome = runtime.block_on(async {
            kill_at_start(options, folder.path(), usual, &mut rng).await?;
            Server::start(&options.server, folder.path()).await
        });
        usual = outcome.with_context(|| format!("after killed first start {kill}, seed {}", options.seed))?.ready_after;
    }
    Ok(())
}
