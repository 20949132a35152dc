//! What comes by itself: eager pushes, wakes, and how they are confirmed (wire.md 7, design.md "Delivery").

use cerulean_testkit::{Address, Chain, Down, TestServer, content_of, contents_of, mids_of};

use super::{chats, texts};

const EXPLICIT_ACK: u32 = 1;

#[tokio::test]
async fn items_are_pushed_whole_with_the_id_of_the_one_before() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut one, mut other) = (alice.socket().await, bob.socket().await);
    let mut chain = Chain::default();
    for round in 0..5 {
        let reply = one.text(&bob, &format!("ping {round}")).await;
        let pushed = other.pushed(&alice).await;
        chain.follow(&pushed);
        assert_eq!((pushed.id, pushed.timestamp), (reply.server_mid, reply.server_time));
        assert_eq!((&pushed.link, pushed.position, pushed.prev_mid), (&reply.link, reply.position, reply.prev_mid));
        let reply = other.text(&alice, &format!("pong {round}")).await;
        chain.follow_reply(bob.uid(), 1, &reply);
        let pushed = one.pushed(&bob).await;
        assert_eq!((pushed.id, &pushed.link), (reply.server_mid, &reply.link));
    }
    server.stop().await;
}

#[tokio::test]
async fn before_the_first_unread_nothing_is_pushed_and_nothing_forgotten() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    bob.socket().await.close().await;
    let mut client = bob.connecting().login().await;
    let mut sender = alice.socket().await;
    sender.text(&bob, "early").await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 1, 1)]);
    assert_eq!(client.kept().count(), 0);
    // While the device is behind it gets neither the item nor a second wake: it is going to pull.
    sender.text(&bob, "meanwhile").await;
    client.heartbeat().await;
    assert_eq!(client.kept().count(), 0);
    assert_eq!(contents_of(&client.pull_all(&alice).await), ["early", "meanwhile"]);
    sender.text(&bob, "live").await;
    assert_eq!(content_of(&client.pushed(&alice).await), "live");
    server.stop().await;
}

#[tokio::test]
async fn one_conversation_that_is_behind_does_not_hold_up_another() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let (mut alice_socket, mut carol_socket) = (alice.socket().await, carol.socket().await);
    alice_socket.text(&bob, "behind").await;
    let mut client = bob.socket().await;
    carol_socket.text(&bob, "live").await;
    assert_eq!(content_of(&client.pushed(&carol).await), "live");
    server.stop().await;
}

#[tokio::test]
async fn pong_confirms_what_was_pushed_before_its_ping() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut sender = alice.socket().await;
    let mut client = bob.socket().await;
    sender.text(&bob, "lost with the network").await;
    client.pushed(&alice).await;
    client.break_off();
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 1, 1)], "not confirmed, so it comes again");
    assert_eq!(contents_of(&client.pull_all(&alice).await), ["lost with the network"]);
    sender.text(&bob, "kept").await;
    client.pushed(&alice).await;
    client.confirm_by_pong().await;
    client.break_off();
    sender.text(&alice, "a commit that carries the cursor").await;
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 0, 1)]);
    server.stop().await;
}

#[tokio::test]
async fn barrier_comes_though_traffic_never_pauses() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut sender = alice.socket().await;
    let mut client = bob.socket().await;
    let to = bob.uid();
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let sending = tokio::spawn(async move {
        while stopped.try_recv().is_err() {
            texts(&mut sender, to, ["on and on".to_owned()]).await;
        }
        sender
    });
    client.confirm_by_pong().await;
    client.confirm_by_pong().await;
    stop.send(()).unwrap();
    sending.await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn own_client_confirms_explicitly() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut sender = alice.socket().await;
    let connecting = bob.connecting().capabilities(EXPLICIT_ACK);
    let mut client = connecting.live().await;
    let sent = texts(&mut sender, bob.uid(), (1..=3).map(|number| number.to_string())).await;
    for _ in 0..3 {
        client.pushed(&alice).await;
    }
    client.ack(&alice, sent[1]).await;
    client.break_off();
    sender.text(&alice, "a commit that carries the cursor").await;
    let mut client = connecting.login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 1, 1)]);
    assert_eq!(mids_of(&client.pull(&alice, 0).await.metas), sent[2..]);
    client.ack(&alice, sent[2]).await;
    client.break_off();
    sender.text(&alice, "a commit that carries the cursor").await;
    let mut client = connecting.login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 0, 1)]);
    // Nonsense confirms nothing and breaks nothing.
    for (uid, mid) in [(alice.uid(), 0), (alice.uid(), 1), (800_000_000_000_001, 5), (800_000_000_000_002, 5)] {
        client.ack(uid, mid).await;
    }
    sender.text(&bob, "goes on").await;
    let pushed = client
        .expect("a push or a wake", |down| match down {
            Down::Sync(sync) if sync.is_eager_sync => Some(true),
            Down::Notice(_) => Some(false),
            _ => None,
        })
        .await;
    assert!(pushed, "n was 0, so the device is up to date");
    server.stop().await;
}

#[tokio::test]
async fn pushes_keep_their_order_whoever_sends() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = bob.socket().await;
    let mut sending = Vec::new();
    for device in ["a", "b", "c"] {
        let mut sender = alice.with_token(server.fresh_token(&alice).await).device(device).await;
        let to = bob.uid();
        sending.push(tokio::spawn(async move {
            texts(&mut sender, to, (0..100).map(|number| number.to_string())).await;
        }));
    }
    let mut chain = Chain::default();
    for _ in 0..300 {
        chain.follow(&client.pushed(&alice).await);
    }
    for sender in sending {
        sender.await.unwrap();
    }
    server.stop().await;
}
