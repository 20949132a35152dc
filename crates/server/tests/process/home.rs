//! A folder of its own for each test, and the processes that run in it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use cerulean_testkit::{WITHIN, eventually};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// A folder in which `cerulean` is run, as an operator would. Data goes to `data` in it unless a test says otherwise.
pub struct Home {
    folder: TempDir,
    wrapper: Vec<OsString>,
}

/// What a command that ended has said.
#[derive(Debug)]
pub struct Said {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

/// A running server. Killed when dropped.
pub struct Server {
    child: Child,
    out: PathBuf,
    err: PathBuf,
    started: Instant,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process until it said that it is ready.
    pub took: Duration,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), wrapper: Vec::new() }
    }

    /// Runs everything through another command: `unshare`, `setpriv`, `prlimit` …
    pub fn through<S: AsRef<str>>(mut self, wrapper: &[S]) -> Self {
        self.wrapper = wrapper.iter().map(|word| word.as_ref().into()).collect();
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut words = self.wrapper.clone();
        words.push(env!("CARGO_BIN_EXE_cerulean").into());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).args(args).current_dir(self.path());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CERULEAN")) {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, "")
    }

    /// Runs a command to its end with something on its standard input. One that does not end is a failure.
    pub fn run_with(&self, args: &[&str], input: &str) -> Said {
        let command = self.command(args);
        finish(command, args, input)
    }

    /// The result of a command that must succeed, as JSON.
    pub fn json(&self, args: &[&str]) -> Value {
        let said = self.run(&[args, &["--json"]].concat());
        assert!(said.status.success(), "{args:?}: {}", said.err);
        serde_json::from_str(&said.out).expect("JSON")
    }

    /// Starts a server on a free port and waits until it is ready.
    pub async fn start(&self, args: &[&str]) -> Server {
        let has_listen = args.contains(&"--listen");
        let listen: &[&str] = if has_listen { &[] } else { &["--listen", "127.0.0.1:0"] };
        let mut server = self.spawn(&[&["serve"], listen, args].concat());
        server.wait_until_ready().await;
        server
    }

    /// What a server that must refuse to start says.
    pub fn refused(&self, args: &[&str]) -> Said {
        let has_listen = args.contains(&"--listen");
        let listen: &[&str] = if has_listen { &[] } else { &["--listen", "127.0.0.1:0"] };
        let said = self.run(&[&["serve"], listen, args].concat());
        assert!(!said.status.success(), "the server must not start; it said: {}", said.out);
        assert!(!said.out.contains("ready"), "{}", said.out);
        assert!(said.err.lines().any(|line| line.starts_with("error: ")), "no plain word about it: {}", said.err);
        assert!(!said.err.contains("panicked"), "{}", said.err);
        said
    }

    fn spawn(&self, args: &[&str]) -> Server {
        let number = (1..1000).find(|number| !self.path().join(format!("out-{number}")).exists());
        let log = |name: &str| self.path().join(format!("{name}-{}", number.expect("a test starts few servers")));
        let (out, err) = (log("out"), log("err"));
        let mut command = self.command(args);
        command.stdin(Stdio::null()).stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        let started = Instant::now();
        let child = command.spawn().expect("the binary runs");
        Server { child, out, err, started, address: SocketAddr::from(([0, 0, 0, 0], 0)), took: Duration::ZERO }
    }
}

fn finish(mut command: Command, args: &[&str], input: &str) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command runs");
    // A command that asks nothing may be gone before its input is written.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    let pid = Pid::from_child(&child);
    let ended = std::sync::mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        if ended.1.recv_timeout(WITHIN) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    let output = child.wait_with_output().expect("the command was started");
    drop(ended.0);
    guard.join().expect("the guard does not panic");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let said = Said { status: output.status, out: text(output.stdout), err: text(output.stderr) };
    assert!(said.status.code().is_some(), "{args:?} did not end: {said:?}");
    said
}

impl Server {
    async fn wait_until_ready(&mut self) {
        while !self.out().contains("Health") {
            if let Some(status) = self.child.try_wait().expect("our child") {
                panic!("the server ended ({status}): {}", self.err());
            }
            assert!(self.started.elapsed() < WITHIN, "the server is not ready: {}", self.err());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        self.took = self.started.elapsed();
        let out = self.out();
        let base = out.split_whitespace().find_map(|word| word.split_once("://")).expect("an address").1;
        let (address, _) = base.split_once('/').expect("a path");
        self.address = address.parse().expect("an address and a port");
    }

    /// All that it wrote to standard output.
    pub fn out(&self) -> String {
        fs::read_to_string(&self.out).expect("ours")
    }

    /// All that it wrote to standard error.
    pub fn err(&self) -> String {
        fs::read_to_string(&self.err).expect("ours")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("our child runs");
    }

    /// Waits for the end.
    pub async fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        let child = &mut self.child;
        eventually("the server ends", || {
            status = child.try_wait().expect("our child");
            std::future::ready(status.is_some())
        })
        .await;
        status.expect("just seen")
    }

    /// Tells it to stop and checks that it does so in order, without a panic in its life.
    pub async fn stop(mut self) {
        self.signal(Signal::TERM);
        let status = self.ended().await;
        assert!(status.success(), "{status}: {}", self.err());
        assert!(!self.err().contains("panicked"), "{}", self.err());
    }

    /// Kills it as a power cut would.
    pub async fn kill(mut self) {
        self.signal(Signal::KILL);
        self.ended().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("---- the server's log\n{}", self.err());
        }
    }
}
