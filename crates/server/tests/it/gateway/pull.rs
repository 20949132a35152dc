//! Pulling: cursors, batches, exactly once per connection (wire.md 6).

use cerulean_testkit::pb::message_body;
use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{Address, Chain, TestServer, body_of, content_of, contents_of, mids_of};

use super::{chats, numbered, status_of, texts};

#[tokio::test]
async fn everything_comes_once_in_order_and_the_last_pull_confirms() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    bob.socket().await.close().await;
    let mut sender = alice.socket().await;
    let sent = texts(&mut sender, bob.uid(), numbered(250)).await;
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 250, 1)]);
    let mut metas = Vec::new();
    let (mut key, mut answers) = (0, 0);
    loop {
        let answer = client.pull(&alice, key).await;
        assert_eq!(answer.xid.map(|xid| xid.uid), Some(alice.uid()));
        assert!(answer.metas.len() <= 100 && !answer.is_full_sync && answer.client_mid == 0);
        answers += 1;
        if answer.metas.is_empty() {
            assert_eq!(answer.next_key, 0);
            break;
        }
        assert_eq!(answer.next_key, answer.metas.last().unwrap().id);
        key = answer.next_key;
        metas.extend(answer.metas);
    }
    assert!(answers >= 4);
    assert_eq!(mids_of(&metas), sent);
    assert_eq!(contents_of(&metas), numbered(250));
    let mut chain = Chain::default();
    for meta in &metas {
        chain.follow(meta);
        let (from, to) = (meta.from.unwrap(), meta.to.unwrap());
        assert_eq!((from.uid, from.device_sn, to.uid), (alice.uid(), sender.device, bob.uid()));
        assert!(meta.timestamp > 1_700_000_000_000 && meta.ns == 1);
    }
    client.close().await;
    sender.text(&alice, "a commit that carries the cursor").await;
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 0, 1)]);
    assert!(client.pull_all(&alice).await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn pull_without_key_goes_on_within_a_connection_and_starts_over_after_a_reconnect() {
    let (server, alice, bob) =
        TestServer::start().gateway(|options| options.pull_items = 10).with_friends("alice", "bob").await;
    bob.socket().await.close().await;
    let mut sender = alice.socket().await;
    let sent = texts(&mut sender, bob.uid(), numbered(30)).await;
    let mut client = bob.connecting().login().await;
    client.unread().await;
    let first = client.pull(&alice, 0).await;
    assert_eq!(mids_of(&first.metas), sent[..10]);
    assert_eq!(mids_of(&client.pull(&alice, 0).await.metas), sent[10..20], "goes on after what was sent");
    client.break_off();
    // Nothing was confirmed.
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 30, 1)]);
    assert_eq!(mids_of(&client.pull(&alice, 0).await.metas), sent[..10]);
    // The key confirms up to and including itself.
    assert_eq!(mids_of(&client.pull(&alice, sent[9]).await.metas), sent[10..20]);
    client.break_off();
    sender.text(&alice, "a commit that carries the cursor").await;
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 20, 1)]);
    assert_eq!(mids_of(&client.pull_all(&alice).await), sent[10..]);
    server.stop().await;
}

#[tokio::test]
async fn nothing_comes_twice_on_a_connection() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    bob.socket().await.close().await;
    let mut sender = alice.socket().await;
    sender.text(&bob, "offline").await;
    let mut client = bob.connecting().login().await;
    client.unread().await;
    assert_eq!(contents_of(&client.pull_all(&alice).await), ["offline"]);
    assert!(client.pull_all(&alice).await.is_empty(), "pulled to the end");
    sender.text(&bob, "live").await;
    assert_eq!(content_of(&client.pushed(&alice).await), "live");
    assert!(client.pull_all(&alice).await.is_empty(), "pushed and not confirmed yet");
    client.confirm_by_pong().await;
    assert!(client.pull_all(&alice).await.is_empty(), "confirmed, perhaps not written yet");
    client.close().await;
    sender.text(&alice, "a commit that carries the cursor").await;
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 0, 1)]);
    server.stop().await;
}

#[tokio::test]
async fn own_items_go_to_the_other_devices_only() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    alice.device("desk").await.close().await;
    let mut phone = alice.with_token(server.fresh_token(&alice).await).device("phone").await;
    let reply = phone.text(&bob, "from my phone").await;
    let mut desk = alice.device("desk").await;
    let metas = desk.pull_all(&bob).await;
    assert_eq!(mids_of(&metas), [reply.server_mid]);
    let (from, to) = (metas[0].from.unwrap(), metas[0].to.unwrap());
    assert_eq!((from.uid, from.device_sn, to.uid), (alice.uid(), phone.device, bob.uid()));
    assert!(phone.pull_all(&bob).await.is_empty());
    // Live, too.
    let reply = desk.text(&bob, "from my desk").await;
    assert_eq!(phone.pushed(&bob).await.id, reply.server_mid);
    desk.heartbeat().await;
    assert!(desk.pushes_kept(&bob).is_empty());
    // What the peer gets names the item before, the receiver's own included.
    let mut bob_socket = bob.connecting().login().await;
    bob_socket.unread().await;
    let metas = bob_socket.pull_all(&alice).await;
    let own = bob_socket.text(&alice, "mine").await;
    let last = desk.text(&bob, "yours").await;
    assert_eq!((own.prev_mid, last.prev_mid), (metas[1].id, own.server_mid));
    assert_eq!(bob_socket.pushed(&alice).await.prev_mid, own.server_mid);
    server.stop().await;
}

#[tokio::test]
async fn new_device_gets_what_is_unread() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut phone = bob.device("phone").await;
    let mut sender = alice.socket().await;
    sender.text(&bob, "read on the phone").await;
    let read = phone.pushed(&alice).await;
    phone.operate(&bob, OpType::ReadAll, read.id, Some(alice.uid())).await;
    sender.text(&bob, "not read").await;
    let mut desk = bob.with_token(server.fresh_token(&bob).await).device("desk").await;
    assert_eq!(contents_of(&desk.pull_all(&alice).await), ["not read"]);
    // What is read before a known device pulls it comes marked as read.
    desk.close().await;
    let second = sender.text(&bob, "read later").await;
    phone.operate(&bob, OpType::ReadAll, second.server_mid, Some(alice.uid())).await;
    phone.text(&bob, "a commit that carries the read mark").await;
    let mut desk = bob.with_token(server.fresh_token(&bob).await).device("desk").await;
    let metas = desk.pull_all(&alice).await;
    assert_eq!(contents_of(&metas), ["read later"]);
    assert_eq!(body_of(&metas[0]).status(), message_body::Status::Read);
    server.stop().await;
}

#[tokio::test]
async fn device_is_not_told_of_itself() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut phone = alice.device("phone").await;
    let mut desk = alice.with_token(server.fresh_token(&alice).await).device("desk").await;
    assert_eq!(phone.pushed(0).await.ns, cerulean_testkit::pb::meta::NameSpace::UserNotice as i32);
    assert!(desk.pull_all(0).await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn new_device_is_not_flooded() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let sent = texts(&mut alice.socket().await, bob.uid(), numbered(150)).await;
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 100, 1)], "older ones are history");
    assert_eq!(mids_of(&client.pull_all(&alice).await), sent[50..]);
    server.stop().await;
}

#[tokio::test]
async fn large_messages_are_spread_over_answers() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    bob.socket().await.close().await;
    let large = "长".repeat(20_000);
    let sent = texts(&mut alice.socket().await, bob.uid(), (0..20).map(|_| large.clone())).await;
    let mut client = bob.connecting().login().await;
    client.unread().await;
    let first = client.pull(&alice, 0).await;
    assert!(first.metas.len() < 20, "one answer stays below a mebibyte");
    let mut mids = mids_of(&first.metas);
    let rest = client.pull(&alice, first.next_key).await;
    mids.extend(mids_of(&rest.metas));
    let rest = client.pull(&alice, rest.next_key).await;
    mids.extend(mids_of(&rest.metas));
    mids.extend(mids_of(&client.pull_all(&alice).await));
    assert_eq!(mids, sent);
    server.stop().await;
}

#[tokio::test]
async fn pull_of_what_is_not_there_is_empty_and_of_what_cannot_be_is_refused() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut client = alice.socket().await;
    // Ids of a user and of a group that nobody has.
    for uid in [800_000_000_000_001, 800_000_000_000_002, 0, alice.uid()] {
        let answer = client.pull(uid, 0).await;
        assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::Ok);
        assert!(answer.metas.is_empty() && answer.next_key == 0);
    }
    for uid in [7, 1 << 53, u64::MAX, 999_999_999_999_999_999] {
        let answer = client.pull(uid, 0).await;
        assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::Fail, "{uid}");
        let answer = client.history(uid, 0, 20).await;
        assert_eq!(status_of(answer.status.as_ref()).0, ErrorCode::Fail, "{uid}");
    }
    client.heartbeat().await;
    server.stop().await;
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_while_a_device_comes_and_goes() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    bob.socket().await.close().await;
    let mut sender = alice.socket().await;
    let to = bob.uid();
    let sending = tokio::spawn(async move {
        let mut sent = Vec::new();
        for round in 0..40 {
            sent.extend(texts(&mut sender, to, (0..10).map(|number| format!("{round}/{number}"))).await);
        }
        sent
    });
    let mut got: std::collections::BTreeSet<u64> = std::collections::BTreeSet::new();
    let mut is_sent = false;
    while !is_sent {
        is_sent = sending.is_finished();
        let mut client = bob.connecting().login().await;
        client.unread().await;
        let mut here = mids_of(&client.pull_all(&alice).await);
        client.heartbeat().await;
        // Pushes follow when the pull has come to its end; a wake asks for one more.
        here.extend(mids_of(&client.pushes_kept(&alice)));
        here.extend(mids_of(&client.pull_all(&alice).await));
        here.extend(
            mids_of(&client.pushes_kept(&alice)).into_iter().filter(|mid| !here.contains(mid)).collect::<Vec<_>>(),
        );
        let unique: std::collections::BTreeSet<u64> = here.iter().copied().collect();
        assert_eq!(unique.len(), here.len(), "once on a connection");
        got.extend(unique);
        client.break_off();
    }
    let sent = sending.await.unwrap();
    let mut client = bob.connecting().login().await;
    client.unread().await;
    got.extend(mids_of(&client.pull_all(&alice).await));
    assert_eq!(got.into_iter().collect::<Vec<_>>(), sent);
    server.stop().await;
}
