//! A group of a hundred, ten of whom talk: one row and one encoding per message, ninety-nine deliveries.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Context, ensure};
use tokio::net::tcp::OwnedWriteHalf;

use super::Bench;
use super::meter::{Meter, Span, WARM_UP};
use super::pair::Load;
use crate::client::line::Line;
use crate::client::session::{come_online, pull_frame};
use crate::client::template::{Message, Template, sequence_of_client_mid, sequence_of_text};
use crate::client::wire::{self, Down};
use crate::fixture::User;
use crate::histogram::Quantiles;
use crate::report::{Figures, Relay, at_least, at_most};

const MEMBERS: usize = 100;
const SENDERS: usize = 10;
/// The member whose deliveries are timed; timing all would slow the generator down.
const WATCHED: usize = MEMBERS - 1;

struct Sender {
    writer: Rc<OwnedWriteHalf>,
    template: RefCell<Template>,
    unwritten: RefCell<Vec<u8>>,
    sent: Cell<u64>,
    acked: Cell<u64>,
    sent_at: RefCell<Vec<Instant>>,
}

struct Room {
    load: Rc<Load>,
    window: u64,
    sent: Cell<u64>,
    senders: Vec<Sender>,
    by_user: HashMap<u64, usize>,
}

struct Outcome {
    span: Span,
    delivery: Quantiles,
    ack: Quantiles,
}

enum Target<'a> {
    Server { address: SocketAddr, users: &'a [User], group: u64 },
    Relay(SocketAddr),
}

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let users = &bench.users[..MEMBERS];
    let group = bench.server.add_group(users).await.context("the group cannot be made")?;
    let address = bench.server.address;
    let done = saturate(bench, &Target::Server { address, users, group }, bench.server.process.pid()).await?;
    let what = format!("group of {MEMBERS}, {SENDERS} senders, {} messages of each under way", bench.options.window);
    let mut figures = Figures::new("group", what, "deliveries");
    figures.per_second = Some(done.span.per_second());
    figures.more("messages per second", done.span.per_second() / (MEMBERS - 1) as f64, "");
    figures.cpu_ms_per_1000 = Some(done.span.cpu_ms_per_1000());
    figures.latency("send to acknowledgement", done.ack);
    figures.latency("send to delivery", done.delivery);
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.goals = vec![
        at_least("deliveries per second", done.span.per_second(), 200_000.0),
        at_most("CPU ms per 1 000 deliveries", done.span.cpu_ms_per_1000(), 5.0),
    ];
    if let Some((process, address)) = bench.relay().await? {
        let relay = saturate(bench, &Target::Relay(address), process.pid()).await?;
        figures.relay = Some(Relay {
            per_second: Some(relay.span.per_second()),
            cpu_ms_per_1000: Some(relay.span.cpu_ms_per_1000()),
            p99_ms: Some(relay.delivery.p99),
            ratio: done.span.per_second() / relay.span.per_second(),
            ..Relay::default()
        });
    }
    Ok(figures)
}

impl Target<'_> {
    async fn connect(&self, member: usize) -> anyhow::Result<Line> {
        match self {
            Self::Server { address, users, .. } => come_online(*address, &users[member].device("group"), member).await,
            Self::Relay(address) => Line::open(*address, "/group", member).await,
        }
    }

    fn message(&self, member: usize, text_bytes: usize) -> Message {
        let (from, to) = match self {
            Self::Server { users, group, .. } => (users[member].id, *group),
            Self::Relay(_) => (member as u64 + 1, 1 << 45),
        };
        Message { from, to, is_group: true, text_bytes, has_send_key: false }
    }

    fn has_acks(&self) -> bool {
        matches!(self, Self::Server { .. })
    }
}

impl Room {
    /// Fills the window: a message leaves it when as many deliveries as it causes have been counted.
    fn pump(&self) -> anyhow::Result<()> {
        let complete = self.load.delivered.get() / (MEMBERS - 1) as u64;
        if self.load.is_sending.get() && self.sent.get() - complete < self.window {
            let now = Instant::now();
            while self.sent.get() - complete < self.window {
                let number = self.sent.get();
                self.sent.set(number + 1);
                self.senders[number as usize % SENDERS].put(now);
            }
        }
        self.senders.iter().try_for_each(Sender::write)
    }

    fn take(&self, member: usize, position: &mut u64, frame: &[u8], now: Instant) -> anyhow::Result<Option<u64>> {
        if !self.load.has_acks {
            self.count();
            if member == WATCHED && self.load.is_measuring.get() {
                self.time(wire::sender_of(frame)?, frame, now);
            }
            return Ok(None);
        }
        let payload = match wire::down(frame)? {
            Down::Notice(_) => return Ok(Some(0)),
            Down::Sync(payload) => payload,
            Down::Unread(_) | Down::Provision(_) => return Ok(None),
        };
        let mut outcome = Ok(());
        let answer = wire::sync(payload, |item| {
            // Notices of the system are nobody's message.
            if item.from == 0 {
                return;
            }
            self.count();
            let follows = if member < SENDERS { item.position > *position } else { item.position == *position + 1 };
            if *position != 0 && !follows && outcome.is_ok() {
                outcome = Err(anyhow::anyhow!("member {member} got position {} after {position}", item.position));
            }
            *position = item.position;
            if member == WATCHED && self.load.is_measuring.get() {
                self.time(item.from, item.payload, now);
            }
        })?;
        outcome?;
        ensure!(answer.status == 1, "a send was refused with status {}", answer.status);
        if answer.client_mid != 0 {
            self.senders[member].note_ack(answer.client_mid, now, &self.load)?;
        }
        Ok((answer.next_key != 0).then_some(answer.next_key))
    }

    fn count(&self) {
        self.load.delivered.set(self.load.delivered.get() + 1);
    }

    fn time(&self, from: u64, text: &[u8], now: Instant) {
        let Some((sender, sequence)) = self.by_user.get(&from).zip(sequence_of_text(text)) else { return };
        let sent_at = self.senders[*sender].sent_at(sequence);
        self.load.send_to_delivery.borrow_mut().record(now.saturating_duration_since(sent_at));
    }
}

impl Sender {
    fn put(&self, now: Instant) {
        let sequence = self.sent.get();
        self.template.borrow_mut().put(sequence, &mut self.unwritten.borrow_mut());
        let mut times = self.sent_at.borrow_mut();
        let slot = sequence as usize & (times.len() - 1);
        times[slot] = now;
        self.sent.set(sequence + 1);
    }

    fn sent_at(&self, sequence: u64) -> Instant {
        let times = self.sent_at.borrow();
        times[sequence as usize & (times.len() - 1)]
    }

    fn write(&self) -> anyhow::Result<()> {
        let mut unwritten = self.unwritten.borrow_mut();
        if unwritten.is_empty() {
            return Ok(());
        }
        match self.writer.try_write(&unwritten) {
            Ok(written) => drop(unwritten.drain(..written)),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn note_ack(&self, client_mid: u64, now: Instant, load: &Load) -> anyhow::Result<()> {
        let expected = self.acked.get();
        ensure!(
            sequence_of_client_mid(client_mid) == Some(expected),
            "acknowledgement {client_mid} instead of that of message {expected}"
        );
        self.acked.set(expected + 1);
        if load.is_measuring.get() {
            load.send_to_ack.borrow_mut().record(now.saturating_duration_since(self.sent_at(expected)));
        }
        Ok(())
    }
}

async fn saturate(bench: &Bench<'_>, target: &Target<'_>, pid: u32) -> anyhow::Result<Outcome> {
    let load = Load::new(target.has_acks());
    let window = bench.options.window * SENDERS as u64;
    let mut lines = Vec::with_capacity(MEMBERS);
    for member in 0..MEMBERS {
        lines.push(target.connect(member).await?);
    }
    let mut senders = Vec::with_capacity(SENDERS);
    let mut by_user = HashMap::new();
    for (member, line) in lines.iter().enumerate().take(SENDERS) {
        let message = target.message(member, bench.options.text);
        by_user.insert(message.from, member);
        senders.push(Sender {
            writer: line.writer.clone(),
            template: RefCell::new(Template::new(message)),
            unwritten: RefCell::default(),
            sent: Cell::new(0),
            acked: Cell::new(0),
            // Twice the window: one sender may be ahead of the others.
            sent_at: RefCell::new(vec![Instant::now(); (2 * window).next_power_of_two() as usize]),
        });
    }
    let room = Rc::new(Room { load: load.clone(), window, sent: Cell::new(0), senders, by_user });
    let mut tasks = tokio::task::JoinSet::new();
    let group = if let Target::Server { group, .. } = target { *group } else { 0 };
    for (member, line) in lines.into_iter().enumerate() {
        tasks.spawn_local(attend(line, room.clone(), member, group));
    }
    room.pump()?;
    load.run_for(WARM_UP).await?;
    let meter = Meter::start(pid, load.delivered.get())?;
    load.is_measuring.set(true);
    load.run_for(bench.options.duration()).await?;
    load.is_measuring.set(false);
    let span = meter.stop(load.delivered.get())?;
    load.is_sending.set(false);
    let expected = || room.sent.get() * (MEMBERS - 1) as u64;
    load.drain("deliveries", || load.delivered.get() >= expected()).await?;
    ensure!(load.delivered.get() == expected(), "{} deliveries of {} messages", load.delivered.get(), room.sent.get());
    let all_acked = |sender: &Sender| sender.acked.get() == sender.sent.get();
    if load.has_acks {
        load.drain("acknowledgements", || room.senders.iter().all(all_acked)).await?;
    }
    let (ack, delivery) = (load.send_to_ack.borrow().quantiles(), load.send_to_delivery.borrow().quantiles());
    Ok(Outcome { span, delivery, ack })
}

async fn attend(mut line: Line, room: Rc<Room>, member: usize, group: u64) {
    let mut position = 0;
    let outcome: anyhow::Result<()> = async {
        loop {
            let mut now = None;
            let mut pulls = Vec::new();
            let mut outcome = Ok(());
            line.read(|frame| {
                let now = *now.get_or_insert_with(Instant::now);
                if outcome.is_ok() {
                    outcome = room.take(member, &mut position, frame, now).map(|pull| pulls.extend(pull));
                }
            })
            .await?;
            outcome?;
            for key in pulls {
                line.send(&pull_frame(group, key)).await?;
            }
            room.pump()?;
        }
    }
    .await;
    if let Err(error) = outcome {
        room.load.fail(&error.context(format!("member {member}")));
    }
}
