use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cerulean_config::{Config, Size};
use cerulean_vault::Vault;

use super::machine::{judge_clock, judge_open_files};
use super::*;

fn settings(folder: &Path) -> Config {
    let mut settings = Config::default();
    settings.data.folder = folder.to_owned();
    settings.server.listen.set_port(0);
    settings
}

async fn verdict_of(settings: &Config, subject: &str) -> Verdict {
    let findings = examine(settings).await;
    findings.iter().find(|finding| finding.subject == subject).expect("there is such a check").verdict
}

#[tokio::test]
async fn fresh_machine_is_well_and_stays_untouched() {
    let parent = tempfile::tempdir().unwrap();
    let settings = settings(&parent.path().join("data"));
    let findings = examine(&settings).await;
    let checked: Vec<&str> = findings.iter().map(|finding| finding.subject).collect();
    for subject in ["server", "data folder", "disk space", "keys", "database", "port", "clock", "open files"] {
        assert!(checked.contains(&subject), "{subject} is not looked at");
    }
    for subject in ["server", "data folder", "keys", "database", "port", "clock"] {
        assert_eq!(verdict_of(&settings, subject).await, Verdict::Good, "{subject}: {findings:?}");
    }
    assert!(!settings.data.folder.exists());
}

#[tokio::test]
async fn wrong_root_key_is_found_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    Vault::open(&settings.data.keys_folder()).unwrap();
    assert_eq!(verdict_of(&settings, "keys").await, Verdict::Good);
    let root = settings.data.keys_folder().join("root.key");
    fs::set_permissions(&root, Permissions::from_mode(0o644)).unwrap();
    assert_eq!(verdict_of(&settings, "keys").await, Verdict::Wrong);
    fs::set_permissions(&root, Permissions::from_mode(0o600)).unwrap();
    fs::write(&root, "00".repeat(32)).unwrap();
    let findings = examine(&settings).await;
    let text = describe(&findings);
    assert!(text.contains("WRONG") && text.contains("restore the right root.key"), "{text}");
}

#[tokio::test]
async fn carriers_that_cannot_be_reached_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    let subjects = ["mail server", "sms gateway"];
    let findings = examine(&settings).await;
    assert!(findings.iter().all(|finding| !subjects.contains(&finding.subject)), "letters go to the outbox");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    settings.mail.host = "127.0.0.1".into();
    settings.mail.port = port.into();
    settings.sms.url = format!("http://127.0.0.1:{port}/send?to={{mobile}}");
    for subject in subjects {
        assert_eq!(verdict_of(&settings, subject).await, Verdict::Good, "{subject}");
    }
    drop(listener);
    for subject in subjects {
        assert_eq!(verdict_of(&settings, subject).await, Verdict::Wrong, "{subject}");
    }
}

#[tokio::test]
async fn open_folder_and_taken_port_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    assert_eq!(verdict_of(&settings, "data folder").await, Verdict::Advice);
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    assert_eq!(verdict_of(&settings, "data folder").await, Verdict::Good);

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    settings.server.listen = taken.local_addr().unwrap();
    assert_eq!(verdict_of(&settings, "port").await, Verdict::Wrong);
}

#[tokio::test]
async fn damaged_database_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    fs::write(folder.path().join("main.db"), "this is no database, but it is long enough to be looked at as one")
        .unwrap();
    assert_eq!(verdict_of(&settings, "database").await, Verdict::Wrong);
}

#[test]
fn clock_behind_the_data_is_wrong() {
    let now = 1_800_000_000_000;
    assert_eq!(judge_clock(now, None).verdict, Verdict::Good);
    assert_eq!(judge_clock(now, Some(now + 1000)).verdict, Verdict::Good);
    assert_eq!(judge_clock(now, Some(now + 3_600_000)).verdict, Verdict::Wrong);
    assert_eq!(judge_clock(0, None).verdict, Verdict::Wrong);
}

#[test]
fn few_open_files_are_told() {
    assert_eq!(judge_open_files(Some(256)).verdict, Verdict::Wrong);
    assert_eq!(judge_open_files(Some(4096)).verdict, Verdict::Advice);
    assert_eq!(judge_open_files(Some(1 << 20)).verdict, Verdict::Good);
    assert_eq!(judge_open_files(None).verdict, Verdict::Good);
}

#[test]
fn sizes_read_well() {
    assert_eq!(bytes(512), "512 B");
    assert_eq!(bytes(Size::bytes(3 << 30).as_bytes()), "3.0 GiB");
}
