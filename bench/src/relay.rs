//! The relay that figures are compared with: it forwards each message to everyone else in the room named by the path, and does nothing more.
//!
//! No storage, no decoding, no checks. What the server costs beyond this is the price of being a messaging server. It understands the
//! generator's handshake only: the accept key is that of the example in RFC 6455, whose request key the generator sends.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, ensure};
use cerulean_proto::ws;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Notify};

const ACCEPTED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
    sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
const READ_BYTES: usize = 16 << 10;
const MAX_MESSAGE: usize = 1 << 20;

/// One connection, as others see it.
#[derive(Default)]
struct Peer {
    waiting: std::sync::Mutex<Vec<u8>>,
    wake: Notify,
}

impl Peer {
    fn push(&self, bytes: &[u8]) {
        self.waiting.lock().expect("nobody panics while holding it").extend_from_slice(bytes);
        self.wake.notify_one();
    }

    fn take(&self, spare: Vec<u8>) -> Vec<u8> {
        std::mem::replace(&mut *self.waiting.lock().expect("nobody panics while holding it"), spare)
    }
}

type Room = Arc<std::sync::RwLock<Vec<Arc<Peer>>>>;
type Rooms = Arc<Mutex<HashMap<String, Room>>>;

/// Listens on loopback until killed.
#[expect(clippy::print_stdout, reason = "whoever started the relay reads its address")]
pub(crate) async fn serve(port: u16) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.context("the relay cannot listen")?;
    println!("relay at {}", listener.local_addr()?);
    let rooms = Rooms::default();
    loop {
        let (stream, _) = listener.accept().await?;
        let rooms = rooms.clone();
        tokio::spawn(async move {
            // A connection that breaks off concerns nobody else.
            let _ = join(stream, rooms).await;
        });
    }
}

async fn join(mut stream: TcpStream, rooms: Rooms) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::with_capacity(512);
    while !head.ends_with(b"\r\n\r\n") {
        ensure!(stream.read_buf(&mut head).await? > 0 && head.len() < 8192, "no handshake");
    }
    let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or("/").to_owned();
    let room = rooms.lock().await.entry(path).or_default().clone();
    let me = Arc::new(Peer::default());
    room.write().expect("nobody panics while holding it").push(me.clone());
    stream.write_all(ACCEPTED).await?;
    let (reader, writer) = stream.into_split();
    let writing = tokio::spawn(write(writer, me.clone()));
    let outcome = read(reader, &room, &me).await;
    writing.abort();
    room.write().expect("nobody panics while holding it").retain(|peer| !Arc::ptr_eq(peer, &me));
    outcome
}

async fn read(mut reader: OwnedReadHalf, room: &Room, me: &Arc<Peer>) -> anyhow::Result<()> {
    let mut buffer = vec![0; READ_BYTES];
    let mut cutter = ws::Reader::new(MAX_MESSAGE);
    let (mut messages, mut forward) = (Vec::new(), Vec::new());
    loop {
        let count = reader.read(&mut buffer).await?;
        ensure!(count > 0, "the client left");
        cutter.feed(&mut buffer[..count], &mut messages)?;
        for message in messages.drain(..) {
            if let ws::Message::Binary(payload) = message {
                ws::put_binary(&[&payload], &mut forward);
            }
        }
        for peer in room.read().expect("nobody panics while holding it").iter() {
            if !Arc::ptr_eq(peer, me) {
                peer.push(&forward);
            }
        }
        forward.clear();
    }
}

async fn write(mut writer: OwnedWriteHalf, me: Arc<Peer>) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        bytes = me.take(bytes);
        if bytes.is_empty() {
            me.wake.notified().await;
        } else {
            writer.write_all(&bytes).await?;
        }
    }
}
