//! A WebSocket as a client sees it: frames out unmasked in effect (the mask is zero), messages in without copies.

use std::cell::RefCell;
use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, TcpStream};

const BINARY: u8 = 0x82;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
const CLOSE: u8 = 0x88;
const MASKED: u8 = 0x80;
/// The length follows in two bytes, or in eight.
const TWO_BYTES: u8 = 0x7e;
const EIGHT_BYTES: u8 = 0x7f;
/// Bytes read at once, into a buffer that all connections of the thread share.
const READ_BYTES: usize = 128 << 10;
/// How long any single answer may take while setting up.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

thread_local! {
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// Appends a binary message, masked with zeros.
pub(crate) fn put_message(payload: &[u8], out: &mut Vec<u8>) {
    put_header(BINARY, payload.len(), out);
    out.extend_from_slice(payload);
}

/// Appends the header of a masked message.
pub(crate) fn put_header(first: u8, length: usize, out: &mut Vec<u8>) {
    out.push(first);
    match length {
        0..126 => out.push(MASKED | length as u8),
        126..0x1_0000 => {
            out.push(MASKED | TWO_BYTES);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            out.push(MASKED | EIGHT_BYTES);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
}

/// First byte of a header for a binary message.
pub(crate) const BINARY_HEADER: u8 = BINARY;

/// Cuts what a server sends into messages. Only messages that end in a later read are copied.
#[derive(Default)]
pub(crate) struct Inbox {
    partial: Vec<u8>,
}

/// Length of header and payload, once the header is whole.
fn server_header(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let [first, second, rest @ ..] = bytes else { return None };
    match (second & 0x7f, rest) {
        (126, [high, low, ..]) => Some((*first, 4, usize::from(u16::from_be_bytes([*high, *low])))),
        (127, rest) => rest.first_chunk::<8>().map(|length| (*first, 10, u64::from_be_bytes(*length) as usize)),
        (126, _) => None,
        (short, _) => Some((*first, 2, usize::from(short))),
    }
}

/// Hands out whole messages; returns how many bytes were used.
fn consume(bytes: &[u8], on_message: &mut dyn FnMut(u8, &[u8])) -> usize {
    let mut used = 0;
    while let Some((first, header, length)) = server_header(&bytes[used..]) {
        let Some(payload) = bytes.get(used + header..used + header + length) else { break };
        on_message(first, payload);
        used += header + length;
    }
    used
}

impl Inbox {
    fn feed(&mut self, chunk: &[u8], on_message: &mut dyn FnMut(u8, &[u8])) {
        if self.partial.is_empty() {
            let used = consume(chunk, on_message);
            self.partial.extend_from_slice(&chunk[used..]);
        } else {
            self.partial.extend_from_slice(chunk);
            let used = consume(&self.partial, on_message);
            self.partial.drain(..used);
        }
    }
}

/// An open WebSocket.
pub(crate) struct Line {
    reader: OwnedReadHalf,
    /// Shared with whoever writes without reading.
    pub writer: std::rc::Rc<OwnedWriteHalf>,
    inbox: Inbox,
    /// Messages that came along with the one waited for.
    early: std::collections::VecDeque<Vec<u8>>,
}

/// Own address of the nth connection: one address has too few ports for many connections that come and go.
fn source(number: usize) -> SocketAddr {
    let host = 1 + (number % 32) as u8;
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, host)), 0)
}

/// Connects and makes the opening handshake.
pub(crate) async fn open(address: SocketAddr, path: &str, number: usize) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(source(number))?;
    let mut stream = socket.connect(address).await.context("cannot connect")?;
    stream.set_nodelay(true)?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    // Byte by byte towards the end would be slow: the server sends nothing behind the head before it hears from us.
    let mut head = Vec::with_capacity(256);
    while !head.ends_with(b"\r\n\r\n") {
        ensure!(stream.read_buf(&mut head).await? > 0, "the handshake was refused: {}", String::from_utf8_lossy(&head));
    }
    ensure!(head.starts_with(b"HTTP/1.1 101 "), "the handshake was refused: {}", String::from_utf8_lossy(&head));
    Ok(stream)
}

impl Line {
    pub async fn open(address: SocketAddr, path: &str, number: usize) -> anyhow::Result<Self> {
        Ok(Self::from_stream(open(address, path, number).await?))
    }

    pub fn from_stream(stream: TcpStream) -> Self {
        let (reader, writer) = stream.into_split();
        Self {
            reader,
            writer: std::rc::Rc::new(writer),
            inbox: Inbox::default(),
            early: std::collections::VecDeque::new(),
        }
    }

    /// The socket below, for writing from a thread of its own.
    pub fn duplicate(self) -> anyhow::Result<(Self, std::net::TcpStream)> {
        ensure!(
            self.early.is_empty() && self.inbox.partial.is_empty(),
            "messages came before the line was handed over"
        );
        let writer = std::rc::Rc::try_unwrap(self.writer).ok().context("the line is shared")?;
        let stream = self.reader.reunite(writer).context("halves of different lines")?.into_std()?;
        let twin = stream.try_clone()?;
        Ok((Self::from_stream(TcpStream::from_std(stream)?), twin))
    }

    /// Waits for bytes and hands out the messages they complete. Pings are answered.
    pub async fn read(&mut self, mut on_message: impl FnMut(&[u8])) -> anyhow::Result<()> {
        while let Some(message) = self.early.pop_front() {
            on_message(&message);
        }
        self.read_new(&mut on_message).await
    }

    async fn read_new(&mut self, on_message: &mut dyn FnMut(&[u8])) -> anyhow::Result<()> {
        let mut pongs = Vec::new();
        let mut is_closed = false;
        let (reader, inbox) = (&mut self.reader, &mut self.inbox);
        let mut on_frame = |first: u8, payload: &[u8]| match first {
            BINARY => on_message(payload),
            PING => {
                put_header(PONG, payload.len(), &mut pongs);
                pongs.extend_from_slice(payload);
            }
            _ => is_closed |= first == CLOSE,
        };
        let count = poll_fn(|context| {
            READ_BUFFER.with_borrow_mut(|buffer| {
                let mut filled = ReadBuf::new(buffer);
                if let Err(error) = ready!(Pin::new(&mut *reader).poll_read(context, &mut filled)) {
                    return Poll::Ready(Err(error));
                }
                inbox.feed(filled.filled(), &mut on_frame);
                Poll::Ready(Ok(filled.filled().len()))
            })
        })
        .await?;
        if count == 0 || is_closed {
            bail!("the server closed the connection");
        }
        if !pongs.is_empty() {
            self.write(&pongs).await?;
        }
        Ok(())
    }

    /// Writes all of it.
    pub async fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let mut done = 0;
        while done < bytes.len() {
            match self.writer.try_write(&bytes[done..]) {
                Ok(written) => done += written,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => self.writer.writable().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Sends one message.
    pub async fn send(&self, payload: &[u8]) -> anyhow::Result<()> {
        let mut bytes = Vec::with_capacity(payload.len() + 14);
        put_message(payload, &mut bytes);
        self.write(&bytes).await
    }

    /// The next message, for conversations of question and answer.
    pub async fn receive(&mut self) -> anyhow::Result<Vec<u8>> {
        let give_up = tokio::time::Instant::now() + ANSWER_WITHIN;
        loop {
            if let Some(message) = self.early.pop_front() {
                return Ok(message);
            }
            let mut came = Vec::new();
            let mut keep = |message: &[u8]| came.push(message.to_vec());
            let outcome = tokio::time::timeout_at(give_up, self.read_new(&mut keep)).await;
            outcome.with_context(|| format!("no answer within {ANSWER_WITHIN:?}"))??;
            self.early.extend(came);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_any_cut() {
        let mut bytes = vec![BINARY, 3, 1, 2, 3, PING, 1, 9, BINARY, 126, 0, 200];
        bytes.extend([7; 200]);
        bytes.extend([BINARY, 0]);
        for step in [1, 2, 5, 100, bytes.len()] {
            let mut inbox = Inbox::default();
            let mut seen = Vec::new();
            for chunk in bytes.chunks(step) {
                inbox.feed(chunk, &mut |first, payload| seen.push((first, payload.len())));
            }
            assert_eq!(seen, [(BINARY, 3), (PING, 1), (BINARY, 200), (BINARY, 0)], "step {step}");
        }
    }

    #[test]
    fn own_headers_are_those_the_server_reads() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let mut bytes = Vec::new();
            put_message(&vec![5; length], &mut bytes);
            let mut reader = cerulean_proto::ws::Reader::new(1 << 20);
            let mut out = Vec::new();
            reader.feed(&mut bytes, &mut out).unwrap();
            assert_eq!(out, [cerulean_proto::ws::Message::Binary(vec![5; length].into())]);
        }
    }
}
