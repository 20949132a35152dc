//! UNREAD: the list of conversations, and the heartbeat (wire.md 5).

use cerulean_testkit::pb::conversation_unread::ConvType;
use cerulean_testkit::{Address, TestServer, pb};

use super::{chats, texts};

const CHAT: i32 = ConvType::Chat as i32;
const GROUPCHAT: i32 = ConvType::Groupchat as i32;
const SYSTEM: i32 = ConvType::Unknown as i32;

#[tokio::test]
async fn first_answer_lists_everything_oldest_first_and_later_ones_only_news() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    alice.socket().await.close().await;
    let group = server.group(&bob, &[&alice]).await;
    let (mut bob_socket, mut carol_socket) = (bob.socket().await, carol.socket().await);
    bob_socket.text(&alice, "first").await;
    carol_socket.text(&alice, "second").await;
    carol_socket.text(&alice, "third").await;
    server.make_friends(&alice, &carol).await;
    let mut client = alice.connecting().login().await;
    let list = client.unread().await;
    // Her system line holds the notice of the new friend; the older ones came before the device.
    let system = list.last().copied().unwrap();
    assert_eq!((system.0, system.2), (0, SYSTEM));
    assert!(system.1 > 0);
    assert_eq!(list[..3], [(group.uid(), 1, GROUPCHAT), (bob.uid(), 1, CHAT), (carol.uid(), 2, CHAT)]);
    assert!(client.heartbeat().await.is_empty(), "told of everything already");
    for uid in [group.uid(), bob.uid(), carol.uid(), 0] {
        client.pull_all(uid).await;
    }
    assert!(client.heartbeat().await.is_empty());
    client.close().await;
    // What was read moves to where its newest item puts it, and stays in the list with nothing to pull.
    bob_socket.text(&alice, "fourth").await;
    let mut client = alice.connecting().login().await;
    let list = client.unread().await;
    let expected = [(group.uid(), 0, GROUPCHAT), (carol.uid(), 0, CHAT), (0, 0, SYSTEM), (bob.uid(), 1, CHAT)];
    assert_eq!(list, expected);
    server.stop().await;
}

#[tokio::test]
async fn new_user_has_an_empty_list() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.connecting().login().await;
    assert_eq!(client.unread().await, []);
    assert_eq!(client.heartbeat().await, []);
    server.stop().await;
}

#[tokio::test]
async fn heartbeat_is_answered_whatever_else_goes_on() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut one, mut other) = (alice.socket().await, bob.connecting().socket_io().live().await);
    for round in 0..20 {
        texts(&mut one, bob.uid(), (0..10).map(|number| format!("{round}/{number}"))).await;
        assert_eq!(one.heartbeat().await, []);
        assert_eq!(other.heartbeat().await, []);
    }
    // With a payload, even a strange one, it is a heartbeat all the same.
    one.command(pb::frame::Command::Unread, pb::UnreadUl {}).await;
    one.send_bytes(vec![24, 0, 34, 2, 0xff, 0xff]).await;
    for _ in 0..2 {
        one.expect("the answers", |down| matches!(down, cerulean_testkit::Down::Unread(_)).then_some(())).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn own_messages_are_nothing_to_pull_for_the_device_that_sent_them() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    client.text(&bob, "one").await;
    client.confirm_by_pong().await;
    client.close().await;
    // The next commit carries the cursor.
    bob.socket().await.text(&bob, "a note").await;
    let mut client = alice.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(bob.uid(), 0, CHAT)]);
    server.stop().await;
}

#[tokio::test]
async fn conversations_of_others_are_not_listed() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    server.group(&alice, &[&bob]).await;
    alice.socket().await.text(&bob, "between us").await;
    let mut client = carol.connecting().login().await;
    assert_eq!(client.unread().await, []);
    server.stop().await;
}
