//! Pairs of connections: one sends, the other receives. Shared by chat and latency.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use tokio::net::tcp::OwnedWriteHalf;

use crate::client::line::Line;
use crate::client::session::come_online;
use crate::client::template::{Message, Template, sequence_of_client_mid, sequence_of_text};
use crate::client::wire::{self, Down};
use crate::fixture::User;
use crate::histogram::Histogram;
use crate::options::RunOptions;

/// How long what was sent may take to arrive after the last send.
const DRAIN_WITHIN: Duration = Duration::from_secs(20);

/// What all connections of a load share.
pub(super) struct Load {
    /// The server answers each send; the relay does not.
    pub has_acks: bool,
    pub is_sending: Cell<bool>,
    pub is_measuring: Cell<bool>,
    pub delivered: Cell<u64>,
    pub send_to_ack: RefCell<Histogram>,
    pub send_to_delivery: RefCell<Histogram>,
    failure: RefCell<Option<String>>,
}

impl Load {
    pub fn new(has_acks: bool) -> Rc<Self> {
        Rc::new(Self {
            has_acks,
            is_sending: Cell::new(true),
            is_measuring: Cell::new(false),
            delivered: Cell::new(0),
            send_to_ack: RefCell::default(),
            send_to_delivery: RefCell::default(),
            failure: RefCell::default(),
        })
    }

    pub fn fail(&self, error: &anyhow::Error) {
        self.failure.borrow_mut().get_or_insert_with(|| format!("{error:#}"));
        self.is_sending.set(false);
    }

    pub fn check(&self) -> anyhow::Result<()> {
        match &*self.failure.borrow() {
            Some(failure) => bail!("{failure}"),
            None => Ok(()),
        }
    }

    /// Sleeps, unless something fails first.
    pub async fn run_for(&self, duration: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + duration;
        while Instant::now() < end {
            self.check()?;
            tokio::time::sleep((end - Instant::now()).min(Duration::from_millis(50))).await;
        }
        self.check()
    }

    /// Waits until a condition holds, which says that nothing was lost.
    pub async fn drain(&self, what: &str, is_complete: impl Fn() -> bool) -> anyhow::Result<()> {
        let give_up = Instant::now() + DRAIN_WITHIN;
        while !is_complete() {
            self.check()?;
            ensure!(Instant::now() < give_up, "{what} did not all arrive within {DRAIN_WITHIN:?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        self.check()
    }
}

/// When the messages of a pair were sent.
pub(super) enum SentAt {
    /// Kept for the last ones, by number.
    Kept(RefCell<Vec<Instant>>),
    /// Follows from the number: first message, and the time between two.
    Planned(Instant, Duration),
}

impl SentAt {
    pub fn keep(window: u64) -> Self {
        Self::Kept(RefCell::new(vec![Instant::now(); window.next_power_of_two() as usize]))
    }

    fn set(&self, sequence: u64, at: Instant) {
        if let Self::Kept(times) = self {
            let mut times = times.borrow_mut();
            let slot = sequence as usize & (times.len() - 1);
            times[slot] = at;
        }
    }

    fn of(&self, sequence: u64) -> Instant {
        match self {
            Self::Kept(times) => {
                let times = times.borrow();
                times[sequence as usize & (times.len() - 1)]
            }
            Self::Planned(first, step) => *first + *step * u32::try_from(sequence).unwrap_or(u32::MAX),
        }
    }
}

/// One sender and one receiver.
pub(super) struct Pair {
    pub load: Rc<Load>,
    pub window: u64,
    pub sent: Cell<u64>,
    pub acked: Cell<u64>,
    pub delivered: Cell<u64>,
    sent_at: SentAt,
    position: Cell<u64>,
    template: RefCell<Template>,
    unwritten: RefCell<Vec<u8>>,
    writer: Option<Rc<OwnedWriteHalf>>,
}

impl Pair {
    pub fn new(
        load: &Rc<Load>,
        window: u64,
        template: Template,
        sent_at: SentAt,
        writer: Option<Rc<OwnedWriteHalf>>,
    ) -> Rc<Self> {
        Rc::new(Self {
            load: load.clone(),
            window,
            sent: Cell::new(0),
            acked: Cell::new(0),
            delivered: Cell::new(0),
            sent_at,
            position: Cell::new(0),
            template: RefCell::new(template),
            unwritten: RefCell::default(),
            writer,
        })
    }

    /// Sends as long as the window has room: a message leaves it when its ack and its delivery are both here.
    pub fn pump(&self) -> anyhow::Result<()> {
        let Some(writer) = &self.writer else { return Ok(()) };
        let mut unwritten = self.unwritten.borrow_mut();
        if self.load.is_sending.get() {
            let done =
                if self.load.has_acks { self.acked.get().min(self.delivered.get()) } else { self.delivered.get() };
            let mut template = self.template.borrow_mut();
            let now = Instant::now();
            while self.sent.get() - done < self.window {
                let sequence = self.sent.get();
                template.put(sequence, &mut unwritten);
                self.sent_at.set(sequence, now);
                self.sent.set(sequence + 1);
            }
        }
        if unwritten.is_empty() {
            return Ok(());
        }
        // What does not fit now is written when the next answer comes: there are always some under way.
        match writer.try_write(&unwritten) {
            Ok(written) => drop(unwritten.drain(..written)),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn note_ack(&self, client_mid: u64, now: Instant) -> anyhow::Result<()> {
        let expected = self.acked.get();
        ensure!(
            sequence_of_client_mid(client_mid) == Some(expected),
            "acknowledgement {client_mid} instead of that of message {expected}"
        );
        self.acked.set(expected + 1);
        if self.load.is_measuring.get() {
            self.load.send_to_ack.borrow_mut().record(now.saturating_duration_since(self.sent_at.of(expected)));
        }
        Ok(())
    }

    fn note_delivery(&self, text: &[u8], position: u64, now: Instant) -> anyhow::Result<()> {
        let expected = self.delivered.get();
        let found = sequence_of_text(text);
        ensure!(found == Some(expected), "message {found:?} was delivered instead of {expected}");
        let before = self.position.replace(position);
        ensure!(before == 0 || position == before + 1, "position {position} follows {before}");
        self.delivered.set(expected + 1);
        self.load.delivered.set(self.load.delivered.get() + 1);
        if self.load.is_measuring.get() {
            self.load.send_to_delivery.borrow_mut().record(now.saturating_duration_since(self.sent_at.of(expected)));
        }
        Ok(())
    }

    /// Handles a frame that came to the sender.
    pub fn take_at_sender(&self, frame: &[u8], now: Instant) -> anyhow::Result<()> {
        let Down::Sync(payload) = wire::down(frame)? else { return Ok(()) };
        let answer = wire::sync(payload, |_| {})?;
        ensure!(answer.status == 1, "a send was refused with status {}", answer.status);
        if answer.client_mid != 0 {
            self.note_ack(answer.client_mid, now)?;
        }
        Ok(())
    }

    /// Handles a frame that came to the receiver; the conversation to pull, when it was woken or a pull goes on.
    pub fn take_at_receiver(&self, frame: &[u8], now: Instant) -> anyhow::Result<Option<(u64, u64)>> {
        if !self.load.has_acks {
            self.note_delivery(frame, 0, now)?;
            return Ok(None);
        }
        match wire::down(frame)? {
            Down::Notice(uid) => Ok(Some((uid, 0))),
            Down::Sync(payload) => {
                let mut outcome = Ok(());
                let read = wire::sync(payload, |item| {
                    // Notices of the system, for example of another device of the user, are nobody's message.
                    if outcome.is_ok() && item.from != 0 {
                        outcome = self.note_delivery(item.payload, item.position, now);
                    }
                })?;
                outcome?;
                Ok((read.next_key != 0).then_some((read.xid, read.next_key)))
            }
            Down::Unread(_) | Down::Provision(_) => Ok(None),
        }
    }
}

/// Reads acknowledgements until the line ends.
pub(super) async fn attend_sender(mut line: Line, pair: Rc<Pair>) {
    let outcome: anyhow::Result<()> = async {
        loop {
            let mut now = None;
            let mut outcome = Ok(());
            line.read(|frame| {
                let now = *now.get_or_insert_with(Instant::now);
                if outcome.is_ok() {
                    outcome = pair.take_at_sender(frame, now);
                }
            })
            .await?;
            outcome?;
            pair.pump()?;
        }
    }
    .await;
    if let Err(error) = outcome {
        pair.load.fail(&error.context("a sender"));
    }
}

/// Reads deliveries until the line ends.
pub(super) async fn attend_receiver(mut line: Line, pair: Rc<Pair>) {
    let outcome: anyhow::Result<()> = async {
        loop {
            let mut now = None;
            let mut pulls = Vec::new();
            let mut outcome = Ok(());
            line.read(|frame| {
                let now = *now.get_or_insert_with(Instant::now);
                if outcome.is_ok() {
                    outcome = pair.take_at_receiver(frame, now).map(|pull| pulls.extend(pull));
                }
            })
            .await?;
            outcome?;
            for (uid, key) in pulls {
                line.send(&crate::client::session::pull_frame(uid, key)).await?;
            }
            pair.pump()?;
        }
    }
    .await;
    if let Err(error) = outcome {
        pair.load.fail(&error.context("a receiver"));
    }
}

/// Where pairs connect to.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    Server(SocketAddr, &'a [User]),
    Relay(SocketAddr),
}

impl Target<'_> {
    pub fn has_acks(&self) -> bool {
        matches!(self, Self::Server(..))
    }

    /// Both lines of a pair and the form of its messages. `name` tells devices of different workloads apart.
    pub async fn connect(
        &self,
        name: &str,
        pair: usize,
        options: &RunOptions,
        has_send_key: bool,
    ) -> anyhow::Result<(Line, Line, Message)> {
        let message = |from, to| Message { from, to, is_group: false, text_bytes: options.text, has_send_key };
        match self {
            Self::Server(address, users) => {
                let (one, other) = (&users[2 * pair], &users[2 * pair + 1]);
                let sender = come_online(*address, &one.device(name), pair).await?;
                let receiver = come_online(*address, &other.device(name), pair).await?;
                Ok((sender, receiver, message(one.id, other.id)))
            }
            Self::Relay(address) => {
                let path = format!("/{name}-{pair}");
                let (sender, receiver) =
                    (Line::open(*address, &path, pair).await?, Line::open(*address, &path, pair).await?);
                Ok((sender, receiver, message(1 << 45, 1 << 45)))
            }
        }
    }
}
