//! The socket in the data folder through which the command line speaks to a running server.
//!
//! Whoever may open it owns the data folder and with it the keys, so it asks for no token: the folder and the socket are
//! the owner's alone, and the other side's user is checked as well. One connection carries one command and one answer, each
//! a line of JSON; an import or export tells in lines before its answer what happens on the way.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::OpenData;
use super::admin::{self, Command, Reply};
use super::transfer::{self, Happening, TransferCommand};

const SOCKET: &str = "control.sock";
const LONGEST_LINE: u64 = 1 << 20;

/// What is asked on the socket.
#[derive(Deserialize)]
#[serde(untagged)]
enum Asked {
    Transfer(TransferCommand),
    Command(Command),
}

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

    /// Answers commands until dropped; what is under way then ends where it is.
    pub async fn run(self, data: OpenData) {
        let mut answers = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        answers.spawn(answer(stream, data.clone()));
                    }
                    Err(error) => tracing::warn!("control socket: {error}"),
                },
                Some(Ok(Err(error))) = answers.join_next() => tracing::warn!("control socket: {error:#}"),
            }
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

async fn answer(mut stream: UnixStream, data: OpenData) -> anyhow::Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer != 0 && peer != rustix::process::getuid().as_raw() {
        bail!("refused user {peer}");
    }
    let line = read_all(&mut stream).await?;
    let command = match serde_json::from_slice(&line).context("not a command")? {
        Asked::Command(command) => command,
        Asked::Transfer(command) => return answer_transfer(stream, &data, command).await,
    };
    let answer = match admin::execute(&data.platform, &data.accounts, command).await {
        Ok(reply) => Answer::Done(reply),
        Err(error) => Answer::Failed(format!("{error:#}")),
    };
    stream.write_all(&serde_json::to_vec(&answer)?).await?;
    Ok(stream.shutdown().await?)
}

/// Tells what happens on the way, line by line; behind a line that announces bytes come the bytes.
async fn answer_transfer(mut stream: UnixStream, data: &OpenData, command: TransferCommand) -> anyhow::Result<()> {
    let (sender, mut happenings) = mpsc::channel::<Happening>(4);
    // When the other side goes away, writing fails, the channel closes, and the transfer ends at its next step.
    let told = async move {
        while let Some(mut happening) = happenings.recv().await {
            let bytes = happening.take_bytes();
            let mut line = serde_json::to_vec(&happening)?;
            line.push(b'\n');
            line.extend(bytes);
            stream.write_all(&line).await?;
        }
        stream.shutdown().await
    };
    let ((), told) = tokio::join!(transfer::perform_here(data, command, sender), told);
    Ok(told?)
}

/// Hands an import or export to the server that runs on this data folder; `None` where none does. Its last happening is the outcome.
pub(crate) async fn begin_transfer(
    data: &Path,
    command: &TransferCommand,
) -> anyhow::Result<Option<mpsc::Receiver<Happening>>> {
    let Some(mut stream) = connect(data).await? else { return Ok(None) };
    stream.write_all(&serde_json::to_vec(command)?).await?;
    stream.shutdown().await?;
    let (sender, happenings) = mpsc::channel(4);
    tokio::spawn(async move {
        if let Err(error) = relay(stream, &sender).await {
            let _ = sender.send(Happening::Failed(format!("the running server broke off: {error}"))).await;
        }
    });
    Ok(Some(happenings))
}

async fn relay(stream: UnixStream, sender: &mpsc::Sender<Happening>) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(256 << 10, stream);
    let mut line = String::new();
    while reader.read_line(&mut line).await? > 0 {
        let mut happening: Happening = serde_json::from_str(&line)?;
        line.clear();
        if let Happening::Lines { bytes, text } | Happening::File { bytes, text, .. } = &mut happening {
            text.resize(*bytes, 0);
            reader.read_exact(text).await?;
        }
        if sender.send(happening).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Hands a command to the server that runs on this data folder; `None` where none does.
pub(crate) async fn call(data: &Path, command: &Command) -> anyhow::Result<Option<Reply>> {
    let Some(mut stream) = connect(data).await? else { return Ok(None) };
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

async fn connect(data: &Path) -> anyhow::Result<Option<UnixStream>> {
    match UnixStream::connect(data.join(SOCKET)).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error).context("cannot reach the server that runs on this data folder"),
    }
}

async fn read_all(stream: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    stream.take(LONGEST_LINE).read_to_end(&mut line).await?;
    Ok(line)
}
