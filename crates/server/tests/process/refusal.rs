//! What the server refuses to start on, and how it says so.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sea_orm::{ConnectionTrait, Database};

use crate::home::Home;

/// Runs SQL on a database file nobody has open.
async fn change(file: &Path, sql: &str) {
    let conn = Database::connect(format!("sqlite://{}", file.display())).await.unwrap();
    conn.execute_unprepared(sql).await.unwrap();
    conn.close().await.unwrap();
}

/// A folder in which a server has run and stopped.
async fn used_home() -> Home {
    let home = Home::new();
    home.start(&[]).await.stop().await;
    home
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    };
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(read).collect();
    all.sort();
    all
}

#[tokio::test]
async fn second_process_on_the_same_data_is_refused() {
    let home = Home::new();
    let server = home.start(&[]).await;
    let said = home.refused(&[]);
    assert!(said.err.contains(&format!("in use by process {}", server.pid())), "{}", said.err);
    assert!(said.err.contains("--data"), "what to do: {}", said.err);
    let elsewhere = home.start(&["--data", "other"]).await;
    elsewhere.stop().await;
    server.kill().await;
    home.start(&[]).await.stop().await;
}

#[tokio::test]
async fn port_in_use_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = Home::new().refused(&["--listen", &address]);
    assert!(said.err.contains(&format!("cannot listen on {address}")) && said.err.contains("--listen"), "{}", said.err);
}

/// The superuser writes where permission bits forbid it, unless he gives that power up.
fn bound_by_permissions(home: Home) -> Home {
    if rustix::process::geteuid().is_root() {
        home.through(&["setpriv", "--bounding-set=-dac_override,-dac_read_search"])
    } else {
        home
    }
}

#[tokio::test]
async fn read_only_data_is_refused() {
    let home = bound_by_permissions(Home::new());
    let probe = home.run(&["--version"]);
    assert!(probe.status.success(), "setpriv (of util-linux) must work here: {}", probe.err);
    fs::create_dir(home.data()).unwrap();
    fs::set_permissions(home.data(), Permissions::from_mode(0o500)).unwrap();
    let said = home.refused(&[]);
    assert!(said.err.contains("cannot write to the data folder data"), "{}", said.err);
    assert!(said.err.contains("let the user that runs the server own it"), "what to do: {}", said.err);
    assert_eq!(contents(&home.data()), []);

    // Once there was a server: its files can still be written, but nothing can be added beside them.
    fs::set_permissions(home.data(), Permissions::from_mode(0o700)).unwrap();
    home.start(&[]).await.stop().await;
    fs::set_permissions(home.data(), Permissions::from_mode(0o500)).unwrap();
    home.refused(&[]);
    fs::set_permissions(home.data(), Permissions::from_mode(0o700)).unwrap();
    home.start(&[]).await.stop().await;
}

#[tokio::test]
async fn data_in_an_impossible_place_is_refused() {
    let home = Home::new();
    fs::write(home.path().join("file"), "x").unwrap();
    for place in ["file", "file/data", "/proc/cerulean"] {
        let said = home.refused(&["--data", place]);
        assert!(said.err.contains("data folder") || said.err.contains("data.folder"), "{place}: {}", said.err);
    }
}

#[tokio::test]
async fn wrong_root_key_is_refused_and_explained() {
    let home = used_home().await;
    let keys = home.data().join("keys");
    let root = keys.join("root.key");
    let right = fs::read(&root).unwrap();
    let write = |content: &[u8], mode: u32| {
        let _ = fs::remove_file(&root);
        fs::write(&root, content).unwrap();
        fs::set_permissions(&root, Permissions::from_mode(mode)).unwrap();
    };
    for (content, mode, explanation) in [
        (&b"junk\n"[..], 0o600, "is damaged"),
        (&right[..40], 0o600, "is damaged"),
        (b"", 0o600, "is damaged"),
        ("00".repeat(32).as_bytes(), 0o600, "does not match the keyring"),
        (&right, 0o644, "chmod 600"),
    ] {
        write(content, mode);
        let before = contents(&keys);
        let said = home.refused(&[]);
        assert!(said.err.contains(explanation) && said.err.contains("root.key"), "{explanation}: {}", said.err);
        assert!(explanation == "chmod 600" || said.err.contains("restore the right root.key"), "{}", said.err);
        assert_eq!(contents(&keys), before, "{explanation}: nothing may be changed");
        assert!(!home.run(&["doctor"]).status.success(), "{explanation}: doctor sees it too");
    }
    fs::remove_file(&root).unwrap();
    let said = home.refused(&[]);
    assert!(said.err.contains("is missing") && said.err.contains("restore the right root.key"), "{}", said.err);
    assert!(!root.exists(), "no new key in the place of a lost one");
    write(&right, 0o600);
    home.start(&[]).await.stop().await;
}

#[tokio::test]
async fn damaged_keyring_is_refused_and_explained() {
    let home = used_home().await;
    let keyring = home.data().join("keys/keyring.json");
    let right = fs::read_to_string(&keyring).unwrap();
    for (content, explanation) in [(&right[..right.len() / 2], "is damaged"), ("{}", "is damaged"), ("", "is damaged")]
    {
        fs::write(&keyring, content).unwrap();
        let said = home.refused(&[]);
        assert!(said.err.contains(explanation) && said.err.contains("keyring.json"), "{content:?}: {}", said.err);
    }
    fs::remove_file(&keyring).unwrap();
    assert!(home.refused(&[]).err.contains("restore keyring.json from a backup"));
    fs::write(&keyring, right).unwrap();
    fs::set_permissions(&keyring, Permissions::from_mode(0o600)).unwrap();
    home.start(&[]).await.stop().await;
}

#[tokio::test]
async fn unknown_and_bad_settings_are_refused_by_name() {
    let home = Home::new();
    fs::write(home.path().join("typo.toml"), "[server]\nlisten = \"127.0.0.1:0\"\n\n[limits]\nfile_sise = \"1 GiB\"\n")
        .unwrap();
    fs::write(home.path().join("broken.toml"), "[server\n").unwrap();
    for (args, words) in [
        (&["--config", "typo.toml"][..], &["limits.file_sise", "typo.toml", "did you mean", "file_size"][..]),
        (&["--config", "broken.toml"], &["broken.toml", "TOML"]),
        (&["--config", "missing.toml"], &["missing.toml"]),
        (&["--set", "server.lissten=127.0.0.1:1"], &["server.lissten", "command line", "server.listen"]),
        (&["--set", "limits.file_size=lots"], &["limits.file_size"]),
        (&["--set", "limits.group_members=0"], &["limits.group_members"]),
        (&["--set", "database.url=mysql://x"], &["database.url"]),
        (&["--set", "blobs.kind=s3"], &["blobs.s3.endpoint", "blobs.s3.bucket"]),
    ] {
        let said = home.refused(args);
        assert_eq!(said.status.code(), Some(2), "{args:?}");
        for word in words {
            assert!(said.err.contains(word), "{args:?} must name {word}: {}", said.err);
        }
    }
    // The usual file is read without being named, so a mistake in it cannot go unseen.
    fs::rename(home.path().join("typo.toml"), home.path().join("cerulean.toml")).unwrap();
    assert!(home.refused(&[]).err.contains("limits.file_sise"));
    assert!(!home.data().exists(), "settings are looked at before anything is made");
}

#[tokio::test]
async fn unknown_settings_in_the_environment_are_refused() {
    let home = Home::new().through(&["env", "CERULEAN__SERVER__PORT=1"]);
    let said = home.refused(&[]);
    assert!(said.err.contains("CERULEAN__SERVER__PORT") && said.err.contains("server.port"), "{}", said.err);
}

#[tokio::test]
async fn others_are_not_served_without_tls() {
    let home = Home::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let said = home.refused(&["--listen", address]);
        for word in ["TLS", "dev_ca", "cert_file", "insecure_i_know"] {
            assert!(said.err.contains(word), "{address} must name {word}: {}", said.err);
        }
    }
    let server = home.start(&["--listen", "0.0.0.0:0", "--insecure-i-know"]).await;
    assert!(!server.out().contains("demo1"), "no demo app where others can reach it: {}", server.out());
    server.stop().await;
}

#[tokio::test]
async fn certificates_that_cannot_be_used_are_refused() {
    let home = Home::new();
    fs::write(home.path().join("junk.pem"), "junk").unwrap();
    assert!(home.run(&["serve", "--cert", "junk.pem"]).err.contains("--key"));
    assert!(home.refused(&["--cert", "junk.pem", "--key", "missing.pem"]).err.contains("missing.pem"));
    let said = home.refused(&["--listen", "0.0.0.0:0", "--cert", "junk.pem", "--key", "junk.pem"]);
    assert!(said.err.contains("junk.pem"), "{}", said.err);
}

#[tokio::test]
async fn newer_database_is_refused() {
    let home = used_home().await;
    let main = home.data().join("main.db");
    change(&main, "insert into seaql_migrations (version, applied_at) values ('m9999_future', 0)").await;
    let said = home.refused(&[]);
    assert!(said.err.contains("m9999_future") && said.err.contains("newer program"), "{}", said.err);
    assert!(home.run(&["app", "list"]).err.contains("m9999_future"));
    assert!(home.run(&["doctor"]).out.contains("newer version"));
    change(&main, "delete from seaql_migrations where version = 'm9999_future'").await;
    home.start(&[]).await.stop().await;

    let log = home.data().join("log.db");
    assert!(log.exists(), "the log has a file of its own");
    change(&log, "pragma user_version = 9999").await;
    let said = home.refused(&[]);
    assert!(said.err.contains("log step 9999") && said.err.contains("newer program"), "{}", said.err);
}

#[tokio::test]
async fn damaged_database_is_refused() {
    let home = used_home().await;
    let main = home.data().join("main.db");
    // What was written last may be in the write-ahead log only; settled, the file is all there is.
    change(&main, "pragma wal_checkpoint(truncate)").await;
    let right = fs::read(&main).unwrap();
    fs::write(&main, "this is no database, but it is long enough to be looked at as one".repeat(100)).unwrap();
    let said = home.refused(&[]);
    assert!(said.err.contains("cannot open the database"), "{}", said.err);
    fs::write(&main, right).unwrap();
    home.start(&[]).await.stop().await;
}

#[tokio::test]
async fn unreachable_database_is_refused_without_telling_its_password() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("CERULEAN__DATABASE__URL=postgres://someone:hush-hush-7@{closed}/none");
    let said = Home::new().through(&["env", &url]).refused(&[]);
    assert!(said.err.contains("cannot open the database"), "{}", said.err);
    assert!(!said.err.contains("hush-hush-7"), "{}", said.err);
}
