//! The opening handshake, and framing below frames.

use cerulean_testkit::{TestServer, within};
use http::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Writes bytes and reads until the server closes or has answered a whole head.
async fn raw(server: &TestServer, request: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.replace('\n', "\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within("the head of an answer", async {
        while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
            let mut byte = [0];
            if stream.read(&mut byte).await.unwrap() == 0 {
                break;
            }
            answer.push(byte[0]);
        }
    })
    .await;
    (stream, String::from_utf8(answer).unwrap())
}

fn upgrade(path: &str, lines: &str) -> String {
    format!("GET {path} HTTP/1.1\nHost: x\nConnection: keep-alive, Upgrade\nUpgrade: WebSocket\n{lines}\n")
}

const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n";
const VERSION: &str = "Sec-WebSocket-Version: 13\n";

#[tokio::test]
async fn handshake_is_that_of_the_rfc() {
    let server = TestServer::start().await;
    for path in ["/", "/socket.io/?EIO=3&transport=websocket"] {
        let (_, answer) = raw(&server, &upgrade(path, &format!("{KEY}{VERSION}"))).await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(answer.to_lowercase().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn wrong_handshakes_are_refused() {
    let server = TestServer::start().await;
    for path in ["/", "/socket.io/?EIO=3&transport=websocket"] {
        for lines in [VERSION.to_owned(), KEY.to_owned(), format!("{KEY}Sec-WebSocket-Version: 8\n"), String::new()] {
            let (_, answer) = raw(&server, &upgrade(path, &lines)).await;
            assert!(answer.starts_with("HTTP/1.1 400 "), "{path} {lines:?}: {answer}");
        }
    }
    // Whoever asks for no upgrade gets the page.
    let page = server.raw().call(Method::GET, "/").send().await;
    assert_eq!(page.status, 200);
    // Polling is not offered.
    for path in ["/socket.io/?EIO=3&transport=polling", "/socket.io/"] {
        assert_eq!(server.raw().call(Method::GET, path).send().await.status, 400, "{path}");
        assert_eq!(server.raw().call(Method::POST, path).body("96:x").send().await.status, 400, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn violations_of_the_framing_end_the_connection() {
    let server = TestServer::start().await;
    let unmasked = [0x82, 0x01, 0x00];
    let reserved = [0xf2, 0x80, 0, 0, 0, 0];
    let opcode = [0x83, 0x80, 0, 0, 0, 0];
    let fragmented_ping = [0x09, 0x80, 0, 0, 0, 0];
    let continuation = [0x80, 0x80, 0, 0, 0, 0];
    for bytes in [&unmasked[..], &reserved, &opcode, &fragmented_ping, &continuation] {
        let (mut stream, answer) = raw(&server, &upgrade("/", &format!("{KEY}{VERSION}"))).await;
        assert!(answer.starts_with("HTTP/1.1 101 "));
        stream.write_all(bytes).await.unwrap();
        let mut rest = Vec::new();
        let _ = within("the end", stream.read_to_end(&mut rest)).await;
        // A close frame with status 1002 (RFC 6455, section 7.4.1).
        assert_eq!(rest, [0x88, 2, 0x03, 0xea], "{bytes:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn frames_may_come_in_fragments_and_drops() {
    let server = TestServer::start().await;
    let (mut stream, _) = raw(&server, &upgrade("/", &format!("{KEY}{VERSION}"))).await;
    // UNREAD in three fragments with a ping between them, byte by byte.
    let pieces: [&[u8]; 4] = [
        &[0x02, 0x82, 0, 0, 0, 0, 8, 0],
        &[0x89, 0x81, 0, 0, 0, 0, 9],
        &[0x00, 0x82, 0, 0, 0, 0, 16, 0],
        &[0x80, 0x82, 0, 0, 0, 0, 24, 0],
    ];
    for byte in pieces.concat() {
        stream.write_all(&[byte]).await.unwrap();
        stream.flush().await.unwrap();
    }
    let mut pong = [0; 3];
    within("the pong", stream.read_exact(&mut pong)).await.unwrap();
    assert_eq!(pong, [0x8a, 1, 9]);
    let mut head = [0; 2];
    within("the answer", stream.read_exact(&mut head)).await.unwrap();
    assert_eq!(head[0], 0x82);
    server.stop().await;
}
