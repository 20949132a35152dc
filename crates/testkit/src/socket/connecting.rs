//! A connection about to be made.

use std::collections::VecDeque;
use std::net::SocketAddr;

use cerulean_proto::pb;
use cerulean_proto::pb::status::ErrorCode;
use tokio::net::TcpSocket;

use super::{SocketClient, Transport};
use crate::message::Address;
use crate::user::User;
use crate::wait::within;

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

    /// Bits of `Provision.capabilities`: 1 `EXPLICIT_ACK`, 2 `PRESENCE`, 4 `RECALLS`.
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

    /// Opens the connection, logs in and asks for UNREAD: from now on items are pushed, but for those of conversations that were listed as
    /// pending, which must be pulled first.
    pub async fn live(&self) -> SocketClient {
        let mut client = self.login().await;
        client.unread().await;
        client
    }
}
