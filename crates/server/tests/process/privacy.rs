//! What is stored is sealed: neither the data folder, nor a dump of the database, nor the log shows any of what people wrote.

mod fill;
mod marks;

use std::path::{Path, PathBuf};
use std::process::Command;

use sea_orm::{ConnectionTrait, Database};

use self::fill::{Filled, fill};
use self::marks::{Hit, Marks};
use crate::home::{Home, Server};

/// May be read by anyone: the public name of the app. It proves that the search finds what is there.
const APP: &str = "control-mark-of-the-search";

fn control() -> Marks {
    let mut control = Marks::default();
    control.given("the app's public name", APP);
    control
}

fn in_folder(marks: &Marks, folder: &Path) -> Vec<Hit> {
    let mut hits = Vec::new();
    marks.search().in_folder(folder, &mut hits);
    hits.sort();
    hits.dedup();
    hits
}

/// Data, database and logs of a server: nothing marked is in them. Logs lie beside the data folder.
fn is_sealed(home: &Home, marks: &Marks, when: &str) {
    let hits = in_folder(marks, home.path());
    assert!(hits.is_empty(), "{when}: {hits:#?}");
}

async fn is_readable_by_its_owners(server: &Server, filled: &Filled) {
    let (alice, bob) = (filled.alice.at(server, APP), filled.bob.at(server, APP));
    let history = bob.history(alice.id).await;
    for text in &filled.said {
        assert!(history.contains(text), "{text} is not in {history:?}");
    }
    let (_, path) = filled.file.0.split_once("/file/").unwrap();
    let got = alice.rest().get(&format!("/file/{path}")).send().await;
    assert!(got.bytes == filled.file.1);
    let group = alice.rest().get(&format!("/group/info?group_id={}", filled.group)).data().await;
    assert!(group["name"].as_str().unwrap().starts_with("hush"), "{group}");
    let profile = alice.rest().get("/user/profile").data().await;
    assert!(profile["mobile"].as_str().unwrap().starts_with("1371908"), "{profile}");
}

fn new_app(home: &Home) -> String {
    let app = home.json(&["app", "create", "--name", APP]);
    app["admin_token"].as_str().unwrap().to_owned()
}

const ARGS: [&str; 4] = ["--set", "dev.demo_app=off", "--set", "observability.log=debug"];

#[tokio::test]
async fn nothing_that_people_wrote_is_on_the_disk() {
    let home = Home::new();
    let admin_token = new_app(&home);
    let server = home.start(&ARGS).await;
    let mut marks = Marks::default();
    let filled = fill(&server, APP, &admin_token, &mut marks).await;
    is_sealed(&home, &marks, "while the server runs");
    let found = in_folder(&control(), &home.data());
    assert!(found.iter().any(|hit| hit.place.contains("main.db")), "the search looks into the database: {found:?}");
    let log = home.data().join("log.db-wal");
    assert!(std::fs::metadata(&log).unwrap().len() > 0, "and what was written last is still in the write-ahead log");
    is_readable_by_its_owners(&server, &filled).await;
    server.kill().await;
    is_sealed(&home, &marks, "after a kill");

    let server = home.start(&ARGS).await;
    is_readable_by_its_owners(&server, &filled).await;
    server.stop().await;
    is_sealed(&home, &marks, "after a stop");
    for args in [&["app", "list"][..], &["keys", "list"], &["doctor"]] {
        let said = home.run(args);
        let mut hits = Vec::new();
        marks.search().in_bytes((said.out + &said.err).as_bytes(), "", &mut hits);
        assert_eq!(hits, [], "{args:?}");
    }
}

/// A database of its own; dropped at the end.
struct Postgres {
    server: String,
    url: String,
    name: String,
}

impl Postgres {
    /// Nothing where `CERULEAN_TEST_POSTGRES` names no server, which is a failure where `CI` is set.
    async fn create() -> Option<Self> {
        let Ok(server) = std::env::var("CERULEAN_TEST_POSTGRES") else {
            assert!(std::env::var_os("CI").is_none(), "CERULEAN_TEST_POSTGRES must name a server in CI");
            return None;
        };
        let name = format!("privacy_{}", std::process::id());
        let admin = Database::connect(&server).await.unwrap();
        admin.execute_unprepared(&format!("drop database if exists {name} with (force)")).await.unwrap();
        admin.execute_unprepared(&format!("create database {name}")).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        Some(Self { server, url, name })
    }

    /// What a backup would hold.
    fn dump(&self) -> Vec<u8> {
        let output = Command::new(pg_dump()).args(["--dbname", &self.url]).output().expect("pg_dump runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    async fn drop_it(self) {
        let admin = Database::connect(&self.server).await.unwrap();
        admin.execute_unprepared(&format!("drop database {} with (force)", self.name)).await.unwrap();
    }
}

/// The newest `pg_dump`: one that is older than the server refuses.
fn pg_dump() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()).unwrap_or(0);
    let newest = versions.map(|entry| entry.path()).max_by_key(|path| number(path));
    newest.map(|path| path.join("bin/pg_dump")).filter(|path| path.exists()).unwrap_or_else(|| "pg_dump".into())
}

#[tokio::test]
async fn nothing_that_people_wrote_is_in_a_dump_of_postgresql() {
    let Some(postgres) = Postgres::create().await else { return };
    let home = Home::new().through(&["env", &format!("CERULEAN__DATABASE__URL={}", postgres.url)]);
    let admin_token = new_app(&home);
    let server = home.start(&ARGS).await;
    let mut marks = Marks::default();
    let filled = fill(&server, APP, &admin_token, &mut marks).await;
    is_readable_by_its_owners(&server, &filled).await;
    is_sealed(&home, &marks, "while the server runs");
    let dump = postgres.dump();
    assert!(dump.len() > 50_000, "the dump holds something: {} bytes", dump.len());
    let (mut hits, mut found) = (Vec::new(), Vec::new());
    marks.search().in_bytes(&dump, "the dump", &mut hits);
    hits.sort();
    hits.dedup();
    assert_eq!(hits, []);
    control().search().in_bytes(&dump, "the dump", &mut found);
    assert!(!found.is_empty(), "the search looks into the dump");
    server.stop().await;
    is_sealed(&home, &marks, "after a stop");
    postgres.drop_it().await;
}
