//! A disk without room: nothing is lost, everyone is told, and it ends by itself when there is room again.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use cerulean_testkit::{Chain, SocketClient, text_body, within};
use http::Method;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};

use crate::home::{Home, Server};
use crate::people::Person;

/// A way to run out of space.
trait Disk {
    fn fill(&self, server: &Server);
    fn free(&self, server: &Server);
    /// Where the test finds the files of the server's data folder.
    fn data(&self) -> PathBuf;
}

/// A small file system of its own, in a mount namespace that lasts as long as the process in it.
struct SmallDisk {
    holder: Child,
    data: PathBuf,
}

impl SmallDisk {
    const SIZE: &'static str = "size=48m,mode=700";

    /// Nothing where this machine allows no mounts.
    fn mount(folder: &Path) -> Option<Self> {
        let is_root = rustix::process::geteuid().is_root();
        let mount = format!("mount -t tmpfs -o {} tmpfs \"$0\" && echo mounted && exec cat", Self::SIZE);
        let mut command = Command::new("unshare");
        command.arg(if is_root { "-m" } else { "-rm" }).args(["sh", "-c", &mount]).arg(folder);
        // It ends with its standard input, that is with this test, however that ends.
        let mut holder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut line = String::new();
        BufReader::new(holder.stdout.take()?).read_line(&mut line).ok()?;
        let inside = format!("/proc/{}/root", holder.id());
        let data = PathBuf::from(inside + &folder.display().to_string()).join("data");
        let disk = Self { holder, data };
        (line == "mounted\n").then_some(disk)
    }

    fn entering(&self) -> Vec<String> {
        let user: &[&str] = if rustix::process::geteuid().is_root() { &[] } else { &["-U", "--preserve-credentials"] };
        let words = ["nsenter", "-t", &self.holder.id().to_string(), "-m"].map(str::to_owned);
        words.into_iter().chain(user.iter().map(|word| (*word).to_owned())).chain(["--".to_owned()]).collect()
    }

    fn filler(&self) -> PathBuf {
        self.data.with_file_name("filler")
    }
}

impl Disk for SmallDisk {
    fn fill(&self, _: &Server) {
        let mut filler = File::create(self.filler()).unwrap();
        let piece = vec![7; 64 << 10];
        let error = loop {
            if let Err(error) = filler.write_all(&piece) {
                break error;
            }
        };
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    }

    fn free(&self, _: &Server) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn data(&self) -> PathBuf {
        self.data.clone()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// A process that may write nothing for a while: works everywhere, and is a broken disk rather than a full one.
struct Forbidden {
    data: PathBuf,
}

impl Forbidden {
    /// The signal that comes with the error must not end the server.
    const THROUGH: [&'static str; 2] = ["env", "--ignore-signal=XFSZ"];

    fn limit(server: &Server, bytes: &str) {
        let pid = server.pid().to_string();
        let set = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:unlimited")]).status();
        assert!(set.expect("prlimit (of util-linux) is here").success());
    }
}

impl Disk for Forbidden {
    fn fill(&self, server: &Server) {
        Self::limit(server, "0");
    }

    fn free(&self, server: &Server) {
        Self::limit(server, "unlimited");
    }

    fn data(&self) -> PathBuf {
        self.data.clone()
    }
}

/// Sends until the server refuses; what it took, and the reason it gave.
async fn send_until_refused(socket: &mut SocketClient, to: u64, taken: &mut Vec<String>) -> String {
    for number in 0..20_000 {
        let content = format!("{number} {}", "x".repeat(4000));
        let answer = socket.try_send(socket.message(to, text_body(to, &content))).await;
        if answer.server_mid == 0 {
            return answer.status.expect("every answer has a status").reason;
        }
        taken.push(content);
    }
    panic!("the disk does not fill");
}

async fn try_upload(person: &Person, content: Vec<u8>) -> (u16, Value) {
    let addresses = person.rest().get("/file/upload/chat?file_type=100&to_type=1&to_id=0").send().await.json();
    let Some(url) = addresses["data"]["upload_url"].as_str() else { return (200, addresses) };
    let part = reqwest::multipart::Part::bytes(content).file_name("a.bin").mime_str("x/y").unwrap();
    let form = reqwest::multipart::Form::new().part("file", part);
    let answer = person.rest().call(Method::POST, url).multipart(form).send().await;
    (answer.status, answer.json())
}

fn is_clear(what: &str, answer: &Value) {
    assert_eq!(answer["code"], 503, "{what}: {answer}");
    let message = answer["message"].as_str().unwrap_or_default();
    assert!(message.contains("full"), "{what} must say why: {answer}");
}

fn count_files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count_files(&path) } else { 1 }).sum()
}

async fn everyone_is_told(server: &Server, one: &Person, other: &Person, socket: &mut SocketClient, blobs: &Path) {
    for _ in 0..20 {
        let (_, reason) = socket.text_refused(other.id, "refused").await;
        assert!(reason.contains("full"), "{reason}");
    }
    socket.heartbeat().await;
    assert!(!socket.history(other.id, 0, 20).await.metas.is_empty(), "reading goes on");
    let body = json!({"type": 1, "targets": [other.id], "content_type": 0, "content": "refused"});
    is_clear("a send over REST", &one.rest().post("/message/send", body).send().await.json());
    is_clear("a change of profile", &one.rest().post("/user/nickname", json!({"nick_name": "n"})).send().await.json());
    let credentials = json!({"username": "late", "password": "a secret"});
    is_clear("a registration", &server.app("demo").post("/user/register/v2", credentials).send().await.json());
    let before = count_files(blobs);
    let (_, answer) = try_upload(one, vec![7; 8 << 20]).await;
    is_clear("an upload", &answer);
    assert_eq!(count_files(blobs), before, "nothing is left of it");
    assert_eq!(one.rest().get("/user/profile").data().await["nick_name"], "", "nothing half done");
}

async fn is_whole(file: &Path, scratch: &Path) {
    let journal = file.with_extension("db-wal");
    assert!(!journal.exists(), "{} holds everything after a stop", file.display());
    // SQLite follows links by itself and would leave the namespace that the file is in.
    let copy = scratch.join(file.file_name().unwrap());
    fs::copy(file, &copy).unwrap();
    let conn = Database::connect(format!("sqlite://{}", copy.display())).await.unwrap();
    let row = conn.query_one_raw(Statement::from_string(DbBackend::Sqlite, "pragma integrity_check")).await.unwrap();
    assert_eq!(row.unwrap().try_get_by_index::<String>(0).unwrap(), "ok", "{}", file.display());
    conn.close().await.unwrap();
}

async fn survives(home: &Home, disk: &dyn Disk, data: &str) {
    let args = ["--data", data];
    let server = home.start(&args).await;
    let kept = fs::read(disk.data().join("demo-sign-ins.json")).unwrap();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    let password = |index: usize| kept["users"][index]["password"].as_str().unwrap();
    let (one, other) =
        (server.sign_in("demo", "demo1", password(0)).await, server.sign_in("demo", "demo2", password(1)).await);
    let (mut socket, mut reader) = (one.socket().await, other.socket().await);
    let mut taken = Vec::new();
    for number in 0..10 {
        let content = format!("with room {number}");
        socket.text(other.id, &content).await;
        taken.push(content);
    }

    disk.fill(&server);
    let reason = send_until_refused(&mut socket, other.id, &mut taken).await;
    assert!(reason.contains("full") && reason.contains("try again"), "{reason}");
    everyone_is_told(&server, &one, &other, &mut socket, &disk.data().join("blobs")).await;

    disk.free(&server);
    let first = "room again";
    within("sends work again", async {
        // Whoever was refused tries again with a new message; only what was acknowledged counts.
        while socket.try_send(socket.message(other.id, text_body(other.id, first))).await.server_mid == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    taken.push(first.to_owned());
    for number in 0..10 {
        let content = format!("afterwards {number}");
        socket.text(other.id, &content).await;
        taken.push(content);
    }
    one.rest().post("/user/nickname", json!({"nick_name": "n"})).data().await;
    assert_eq!(try_upload(&one, vec![7; 100_000]).await.1["data"], true);
    reader.heartbeat().await;
    assert!(one.history(other.id).await == taken, "what was acknowledged, in order, and nothing else");
    server.kill().await;

    let server = home.start(&args).await;
    let (one, other) = (one.at(&server, "demo"), other.at(&server, "demo"));
    assert!(other.history(one.id).await == taken, "also after a kill");
    let mut chain = Chain::default();
    let mut fresh = server.sign_in("demo", "demo2", password(1)).await.connecting().device("2").live().await;
    let pulled = fresh.pull_all(one.id).await;
    for meta in &pulled {
        chain.follow(meta);
    }
    assert_eq!(pulled.len(), taken.len());
    assert!(!server.err().contains("panicked"), "{}", server.err());
    server.stop().await;
    for name in ["main.db", "log.db"] {
        is_whole(&disk.data().join(name), home.path()).await;
    }
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_is_told() {
    let home = Home::new();
    let mounted = home.path().join("disk");
    fs::create_dir(&mounted).unwrap();
    // Where mounts are forbidden, the other way to fail writes is tested by the test below, on every machine.
    let Some(disk) = SmallDisk::mount(&mounted) else {
        assert!(std::env::var_os("CI").is_none(), "CI must allow mounts: as root, or unprivileged user namespaces");
        return;
    };
    let home = home.through(&disk.entering());
    survives(&home, &disk, &mounted.join("data").display().to_string()).await;
}

#[tokio::test]
async fn failing_writes_lose_nothing_and_are_told() {
    let home = Home::new().through(&Forbidden::THROUGH);
    let data = home.path().join("data");
    survives(&home, &Forbidden { data: data.clone() }, &data.display().to_string()).await;
}

#[tokio::test]
async fn a_start_on_a_full_disk_is_refused_and_works_later() {
    let home = Home::new().through(&["env", "--ignore-signal=XFSZ", "prlimit", "--fsize=4096:unlimited"]);
    let said = home.refused(&[]);
    assert!(said.err.contains("full") || said.err.contains("space") || said.err.contains("too large"), "{}", said.err);
    let data = home.data();
    let home = home.through::<&str>(&[]);
    home.start(&[]).await.stop().await;
    assert!(data.join("demo-sign-ins.json").exists());
}
