//! TLS with a certificate authority made for development.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use cerulean_testkit::{pb, within};
use futures::{SinkExt, StreamExt};
use prost::Message as _;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;

use crate::home::Home;

fn trusting(authority: &Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority).unwrap() {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

async fn connect(trust: &TlsConnector, address: SocketAddr, name: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", address.port())).await?;
    within("the handshake", trust.connect(ServerName::try_from(name.to_owned()).unwrap(), stream)).await
}

async fn get(stream: &mut TlsStream<TcpStream>, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\napp_id: shop\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within("the answer", stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn development_authority_serves_https_and_wss() {
    let home = Home::new();
    home.json(&["app", "create", "--name", "shop"]);
    let server = home.start(&["--listen", "0.0.0.0:0", "--dev-ca"]).await;
    assert!(server.out().contains("https://"), "{}", server.out());
    let authority = home.data().join("tls/ca.pem");
    let trust = trusting(&authority);
    for name in ["localhost", "127.0.0.1"] {
        let mut stream =
            connect(&trust, server.address, name).await.expect("the certificate is signed by the authority");
        assert!(get(&mut stream, "/api/health").await.starts_with("HTTP/1.1 200"), "{name}");
    }
    let mut stream = connect(&trust, server.address, "localhost").await.unwrap();
    assert!(get(&mut stream, "/v2/app_dns").await.contains(r#""protocol":"https""#), "addresses given out are https");

    let stream = connect(&trust, server.address, "localhost").await.unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async("wss://localhost/", stream).await.expect("an upgrade");
    let frame = pb::Frame { command: pb::frame::Command::Unread as i32, ..Default::default() };
    socket.send(Message::Binary(frame.encode_to_vec().into())).await.unwrap();
    let answer = within("an answer", socket.next()).await.unwrap().unwrap();
    let frame = pb::Frame::decode(answer.into_data()).unwrap();
    let answer = pb::UnreadDl::decode(frame.payload).unwrap();
    assert_eq!(answer.status.unwrap().reason, "you must login first");
    server.stop().await;
}

#[tokio::test]
async fn nobody_else_is_believed_and_nothing_goes_in_the_clear() {
    let (home, stranger) = (Home::new(), Home::new());
    let server = home.start(&["--listen", "0.0.0.0:0", "--dev-ca"]).await;
    let other = stranger.start(&["--listen", "0.0.0.0:0", "--dev-ca"]).await;
    let trust = trusting(&stranger.data().join("tls/ca.pem"));
    assert!(connect(&trust, server.address, "localhost").await.is_err(), "another authority");
    let right = trusting(&home.data().join("tls/ca.pem"));
    assert!(connect(&right, server.address, "example.com").await.is_err(), "another name");

    let mut plain = TcpStream::connect(("127.0.0.1", server.address.port())).await.unwrap();
    plain.write_all(b"GET /api/health HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = within("the end", plain.read_to_end(&mut answer)).await;
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/"), "plain text is not answered");
    other.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn authority_is_made_once_and_its_key_is_kept_from_others() {
    let home = Home::new();
    home.start(&["--dev-ca"]).await.stop().await;
    let read = |name: &str| std::fs::read(home.data().join("tls").join(name)).unwrap();
    let before = (read("ca.pem"), read("server.pem"), read("server.key"));
    let mode = std::fs::metadata(home.data().join("tls/server.key")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    home.start(&["--dev-ca"]).await.stop().await;
    assert!(before == (read("ca.pem"), read("server.pem"), read("server.key")), "clients trust what they were given");
    // The same files are good as own certificates.
    let server =
        home.start(&["--listen", "0.0.0.0:0", "--cert", "data/tls/server.pem", "--key", "data/tls/server.key"]).await;
    let mut stream = connect(&trusting(&home.data().join("tls/ca.pem")), server.address, "localhost").await.unwrap();
    assert!(get(&mut stream, "/api/ready").await.starts_with("HTTP/1.1 200"));
    server.stop().await;
}
