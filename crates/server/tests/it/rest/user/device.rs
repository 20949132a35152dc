//! Devices, put out one by one.

use cerulean_testkit::{Down, TestServer, pb::user_notice, user_notice_of};
use serde_json::json;

use crate::rest::fields;

fn notices(frames: &[Down]) -> Vec<user_notice::Type> {
    let of = |down: &Down| match down {
        Down::Sync(sync) => sync.metas.iter().map(|meta| user_notice_of(meta).r#type()).collect(),
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

#[tokio::test]
async fn a_kicked_device_is_put_out_at_once_and_its_token_is_void() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let elsewhere = alice.with_token(server.fresh_token(&alice).await);
    let (mut here, mut there) = (alice.device("here").await, elsewhere.device("there").await);
    let list = alice.rest().get("/user/device/list").data().await;
    assert_eq!(fields(&list[0]), ["device_sn", "platform", "user_agent", "user_id"]);
    let numbers: Vec<_> = list.as_array().unwrap().iter().map(|device| device["device_sn"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [u64::from(here.device), u64::from(there.device)]);

    alice.rest().post("/user/kick", json!({"device_sn": there.device})).data().await;
    let (frames, _) = there.closed().await;
    assert_eq!(notices(&frames).last(), Some(&user_notice::Type::KickedByOtherDevice), "{frames:?}");
    assert_eq!(elsewhere.rest().get("/user/profile").code().await, 402);
    here.heartbeat().await;
    assert_eq!(alice.rest().get("/user/profile").code().await, 200);
    for bad in [json!({"device_sn": 99}), json!({"device_sn": 0}), json!({"device_sn": 1e10})] {
        assert_eq!(alice.rest().post("/user/kick", bad.clone()).code().await, 10002, "{bad}");
    }
    server.stop().await;
}

#[tokio::test]
async fn nobody_kicks_the_device_of_another() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let _first = bob.device("first").await;
    let mut second = bob.with_token(server.fresh_token(&bob).await).device("second").await;
    let _alices = alice.socket().await;
    let kick = json!({"device_sn": second.device, "user_id": bob.id.get()});
    assert_eq!(alice.rest().post("/user/kick", kick.clone()).code().await, 10002, "she has no such device");
    assert_eq!(alice.rest().header("user_id", &bob.id.to_string()).post("/user/kick", kick).code().await, 10002);
    second.heartbeat().await;
    server.stop().await;
}

#[tokio::test]
async fn sign_out_ends_the_sessions_of_its_token() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let other = alice.with_token(server.fresh_token(&alice).await);
    let (mut here, mut there) = (alice.device("here").await, other.device("there").await);
    let answer = alice.rest().post("/client/v1/sign-out", json!({})).send().await;
    assert_eq!(answer.status, 204);
    here.closed().await;
    there.heartbeat().await;
    assert_eq!(alice.rest().get("/user/profile").code().await, 402);
    let again = alice.rest().post("/client/v1/sign-out", json!({})).send().await;
    assert_eq!((again.status, again.header("content-type")), (401, "application/problem+json"));
    server.stop().await;
}
