//! The end of a server, asked for or not.

use std::time::{Duration, Instant};

use cerulean_testkit::{Down, pb, text_body};
use rustix::process::Signal;

use crate::home::Home;

/// Sends asked for before the server was told to stop, all at once, so that many are on their way.
const SENDS: usize = 400;

fn acknowledged(frames: &[Down]) -> Vec<(u64, u64)> {
    let taken = |down: &Down| match down {
        Down::Sync(sync) if sync.server_mid != 0 => Some((sync.client_mid, sync.server_mid)),
        _ => None,
    };
    frames.iter().filter_map(taken).collect()
}

#[tokio::test]
async fn a_stop_finishes_sends_and_closes_sockets_in_order() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new();
        let mut server = home.start(&[]).await;
        let (one, other) = (server.demo(&home, 1).await, server.demo(&home, 2).await);
        let mut socket = one.socket().await;
        let idle = other.socket().await;
        let mut names = std::collections::HashMap::new();
        for number in 0..SENDS {
            let content = format!("message {number}");
            let meta = socket.message(other.id, text_body(other.id, &content));
            names.insert(meta.id, content);
            socket.post(meta).await;
        }
        // The first answer tells that the server is at work.
        let first = socket.frame().await;
        let asked = Instant::now();
        server.signal(signal);
        let (mut frames, status) = socket.closed().await;
        frames.insert(0, first);
        assert!(matches!(status, Some(1001 | 1012)), "clients are told to connect again: {status:?}");
        let mut idle = idle;
        assert!(matches!(idle.closed().await.1, Some(1001 | 1012)));
        let ended = server.ended().await;
        assert!(ended.success() && asked.elapsed() < Duration::from_secs(10), "{ended} after {:?}", asked.elapsed());
        assert!(server.err().contains("stopped"), "{}", server.err());
        let acknowledged = acknowledged(&frames);
        assert!(!acknowledged.is_empty());

        let server = home.start(&[]).await;
        let history = one.at(&server, "demo").history(other.id).await;
        for (client_mid, _) in &acknowledged {
            let content = &names[client_mid];
            assert_eq!(history.iter().filter(|text| *text == content).count(), 1, "{content} was acknowledged");
        }
        // Refused ones were told so and are absent; nothing is there twice.
        let mut once = history.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), history.len());
        server.stop().await;
    }
}

#[tokio::test]
async fn a_request_that_runs_is_finished_and_new_ones_are_refused() {
    let home = Home::new();
    let mut server = home.start(&[]).await;
    let one = server.demo(&home, 1).await;
    let addresses = one.rest().get("/file/upload/chat?file_type=100&to_type=1&to_id=0").data().await;
    let (to, from) = (addresses["upload_url"].as_str().unwrap(), addresses["download_url"].as_str().unwrap());
    let (feed, body) = tokio::sync::mpsc::channel::<Result<&'static str, std::io::Error>>(1);
    let body = futures::stream::unfold(body, |mut body| async { body.recv().await.map(|piece| (piece, body)) });
    let call = one.rest().call(http::Method::POST, to).header("content-type", "multipart/form-data; boundary=b");
    let upload = tokio::spawn(call.body(reqwest::Body::wrap_stream(body)).send());
    feed.send(Ok("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nfirst half, "))
        .await
        .unwrap();
    let unfinished = home.data().join("blobs/unfinished");
    cerulean_testkit::eventually("the upload has begun", || async {
        std::fs::read_dir(&unfinished).is_ok_and(|mut files| files.next().is_some())
    })
    .await;
    server.signal(Signal::TERM);
    cerulean_testkit::eventually("no new connections", || async {
        tokio::net::TcpStream::connect(server.address).await.is_err()
    })
    .await;
    feed.send(Ok("second half\r\n--b--\r\n")).await.unwrap();
    drop(feed);
    assert_eq!(upload.await.unwrap().json()["data"], true);
    assert!(server.ended().await.success());

    let server = home.start(&[]).await;
    let (_, path) = from.split_once("/file/").unwrap();
    let got = one.at(&server, "demo").rest().get(&format!("/file/{path}")).send().await;
    assert_eq!(got.text(), "first half, second half");
    server.stop().await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let home = Home::new();
    let mut sent = Vec::new();
    for round in 0..3 {
        let server = home.start(&[]).await;
        let (one, other) = (server.demo(&home, 1).await, server.demo(&home, 2).await);
        let mut socket = one.connecting().device(&round.to_string()).live().await;
        for number in 0..20 {
            let content = format!("round {round} message {number}");
            socket.text(other.id, &content).await;
            sent.push(content);
        }
        server.kill().await;
    }
    let server = home.start(&[]).await;
    let (one, other) = (server.demo(&home, 1).await, server.demo(&home, 2).await);
    assert_eq!(one.history(other.id).await, sent);
    assert_eq!(other.history(one.id).await, sent);
    let mut socket = other.socket().await;
    let pulled = socket.pull_all(one.id).await;
    let mut chain = cerulean_testkit::Chain::default();
    for meta in pulled.iter().filter(|meta| meta.ns == pb::meta::NameSpace::Message as i32) {
        chain.follow(meta);
    }
    assert_eq!(pulled.len(), sent.len());
    server.stop().await;
}
