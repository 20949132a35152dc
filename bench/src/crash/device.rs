//! A device in the crash test: comes online, repeats what got no answer, chats until the server is gone, and writes everything down.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use cerulean_proto::pb;
use prost::Message;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::Notify;

use super::Shared;
use super::ledger::{Ack, Conversation};
use crate::client::line::Line;
use crate::client::session::{self, Device, EXPLICIT_ACK};
use crate::client::wire::{self, Down};

/// Client ids are the message's number above this, so that an answer tells which send it is for.
const FIRST_CLIENT_MID: u64 = 1 << 42;
/// Sends a device has under way.
const WINDOW: usize = 6;
/// Share of sends with a send key.
const WITH_SEND_KEY: f64 = 0.6;

/// A message as it was sent; a repeat sends the same again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outgoing {
    pub number: u64,
    pub conversation: Conversation,
    pub text_bytes: usize,
    pub send_key: Option<[u8; 16]>,
}

/// What a session does.
pub(super) struct Plan {
    pub address: SocketAddr,
    pub device: Device,
    pub conversations: Vec<Conversation>,
    /// Sent first; new messages follow when everybody's are answered.
    pub repeats: Vec<Outgoing>,
    pub seed: u64,
    pub shared: Arc<Shared>,
    pub rendezvous: Rc<Rendezvous>,
}

/// An item that reached the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Received {
    pub xid: u64,
    pub mid: u64,
    pub number: u64,
}

/// What a session saw until its end.
#[derive(Debug, Default)]
pub(super) struct SessionLog {
    /// Number of the device, 0 when it was never told.
    pub sn: u32,
    pub sent: Vec<Outgoing>,
    pub acks: Vec<(u64, Ack)>,
    pub received: Vec<Received>,
    /// Items that came twice on this one connection.
    pub twice: Vec<(u64, u64)>,
    /// Everything that was unread at the beginning was pulled to the end.
    pub has_caught_up: bool,
}

/// Where devices wait for each other.
pub(super) struct Rendezvous {
    missing: std::cell::Cell<usize>,
    complete: Notify,
}

impl Rendezvous {
    pub fn new(count: usize) -> Rc<Self> {
        Rc::new(Self { missing: std::cell::Cell::new(count), complete: Notify::new() })
    }

    fn arrive(&self) {
        self.missing.set(self.missing.get() - 1);
        self.complete.notify_waiters();
    }

    /// Waits for everybody, but not for ever: devices that fail tell so elsewhere.
    pub async fn wait(&self, at_most: Duration) {
        let give_up = tokio::time::Instant::now() + at_most;
        while !self.is_complete() && tokio::time::Instant::now() < give_up {
            let _ = tokio::time::timeout_at(give_up, self.complete.notified()).await;
        }
    }

    fn is_complete(&self) -> bool {
        self.missing.get() == 0
    }
}

/// Text of a message: its number, then padding.
pub(super) fn text_of(number: u64, bytes: usize) -> String {
    format!("{:.<bytes$}", format!("n{number};"))
}

/// The number in a text.
pub(super) fn number_of(text: &str) -> Option<u64> {
    text.strip_prefix('n')?.split_once(';')?.0.parse().ok()
}

struct Session {
    line: Line,
    plan: Plan,
    log: SessionLog,
    rng: StdRng,
    under_way: HashSet<u64>,
    has_arrived: bool,
    is_listed: bool,
    /// Conversations being pulled.
    pulling: HashSet<u64>,
    newest: HashMap<u64, u64>,
    seen: HashSet<(u64, u64)>,
    unconfirmed: HashMap<u64, u64>,
}

/// Runs until the connection ends. An end before the kill, a refusal or a repetition is an error.
pub(super) async fn run_session(plan: Plan) -> anyhow::Result<SessionLog> {
    let shared = plan.shared.clone();
    let name = plan.device.guid.clone();
    let opened = session_line(&plan).await;
    let (line, sn) = match opened {
        Ok(opened) => opened,
        Err(_) if shared.is_killed.load(Ordering::Acquire) => return Ok(SessionLog::default()),
        Err(error) => return Err(error.context(format!("device {name} cannot come online"))),
    };
    let rng = StdRng::seed_from_u64(plan.seed);
    let mut session = Session {
        line,
        plan,
        log: SessionLog { sn, ..SessionLog::default() },
        rng,
        under_way: HashSet::new(),
        has_arrived: false,
        is_listed: false,
        pulling: HashSet::new(),
        newest: HashMap::new(),
        seen: HashSet::new(),
        unconfirmed: HashMap::new(),
    };
    match session.live().await {
        Ok(()) => Ok(session.log),
        Err(End::Gone(_)) if shared.is_killed.load(Ordering::Acquire) => Ok(session.log),
        Err(End::Gone(error) | End::Violation(error)) => Err(error.context(format!("device {name}"))),
    }
}

async fn session_line(plan: &Plan) -> anyhow::Result<(Line, u32)> {
    let mut line = Line::open(plan.address, "/", 0).await?;
    line.send(&session::provision_frame(&plan.device)).await?;
    let answer = line.receive().await?;
    let Down::Provision(payload) = wire::down(&answer)? else { bail!("PROVISION got another answer") };
    let sn = session::provisioned(payload)?;
    Ok((line, sn))
}

enum End {
    /// The connection ended.
    Gone(anyhow::Error),
    /// The server did what it may not.
    Violation(anyhow::Error),
}

impl Session {
    async fn live(&mut self) -> Result<(), End> {
        self.line.send(&session::unread_frame()).await.map_err(End::Gone)?;
        for repeat in std::mem::take(&mut self.plan.repeats) {
            self.send(repeat).await?;
        }
        loop {
            self.step().await?;
            let pause = Duration::from_micros(self.rng.random_range(0..12_000));
            let mut frames: Vec<Vec<u8>> = Vec::new();
            let rendezvous = self.plan.rendezvous.clone();
            tokio::select! {
                outcome = self.line.read(|frame| frames.push(frame.to_vec())) => outcome.map_err(End::Gone)?,
                () = tokio::time::sleep(pause), if self.may_send() => {}
                () = rendezvous.complete.notified(), if self.has_arrived && !rendezvous.is_complete() => {}
            }
            for frame in frames {
                self.take(&frame).await?;
            }
        }
    }

    fn may_send(&self) -> bool {
        self.plan.rendezvous.is_complete() && self.under_way.len() < WINDOW
    }

    async fn step(&mut self) -> Result<(), End> {
        if !self.has_arrived && self.under_way.is_empty() {
            self.has_arrived = true;
            self.plan.rendezvous.arrive();
        }
        while self.may_send() && self.rng.random_bool(0.5) {
            let outgoing = self.invent();
            self.log.sent.push(outgoing.clone());
            self.send(outgoing.clone()).await?;
            if outgoing.send_key.is_some() && self.rng.random_bool(0.05) {
                self.send(outgoing).await?;
            }
        }
        if self.plan.device.capabilities & EXPLICIT_ACK != 0 && self.rng.random_bool(0.3) {
            for (xid, mid) in std::mem::take(&mut self.unconfirmed) {
                self.line.send(&session::ack_frame(xid, mid)).await.map_err(End::Gone)?;
            }
        }
        Ok(())
    }

    fn invent(&mut self) -> Outgoing {
        let index = self.rng.random_range(0..self.plan.conversations.len());
        let text_bytes = if self.rng.random_bool(0.02) {
            self.rng.random_range(4000..30_000)
        } else {
            self.rng.random_range(20..300)
        };
        Outgoing {
            number: self.plan.shared.next_number.fetch_add(1, Ordering::Relaxed),
            conversation: self.plan.conversations[index],
            text_bytes,
            send_key: self.rng.random_bool(WITH_SEND_KEY).then(|| self.rng.random()),
        }
    }

    async fn send(&mut self, outgoing: Outgoing) -> Result<(), End> {
        let user = self.plan.device.user;
        let is_group = matches!(outgoing.conversation, Conversation::Group(_));
        let kind = if is_group { pb::message_body::Type::Groupchat } else { pb::message_body::Type::Chat };
        let body = pb::MessageBody {
            r#type: kind as i32,
            content: text_of(outgoing.number, outgoing.text_bytes),
            operation: Some(pb::MessageOperation::default()),
            ..Default::default()
        };
        let meta = pb::Meta {
            id: FIRST_CLIENT_MID + outgoing.number,
            from: Some(pb::Xid { uid: user, device_sn: self.log.sn }),
            to: Some(pb::Xid { uid: outgoing.conversation.seen_by(user), device_sn: 0 }),
            ns: pb::meta::NameSpace::Message as i32,
            payload: body.encode_to_vec().into(),
            send_key: outgoing.send_key.map_or_else(Vec::new, |key| key.to_vec()).into(),
            ..Default::default()
        };
        self.under_way.insert(outgoing.number);
        let frame = session::sync_frame(&pb::SyncUl { meta: Some(meta), ..Default::default() });
        self.line.send(&frame).await.map_err(End::Gone)
    }

    async fn take(&mut self, frame: &[u8]) -> Result<(), End> {
        let asks = self.read(frame).map_err(End::Violation)?;
        for (uid, key) in asks {
            self.line.send(&session::pull_frame(uid, key)).await.map_err(End::Gone)?;
        }
        Ok(())
    }

    /// Takes a frame apart; what it answers with are pulls.
    fn read(&mut self, frame: &[u8]) -> anyhow::Result<Vec<(u64, u64)>> {
        let mut asks = Vec::new();
        match wire::down(frame)? {
            Down::Unread(payload) => {
                let answer = pb::UnreadDl::decode(payload)?;
                ensure!(answer.status.unwrap_or_default().code == 1, "UNREAD was refused");
                self.is_listed = true;
                for entry in answer.unread.iter().filter(|entry| entry.n > 0) {
                    let uid = entry.xid.context("an unread conversation without xid")?.uid;
                    self.pulling.insert(uid);
                    asks.push((uid, 0));
                }
            }
            Down::Notice(uid) => {
                if self.pulling.insert(uid) {
                    asks.push((uid, 0));
                }
            }
            Down::Sync(payload) => {
                let sync = pb::SyncDl::decode(payload)?;
                let status = sync.status.clone().unwrap_or_default();
                ensure!(status.code == 1, "SYNC was refused: {} {}", status.code, status.reason);
                if sync.client_mid == 0 {
                    asks.extend(self.take_items(sync)?);
                } else {
                    self.take_ack(&sync)?;
                }
            }
            Down::Provision(_) => bail!("a second answer to PROVISION"),
        }
        self.log.has_caught_up |= self.is_listed && self.pulling.is_empty();
        Ok(asks)
    }

    fn take_ack(&mut self, sync: &pb::SyncDl) -> anyhow::Result<()> {
        let number = sync.client_mid - FIRST_CLIENT_MID;
        self.under_way.remove(&number);
        let link = <[u8; 32]>::try_from(&sync.link[..]).context("an acknowledgement without link")?;
        ensure!(sync.server_mid != 0 && sync.position != 0, "an acknowledgement without id or position");
        self.log.acks.push((number, Ack { mid: sync.server_mid, position: sync.position, link }));
        Ok(())
    }

    fn take_items(&mut self, sync: pb::SyncDl) -> anyhow::Result<Option<(u64, u64)>> {
        let xid = sync.xid.context("items without xid")?.uid;
        for meta in sync.metas {
            let newest = self.newest.entry(xid).or_default();
            let is_fleeting = meta.position == 0;
            if !is_fleeting && !self.seen.insert((xid, meta.id)) {
                self.log.twice.push((xid, meta.id));
                continue;
            }
            if !is_fleeting {
                ensure!(
                    meta.id > *newest,
                    "item {} of {xid} came after item {newest} on one connection (eager: {})",
                    meta.id,
                    sync.is_eager_sync
                );
                *newest = meta.id;
                if sync.is_eager_sync {
                    self.unconfirmed.insert(xid, meta.id);
                }
            }
            if meta.ns != pb::meta::NameSpace::Message as i32 {
                continue;
            }
            let from = meta.from.context("an item without sender")?;
            ensure!(
                from.uid != self.plan.device.user || from.device_sn != self.log.sn,
                "the device got back what it sent: item {}",
                meta.id
            );
            let body = pb::MessageBody::decode(meta.payload)?;
            let number = number_of(&body.content).context("a text that nobody sent")?;
            self.log.received.push(Received { xid, mid: meta.id, number });
        }
        if sync.is_eager_sync {
            return Ok(None);
        }
        if sync.next_key == 0 {
            self.pulling.remove(&xid);
            return Ok(None);
        }
        Ok(Some((xid, sync.next_key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_found_in_its_text() {
        assert_eq!(number_of(&text_of(77, 40)), Some(77));
        assert_eq!(text_of(77, 40).len(), 40);
        assert_eq!(number_of("hello"), None);
    }
}
