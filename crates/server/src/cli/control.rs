//! The socket in the data folder through which the command line speaks to a running server.
//!
//! Whoever may open it owns the data folder and with it the keys, so it asks for no token: the folder and the socket are
//! the owner's alone, and the other side's user is checked as well. One connection carries one command and one answer, each
//! a line of JSON.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use cerulean_accounts::Accounts;
use cerulean_delivery::Platform;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use super::admin::{self, Command, Reply};

const SOCKET: &str = "control.sock";
const LONGEST_LINE: u64 = 1 << 20;

/// An answer on the socket.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done(Reply),
    Failed(String),
}

/// The server's end. Dropping it removes the socket.
#[derive(Debug)]
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlSocket {
    /// Opens the socket in a data folder that this process has locked; one left by a killed server is replaced.
    pub fn bind(data: &Path) -> io::Result<Self> {
        let path = data.join(SOCKET);
        let fresh = data.join("control.new");
        let _ = fs::remove_file(&fresh);
        let listener = UnixListener::bind(&fresh)?;
        fs::set_permissions(&fresh, Permissions::from_mode(0o600))?;
        fs::rename(&fresh, &path)?;
        Ok(Self { listener, path })
    }

    /// Answers commands, one at a time, until dropped.
    pub async fn run(self, platform: Arc<Platform>, accounts: Accounts) {
        loop {
            let served = match self.listener.accept().await {
                Ok((stream, _)) => answer(stream, &platform, &accounts).await,
                Err(error) => Err(error.into()),
            };
            if let Err(error) = served {
                tracing::warn!("control socket: {error:#}");
            }
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

async fn answer(mut stream: UnixStream, platform: &Arc<Platform>, accounts: &Accounts) -> anyhow::Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer != 0 && peer != rustix::process::getuid().as_raw() {
        bail!("refused user {peer}");
    }
    let line = read_all(&mut stream).await?;
    let command: Command = serde_json::from_slice(&line).context("not a command")?;
    let answer = match admin::execute(platform, accounts, command).await {
        Ok(reply) => Answer::Done(reply),
        Err(error) => Answer::Failed(format!("{error:#}")),
    };
    stream.write_all(&serde_json::to_vec(&answer)?).await?;
    Ok(stream.shutdown().await?)
}

/// Hands a command to the server that runs on this data folder; `None` where none does.
pub(crate) async fn call(data: &Path, command: &Command) -> anyhow::Result<Option<Reply>> {
    let mut stream = match UnixStream::connect(data.join(SOCKET)).await {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => return Ok(None),
        Err(error) => return Err(error).context("cannot reach the server that runs on this data folder"),
    };
    stream.write_all(&serde_json::to_vec(command)?).await?;
    stream.shutdown().await?;
    let line = read_all(&mut stream).await?;
    if line.is_empty() {
        bail!("the running server closed the connection without an answer: see its log");
    }
    match serde_json::from_slice(&line).context("the running server gave an answer of another version")? {
        Answer::Done(reply) => Ok(Some(reply)),
        Answer::Failed(message) => Err(anyhow!(message)),
    }
}

async fn read_all(stream: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    stream.take(LONGEST_LINE).read_to_end(&mut line).await?;
    Ok(line)
}
