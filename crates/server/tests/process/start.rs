//! The first start and the ones after it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::home::Home;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

fn kept(home: &Home) -> Value {
    serde_json::from_slice(&std::fs::read(home.data().join("demo-sign-ins.json")).unwrap()).unwrap()
}

#[tokio::test]
async fn first_start_needs_nothing_and_tells_how_to_sign_in() {
    let home = Home::new();
    let server = home.start(&[]).await;
    let (out, kept) = (server.out(), kept(&home));
    assert_eq!((&kept["app"], kept["users"].as_array().unwrap().len()), (&"demo".into(), 2));
    let mut ids = Vec::new();
    for (user, name) in kept["users"].as_array().unwrap().iter().zip(["demo1", "demo2"]) {
        assert_eq!(user["username"], name);
        let (password, id) = (user["password"].as_str().unwrap(), user["user_id"].as_u64().unwrap());
        assert!(out.contains(&format!("sign in as {name}  password {password}  (user id {id})")), "{out}");
        assert_eq!(server.sign_in("demo", name, password).await.id, id);
        ids.push(id);
    }
    let token = kept["admin_token"].as_str().unwrap();
    assert!(out.contains(token), "{out}");
    let admin = server.app("demo").token(token);
    let demo2 = server.demo(&home, 2).await;
    assert_eq!(demo2.rest().get("/roster/list").data().await, json!([ids[0]]), "they are friends");
    // What the printed example does, in the words of the example.
    let (_, example) = out.split_once("    -d '").expect("an example");
    let body: Value = serde_json::from_str(example.split_once('\'').unwrap().0).unwrap();
    admin.post("/message/send", body).data().await;
    assert_eq!(demo2.history(ids[0]).await, ["Hello"]);
    server.stop().await;
}

#[tokio::test]
async fn what_a_start_leaves_is_for_its_owner_only() {
    let home = Home::new();
    let server = home.start(&[]).await;
    let data = home.data();
    for (path, expected) in [
        ("", 0o700),
        ("demo-sign-ins.json", 0o600),
        ("keys", 0o700),
        ("keys/root.key", 0o600),
        ("keys/keyring.json", 0o600),
        ("control.sock", 0o600),
        ("lock", 0o600),
        ("main.db", 0o600),
        ("log.db", 0o600),
        ("log.db-wal", 0o600),
    ] {
        assert_eq!(mode(&data.join(path)), expected, "{path}");
    }
    let secrets = kept(&home);
    for secret in [&secrets["admin_token"], &secrets["users"][0]["password"]] {
        assert!(!server.err().contains(secret.as_str().unwrap()), "the log is no place for sign-ins");
    }
    server.stop().await;
    assert!(!data.join("control.sock").exists());
}

#[tokio::test]
async fn a_server_is_ready_soon_and_keeps_its_demo() {
    // The release binary must take less than a second (bench/ measures it); this one is not optimised and shares its cores.
    const SOON: Duration = Duration::from_secs(10);
    let home = Home::new();
    let first = home.start(&[]).await;
    assert!(first.took < SOON, "{:?}", first.took);
    let (told, before) = (first.out(), kept(&home));
    first.stop().await;
    let second = home.start(&[]).await;
    assert!(second.took < SOON, "{:?}", second.took);
    assert_eq!(kept(&home), before);
    let sign_ins =
        |out: &str| out.lines().filter(|line| line.contains("password")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(sign_ins(&second.out()), sign_ins(&told));
    second.stop().await;
}

#[tokio::test]
async fn there_is_no_demo_where_none_is_wanted() {
    let home = Home::new();
    let server = home.start(&["--set", "dev.demo_app=off"]).await;
    assert!(!server.out().contains("demo"), "{}", server.out());
    assert!(!home.data().join("demo-sign-ins.json").exists());
    assert_eq!(home.json(&["app", "list"]), json!([]));
    server.stop().await;
}

#[tokio::test]
async fn a_server_serves_on_an_ipv6_loopback_too() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        // There is no IPv6 here, so there is nothing to serve on: the refusal must say so plainly.
        assert!(Home::new().refused(&["--listen", "[::1]:0"]).err.contains("cannot listen on [::1]:0"));
        return;
    }
    let home = Home::new();
    let server = home.start(&["--listen", "[::1]:0"]).await;
    assert_eq!(server.app("demo").get("/api/health").send().await.status, 200);
    server.stop().await;
}
