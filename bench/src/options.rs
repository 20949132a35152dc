//! What may be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::crash::CrashOptions;

/// Measures a server: start, sessions, messages per second, latency, catch-up, sign-ins, REST calls, imports, crowds.
#[derive(Debug, Parser)]
#[command(after_help = "\
The server is started in an empty folder of its own and listens on loopback; nothing of yours is touched. The same loads are then put on a
bare WebSocket relay, which stores nothing, for comparison. Measure release builds on a quiet machine.

Examples:
  cerulean bench                            every workload, 5 seconds each
  cerulean bench chat latency --seconds 10  only these, for longer
  cerulean bench --json figures.json        the figures for machines as well
  cerulean bench crash --kills 1000         kills the server a thousand times and checks what it kept")]
pub(crate) struct Options {
    /// The measurement.
    #[command(flatten)]
    pub run: RunOptions,
    /// Something else.
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// Workloads to run: start, idle, provision, chat, chat-keys, latency, group, catch-up, history, login, rest,
    /// import, broadcast, big-group [default: all]
    pub workloads: Vec<String>,
    /// Seconds of each workload that is bounded by time
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS")]
    pub seconds: f64,
    /// Sessions of the idle workload
    #[arg(long, default_value_t = 5000, value_name = "N")]
    pub sessions: usize,
    /// Messages of the catch-up and history workloads
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub messages: u64,
    /// Pairs of the chat workloads
    #[arg(long, default_value_t = 64, value_name = "N")]
    pub pairs: usize,
    /// Messages that a sender may have under way
    #[arg(long, default_value_t = 16, value_name = "N")]
    pub window: u64,
    /// Messages per second of the latency workload
    #[arg(long, default_value_t = 2000, value_name = "N")]
    pub rate: u64,
    /// Messages of the import workload
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    pub import: u64,
    /// Users of the broadcast and members of the big group
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    pub crowd: usize,
    /// Bytes of text in a message
    #[arg(long, default_value_t = 128, value_name = "BYTES")]
    pub text: usize,
    /// Writes the figures as JSON into this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The server's binary [default: this one, or `cerulean` beside it]
    #[arg(long, global = true, value_name = "FILE")]
    pub server: Option<PathBuf>,
    /// Leaves the relay out
    #[arg(long)]
    pub no_relay: bool,
    /// Fails when a goal is missed
    #[arg(long)]
    pub strict: bool,
    /// Folder for the data, which must not exist yet and is kept [default: a temporary one]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

impl RunOptions {
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.clamp(0.2, 3600.0))
    }

    pub fn wants(&self, workload: &str) -> bool {
        self.workloads.is_empty() || self.workloads.iter().any(|name| name == workload)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Forwards each WebSocket message to the others in the room named by the path; stores nothing
    Relay(RelayOptions),
    /// Kills a server under load with SIGKILL again and again and checks that everything acknowledged is there, once, in order
    Crash(CrashArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RelayOptions {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
}

#[derive(Debug, Args)]
pub(crate) struct CrashArgs {
    /// How often the server is killed
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub kills: u32,
    /// Start of the random numbers, to repeat a run [default: a fresh one, which is printed]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Folder for the data, which must not exist yet and is kept [default: a temporary one, kept after a failure]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

impl CrashArgs {
    pub fn into_options(self, server: PathBuf) -> CrashOptions {
        CrashOptions {
            server,
            kills: self.kills,
            seed: self.seed.unwrap_or_else(rand::random),
            data: self.data,
            is_verbose: true,
        }
    }
}
