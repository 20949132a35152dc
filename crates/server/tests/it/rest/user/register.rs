//! Registration.

use cerulean_testkit::TestServer;
use serde_json::json;

#[tokio::test]
async fn names_keep_the_rules() {
    let server = TestServer::start().await;
    let register = async |name: &str| {
        let body = json!({"username": name, "password": "a fine secret"});
        server.anonymous().post("/user/register/v2", body).code().await
    };
    for bad in ["", "1234", "maxim_x", "mta", "a b", "静", "a-b", "a@b", "../x", &"x".repeat(65)] {
        assert_eq!(register(bad).await, 10002, "{bad}");
    }
    assert_eq!(register("alice_1").await, 200);
    assert_eq!(register("ALICE_1").await, 10004, "names differ in more than case");
    server.stop().await;
}

#[tokio::test]
async fn ids_are_numbers_of_at_most_fifteen_digits_and_differ_from_group_ids() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let registered =
        server.anonymous().post("/user/register/v2", json!({"username": "bob", "password": "a fine secret"}));
    let bob = registered.data().await["user_id"].as_u64().expect("a JSON number");
    let group = server.group(&alice, &[]).await;
    let all = [alice.id.get(), bob, group.id.get()];
    assert!(all.iter().all(|id| *id < 1_000_000_000_000_000), "{all:?}");
    assert!(all[0] != all[1] && all[0] != all[2] && all[1] != all[2]);
    server.stop().await;
}

#[tokio::test]
async fn visitors_get_a_name_of_their_own() {
    let server = TestServer::start().await;
    let mut names = Vec::new();
    for _ in 0..2 {
        let body = json!({"username": "anon_", "password": "a fine secret", "cid": 1});
        let visitor = server.anonymous().post("/user/register/anonymous", body).data().await;
        let name = visitor["username"].as_str().unwrap().to_owned();
        assert!(name.starts_with("anon_") && name.len() > 5, "{name}");
        let sign_in = json!({"name": name, "password": "a fine secret"});
        assert_eq!(server.anonymous().post("/token/user", sign_in).data().await["user_id"], visitor["user_id"]);
        names.push(name);
    }
    assert_ne!(names[0], names[1]);
    server.stop().await;
}

#[tokio::test]
async fn two_at_once_do_not_get_the_same_name() {
    let server = TestServer::start().await;
    let register = || {
        let body = json!({"username": "alice", "password": "a fine secret"});
        server.anonymous().post("/user/register/v2", body).code()
    };
    let mut codes: Vec<_> = futures::future::join_all((0..4).map(|_| register())).await;
    codes.sort_unstable();
    assert_eq!(codes, [200, 10004, 10004, 10004]);
    server.stop().await;
}
