//! Traces leave by OTLP over HTTP where an address is configured.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};

use cerulean_testkit::WITHIN;

use crate::home::Home;

/// Accepts exports as a collector does and hands on the path and the body of each.
fn collect(socket: TcpListener, told: Sender<(String, Vec<u8>)>) {
    for stream in socket.incoming() {
        let Ok(mut stream) = stream else { return };
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        let (head, length) = loop {
            let Ok(read @ 1..) = stream.read(&mut chunk) else { break (String::new(), 0) };
            bytes.extend_from_slice(&chunk[..read]);
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
                let length =
                    head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
                bytes.drain(..end + 4);
                break (head, length);
            }
        };
        while bytes.len() < length {
            let Ok(read @ 1..) = stream.read(&mut chunk) else { break };
            bytes.extend_from_slice(&chunk[..read]);
        }
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        if told.send((head, bytes)).is_err() {
            return;
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn requests_are_traced_to_the_configured_collector() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("observability.otlp_endpoint=http://{}", socket.local_addr().unwrap());
    let (tell, told): (_, Receiver<(String, Vec<u8>)>) = channel();
    std::thread::spawn(move || collect(socket, tell));
    let home = Home::new();
    let server = home.start(&["--set", &endpoint]).await;
    server.demo(&home, 1).await.rest().get("/roster/list").data().await;
    server.stop().await;
    let (head, body) = told.recv_timeout(WITHIN).expect("an export before the end");
    assert!(head.starts_with("post /v1/traces"), "{head}");
    assert!(contains(&body, "GET /roster/list") && contains(&body, "cerulean"), "the span is named for its route");
    assert!(!contains(&body, "access-token"), "no header travels");
}
