//! How a session is ended from outside, and what it is told (wire.md 10, "User").

use std::time::{Duration, Instant};

use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::pb::user_notice::Type;
use cerulean_testkit::{Down, SocketClient, TestServer, User, content_of, eventually, user_notice_of};
use http::Method;
use serde_json::json;

use super::status_of;

/// What revocations have to act within, on a busy machine: sooner than sessions are looked through, every five seconds.
pub const AT_ONCE: Duration = Duration::from_secs(4);

/// Reads until the connection ends: the kinds of the notices about the account that came, news of other devices left out.
async fn last_words(client: &mut SocketClient) -> Vec<Type> {
    let (frames, _) = client.closed().await;
    let metas = frames.iter().filter_map(|down| match down {
        Down::Sync(sync) => sync.metas.first(),
        _ => None,
    });
    metas.map(|meta| user_notice_of(meta).r#type()).filter(|kind| *kind != Type::DeviceAdded).collect()
}

async fn refusal(user: &User, device: &str) -> ErrorCode {
    let (_, answer) = user.connecting().device(device).try_login().await;
    status_of(answer.status.as_ref()).0
}

#[tokio::test]
async fn second_connection_of_a_device_replaces_the_first() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut bob_socket = bob.socket().await;
    let mut first = alice.device("tab").await;
    let mut second = alice.device("tab").await;
    assert_eq!(first.device, second.device);
    let (frames, status) = first.closed().await;
    let [Down::Sync(push)] = &frames[..] else { panic!("one notice: {frames:?}") };
    assert!(push.is_eager_sync && push.next_key == 0 && push.xid.as_ref().is_some_and(|xid| xid.uid == 0));
    let meta = &push.metas[0];
    assert_eq!(user_notice_of(meta).r#type(), Type::KickBySameDevice);
    assert_eq!((meta.from.unwrap().uid, meta.to.unwrap().uid), (0, alice.id.get()));
    assert_eq!(status, Some(1000));
    bob_socket.text(&alice, "who hears it?").await;
    assert_eq!(content_of(&second.pushed(&bob).await), "who hears it?");
    let online = alice.rest().get("/user/online_status").data().await;
    assert_eq!(online["online"], true, "the end of the first must not hide the second");
    // The notice is not kept: a later session of the device would log itself out by it.
    assert!(second.pull_all(0).await.iter().all(|meta| meta.ns != 4));
    server.stop().await;
}

#[tokio::test]
async fn kicked_device_is_told_and_its_token_is_no_longer_good() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut phone = alice.device("phone").await;
    let desk_user = alice.with_token(server.fresh_token(&alice).await);
    let mut desk = desk_user.device("desk").await;
    let begin = Instant::now();
    desk_user.rest().post("/user/kick", json!({"device_sn": phone.device})).data().await;
    assert_eq!(last_words(&mut phone).await, [Type::KickedByOtherDevice]);
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    assert_eq!(refusal(&alice, "phone").await, ErrorCode::InvalidToken);
    assert_eq!(refusal(&alice.with_token(String::new()), "phone").await, ErrorCode::InvalidToken);
    assert_eq!(alice.rest().get("/user/profile").code().await, 402);
    desk.text(&alice, "the other device goes on").await;
    // With a new token the device comes back as the same.
    let phone_number = phone.device;
    let back = alice.with_token(server.fresh_token(&alice).await).device("phone").await;
    assert_eq!(back.device, phone_number);
    server.stop().await;
}

#[tokio::test]
async fn kick_without_a_device_ends_all() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut one = alice.device("one").await;
    let mut two = alice.with_token(server.fresh_token(&alice).await).device("two").await;
    server.admin_as(&alice).post("/user/kick", json!({})).data().await;
    assert_eq!(last_words(&mut one).await, [Type::KickedByOtherDevice]);
    assert_eq!(last_words(&mut two).await, [Type::KickedByOtherDevice]);
    server.stop().await;
}

#[tokio::test]
async fn removed_device_is_told_and_forgotten() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut phone = alice.device("phone").await;
    let desk_user = alice.with_token(server.fresh_token(&alice).await);
    let _desk = desk_user.device("desk").await;
    desk_user.rest().post("/user/device/remove", json!({"device_sn": phone.device})).data().await;
    assert_eq!(last_words(&mut phone).await, [Type::DeviceRemoved]);
    assert_eq!(refusal(&alice, "phone").await, ErrorCode::InvalidToken);
    let number = phone.device;
    let back = alice.with_token(server.fresh_token(&alice).await).device("phone").await;
    assert_ne!(back.device, number, "it is a new device");
    server.stop().await;
}

#[tokio::test]
async fn sign_out_ends_the_sockets_of_its_token_only() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut phone = alice.device("phone").await;
    let mut desk = alice.with_token(server.fresh_token(&alice).await).device("desk").await;
    let begin = Instant::now();
    let answer = alice.rest().call(Method::POST, "/client/v1/sign-out").send().await;
    assert_eq!(answer.status, 204);
    assert!(last_words(&mut phone).await.is_empty());
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    assert_eq!(refusal(&alice, "phone").await, ErrorCode::InvalidToken);
    desk.text(&alice, "goes on").await;
    server.stop().await;
}

#[tokio::test]
async fn freezing_ends_every_session() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let mut client = alice.socket().await;
    let begin = Instant::now();
    server.admin().put("/user/disable", json!({"list": [alice.id.get()]})).data().await;
    assert_eq!(last_words(&mut client).await, [Type::Frozen]);
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    assert_eq!(refusal(&alice, "1").await, ErrorCode::UserFrozen);
    eventually("she is seen offline", || async {
        server.admin_as(&alice).get("/user/online_status").data().await["online"] == false
    })
    .await;
    // Messages to her wait.
    bob.socket().await.text(&alice, "see you").await;
    server.admin().put("/user/enable", json!({"list": [alice.id.get()]})).data().await;
    let mut client = alice.connecting().login().await;
    let unread = client.unread().await;
    assert!(unread.contains(&(bob.id.get(), 1, 1)), "{unread:?}");
    server.stop().await;
}

#[tokio::test]
async fn change_of_password_ends_the_other_sessions() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut phone = alice.device("phone").await;
    let desk_user = alice.with_token(server.fresh_token(&alice).await);
    let mut desk = desk_user.device("desk").await;
    let change = json!({"old_password": alice.password, "new_password": "another secret 7"});
    desk_user.rest().post("/user/change_password", change).data().await;
    assert_eq!(last_words(&mut phone).await, [Type::PasswordChanged]);
    assert_eq!(refusal(&alice, "phone").await, ErrorCode::InvalidToken);
    desk.text(&alice, "the one who changed it stays").await;
    server.stop().await;
}

#[tokio::test]
async fn removed_user_is_put_out_and_gone() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let (mut client, mut bob_socket) = (alice.socket().await, bob.socket().await);
    bob_socket.text(&alice, "hello").await;
    server.admin_as(&alice).post("/user/delete", json!({})).data().await;
    let (frames, _) = client.closed().await;
    let Some(Down::Sync(last)) = frames.last() else { panic!("{frames:?}") };
    assert_eq!(user_notice_of(&last.metas[0]).r#type(), Type::Removed);
    assert_eq!(refusal(&alice, "1").await, ErrorCode::InvalidToken);
    let (code, reason) = bob_socket.text_refused(&alice, "still there?").await;
    assert_eq!((code, reason.as_str()), (ErrorCode::Fail, "user not found"));
    server.stop().await;
}
