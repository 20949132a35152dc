//! Child processes: the server and the relay.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::Program;

/// How long a child may take until it is ready; debug builds on a busy machine are slow.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// A child that is killed when dropped.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

/// The server's binary: the one told, this one, or its neighbour.
pub(crate) fn server_binary(program: Program, told: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(path) = told {
        return path.canonicalize().with_context(|| format!("there is no server at {}", path.display()));
    }
    let myself = std::env::current_exe().context("the path of this program is unknown")?;
    if program == Program::Cerulean {
        return Ok(myself);
    }
    let neighbour = myself.with_file_name("cerulean");
    if !neighbour.exists() {
        bail!(
            "there is no server at {}: build it (cargo build --release -p cerulean-server) or name one with --server",
            neighbour.display()
        );
    }
    Ok(neighbour)
}

impl Process {
    /// Starts a program; what it prints goes to `log`, which is emptied first.
    pub fn start(program: &Path, args: &[&str], folder: &Path, log: PathBuf) -> anyhow::Result<Self> {
        let out = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let errors = out.try_clone()?;
        let child = Command::new(program)
            .args(args)
            // Settings of the folder or the environment in which the generator was called must not reach the child.
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Self { child, log })
    }

    /// The address that a server prints when it is ready, behind `marker`.
    pub async fn wait_ready(&mut self, marker: &str) -> anyhow::Result<SocketAddr> {
        let give_up = Instant::now() + READY_WITHIN;
        loop {
            let told = std::fs::read_to_string(&self.log).unwrap_or_default();
            if let Some(address) = address_in(&told, marker) {
                return Ok(address);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the child ended with {status} instead of getting ready:\n{told}");
            }
            if Instant::now() > give_up {
                bail!("the child is not ready after {READY_WITHIN:?}:\n{told}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGKILL and waits for the end.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().context("SIGKILL failed")?;
        self.child.wait().context("waiting for the child failed")?;
        Ok(())
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What it has printed so far.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address_in(told: &str, marker: &str) -> Option<SocketAddr> {
    let (_, after) = told.split_once(marker)?;
    let line = after.split_once('\n')?.0;
    line.trim().trim_start_matches("http://").trim_end_matches('/').parse().ok()
}

/// Starts `cerulean serve` on a free port.
pub(crate) fn start_server(binary: &Path, folder: &Path) -> anyhow::Result<Process> {
    let data = folder.join("data");
    let data = data.to_str().context("the data folder's name is no UTF-8")?;
    // A load from one address would only measure the limits that keep one away, and big groups are a choice of the operator.
    let mut args = vec!["serve", "--data", data, "--listen", "127.0.0.1:0"];
    for setting in [
        "limits.requests_per_minute=0",
        "limits.requests_per_minute_of_device=0",
        "limits.connections_per_minute_of_address=0",
        "limits.sends_per_minute=0",
        "limits.frames_per_minute=0",
        "limits.group_members=200000",
    ] {
        args.extend(["--set", setting]);
    }
    Process::start(binary, &args, folder, folder.join("server.log"))
}

/// What the server prints before its address.
pub(crate) const SERVER_READY: &str = "Start page";
/// What the relay prints before its address.
pub(crate) const RELAY_READY: &str = "relay at";

/// Starts the relay of this program.
pub(crate) async fn start_relay(
    program: Program,
    myself: &Path,
    folder: &Path,
) -> anyhow::Result<(Process, SocketAddr)> {
    let args: &[&str] = match program {
        Program::Cerulean => &["bench", "relay"],
        Program::Bench => &["relay"],
    };
    let mut relay = Process::start(myself, args, folder, folder.join("relay.log"))?;
    let address = relay.wait_ready(RELAY_READY).await?;
    Ok((relay, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_found_in_a_finished_line_only() {
        let told = "Cerulean is ready after 5 ms.\n  Start page   http://127.0.0.1:8080/\n";
        assert_eq!(address_in(told, SERVER_READY), Some("127.0.0.1:8080".parse().unwrap()));
        assert_eq!(address_in("  Start page   http://127.0.0.1:80", SERVER_READY), None);
    }
}
