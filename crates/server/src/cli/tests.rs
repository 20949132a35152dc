use std::path::Path;
use std::sync::Arc;

use cerulean_config::Config;
use cerulean_delivery::Platform;
use clap::CommandFactory;

use super::admin::{Command as Asked, Reply};
use super::offline::perform;
use super::*;

fn settings(folder: &Path) -> Config {
    let mut settings = Config::default();
    settings.data.folder = folder.to_owned();
    settings
}

fn create_app(name: &str) -> Asked {
    Asked::CreateApp { name: name.to_owned(), title: "Shop".to_owned() }
}

fn create_user(name: &str) -> Asked {
    Asked::CreateUser { app: "shop".to_owned(), name: name.to_owned(), password: "a long enough password".to_owned() }
}

async fn refusal(settings: &Config, command: Asked) -> String {
    format!("{:#}", perform(settings, command).await.unwrap_err())
}

/// Walks through every command on the data, wherever it is carried out.
async fn walk_through(settings: &Config) {
    let Reply::CreatedApp(created) = perform(settings, create_app("shop")).await.unwrap() else { panic!() };
    assert!(created.app_id == "shop" && created.admin_token.len() > 20);
    assert!(refusal(settings, create_app("shop")).await.contains("exists already"));
    assert!(refusal(settings, create_app("No Good")).await.contains("2 to 32"));

    let Reply::AdminToken { admin_token, .. } =
        perform(settings, Asked::RotateAdminToken { app: "shop".to_owned() }).await.unwrap()
    else {
        panic!()
    };
    assert_ne!(admin_token, created.admin_token);

    let Reply::User(alice) = perform(settings, create_user("alice")).await.unwrap() else { panic!() };
    assert!(refusal(settings, create_user("alice")).await.contains("already exists"));
    for (user, is_frozen) in [("alice".to_owned(), true), (alice.user_id.to_string(), false)] {
        let command = Asked::SetFrozen { app: "shop".to_owned(), user, is_frozen };
        let Reply::User(changed) = perform(settings, command).await.unwrap() else { panic!() };
        assert_eq!((changed.user_id, changed.is_frozen), (alice.user_id, is_frozen));
    }
    let new_password = "another good password".to_owned();
    let command = Asked::SetPassword { app: "shop".to_owned(), user: "alice".to_owned(), password: new_password };
    assert_eq!(perform(settings, command).await.unwrap(), Reply::User(alice.clone()));
    let list = Asked::ListUsers { app: "shop".to_owned(), page: 1, size: 10 };
    assert_eq!(perform(settings, list).await.unwrap(), Reply::Users(vec![alice]));
    for (is_frozen, status) in [(true, "frozen"), (false, "normal")] {
        let command = Asked::SetAppFrozen { app: "shop".to_owned(), is_frozen };
        let Reply::App(changed) = perform(settings, command).await.unwrap() else { panic!() };
        assert_eq!((changed.app_id.as_str(), changed.status.as_str()), ("shop", status));
    }
    let elsewhere = Asked::SetAppFrozen { app: "nowhere".to_owned(), is_frozen: true };
    assert!(refusal(settings, elsewhere).await.contains("no app named nowhere"));
    let nobody = Asked::SetFrozen { app: "shop".to_owned(), user: "nobody".to_owned(), is_frozen: true };
    assert!(refusal(settings, nobody).await.contains("no user nobody"));
    let nowhere = Asked::ListUsers { app: "nowhere".to_owned(), page: 1, size: 10 };
    assert!(refusal(settings, nowhere).await.contains("no app named nowhere"));

    walk_through_keys(settings).await;
    let Reply::Apps(apps) = perform(settings, Asked::ListApps).await.unwrap() else { panic!() };
    assert_eq!(apps.iter().map(|app| app.app_id.as_str()).collect::<Vec<_>>(), ["shop"]);
}

async fn walk_through_keys(settings: &Config) {
    let app = || "shop".to_owned();
    let rotated = perform(settings, Asked::RotateKeys { app: app() }).await.unwrap();
    assert_eq!(rotated, Reply::Rotated { app: app(), version: 2 });
    let list = || Asked::ListKeys { app: Some(app()) };
    let Reply::Keys(keys) = perform(settings, list()).await.unwrap() else { panic!() };
    let versions: Vec<_> = keys[0].versions.iter().map(|key| (key.version, key.is_current)).collect();
    assert_eq!(versions, [(1, false), (2, true)]);
    perform(settings, Asked::DestroyKeys { app: app() }).await.unwrap();
    let Reply::Keys(keys) = perform(settings, list()).await.unwrap() else { panic!() };
    assert!(keys[0].is_destroyed && keys[0].versions.is_empty());
    assert!(refusal(settings, Asked::RotateKeys { app: app() }).await.contains("destroyed"));
    assert!(refusal(settings, Asked::ListUsers { app: app(), page: 1, size: 10 }).await.contains("destroyed"));
}

async fn start_server(settings: &Config) -> (DataLock, Arc<Platform>, tokio::task::JoinHandle<()>) {
    let lock = DataLock::take(&settings.data.folder).unwrap();
    let data = OpenData::open(settings, &lock).await.unwrap();
    let socket = ControlSocket::bind(&settings.data.folder).unwrap();
    let task = tokio::spawn(socket.run(data.clone()));
    (lock, data.platform, task)
}

#[tokio::test]
async fn commands_work_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    walk_through(&settings(&folder.path().join("data"))).await;
}

#[tokio::test]
async fn commands_work_through_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let (_lock, platform, task) = start_server(&settings).await;
    let Reply::Status(status) = perform(&settings, Asked::Status).await.unwrap() else { panic!() };
    assert!(status.is_database_well && status.process == std::process::id());
    walk_through(&settings).await;
    task.abort();
    platform.close().await;
}

const DUMP: &str = r#"{"type":"header","format":"cerulean-dump","version":1,"source":"old shop"}
{"type":"user","id":"a","username":"anna","at":1700000000000}
{"type":"user","id":"b","username":"ben","at":1700000000001}
{"type":"message","id":1,"from":"a","to_user":"b","at":1740000000000,"content":"hello"}
{"type":"message","id":2,"from":"c","to_user":"b","at":1740000000001,"content":"who?"}
"#;

fn tool(line: String) -> Tool {
    let Command::Tool(tool) = Cli::try_parse_from(line.split(' ')).unwrap().command else { panic!("{line}") };
    tool
}

/// Moves two people into an app and out again, by a server or without.
async fn move_in_and_out(settings: &Config, folder: &Path) {
    perform(settings, create_app("shop")).await.unwrap();
    let (dump, out) = (folder.join("dump.jsonl"), folder.join("out.jsonl"));
    std::fs::write(&dump, DUMP).unwrap();
    for _ in 0..2 {
        let Tool::Import(args) = tool(format!("cerulean import --app shop {}", dump.display())) else { panic!() };
        assert!(!transfer::import(args, settings).await.unwrap(), "a line is no good");
    }
    let rejected = std::fs::read_to_string(folder.join("dump.jsonl.rejected")).unwrap();
    assert!(rejected.contains("\"line\":5") && rejected.contains("the user c is not there"), "{rejected}");
    let line = format!("cerulean export --app shop --out {} --only users,messages", out.display());
    let Tool::Export(args) = tool(line.clone()) else { panic!() };
    transfer::export(args, settings).await.unwrap();
    let exported = std::fs::read_to_string(&out).unwrap();
    let words: Vec<&str> = exported.lines().map(|line| line.split('"').nth(3).unwrap()).collect();
    assert_eq!(words, ["header", "user", "user", "message", "conversation", "conversation"], "{exported}");
    let Tool::Export(args) = tool(line) else { panic!() };
    let error = transfer::export(args, settings).await.unwrap_err();
    assert!(format!("{error:#}").contains("File exists"), "{error:#}");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), exported, "what is there is not overwritten");
    let Tool::Import(args) = tool(format!("cerulean import --app nowhere {}", dump.display())) else { panic!() };
    let error = transfer::import(args, settings).await.unwrap_err();
    assert!(error.to_string().contains("there is no app named nowhere"), "{error}");
}

#[tokio::test]
async fn people_move_in_and_out_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    move_in_and_out(&settings(&folder.path().join("data")), folder.path()).await;
}

#[tokio::test]
async fn people_move_in_and_out_through_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder.path().join("data"));
    let (_lock, platform, task) = start_server(&settings).await;
    move_in_and_out(&settings, folder.path()).await;
    task.abort();
    platform.close().await;
}

#[tokio::test]
async fn server_that_stopped_leaves_no_socket_and_a_killed_one_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let (lock, platform, task) = start_server(&settings).await;
    task.abort();
    let _ = task.await;
    platform.close().await;
    drop(lock);
    assert!(!folder.path().join("control.sock").exists());

    drop(std::os::unix::net::UnixListener::bind(folder.path().join("control.sock")).unwrap());
    assert_eq!(perform(&settings, Asked::ListApps).await.unwrap(), Reply::Apps(Vec::new()));
    drop(ControlSocket::bind(folder.path()).unwrap());
}

#[tokio::test]
async fn data_folder_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let _lock = DataLock::take(folder.path()).unwrap();
    assert!(refusal(&settings, Asked::ListApps).await.contains("is in use by process"));
}

#[tokio::test]
async fn socket_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let _socket = ControlSocket::bind(folder.path()).unwrap();
    let mode = std::fs::metadata(folder.path().join("control.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn flags_become_settings() {
    let line = "cerulean serve --listen 127.0.0.1:9000 --roles api --set limits.group_members=7 --data /tmp/x";
    let cli = Cli::try_parse_from(line.split(' ')).unwrap();
    let Command::Serve(serve) = &cli.command else { panic!() };
    let settings = cli.options.load(&serve.as_settings()).unwrap();
    assert_eq!((settings.server.listen.port(), settings.limits.group_members), (9000, 7));
    assert_eq!((settings.server.roles.len(), settings.data.folder.as_path()), (1, Path::new("/tmp/x")));
}

#[test]
fn every_command_explains_itself() {
    fn check(command: &clap::Command) {
        assert!(command.get_about().is_some(), "{} has no help", command.get_name());
        command.get_subcommands().for_each(check);
    }
    check(&Cli::command());
    let help = Cli::command().render_long_help().to_string();
    assert!(help.contains("cerulean app create --name shop"), "{help}");
}
