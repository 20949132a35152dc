//! Stopping in order, and what a stop leaves behind.

use cerulean_testkit::{Address, Chain, Database, Down, TestServer, contents_of, mids_of, text_body};

use super::{numbered, texts};

#[tokio::test]
async fn stop_delivers_the_answers_and_says_goodbye() {
    let (mut server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    let mut sent = Vec::new();
    for number in 0..200_u8 {
        let mut meta = client.message(&bob, text_body(&bob, &number.to_string()));
        meta.send_key = vec![number; 16].into();
        sent.push(meta.clone());
        client.post(meta).await;
    }
    // One answer tells that the server is in the midst of it.
    client.answer_to(sent[0].id).await;
    let stopping = async {
        server.stop_node().await;
        server
    };
    let (mut server, (frames, status)) = tokio::join!(stopping, client.closed());
    assert_eq!(status, Some(1001), "going away: connect elsewhere");
    let acked: Vec<u64> = frames
        .iter()
        .filter_map(|down| match down {
            Down::Sync(sync) if sync.client_mid != 0 => {
                assert_eq!(sync.status.as_ref().map(|status| status.code), Some(1));
                Some(sync.server_mid)
            }
            _ => None,
        })
        .collect();
    server.restart().await;
    let mut client = alice.socket().await;
    let kept = mids_of(&client.history(&bob, 0, 100).await.metas);
    let older = mids_of(&client.history(&bob, kept.last().copied().unwrap_or(0), 100).await.metas);
    let kept = [kept, older].concat();
    assert!(acked.iter().all(|mid| kept.contains(mid)), "what was acknowledged is there");
    // The client resends what it has no answer for: all of it is there, once.
    for meta in &sent {
        client.send(meta.clone()).await;
    }
    let mut contents = Vec::new();
    let mut before = 0;
    loop {
        let page = client.history(&bob, before, 100).await;
        contents.extend(contents_of(&page.metas));
        before = page.next_key;
        if before == 0 {
            break;
        }
    }
    contents.sort_by_key(|content| content.parse::<u8>().unwrap());
    assert_eq!(contents, (0..200).map(|number| number.to_string()).collect::<Vec<_>>());
    server.stop().await;
}

#[tokio::test]
async fn client_that_never_pauses_does_not_hold_up_the_stop() {
    let (mut server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let client = alice.socket().await;
    let to = bob.uid();
    let flooding = tokio::spawn(async move {
        let mut client = client;
        for number in 0_u64.. {
            let meta = client.message(to, text_body(to, &number.to_string()));
            client.post(meta).await;
        }
    });
    cerulean_testkit::eventually("the flood runs", || async { server.parts().gateway.stats().frames_in > 500 }).await;
    server.stop_node().await;
    flooding.abort();
    server.stop().await;
}

async fn everything_survives(mut server: TestServer) {
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    server.make_friends(&alice, &bob).await;
    let group = server.group(&alice, &[&bob]).await;
    bob.socket().await.close().await;
    let mut client = alice.socket().await;
    let pair = texts(&mut client, bob.uid(), numbered(20)).await;
    let in_group = texts(&mut client, group.uid(), numbered(20)).await;
    server.restart().await;
    // Tokens, devices, cursors and chains go on.
    let mut client = alice.socket().await;
    let reply = client.text(&bob, "after the restart").await;
    assert_eq!((reply.prev_mid, reply.position), (pair[19], 21));
    let mut other = bob.connecting().login().await;
    assert!(other.unread().await.contains(&(alice.uid(), 21, 1)));
    let metas = other.pull_all(&alice).await;
    let mut chain = Chain::default();
    for meta in &metas {
        chain.follow(meta);
    }
    assert_eq!(mids_of(&metas), [pair, vec![reply.server_mid]].concat());
    let metas = other.pull_all(&group).await;
    let mut chain = Chain::newcomer();
    for meta in &metas {
        chain.follow(meta);
    }
    assert!(in_group.iter().all(|mid| metas.iter().any(|meta| meta.id == *mid)));
    other.close().await;
    server.restart().await;
    let mut other = bob.connecting().login().await;
    assert!(other.unread().await.iter().all(|(_, n, _)| *n == 0), "what was confirmed stays confirmed");
    server.stop().await;
}

#[tokio::test]
async fn everything_survives_a_restart() {
    everything_survives(TestServer::start().await).await;
}

#[tokio::test]
async fn everything_survives_a_restart_on_postgres() {
    let Some(database) = Database::postgres().await else { return };
    everything_survives(TestServer::start().database(database).await).await;
}
