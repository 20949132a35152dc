//! `cerulean app`, `user`, `doctor` and `config`: on the data folder itself, and through the server that runs on it.

use std::fs;

use cerulean_testkit::pb;
use serde_json::{Value, json};

use crate::home::{Home, Said};

fn failed(said: &Said, word: &str) {
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    assert!(said.out.is_empty(), "results only on standard output: {}", said.out);
    assert!(said.err.starts_with("error: ") && said.err.contains(word), "{}", said.err);
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

#[test]
fn help_teaches() {
    let home = Home::new();
    let help = home.run(&["--help"]).out;
    for word in ["serve", "app", "user", "keys", "doctor", "config", "bench", "--config", "--data", "Start here"] {
        assert!(help.contains(word), "{word} is not in the help");
    }
    for command in [&["serve"][..], &["app", "create"], &["user", "create"], &["keys", "destroy"], &["config", "check"]]
    {
        let said = home.run(&[command, &["--help"]].concat());
        assert!(said.status.success() && said.out.contains("Usage: cerulean"), "{command:?}: {said:?}");
    }
    assert_eq!(home.run(&[]).status.code(), Some(2));
    assert_eq!(home.run(&["fly"]).status.code(), Some(2));
    assert!(fs::read_dir(home.path()).unwrap().next().is_none(), "asking for help makes nothing");
}

#[test]
fn example_configuration_is_a_good_one() {
    let home = Home::new();
    let example = home.run(&["config", "example"]).out;
    for key in ["[server]", "listen", "[data]", "[database]", "[blobs]", "[limits]", "[observability]", "[dev]"] {
        assert!(example.contains(key), "{key}");
    }
    fs::write(home.path().join("cerulean.toml"), &example).unwrap();
    let checked = home.run(&["config", "check"]);
    assert!(checked.status.success(), "{}", checked.err);
    fs::remove_file(home.path().join("cerulean.toml")).unwrap();
    assert_eq!(home.run(&["config", "check"]).out, checked.out, "it shows the defaults");

    let secret = Home::new().through(&["env", "CERULEAN__OBSERVABILITY__METRICS_TOKEN=a-very-secret-token"]);
    let shown = secret.run(&["config", "check"]);
    assert!(shown.out.contains("***") && !shown.out.contains("a-very-secret-token"), "{}", shown.out);
    assert_eq!(home.run(&["config", "check", "--set", "server.listen=here"]).status.code(), Some(2));
}

#[tokio::test]
async fn apps_and_users_are_made_without_a_server() {
    let home = Home::new();
    let app = home.json(&["app", "create", "--name", "shop", "--title", "花店"]);
    assert_eq!(text(&app, "app_id"), "shop");
    failed(&home.run(&["app", "create", "--name", "shop"]), "exists already");
    failed(&home.run(&["app", "create", "--name", "No App!"]), "app");
    let apps = home.json(&["app", "list"]);
    assert_eq!(
        (text(&apps[0], "app_id"), text(&apps[0], "title"), text(&apps[0], "status")),
        ("shop", "花店", "normal")
    );

    let alice = home.json(&["user", "create", "--app", "shop", "--name", "alice"]);
    let said = home
        .run_with(&["user", "create", "--app", "shop", "--name", "bob", "--password-stdin", "--json"], "bob's own\n");
    let bob: Value = serde_json::from_str(&said.out).unwrap();
    assert!(bob.get("password").is_none() && !said.out.contains("bob's own"), "a password that was given is not shown");
    failed(&home.run(&["user", "create", "--app", "shop", "--name", "alice"]), "user already exists");
    failed(&home.run(&["user", "create", "--app", "none", "--name", "alice"]), "there is no app named none");
    failed(
        &home.run_with(&["user", "create", "--app", "shop", "--name", "c", "--password-stdin"], ""),
        "standard input",
    );
    let names: Vec<_> = home
        .json(&["user", "list", "--app", "shop"])
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["username"].clone())
        .collect();
    assert_eq!(names, ["alice", "bob"]);

    let server = home.start(&[]).await;
    assert!(!server.out().contains("Demo app"), "there are apps already: {}", server.out());
    assert_eq!(json!(server.sign_in("shop", "alice", text(&alice, "password")).await.id), alice["user_id"]);
    assert_eq!(json!(server.sign_in("shop", "bob", "bob's own").await.id), bob["user_id"]);
    let admin = server.app("shop").token(text(&app, "admin_token"));
    assert_eq!(admin.get("/user/list").data().await.as_array().unwrap().len(), 2);
    server.stop().await;
}

#[tokio::test]
async fn commands_act_on_a_running_server_at_once() {
    let home = Home::new();
    let server = home.start(&[]).await;
    let app = home.json(&["app", "create", "--name", "shop"]);
    let admin = server.app("shop").token(text(&app, "admin_token"));
    assert_eq!(admin.get("/user/list").data().await, json!([]));
    let fresh: Value = home.json(&["app", "token", "--app", "shop"]);
    assert_eq!(admin.get("/user/list").code().await, 402, "the old token stops working at once");
    let admin = server.app("shop").token(fresh.as_str().expect("a token"));

    let made = home.json(&["user", "create", "--app", "shop", "--name", "alice"]);
    assert_eq!(admin.get("/user/list").data().await[0]["username"], "alice");
    let alice = server.sign_in("shop", "alice", text(&made, "password")).await;
    let mut socket = alice.socket().await;
    let frozen = home.json(&["user", "freeze", "--app", "shop", "--user", &alice.id.to_string()]);
    assert_eq!(frozen["is_frozen"], true);
    socket.closed().await;
    assert_eq!(alice.rest().get("/user/profile").code().await, 10013);
    let credentials = json!({"name": "alice", "password": made["password"]});
    assert_eq!(server.app("shop").post("/token/user", credentials.clone()).code().await, 10013);
    home.json(&["user", "unfreeze", "--app", "shop", "--user", "alice"]);
    assert_eq!(server.app("shop").post("/token/user", credentials.clone()).code().await, 200);

    let alice = server.sign_in("shop", "alice", text(&made, "password")).await;
    let mut socket = alice.socket().await;
    let changed = home.json(&["user", "password", "--app", "shop", "--user", "alice"]);
    socket.closed().await;
    assert_eq!(alice.rest().get("/user/profile").code().await, 402);
    assert_eq!(server.app("shop").post("/token/user", credentials).code().await, 10010);
    server.sign_in("shop", "alice", text(&changed, "password")).await;
    failed(&home.run(&["user", "freeze", "--app", "shop", "--user", "nobody"]), "no user nobody");
    server.stop().await;
}

#[tokio::test]
async fn the_control_socket_survives_neither_stop_nor_kill() {
    let home = Home::new();
    let socket = home.data().join("control.sock");
    let server = home.start(&[]).await;
    assert!(socket.exists());
    server.kill().await;
    assert!(socket.exists(), "nobody was there to take it away");
    assert_eq!(home.json(&["app", "list"])[0]["app_id"], "demo", "a dead socket is no obstacle");
    let server = home.start(&[]).await;
    assert_eq!(home.json(&["app", "list"])[0]["app_id"], "demo");
    server.stop().await;
    assert!(!socket.exists());
}

#[tokio::test]
async fn commands_wait_for_no_server_that_is_starting_or_gone() {
    let home = Home::new();
    let other = home.start(&["--data", "other"]).await;
    // Another folder, so nothing to do with the server that runs.
    assert_eq!(home.json(&["app", "list"]), json!([]));
    assert_eq!(home.json(&["app", "list", "--data", "other"])[0]["app_id"], "demo");
    other.stop().await;
}

#[tokio::test]
async fn doctor_sees_what_runs_and_what_is_wrong() {
    let home = Home::new();
    let verdict = |findings: &Value, subject: &str| {
        let all = findings.as_array().unwrap();
        let found = all
            .iter()
            .find(|finding| finding["subject"] == subject)
            .unwrap_or_else(|| panic!("no {subject}: {findings}"));
        (text(found, "verdict").to_owned(), text(found, "found").to_owned())
    };
    let free = ["doctor", "--set", "server.listen=127.0.0.1:0"];
    let fresh = home.json(&free);
    assert_eq!(verdict(&fresh, "server").1, "none runs on this data folder");
    assert!(!home.data().exists(), "looking makes nothing");

    let server = home.start(&[]).await;
    let address = format!("server.listen={}", server.address);
    let running = home.json(&["doctor", "--set", &address]);
    assert_eq!(verdict(&running, "server").0, "good");
    assert!(verdict(&running, "server").1.contains(&format!("process {}", server.pid())), "{running}");
    for subject in ["data folder", "keys", "database", "port"] {
        assert_eq!(verdict(&running, subject).0, "good", "{running}");
    }
    let elsewhere = home.run(&["doctor", "--data", "other", "--set", &address]);
    assert_eq!(elsewhere.status.code(), Some(1), "the port is taken by a server of other data: {}", elsewhere.out);
    assert!(elsewhere.out.contains("WRONG   port"), "{}", elsewhere.out);
    server.stop().await;

    fs::write(home.data().join("keys/root.key"), "junk").unwrap();
    let wrong = home.run(&free);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(wrong.out.contains("WRONG   keys") && wrong.out.contains("restore the right root.key"), "{}", wrong.out);
}

#[tokio::test]
async fn the_log_does_not_tell_what_commands_were_told() {
    let home = Home::new();
    let server = home.start(&["--set", "observability.log=debug"]).await;
    let made = home.json(&["user", "create", "--app", "demo", "--name", "carol"]);
    let carol = server.sign_in("demo", "carol", text(&made, "password")).await;
    let demo1 = server.demo(&home, 1).await;
    let sent = carol.socket().await.text(demo1.id, "an unlogged text").await;
    assert_eq!(sent.status.unwrap().code, pb::status::ErrorCode::Ok as i32);
    server.signal(rustix::process::Signal::TERM);
    let mut server = server;
    server.ended().await;
    let log = server.err();
    assert!(log.contains("/token/user"), "there is a log: {log}");
    for secret in [text(&made, "password"), &carol.token, &demo1.token, "an unlogged text"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
