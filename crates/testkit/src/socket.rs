//! A client of the realtime protocol.

mod command;
mod connecting;
mod pushed;
mod sending;

use std::collections::VecDeque;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bytes::Bytes;
use cerulean_proto::pb;
use cerulean_proto::pb::status::ErrorCode;
use futures::{SinkExt, StreamExt};
use prost::Message as _;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, Message};

use crate::wait::within;

pub use connecting::Connecting;

/// How frames are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// One binary WebSocket message per frame, on `/`.
    #[default]
    Raw,
    /// Socket.IO 2 over Engine.IO 3, on `/socket.io/`.
    SocketIo,
}

/// Announces a frame inside Socket.IO.
const FRAME_EVENT: &str = r#"451-["frame",{"_placeholder":true,"num":0}]"#;

/// UNREAD as the SDK sends it: no payload field at all.
const UNREAD: Bytes = Bytes::from_static(&[8, 0, 16, 0, 24, 0]);

/// How long a client that waits for a ping stays silent. Clients do so for 50 seconds; tests have less time.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// Ids that clients give to what they send; unique in the process, so that a test can tell its answers apart.
static NEXT_CLIENT_MID: AtomicU64 = AtomicU64::new(1_763_600_000_000);

/// A frame from the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Down {
    /// Answer to UNREAD.
    Unread(pb::UnreadDl),
    /// Answer to a pull, a history call or a send, or an eager push.
    Sync(pb::SyncDl),
    /// The wake.
    Notice(pb::Notice),
    /// Answer to PROVISION.
    Provision(pb::Provision),
}

/// What can happen on a connection.
#[expect(clippy::large_enum_variant, reason = "one at a time on the stack of a test")]
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A frame came.
    Frame(Down),
    /// A text came (Socket.IO only).
    Text(String),
    /// A WebSocket ping came; its pong leaves with the next read or write.
    Ping(Bytes),
    /// The connection ended, with the status of the close frame if there was one.
    Closed(Option<u16>),
}

/// A connection. Frames that come while something else is waited for are kept, in order.
pub struct SocketClient {
    socket: WebSocketStream<TcpStream>,
    transport: Transport,
    is_frame_due: bool,
    backlog: VecDeque<Down>,
    /// The user.
    pub uid: u64,
    /// Number of his device, 0 before PROVISION.
    pub device: u32,
}

fn decode(bytes: Bytes) -> Down {
    use pb::frame::Command;

    let frame = pb::Frame::decode(bytes).expect("the server sends frames");
    let payload = frame.payload.clone();
    match frame.command() {
        Command::Unread => Down::Unread(pb::UnreadDl::decode(payload).expect("UNREAD")),
        Command::Sync => Down::Sync(pb::SyncDl::decode(payload).expect("SYNC")),
        Command::Notice => Down::Notice(pb::Notice::decode(payload).expect("NOTICE")),
        Command::Provision => Down::Provision(pb::Provision::decode(payload).expect("PROVISION")),
    }
}

fn uid_of(xid: Option<&pb::Xid>) -> Option<u64> {
    xid.map(|xid| xid.uid)
}

impl SocketClient {
    // ---- the connection ----

    /// Sends any WebSocket message.
    pub async fn send_message(&mut self, message: Message) {
        within("the server reads", self.socket.send(message)).await.expect("the connection is open");
    }

    /// Sends the bytes of a frame, good or bad.
    pub async fn send_bytes(&mut self, frame: impl Into<Bytes>) {
        let frame = frame.into();
        match self.transport {
            Transport::Raw => self.send_message(Message::Binary(frame)).await,
            Transport::SocketIo => {
                self.send_message(Message::text(FRAME_EVENT)).await;
                let wrapped = [&[4], &frame[..]].concat();
                self.send_message(Message::Binary(wrapped.into())).await;
            }
        }
    }

    /// The next thing that happens, whatever it is, not looking at what was kept.
    pub async fn event(&mut self) -> Event {
        loop {
            let message = within("something from the server", self.socket.next()).await;
            if let Some(event) = self.read(message) {
                return event;
            }
        }
    }

    fn read(&mut self, message: Option<Result<Message, tungstenite::Error>>) -> Option<Event> {
        match message {
            None | Some(Err(_)) => Some(Event::Closed(None)),
            Some(Ok(Message::Close(frame))) => Some(Event::Closed(frame.map(|frame| frame.code.into()))),
            Some(Ok(Message::Ping(payload))) => Some(Event::Ping(payload)),
            Some(Ok(Message::Binary(bytes))) if self.transport == Transport::Raw => Some(Event::Frame(decode(bytes))),
            Some(Ok(Message::Binary(bytes))) => {
                assert!(std::mem::take(&mut self.is_frame_due), "a binary part that nothing announced");
                assert_eq!(bytes.first(), Some(&4), "Engine.IO marks binary messages");
                Some(Event::Frame(decode(bytes.slice(1..))))
            }
            Some(Ok(Message::Text(text))) => {
                assert_eq!(self.transport, Transport::SocketIo, "no texts on the raw transport");
                assert!(!self.is_frame_due, "nothing may come between the two parts of a frame");
                self.is_frame_due = text.as_str() == FRAME_EVENT;
                (!self.is_frame_due).then(|| Event::Text(text.as_str().to_owned()))
            }
            Some(Ok(_)) => None,
        }
    }

    /// The next frame, kept ones first. Fails when the connection ends.
    pub async fn frame(&mut self) -> Down {
        match self.backlog.pop_front() {
            Some(down) => down,
            None => self.fresh_frame().await,
        }
    }

    async fn fresh_frame(&mut self) -> Down {
        loop {
            match self.event().await {
                Event::Frame(down) => return down,
                Event::Text(_) | Event::Ping(_) => {}
                Event::Closed(status) => {
                    panic!("the server closed the connection ({status:?}); kept: {:?}", self.backlog)
                }
            }
        }
    }

    /// The next frame that `pick` takes something from; the others are kept.
    pub async fn expect<T>(&mut self, what: &str, pick: impl Fn(&Down) -> Option<T>) -> T {
        for index in 0..self.backlog.len() {
            if let Some(found) = pick(&self.backlog[index]) {
                self.backlog.remove(index);
                return found;
            }
        }
        within(what, async {
            loop {
                let down = self.fresh_frame().await;
                match pick(&down) {
                    Some(found) => return found,
                    None => self.backlog.push_back(down),
                }
            }
        })
        .await
    }

    /// Reads until the connection ends: what came before, and the status of the close frame.
    pub async fn closed(&mut self) -> (Vec<Down>, Option<u16>) {
        let mut frames: Vec<Down> = self.backlog.drain(..).collect();
        loop {
            match self.event().await {
                Event::Frame(down) => frames.push(down),
                Event::Text(_) | Event::Ping(_) => {}
                Event::Closed(status) => return (frames, status),
            }
        }
    }

    /// Waits for the ping that the server sends behind what it pushed, and answers it: all that was pushed is confirmed. Frames that
    /// come before it are kept.
    pub async fn confirm_by_pong(&mut self) {
        within("a ping", async {
            loop {
                match tokio::time::timeout(HEARTBEAT, self.event()).await {
                    Ok(Event::Ping(_)) => break,
                    Ok(Event::Frame(Down::Unread(_)) | Event::Text(_)) => {}
                    Ok(Event::Frame(down)) => self.backlog.push_back(down),
                    Ok(Event::Closed(_)) => panic!("the server closed the connection"),
                    // What this device itself sent is confirmed with the next sign of life.
                    Err(_) => self.send_bytes(UNREAD).await,
                }
            }
        })
        .await;
        // The pong was queued by the read and leaves with the heartbeat, whose answer tells that the server has read both.
        self.heartbeat().await;
    }

    /// Leaves in order: the server has read everything when this returns.
    pub async fn close(mut self) {
        let _ = self.socket.close(None).await;
        let _ = self.closed().await;
    }

    /// Breaks the connection off, as a lost network does.
    pub fn break_off(self) {
        let stream = self.socket.into_inner();
        let _ = stream.set_zero_linger();
        drop(stream);
    }

    /// What came and was not asked for yet.
    pub fn kept(&self) -> impl Iterator<Item = &Down> {
        self.backlog.iter()
    }
}

fn is_ok(answer: &pb::SyncDl) -> bool {
    answer.status.as_ref().is_some_and(|status| status.code == ErrorCode::Ok as i32)
}
