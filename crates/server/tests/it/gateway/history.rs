//! History pages (wire.md 6, "Full sync").

use cerulean_testkit::pb::message_body;
use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{Address, SocketClient, TestServer, body_of, contents_of, mids_of};

use super::{chats, numbered, status_of, texts};

async fn newest(client: &mut SocketClient, xid: u64) -> Vec<String> {
    contents_of(&client.history(xid, 0, 20).await.metas)
}

#[tokio::test]
async fn pages_descend_to_the_first_message() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    let sent = texts(&mut client, bob.uid(), numbered(45)).await;
    let (mut before, mut got, mut sizes) = (0, Vec::new(), Vec::new());
    loop {
        let page = client.history(&bob, before, 20).await;
        assert!(page.is_full_sync && !page.is_eager_sync);
        sizes.push(page.metas.len());
        got.extend(mids_of(&page.metas));
        if page.next_key == 0 {
            break;
        }
        assert_eq!(Some(&page.next_key), got.last(), "the smallest id of the page");
        before = page.next_key;
    }
    assert_eq!(sizes, [20, 20, 5]);
    got.reverse();
    assert_eq!(got, sent, "own messages too");
    // A page that ends with the very first message says so.
    assert_eq!(client.history(&bob, 0, 45).await.next_key, 0);
    let page = client.history(&bob, sent[10], 3).await;
    assert_eq!(mids_of(&page.metas), [sent[9], sent[8], sent[7]], "the key itself is left out");
    assert!(client.history(&bob, sent[0], 20).await.metas.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn page_sizes_and_keys_are_kept_in_bounds() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    let sent = texts(&mut client, bob.uid(), numbered(120)).await;
    for (asked, given) in [(0, 1), (-5, 1), (i32::MIN, 1), (1, 1), (1000, 100), (i32::MAX, 100)] {
        assert_eq!(client.history(&bob, 0, asked).await.metas.len(), given, "{asked}");
    }
    for key in [(1 << 53) - 1, 1 << 53, i64::MAX as u64, u64::MAX] {
        let page = client.history(&bob, key, 1).await;
        assert_eq!(mids_of(&page.metas), sent[119..], "{key} is newer than everything");
    }
    assert!(client.history(&bob, 1, 20).await.metas.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn history_does_not_move_the_cursor() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    bob.socket().await.close().await;
    let sent = texts(&mut alice.socket().await, bob.uid(), numbered(5)).await;
    let mut client = bob.connecting().login().await;
    assert_eq!(client.history(&alice, 0, 20).await.metas.len(), 5);
    assert_eq!(chats(&mut client).await, [(alice.uid(), 5, 1)]);
    assert_eq!(mids_of(&client.pull_all(&alice).await), sent);
    server.stop().await;
}

#[tokio::test]
async fn messages_come_in_their_present_form() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut one, mut other) = (alice.socket().await, bob.socket().await);
    let streamed = one.text(&bob, "Once").await.server_mid;
    let replaced = one.text(&bob, "tpyo").await.server_mid;
    let recalled = one.text(&bob, "oops").await.server_mid;
    let deleted = one.text(&bob, "for you only").await.server_mid;
    one.edit(&bob, OpType::Append, streamed, " upon").await;
    let last_edit = one.edit(&bob, OpType::Append, streamed, " a time").await.edit_timestamp;
    one.edit(&bob, OpType::Replace, replaced, "typo").await;
    one.operate(&bob, OpType::Recall, recalled, Some(bob.uid())).await;
    one.operate(&alice, OpType::Delete, deleted, Some(bob.uid())).await;
    assert_eq!(newest(&mut one, bob.uid()).await, ["typo", "Once upon a time"]);
    assert_eq!(newest(&mut other, alice.uid()).await, ["for you only", "typo", "Once upon a time"]);
    let page = other.history(&alice, 0, 20).await;
    let body = body_of(&page.metas[2]);
    assert_eq!(body.edit_timestamp, last_edit);
    assert!(page.metas.iter().all(|meta| meta.from.unwrap().uid == alice.uid() && meta.to.unwrap().uid == bob.uid()));
    assert!(page.metas.iter().all(|meta| body_of(meta).r#type() == message_body::Type::Chat), "no operations");
    server.stop().await;
}

#[tokio::test]
async fn status_tells_what_was_read() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut one, mut other) = (alice.socket().await, bob.socket().await);
    let sent = texts(&mut one, bob.uid(), numbered(3)).await;
    other.operate(&alice, OpType::ReadAck, sent[0], None).await;
    other.operate(&bob, OpType::ReadAll, sent[1], Some(alice.uid())).await;
    one.text(&alice, "a commit that carries the marks").await;
    let expected = [message_body::Status::Unread, message_body::Status::Read, message_body::Status::Read];
    for page in [one.history(&bob, 0, 20).await, other.history(&alice, 0, 20).await] {
        let statuses: Vec<_> = page.metas.iter().map(|meta| body_of(meta).status()).collect();
        assert_eq!(statuses, expected);
    }
    server.stop().await;
}

#[tokio::test]
async fn notes_to_oneself_have_a_history() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.socket().await;
    client.text(&alice, "remember the milk").await;
    assert_eq!(newest(&mut client, alice.uid()).await, ["remember the milk"]);
    server.stop().await;
}

#[tokio::test]
async fn nobody_reads_the_history_of_others() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let other = server.new_app("other").await;
    let mallory = server.user_of(&other, "mallory").await;
    let group = server.group(&alice, &[&bob]).await;
    let mut client = alice.socket().await;
    let pair = client.text(&bob, "between us").await.server_mid;
    client.text(&group, "among us").await;
    for stranger in [&carol, &mallory] {
        let mut socket = stranger.socket().await;
        for uid in [alice.uid(), bob.uid(), group.uid(), 0] {
            for key in [0, pair + 1, 1 << 53, 1 << 63, u64::MAX] {
                let page = socket.history(uid, key, 100).await;
                assert_eq!(status_of(page.status.as_ref()).0, ErrorCode::Ok);
                assert!(page.metas.is_empty(), "{uid} {key}");
                let pulled = socket.pull(uid, key).await;
                assert!(pulled.metas.is_empty(), "{uid} {key}");
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn recalled_messages_leave_a_line_for_clients_that_show_it() {
    const RECALLS: u32 = 4;
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut one = alice.socket().await;
    let sent = texts(&mut one, bob.uid(), numbered(6)).await;
    for mid in [sent[0], sent[2], sent[5]] {
        one.operate(&bob, OpType::Recall, mid, Some(bob.uid())).await;
    }
    let mut plain = bob.socket().await;
    assert_eq!(mids_of(&plain.history(&alice, 0, 20).await.metas), [sent[4], sent[3], sent[1]]);

    let mut shown = bob.connecting().device("b").capabilities(RECALLS).login().await;
    let page = shown.history(&alice, 0, 20).await;
    assert_eq!(mids_of(&page.metas), [sent[5], sent[4], sent[3], sent[2], sent[1], sent[0]]);
    for meta in &page.metas {
        let is_gone = [sent[0], sent[2], sent[5]].contains(&meta.id);
        assert_eq!(meta.recalled_by, if is_gone { alice.uid() } else { 0 });
        assert_eq!(meta.payload.is_empty(), is_gone, "nothing of the content is left");
        assert_eq!(meta.from.unwrap().uid, alice.uid());
        assert!(meta.timestamp > 0 && meta.position > 0 && meta.link.len() == 32);
    }
    // Each line belongs to one page only, whatever the size.
    let (mut before, mut got) = (0, Vec::new());
    loop {
        let page = shown.history(&alice, before, 1).await;
        got.extend(mids_of(&page.metas));
        before = page.next_key;
        if before == 0 {
            break;
        }
    }
    assert_eq!(got, [sent[5], sent[4], sent[3], sent[2], sent[1], sent[0]]);
    server.stop().await;
}
