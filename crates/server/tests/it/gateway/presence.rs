//! Watching who is there (`watch_presence` in `spec/extensions.md`).

use cerulean_testkit::{Address, TestServer, pb, presence_of};
use serde_json::json;

const PRESENCE: u32 = 2;

fn states(metas: &[pb::Meta]) -> Vec<(u64, bool)> {
    metas.iter().map(presence_of).map(|presence| (presence.uid, presence.is_online)).collect()
}

#[tokio::test]
async fn friends_are_seen_coming_and_going() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut watcher = alice.connecting().capabilities(PRESENCE).live().await;
    assert_eq!(states(&watcher.watch(&[bob.uid()]).await), [(bob.uid(), false)]);
    let first = bob.device("first").await;
    assert_eq!(states(&[watcher.pushed(0).await]), [(bob.uid(), true)]);
    // A second device changes nothing, nor does the end of one of two, nor a replacement.
    let bob_again = bob.with_token(server.fresh_token(&bob).await);
    let second = bob_again.device("second").await;
    let replacement = bob_again.device("second").await;
    drop(second);
    first.close().await;
    replacement.close().await;
    let meta = watcher.pushed(0).await;
    assert_eq!(states(std::slice::from_ref(&meta)), [(bob.uid(), false)]);
    assert!(presence_of(&meta).since.abs_diff(server.clock.now() as u64) < 60_000);
    assert_eq!(states(&watcher.watch(&[bob.uid()]).await), [(bob.uid(), false)]);
    server.stop().await;
}

#[tokio::test]
async fn only_friends_can_be_watched_and_zero_clears() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let other = server.new_app("other").await;
    let mallory = server.user_of(&other, "mallory").await;
    let mut watcher = alice.socket().await;
    let wanted = [carol.uid(), mallory.uid(), 7, u64::MAX, bob.uid()];
    assert_eq!(states(&watcher.watch(&wanted).await), [(bob.uid(), false)]);
    let (_carol, _mallory) = (carol.socket().await, mallory.socket().await);
    let bob_socket = bob.socket().await;
    assert_eq!(states(&[watcher.pushed(0).await]), [(bob.uid(), true)], "and of nobody else");
    assert!(watcher.watch(&[0]).await.is_empty());
    bob_socket.close().await;
    let mut next = bob.socket().await;
    next.text(&alice, "here again").await;
    watcher.pushed(&bob).await;
    assert!(watcher.pushes_kept(0).is_empty(), "not watched any more");
    server.stop().await;
}

#[tokio::test]
async fn who_blocks_is_not_seen_and_sees_nobody() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut watcher = alice.socket().await;
    let mut watched = bob.socket().await;
    assert_eq!(states(&watcher.watch(&[bob.uid()]).await), [(bob.uid(), true)]);
    assert_eq!(states(&watched.watch(&[alice.uid()]).await), [(alice.uid(), true)]);
    bob.rest().post("/roster/block", json!({"user_id": alice.id.get()})).data().await;
    assert_eq!(states(&[watcher.pushed(0).await]), [(bob.uid(), false)], "as if he had gone");
    assert_eq!(states(&[watched.pushed(0).await]), [(alice.uid(), false)]);
    assert!(watcher.watch(&[bob.uid()]).await.is_empty());
    assert!(watched.watch(&[alice.uid()]).await.is_empty());
    watched.close().await;
    let mut watched = bob.socket().await;
    watcher.unread().await;
    assert!(watcher.pushes_kept(0).iter().all(|meta| meta.ns != pb::meta::NameSpace::Presence as i32));
    bob.rest().post("/roster/unblock", json!({"user_id": alice.id.get()})).data().await;
    assert_eq!(states(&watcher.watch(&[bob.uid()]).await), [(bob.uid(), true)]);
    assert_eq!(states(&watched.watch(&[alice.uid()]).await), [(alice.uid(), true)]);
    server.stop().await;
}
