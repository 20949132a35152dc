//! The one task of a connection: reads, answers, writes what waits, keeps time.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::ready;
use std::time::Duration;

use bytes::Bytes;
use cerulean_proto::socket_io::{self, TextPacket};
use cerulean_proto::{ws, ws::Message};
use cerulean_storage::log::StateChange;
use cerulean_storage::log::read::Cursor;
use cerulean_types::{ConversationKey, MessageId};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::Instant;

use crate::hub::Hub;
use crate::session::{EXPLICIT_ACK, Identity, Session, Transport};

/// Size of the buffer that all connections of a thread read into.
const READ_BYTES: usize = 64 << 10;
/// Sends of one connection that may wait for their commit before it is not read any further.
const MAX_IN_FLIGHT: usize = 1024;
/// How long pushed items wait for company before a barrier goes out.
const BARRIER_AFTER: Duration = Duration::from_millis(250);
/// Between the last word and the close, so that a client reads it (wire.md 10).
const LINGER: Duration = Duration::from_millis(200);
/// What Socket.IO adds to a frame.
const SOCKET_IO_BYTES: usize = 1;
/// Bytes written at once.
const WRITE_BYTES: usize = 256 << 10;

thread_local! {
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
    static WRITE_BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A ping on its way that confirms, by its pong, everything pushed before it.
struct Barrier {
    number: u32,
    cursors: Vec<(ConversationKey, Cursor)>,
}

pub(crate) struct Connection<S> {
    pub hub: Arc<Hub>,
    pub session: Arc<Session>,
    io: S,
    reader: ws::Reader,
    /// A Socket.IO event was announced and its binary part is due.
    is_event_due: bool,
    barrier: Option<Box<Barrier>>,
    /// When the next barrier goes out, once there is something to confirm.
    barrier_due: Option<Instant>,
    next_barrier: u32,
    last_heard: Instant,
    started: Instant,
}

enum Wake {
    Read,
    /// The other side is gone.
    Gone,
    /// It broke the rules of the framing.
    Violation,
    Outbox,
    Timer,
    Stop,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    pub async fn run(hub: Arc<Hub>, transport: Transport, io: S) {
        let session = Arc::new(Session::new(hub.next_number(), transport, hub.platform().rates.frame_bucket()));
        hub.counters.connections.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let mut connection = Self {
            hub: hub.clone(),
            session: session.clone(),
            io,
            reader: ws::Reader::new(hub.options.frame_bytes + SOCKET_IO_BYTES),
            is_event_due: false,
            barrier: None,
            barrier_due: None,
            next_barrier: 1,
            last_heard: now,
            started: now,
        };
        let outcome = connection.serve().await;
        if let Err(reason) = outcome {
            tracing::debug!(session.number = session.number, "connection ends: {reason}");
        }
        if let Some(identity) = session.identity.get() {
            hub.remove(identity, &session);
        }
        hub.counters.connections.fetch_sub(1, Ordering::Relaxed);
    }

    async fn serve(&mut self) -> Result<(), &'static str> {
        if self.session.transport == Transport::SocketIo {
            let mut open = Vec::with_capacity(160);
            socket_io::put_open(&format!("{:016x}", rand::random::<u64>()), &mut open);
            self.write(&open).await?;
        }
        let mut messages = Vec::new();
        loop {
            self.flush().await?;
            if self.session.is_ending.load(Ordering::Acquire) {
                return self.linger().await;
            }
            self.keep_barrier().await?;
            match self.wait(&mut messages).await {
                Wake::Read => {
                    for message in messages.drain(..) {
                        self.last_heard = Instant::now();
                        if !self.take(message).await? {
                            return Ok(());
                        }
                        // Many small requests may have large answers: they are not gathered without bound.
                        if self.session.outbox.lock().bytes > WRITE_BYTES {
                            self.flush().await?;
                        }
                    }
                }
                Wake::Gone => return Ok(()),
                Wake::Violation => return self.close(1002).await,
                Wake::Outbox => {}
                Wake::Timer => self.keep_time().await?,
                Wake::Stop => {
                    self.finish_sends().await?;
                    return self.close(1001).await;
                }
            }
        }
    }

    /// Waits for bytes, something to write, or the next deadline. Bytes are read into a buffer that all connections of the thread share.
    async fn wait(&mut self, messages: &mut Vec<Message>) -> Wake {
        let deadline = self.next_deadline();
        let may_read = self.session.in_flight.load(Ordering::Acquire) < MAX_IN_FLIGHT;
        let (io, reader) = (&mut self.io, &mut self.reader);
        let read = std::future::poll_fn(|context| {
            READ_BUFFER.with_borrow_mut(|buffer| {
                let mut filled = ReadBuf::new(buffer);
                if ready!(Pin::new(&mut *io).poll_read(context, &mut filled)).is_err() || filled.filled().is_empty() {
                    return std::task::Poll::Ready(Wake::Gone);
                }
                let is_well_formed = reader.feed(filled.filled_mut(), messages).is_ok();
                std::task::Poll::Ready(if is_well_formed { Wake::Read } else { Wake::Violation })
            })
        });
        tokio::select! {
            // Every turn writes before it waits, so reading first starves nobody but the end, which therefore comes before it.
            biased;
            () = self.hub.stop.cancelled() => Wake::Stop,
            what = read, if may_read => what,
            () = self.session.wake.notified() => Wake::Outbox,
            () = tokio::time::sleep_until(deadline) => Wake::Timer,
        }
    }

    fn next_deadline(&self) -> Instant {
        let options = &self.hub.options;
        let mut deadline = self.last_heard + options.silent_for;
        if self.session.identity.get().is_none() {
            deadline = deadline.min(self.started + options.provision_within);
        }
        self.barrier_due.map_or(deadline, |due| deadline.min(due))
    }

    fn needs_barrier(&self) -> bool {
        self.barrier.is_none() && !self.session.has(EXPLICIT_ACK) && !self.session.outbox.lock().unconfirmed.is_empty()
    }

    async fn keep_time(&mut self) -> Result<(), &'static str> {
        let now = Instant::now();
        if now >= self.last_heard + self.hub.options.silent_for {
            return Err("silent for too long");
        }
        if self.session.identity.get().is_none() && now >= self.started + self.hub.options.provision_within {
            return Err("no provision");
        }
        Ok(())
    }

    /// Sets the time of the next barrier, and sends it when it has come, however busy the connection is.
    async fn keep_barrier(&mut self) -> Result<(), &'static str> {
        if self.barrier_due.is_none() && !self.needs_barrier() {
            return Ok(());
        }
        let due = *self.barrier_due.get_or_insert_with(|| Instant::now() + BARRIER_AFTER);
        if Instant::now() < due {
            return Ok(());
        }
        self.barrier_due = None;
        if self.needs_barrier() { self.send_barrier().await } else { Ok(()) }
    }

    /// Sends a ping behind everything that was pushed; its pong confirms that.
    async fn send_barrier(&mut self) -> Result<(), &'static str> {
        let cursors: Vec<_> = self.session.outbox.lock().unconfirmed.drain().collect();
        let number = self.next_barrier;
        self.next_barrier = number.wrapping_add(1);
        let mut ping = Vec::with_capacity(8);
        ws::put_ping(&number.to_be_bytes(), &mut ping);
        self.barrier = Some(Box::new(Barrier { number, cursors }));
        self.write(&ping).await
    }

    fn take_pong(&mut self, payload: &[u8]) {
        let Some(barrier) = self.barrier.take_if(|barrier| barrier.number.to_be_bytes() == payload) else { return };
        let Some(identity) = self.session.identity.get().copied() else { return };
        for (key, cursor) in barrier.cursors {
            self.move_cursor(&identity, key, cursor);
        }
    }

    /// Notes that the device has everything of a conversation up to here.
    pub(crate) fn move_cursor(&self, identity: &Identity, key: ConversationKey, cursor: Cursor) {
        if cursor.mid.0 == 0 {
            return;
        }
        let change = StateChange::Cursor { device: identity.device, mid: cursor.mid, position: cursor.position };
        self.session.outbox.lock().settle(key, cursor.mid);
        self.hub.platform().log.change_state_lazily(identity.app, identity.user, key, change);
    }

    /// Stops pushes of a conversation until its pull has come to the end; answers up to where this connection handed out items of it, as
    /// far as memory tells. Both at once, or what is pushed in between would come a second time with the pull.
    pub(crate) fn begin_pull(&self, key: ConversationKey) -> Option<MessageId> {
        let (sent, pushed, settled) = {
            let mut outbox = self.session.outbox.lock();
            let pushed = outbox.unconfirmed.get(&key).map(|cursor| cursor.mid);
            let settled = Some(outbox.settled(key)).filter(|mid| mid.0 != 0);
            let behind = outbox.behind.entry(key).or_default();
            behind.is_told = true;
            (behind.sent, pushed, settled)
        };
        let on_its_way = self.barrier.iter().flat_map(|barrier| &barrier.cursors).find(|(other, _)| *other == key);
        let known = [sent, pushed, settled, on_its_way.map(|(_, cursor)| cursor.mid)];
        known.into_iter().flatten().max()
    }

    /// Handles one message; `false` ends the connection.
    async fn take(&mut self, message: Message) -> Result<bool, &'static str> {
        match message {
            Message::Ping(payload) => {
                let mut pong = Vec::with_capacity(payload.len() + 2);
                ws::put_pong(&payload, &mut pong);
                self.write(&pong).await?;
            }
            Message::Pong(payload) => self.take_pong(&payload),
            Message::Close => {
                self.close(1000).await?;
                return Ok(false);
            }
            Message::TooLarge => self.refuse_large(),
            Message::Binary(bytes) => self.take_binary(bytes).await,
            Message::Text(text) => return self.take_text(&text).await,
        }
        Ok(true)
    }

    async fn take_binary(&mut self, bytes: Bytes) {
        let frame = match self.session.transport {
            Transport::Raw => bytes,
            Transport::SocketIo => {
                let is_due = std::mem::take(&mut self.is_event_due);
                if !is_due || bytes.first() != Some(&socket_io::BINARY_MESSAGE) {
                    return;
                }
                bytes.slice(1..)
            }
        };
        self.hub.counters.frames_in.fetch_add(1, Ordering::Relaxed);
        self.take_frame(frame).await;
    }

    async fn take_text(&mut self, text: &[u8]) -> Result<bool, &'static str> {
        if self.session.transport == Transport::Raw {
            // The raw transport has no text messages; an unexpected one is passed over.
            return Ok(true);
        }
        match socket_io::parse_text(text) {
            TextPacket::Ping => {
                let answer = format!("3{}", String::from_utf8_lossy(&text[1..]));
                let mut pong = Vec::with_capacity(answer.len() + 4);
                ws::put_text(&answer, &mut pong);
                self.write(&pong).await?;
            }
            TextPacket::FrameEvent => self.is_event_due = true,
            TextPacket::Leave => {
                self.close(1000).await?;
                return Ok(false);
            }
            TextPacket::Quiet | TextPacket::Unknown => {}
        }
        Ok(true)
    }

    /// Writes what waits in the outbox, then wakes for conversations that were too much for it.
    async fn flush(&mut self) -> Result<(), &'static str> {
        loop {
            let mut bytes = WRITE_BUFFER.take();
            bytes.clear();
            let count = self.fill(&mut bytes);
            if bytes.is_empty() {
                WRITE_BUFFER.set(bytes);
                return Ok(());
            }
            self.hub.counters.frames_out.fetch_add(count, Ordering::Relaxed);
            let outcome = self.write(&bytes).await;
            if bytes.capacity() <= 2 * WRITE_BYTES {
                WRITE_BUFFER.set(bytes);
            }
            outcome?;
        }
    }

    /// Moves frames from the outbox into `bytes`, wrapped for the transport.
    fn fill(&self, bytes: &mut Vec<u8>) -> u64 {
        let mut outbox = self.session.outbox.lock();
        let mut count = 0;
        while bytes.len() < WRITE_BYTES
            && let Some(frame) = outbox.frames.pop_front()
        {
            outbox.bytes -= frame.len();
            count += 1;
            match self.session.transport {
                Transport::Raw => ws::put_binary(&[&frame], bytes),
                Transport::SocketIo => socket_io::put_frame(&frame, bytes),
            }
        }
        if outbox.frames.is_empty() {
            if outbox.frames.capacity() > 64 {
                outbox.frames = std::collections::VecDeque::new();
            }
            if let Some(identity) = self.session.identity.get() {
                for key in std::mem::take(&mut outbox.wakes) {
                    let frame = cerulean_proto::encode::notice_frame(key.seen_by(identity.user).get());
                    match self.session.transport {
                        Transport::Raw => ws::put_binary(&[&frame], bytes),
                        Transport::SocketIo => socket_io::put_frame(&frame, bytes),
                    }
                    count += 1;
                }
            }
        }
        count
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        // Most writes fit the socket's buffer and never wait, so the timer is set up only when one does.
        let mut done = 0;
        while done < bytes.len() {
            let next =
                std::future::poll_fn(|context| match Pin::new(&mut self.io).poll_write(context, &bytes[done..]) {
                    std::task::Poll::Pending => std::task::Poll::Ready(None),
                    std::task::Poll::Ready(written) => std::task::Poll::Ready(Some(written)),
                });
            match next.await {
                Some(Ok(0) | Err(_)) => return Err("write failed"),
                Some(Ok(written)) => done += written,
                None => {
                    let rest = tokio::time::timeout(self.hub.options.write_within, self.io.write_all(&bytes[done..]));
                    return match rest.await {
                        Ok(Ok(())) => self.io.flush().await.map_err(|_| "write failed"),
                        Ok(Err(_)) => Err("write failed"),
                        Err(_) => Err("the socket takes nothing"),
                    };
                }
            }
        }
        self.io.flush().await.map_err(|_| "write failed")
    }

    /// Lets the client read why it ends, then closes.
    async fn linger(&mut self) -> Result<(), &'static str> {
        let over = Instant::now() + LINGER;
        while tokio::time::timeout_at(over, self.session.wake.notified()).await.is_ok() {
            self.flush().await?;
        }
        self.close(1000).await
    }

    /// Waits until every send read from this connection is answered and the answers are written.
    async fn finish_sends(&mut self) -> Result<(), &'static str> {
        let give_up = Instant::now() + Duration::from_secs(10);
        while self.session.in_flight.load(Ordering::Acquire) > 0 && Instant::now() < give_up {
            let answered = tokio::time::timeout_at(give_up, self.session.wake.notified());
            let _ = answered.await;
        }
        self.flush().await
    }

    async fn close(&mut self, status: u16) -> Result<(), &'static str> {
        let mut bytes = Vec::with_capacity(4);
        ws::put_close(status, &mut bytes);
        self.write(&bytes).await?;
        self.io.shutdown().await.map_err(|_| "shutdown failed")
    }
}
