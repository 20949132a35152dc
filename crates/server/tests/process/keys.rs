//! Keys of apps: rotated, listed, destroyed.

use serde_json::{Value, json};

use crate::home::{Home, Server};
use crate::people::{Person, befriend};

async fn pair(server: &Server, app: &str) -> (Person, Person) {
    let (one, other) = (server.user(app, "alice").await, server.user(app, "bob").await);
    befriend(&one, &other).await;
    (one, other)
}

async fn upload(person: &Person, to: u64, content: &'static str) -> String {
    let addresses = person.rest().get(&format!("/file/upload/chat?file_type=100&to_type=1&to_id={to}")).data().await;
    let part = reqwest::multipart::Part::text(content).file_name("note.txt").mime_str("text/plain").unwrap();
    let form = reqwest::multipart::Form::new().part("file", part);
    let url = addresses["upload_url"].as_str().unwrap();
    let answer = person.rest().call(http::Method::POST, url).multipart(form).send().await;
    assert_eq!(answer.json()["data"], json!(true));
    addresses["download_url"].as_str().unwrap().to_owned()
}

/// The address of a file at a server that listens elsewhere now.
fn moved(url: &str, server: &Server) -> String {
    let (_, path) = url.split_once("/file/").unwrap();
    format!("http://{}/file/{path}", server.address)
}

fn versions(home: &Home, app: &str) -> Vec<(u64, bool)> {
    let keys = home.json(&["keys", "list", "--app", app]);
    let of_app = keys[0]["versions"].as_array().unwrap();
    of_app.iter().map(|key| (key["version"].as_u64().unwrap(), key["is_current"].as_bool().unwrap())).collect()
}

#[tokio::test]
async fn what_was_sealed_before_a_rotation_stays_readable() {
    let home = Home::new();
    home.json(&["app", "create", "--name", "shop"]);
    let server = home.start(&[]).await;
    let (alice, bob) = pair(&server, "shop").await;
    alice.rest().post("/user/nickname", json!({"nick_name": "Alice A."})).data().await;
    let mut socket = alice.socket().await;
    socket.text(bob.id, "before").await;
    let file = upload(&alice, bob.id, "kept from before").await;
    assert_eq!(versions(&home, "shop"), [(1, true)]);

    assert_eq!(home.json(&["keys", "rotate", "--app", "shop"]), json!(2));
    assert_eq!(versions(&home, "shop"), [(1, false), (2, true)]);
    socket.text(bob.id, "between").await;
    assert_eq!(bob.history(alice.id).await, ["before", "between"]);
    assert_eq!(alice.rest().get("/user/profile").data().await["nick_name"], "Alice A.");
    assert_eq!(alice.rest().get(&file).send().await.text(), "kept from before");
    server.stop().await;

    assert_eq!(home.json(&["keys", "rotate", "--app", "shop"]), json!(3), "also without a server");
    let server = home.start(&[]).await;
    let (alice, bob) = (alice.at(&server, "shop"), bob.at(&server, "shop"));
    alice.socket().await.text(bob.id, "after").await;
    assert_eq!(bob.history(alice.id).await, ["before", "between", "after"]);
    assert_eq!(alice.rest().get("/user/profile").data().await["nick_name"], "Alice A.");
    assert_eq!(
        alice.rest().get("/roster/name?username=bob").data().await["user_id"],
        json!(bob.id),
        "names are still found"
    );
    assert_eq!(alice.rest().get(&moved(&file, &server)).send().await.text(), "kept from before");
    assert_eq!(server.sign_in("shop", "alice", "alice's secret").await.id, alice.id);
    server.stop().await;
}

/// Every way to the data of an app whose keys are gone.
async fn is_lost(server: &Server, alice: &Person, bob: &Person, file: &str) {
    let refusals: [(&str, Value); 4] = [
        ("the history", alice.rest().get(&format!("/message/conversation?opposite_id={}", bob.id)).send().await.json()),
        ("the profile", alice.rest().get("/user/profile").send().await.json()),
        ("the friends", alice.rest().get(&format!("/roster/id?user_id={}", bob.id)).send().await.json()),
        (
            "a new name",
            server
                .app("shop")
                .post("/user/register/v2", json!({"username": "carol", "password": "secret 7"}))
                .send()
                .await
                .json(),
        ),
    ];
    for (what, answer) in refusals {
        assert_ne!(answer["code"], 200, "{what}: {answer}");
        let message = answer["message"].as_str().unwrap_or_else(|| panic!("{what}: {answer}"));
        assert!(message.contains("keys of this app were destroyed"), "{what} must say why: {answer}");
    }
    let answer = alice.rest().get(&moved(file, server)).send().await;
    assert!(answer.status >= 400 && !answer.text().contains("kept"), "{}", answer.text());
    let credentials = json!({"name": "alice", "password": "alice's secret"});
    assert_ne!(server.app("shop").post("/token/user", credentials).code().await, 200);
}

#[tokio::test]
async fn destroyed_keys_take_the_data_of_one_app_with_them() {
    let home = Home::new();
    home.json(&["app", "create", "--name", "shop"]);
    home.json(&["app", "create", "--name", "other"]);
    let server = home.start(&[]).await;
    let (alice, bob) = pair(&server, "shop").await;
    let (carol, dave) = pair(&server, "other").await;
    let (mut lost, mut kept) = (alice.socket().await, carol.socket().await);
    lost.text(bob.id, "soon unreadable").await;
    kept.text(dave.id, "still readable").await;
    let file = upload(&alice, bob.id, "kept no longer").await;

    let unconfirmed = home.run_with(&["keys", "destroy", "--app", "shop"], "yes\n");
    assert!(!unconfirmed.status.success() && unconfirmed.err.contains("nothing was changed"), "{unconfirmed:?}");
    assert_eq!(bob.history(alice.id).await, ["soon unreadable"]);
    assert!(home.run(&["keys", "destroy", "--app", "none", "--yes"]).err.contains("there is no app named none"));
    let confirmed = home.run_with(&["keys", "destroy", "--app", "shop"], "shop\n");
    assert!(confirmed.status.success(), "{}", confirmed.err);

    assert_eq!(home.json(&["keys", "list", "--app", "shop"])[0]["is_destroyed"], true);
    is_lost(&server, &alice, &bob, &file).await;
    let (_, reason) = lost.text_refused(bob.id, "more").await;
    assert!(reason.contains("destroyed"), "{reason}");
    kept.text(dave.id, "and goes on").await;
    assert_eq!(dave.history(carol.id).await, ["still readable", "and goes on"]);
    server.stop().await;

    let server = home.start(&[]).await;
    let (alice, bob) = (alice.at(&server, "shop"), bob.at(&server, "shop"));
    is_lost(&server, &alice, &bob, &file).await;
    let (carol, dave) = (carol.at(&server, "other"), dave.at(&server, "other"));
    carol.socket().await.text(dave.id, "after the restart").await;
    assert_eq!(dave.history(carol.id).await, ["still readable", "and goes on", "after the restart"]);
    assert!(home.run(&["keys", "rotate", "--app", "shop"]).err.contains("destroyed"), "there is no way back");
    assert!(!server.err().contains("panicked"));
    server.stop().await;
}
