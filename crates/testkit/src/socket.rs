//! A client of the realtime protocol.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cerulean_proto::pb::message_operation::OpType;
use cerulean_proto::pb::status::ErrorCode;
use cerulean_proto::{encode, pb};
use futures::{SinkExt, StreamExt};
use prost::Message as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, Message};

use crate::message::{Address, conversation_operation, operation, text_body};
use crate::user::User;
use crate::wait::within;

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

/// A connection about to be made.
#[derive(Clone)]
pub struct Connecting {
    address: SocketAddr,
    transport: Transport,
    uid: u64,
    token: String,
    guid: String,
    capabilities: u32,
    receive_buffer: Option<u32>,
}

impl Connecting {
    /// To a server, of nobody yet.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            transport: Transport::Raw,
            uid: 0,
            token: String::new(),
            guid: String::new(),
            capabilities: 0,
            receive_buffer: None,
        }
    }

    /// Whose connection.
    pub fn user(mut self, user: &User) -> Self {
        (self.uid, self.token) = (user.id.get(), user.token.clone());
        self.device("1")
    }

    /// Claims to be any user.
    pub fn uid(mut self, uid: impl Address) -> Self {
        self.uid = uid.uid();
        self
    }

    /// Shows any token.
    pub fn token(mut self, token: &str) -> Self {
        self.token = token.into();
        self
    }

    /// Which of the user's devices: its guid is `<uid>_<name>`.
    pub fn device(mut self, name: &str) -> Self {
        self.guid = format!("{}_{name}", self.uid);
        self
    }

    /// Any guid, also an empty one.
    pub fn guid(mut self, guid: &str) -> Self {
        self.guid = guid.into();
        self
    }

    /// Over Socket.IO instead of a raw WebSocket.
    pub fn socket_io(mut self) -> Self {
        self.transport = Transport::SocketIo;
        self
    }

    /// Bits of `Provision.capabilities`: 1 `EXPLICIT_ACK`, 2 `PRESENCE`.
    pub fn capabilities(mut self, bits: u32) -> Self {
        self.capabilities = bits;
        self
    }

    /// With a small buffer for what comes in, so that not reading soon stops the server's writing.
    pub fn receive_buffer(mut self, bytes: u32) -> Self {
        self.receive_buffer = Some(bytes);
        self
    }

    /// Opens the connection and does nothing on it.
    pub async fn open(&self) -> SocketClient {
        let path = match self.transport {
            Transport::Raw => "/",
            Transport::SocketIo => "/socket.io/?EIO=3&transport=websocket",
        };
        let socket = TcpSocket::new_v4().expect("a socket");
        if let Some(bytes) = self.receive_buffer {
            socket.set_recv_buffer_size(bytes).expect("a buffer size");
        }
        let stream = within("the server accepts", socket.connect(self.address)).await.expect("the server listens");
        stream.set_nodelay(true).expect("a TCP socket");
        let url = format!("ws://{}{path}", self.address);
        let opened = within("the handshake", tokio_tungstenite::client_async(url, stream)).await;
        let (socket, _) = opened.expect("the server takes the handshake");
        SocketClient {
            socket,
            transport: self.transport,
            is_frame_due: false,
            backlog: VecDeque::new(),
            uid: self.uid,
            device: 0,
        }
    }

    /// The PROVISION that this connection would send.
    pub fn provision(&self) -> pb::Provision {
        pb::Provision {
            xid: Some(pb::Xid { uid: self.uid, device_sn: 0 }),
            token: self.token.clone(),
            os_type: pb::provision::OsType::Web as i32,
            sdk_vsn: "2.0.0".into(),
            device_guid: self.guid.clone(),
            device_info: "Web".into(),
            capabilities: self.capabilities,
            ..Default::default()
        }
    }

    /// Opens the connection and sends PROVISION; with the answer, good or bad.
    pub async fn try_login(&self) -> (SocketClient, pb::Provision) {
        let mut client = self.open().await;
        let answer = client.provision(self.provision()).await;
        (client, answer)
    }

    /// Opens the connection and logs in.
    pub async fn login(&self) -> SocketClient {
        let (client, answer) = self.try_login().await;
        let status = answer.status.expect("every answer has a status");
        assert_eq!(status.code(), ErrorCode::Ok, "PROVISION: {}", status.reason);
        client
    }

    /// Opens the connection, logs in and asks for UNREAD: from now on items are pushed.
    pub async fn live(&self) -> SocketClient {
        let mut client = self.login().await;
        client.unread().await;
        client
    }
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

fn is_push_in(down: &Down, uid: u64) -> bool {
    let Down::Sync(sync) = down else { return false };
    sync.client_mid == 0
        && sync.is_eager_sync
        && !sync.metas.is_empty()
        && sync.xid.as_ref().is_some_and(|xid| xid.uid == uid)
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

    // ---- commands ----

    /// Sends a command with its payload.
    pub async fn command(&mut self, command: pb::frame::Command, payload: impl prost::Message) {
        self.send_bytes(encode::frame(command, payload.encode_to_vec().into())).await;
    }

    /// PROVISION and its answer.
    pub async fn provision(&mut self, request: pb::Provision) -> pb::Provision {
        self.command(pb::frame::Command::Provision, request).await;
        let answer = self
            .expect("the answer to PROVISION", |down| match down {
                Down::Provision(answer) => Some(answer.clone()),
                _ => None,
            })
            .await;
        if let Some(xid) = &answer.xid {
            (self.uid, self.device) = (xid.uid, xid.device_sn);
        }
        answer
    }

    /// UNREAD and its answer, good or bad.
    pub async fn try_unread(&mut self) -> pb::UnreadDl {
        self.send_bytes(UNREAD).await;
        self.expect("the answer to UNREAD", |down| match down {
            Down::Unread(answer) => Some(answer.clone()),
            _ => None,
        })
        .await
    }

    /// UNREAD: conversation, number of items to pull and type of each entry.
    pub async fn unread(&mut self) -> Vec<(u64, u32, i32)> {
        let answer = self.try_unread().await;
        assert_eq!(answer.status.map(|status| status.code), Some(ErrorCode::Ok as i32));
        let read = |entry: pb::ConversationUnread| (entry.xid.expect("entries name theirs").uid, entry.n, entry.r#type);
        answer.unread.into_iter().map(read).collect()
    }

    /// A heartbeat; everything that the server queued for this connection before it has come when this returns.
    pub async fn heartbeat(&mut self) -> Vec<(u64, u32, i32)> {
        self.unread().await
    }

    /// SYNC without an item, and its answer.
    pub async fn sync(&mut self, request: pb::SyncUl) -> pb::SyncDl {
        let (uid, is_history) = (uid_of(request.xid.as_ref()), request.is_full_sync);
        self.command(pb::frame::Command::Sync, request).await;
        self.expect("the answer to a pull", |down| match down {
            Down::Sync(answer)
                if answer.client_mid == 0
                    && !answer.is_eager_sync
                    && answer.is_full_sync == (is_history && is_ok(answer))
                    && uid_of(answer.xid.as_ref()) == uid =>
            {
                Some(answer.clone())
            }
            _ => None,
        })
        .await
    }

    /// One step of a pull; `key` 0 is left out, as the SDK does.
    pub async fn pull(&mut self, xid: impl Address, key: u64) -> pb::SyncDl {
        let request = pb::SyncUl { xid: Some(pb::Xid { uid: xid.uid(), device_sn: 0 }), key, ..Default::default() };
        self.sync(request).await
    }

    /// Pulls a conversation to its end, as the SDK does, which also confirms it.
    pub async fn pull_all(&mut self, xid: impl Address) -> Vec<pb::Meta> {
        let mut metas = Vec::new();
        let mut key = 0;
        loop {
            let answer = self.pull(&xid, key).await;
            assert!(is_ok(&answer), "pull: {:?}", answer.status);
            assert_eq!(answer.next_key == 0, answer.metas.is_empty(), "the end is told by an empty answer");
            metas.extend(answer.metas);
            if answer.next_key == 0 {
                return metas;
            }
            key = answer.next_key;
        }
    }

    /// Everything up to `mid` is safe here (extension `ack_only`). There is no answer; a heartbeat tells that the server has read it.
    pub async fn ack(&mut self, xid: impl Address, mid: u64) {
        let xid = Some(pb::Xid { uid: xid.uid(), device_sn: 0 });
        let request = pb::SyncUl { xid, key: mid, ack_only: true, ..Default::default() };
        self.command(pb::frame::Command::Sync, request).await;
        self.heartbeat().await;
    }

    /// A page of history older than `before` (0: the newest).
    pub async fn history(&mut self, xid: impl Address, before: u64, count: i32) -> pb::SyncDl {
        let xid = Some(pb::Xid { uid: xid.uid(), device_sn: 0 });
        let request = pb::SyncUl { xid, key: before, is_full_sync: true, full_sync_num: count, ..Default::default() };
        self.sync(request).await
    }

    /// Replaces the users whose presence is watched.
    pub async fn watch(&mut self, users: &[u64]) -> Vec<pb::Meta> {
        let request = pb::SyncUl { watch_presence: users.to_vec(), ..Default::default() };
        self.command(pb::frame::Command::Sync, request).await;
        self.expect("the answer to a watch", |down| match down {
            Down::Sync(answer) if answer.metas.iter().all(|meta| meta.ns == pb::meta::NameSpace::Presence as i32) => {
                (uid_of(answer.xid.as_ref()) == Some(0) && answer.client_mid == 0).then(|| answer.metas.clone())
            }
            _ => None,
        })
        .await
    }

    // ---- sending ----

    /// An item of this session, with a fresh client id.
    pub fn meta(&self, to: impl Address, ns: pb::meta::NameSpace, payload: impl prost::Message) -> pb::Meta {
        let id = NEXT_CLIENT_MID.fetch_add(1, Ordering::Relaxed);
        pb::Meta {
            id,
            from: Some(pb::Xid { uid: self.uid, device_sn: self.device }),
            to: Some(pb::Xid { uid: to.uid(), device_sn: 0 }),
            timestamp: id,
            ns: ns as i32,
            payload: payload.encode_to_vec().into(),
            ..Default::default()
        }
    }

    /// A message about to be sent.
    pub fn message(&self, to: impl Address, body: pb::MessageBody) -> pb::Meta {
        self.meta(to, pb::meta::NameSpace::Message, body)
    }

    /// Sends an item without waiting for the answer.
    pub async fn post(&mut self, meta: pb::Meta) {
        self.command(pb::frame::Command::Sync, pb::SyncUl { meta: Some(meta), ..Default::default() }).await;
    }

    /// Waits for the answer to a send.
    pub async fn answer_to(&mut self, client_mid: u64) -> pb::SyncDl {
        self.expect("the answer to a send", |down| match down {
            Down::Sync(answer) if answer.client_mid == client_mid => Some(answer.clone()),
            _ => None,
        })
        .await
    }

    /// Sends an item; the answer, good or bad.
    pub async fn try_send(&mut self, meta: pb::Meta) -> pb::SyncDl {
        let client_mid = meta.id;
        self.post(meta).await;
        self.answer_to(client_mid).await
    }

    /// Sends an item that must be taken.
    pub async fn send(&mut self, meta: pb::Meta) -> pb::SyncDl {
        let answer = self.try_send(meta).await;
        assert!(is_ok(&answer), "send: {:?}", answer.status);
        assert!(answer.server_mid != 0 && answer.server_time != 0, "{answer:?}");
        answer
    }

    /// Sends an item that must be refused: code and reason.
    pub async fn refused(&mut self, meta: pb::Meta) -> (ErrorCode, String) {
        let to = uid_of(meta.to.as_ref());
        let answer = self.try_send(meta).await;
        let status = answer.status.clone().expect("every answer has a status");
        assert_ne!(status.code(), ErrorCode::Ok, "the send must be refused");
        assert_eq!(answer.server_mid, 0, "nothing was stored");
        assert_eq!(uid_of(answer.xid.as_ref()), to, "the refusal names the conversation");
        (status.code(), status.reason)
    }

    /// Sends a text.
    pub async fn text(&mut self, to: impl Address, content: &str) -> pb::SyncDl {
        let meta = self.message(&to, text_body(&to, content));
        self.send(meta).await
    }

    /// Sends a text that must be refused.
    pub async fn text_refused(&mut self, to: impl Address, content: &str) -> (ErrorCode, String) {
        let meta = self.message(&to, text_body(&to, content));
        self.refused(meta).await
    }

    /// Sends an operation on a message.
    pub async fn operate(&mut self, to: impl Address, kind: OpType, mid: u64, xid: Option<u64>) -> pb::SyncDl {
        let meta = self.message(&to, operation(kind, mid, xid));
        self.send(meta).await
    }

    /// Sends an operation that must be refused.
    pub async fn operate_refused(
        &mut self,
        to: impl Address,
        kind: OpType,
        mid: u64,
        xid: Option<u64>,
    ) -> (ErrorCode, String) {
        let meta = self.message(&to, operation(kind, mid, xid));
        self.refused(meta).await
    }

    /// Appends to or replaces the content of a message.
    pub async fn edit(&mut self, to: impl Address, kind: OpType, mid: u64, content: &str) -> pb::SyncDl {
        let body = pb::MessageBody { content: content.into(), ..operation(kind, mid, None) };
        let meta = self.message(&to, body);
        self.send(meta).await
    }

    /// Deletes a whole conversation. Such items have no `to`.
    pub async fn operate_conversation(
        &mut self,
        kind: pb::conversation_operation::OpType,
        xid: impl Address,
    ) -> pb::SyncDl {
        let mut meta = self.meta(0, pb::meta::NameSpace::Conversation, conversation_operation(kind, xid));
        meta.to = None;
        self.send(meta).await
    }

    // ---- what comes by itself ----

    /// The next item pushed in a conversation.
    pub async fn pushed(&mut self, xid: impl Address) -> pb::Meta {
        let uid = xid.uid();
        let what = format!("an item pushed in conversation {uid}");
        let mut sync = self
            .expect(&what, |down| match down {
                Down::Sync(sync) if is_push_in(down, uid) => Some(sync.clone()),
                _ => None,
            })
            .await;
        assert_eq!((sync.metas.len(), sync.next_key), (1, 0), "pushes carry one item and ask for nothing");
        assert!(is_ok(&sync), "{sync:?}");
        sync.metas.remove(0)
    }

    /// The next wake: which conversation.
    pub async fn woken(&mut self) -> u64 {
        self.expect("a wake", |down| match down {
            Down::Notice(notice) => uid_of(notice.xid.as_ref()),
            _ => None,
        })
        .await
    }

    /// What was pushed in a conversation and not asked for yet, as far as it has come.
    pub fn pushes_kept(&self, xid: impl Address) -> Vec<pb::Meta> {
        let uid = xid.uid();
        let pushes = self.backlog.iter().filter(|down| is_push_in(down, uid));
        pushes
            .flat_map(|down| match down {
                Down::Sync(sync) => sync.metas.clone(),
                _ => Vec::new(),
            })
            .collect()
    }
}

fn is_ok(answer: &pb::SyncDl) -> bool {
    answer.status.as_ref().is_some_and(|status| status.code == ErrorCode::Ok as i32)
}
