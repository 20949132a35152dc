//! A socket that does not keep up is woken instead of fed, and loses nothing.

use cerulean_testkit::{Address, Down, TestServer, mids_of};

use super::texts;

#[tokio::test]
async fn slow_socket_turns_to_wakes_and_loses_nothing() {
    let (server, alice, bob) =
        TestServer::start().gateway(|options| options.outbox_bytes = 128 << 10).with_friends("alice", "bob").await;
    let mut sender = alice.socket().await;
    let mut client = bob.connecting().receive_buffer(8 << 10).live().await;
    let large = "x".repeat(60_000);
    let mut sent = Vec::new();
    for _ in 0..12 {
        sent.extend(texts(&mut sender, bob.uid(), (0..20).map(|_| large.clone())).await);
    }
    // Now it reads: first what was on its way, then a wake, to which it answers with pulls.
    let mut got = Vec::new();
    let woken = loop {
        match client.frame().await {
            Down::Sync(sync) if sync.is_eager_sync => got.extend(mids_of(&sync.metas)),
            Down::Notice(notice) => break notice.xid.unwrap().uid,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(woken, alice.uid());
    assert!(got.len() < sent.len(), "some of it did not fit");
    got.extend(mids_of(&client.pull_all(&alice).await));
    assert_eq!(got, sent, "everything, once, in order");
    // And from then on it is fed again.
    sender.text(&bob, "caught up").await;
    client.pushed(&alice).await;
    client.confirm_by_pong().await;
    client.close().await;
    sender.text(&alice, "a commit that carries the cursor").await;
    let mut client = bob.connecting().login().await;
    assert_eq!(super::chats(&mut client).await, [(alice.uid(), 0, 1)], "nothing is pending any more");
    server.stop().await;
}

#[tokio::test]
async fn other_receivers_do_not_wait_for_a_slow_one() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let group = server.group(&alice, &[&bob, &carol]).await;
    let (mut sender, mut quick) = (alice.socket().await, carol.socket().await);
    let slow = bob.connecting().receive_buffer(8 << 10).live().await;
    quick.pull_all(&group).await;
    let large = "x".repeat(60_000);
    for _ in 0..10 {
        for mid in texts(&mut sender, group.uid(), (0..10).map(|_| large.clone())).await {
            assert_eq!(quick.pushed(&group).await.id, mid);
        }
    }
    drop(slow);
    server.stop().await;
}

#[tokio::test]
async fn requests_with_large_answers_are_not_gathered_without_bound() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let large = "x".repeat(60_000);
    let mut sender = alice.socket().await;
    let sent = texts(&mut sender, bob.uid(), (0..20).map(|_| large.clone())).await;
    // All requests are written before any answer is read.
    let xid = Some(cerulean_testkit::pb::Xid { uid: bob.uid(), device_sn: 0 });
    let page = cerulean_testkit::pb::SyncUl { xid, is_full_sync: true, full_sync_num: 20, ..Default::default() };
    for _ in 0..50 {
        sender.command(cerulean_testkit::pb::frame::Command::Sync, page.clone()).await;
    }
    for _ in 0..50 {
        let answer = sender
            .expect("a page", |down| match down {
                Down::Sync(sync) if sync.is_full_sync => Some(sync.clone()),
                _ => None,
            })
            .await;
        assert_eq!(answer.metas.len(), sent.len());
    }
    server.stop().await;
}
