//! What the server was told and has told, against which everything it shows later is held.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, ensure};
use rand::Rng;
use rand::rngs::StdRng;

use super::device::{Outgoing, SessionLog};
use super::{CrashReport, World};

/// Where people talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Conversation {
    /// Two users, by id.
    Pair(u64, u64),
    /// A group, by id.
    Group(u64),
}

impl Conversation {
    /// Its name on the wire for one of its users.
    pub fn seen_by(self, user: u64) -> u64 {
        match self {
            Self::Pair(one, other) if one == user => other,
            Self::Pair(one, _) => one,
            Self::Group(group) => group,
        }
    }

    fn has(self, user: u64) -> bool {
        match self {
            Self::Pair(one, other) => one == user || other == user,
            Self::Group(_) => true,
        }
    }
}

/// What the server answered to a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ack {
    pub mid: u64,
    pub position: u64,
    pub link: [u8; 32],
}

/// An item that was read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept {
    pub ack: Ack,
    pub number: u64,
    /// Index of the device that sent it.
    pub device: usize,
}

struct Send {
    outgoing: Outgoing,
    device: usize,
    ack: Option<Ack>,
    kept: Option<Ack>,
    /// It was not there after a kill and is not sent again: it must never appear.
    is_given_up: bool,
}

pub(super) struct Ledger {
    conversations: Vec<Conversation>,
    users: Vec<u64>,
    sns: Vec<u32>,
    sends: HashMap<u64, Send>,
    /// Sends whose fate is not known yet.
    open: Vec<u64>,
    /// Sends to repeat, by device.
    repeats: Vec<Vec<u64>>,
    /// Sends with a send key that were answered, by device.
    answered: Vec<Vec<u64>>,
    kept: HashMap<Conversation, Vec<Kept>>,
    /// What each device received, and up to which item of a conversation that was checked.
    received: Vec<HashSet<(u64, u64)>>,
    checked: HashMap<(usize, Conversation), usize>,
    kept_unanswered: HashSet<u64>,
    repeated: u64,
    pub links_checked: u64,
}

impl Ledger {
    pub fn new(world: &World) -> Self {
        let count = world.devices.len();
        Self {
            conversations: world.conversations.clone(),
            users: world.devices.iter().map(|device| device.user).collect(),
            sns: vec![0; count],
            sends: HashMap::new(),
            open: Vec::new(),
            repeats: vec![Vec::new(); count],
            answered: vec![Vec::new(); count],
            kept: world.conversations.iter().map(|conversation| (*conversation, Vec::new())).collect(),
            received: vec![HashSet::new(); count],
            checked: HashMap::new(),
            kept_unanswered: HashSet::new(),
            repeated: 0,
            links_checked: 0,
        }
    }

    pub fn conversations_of(&self, user: u64) -> Vec<Conversation> {
        self.conversations.iter().copied().filter(|conversation| conversation.has(user)).collect()
    }

    /// What is known to be in a conversation, in order.
    pub fn kept_in(&self, conversation: Conversation) -> &[Kept] {
        &self.kept[&conversation]
    }

    pub fn stored(&self) -> usize {
        self.kept.values().map(Vec::len).sum()
    }

    /// What a device sends again: everything that is open, and now and then something answered long ago.
    pub fn repeats_of(&mut self, device: usize, rng: &mut StdRng) -> Vec<Outgoing> {
        let mut numbers = std::mem::take(&mut self.repeats[device]);
        let answered = &self.answered[device];
        if !answered.is_empty() && rng.random_bool(0.5) {
            numbers.push(answered[rng.random_range(0..answered.len())]);
        }
        self.repeated += numbers.len() as u64;
        self.open.extend_from_slice(&numbers);
        numbers.iter().map(|number| self.sends[number].outgoing.clone()).collect()
    }

    /// Enters what a session saw before the kill.
    pub fn take(&mut self, device: usize, log: SessionLog) -> anyhow::Result<()> {
        if log.sn != 0 {
            ensure!(self.sns[device] == 0 || self.sns[device] == log.sn, "device {device} changed its number");
            self.sns[device] = log.sn;
        }
        for outgoing in log.sent {
            self.open.push(outgoing.number);
            let send = Send { device, ack: None, kept: None, is_given_up: false, outgoing };
            self.sends.insert(send.outgoing.number, send);
        }
        for (number, ack) in log.acks {
            let send = self.sends.get_mut(&number).context("an acknowledgement of something never sent")?;
            let known = send.ack.or(send.kept);
            ensure!(
                known.is_none_or(|known| known == ack),
                "message {number} was answered with {ack:?} after {known:?}: stored twice (send key: {})",
                send.outgoing.send_key.is_some()
            );
            if send.ack.replace(ack).is_none() && send.outgoing.send_key.is_some() {
                self.answered[device].push(number);
            }
        }
        for item in &log.received {
            self.received[device].insert((item.xid, item.mid));
            let send = self.sends.get(&item.number);
            let stored = send.and_then(|send| send.ack.or(send.kept));
            ensure!(
                stored.is_none_or(|ack| ack.mid == item.mid),
                "message {} was delivered as item {} and is {stored:?}",
                item.number,
                item.mid
            );
        }
        if log.has_caught_up { self.check_received(device) } else { Ok(()) }
    }

    /// Whatever was stored before a session that pulled to the end must have reached its device by now.
    fn check_received(&mut self, device: usize) -> anyhow::Result<()> {
        let user = self.users[device];
        for conversation in self.conversations_of(user) {
            let kept = &self.kept[&conversation];
            let checked = self.checked.entry((device, conversation)).or_default();
            let xid = conversation.seen_by(user);
            for item in &kept[*checked..] {
                let has_it = self.received[device].remove(&(xid, item.ack.mid)) || item.device == device;
                ensure!(
                    has_it,
                    "device {device} never got item {:?} of {conversation:?}, though it pulled to the end",
                    item.ack
                );
            }
            *checked = kept.len();
        }
        Ok(())
    }

    /// Enters an item that was read back, newer than all known of its conversation.
    pub fn keep(&mut self, conversation: Conversation, kept: Kept, from: (u64, u32)) -> anyhow::Result<()> {
        let Kept { ack, number, .. } = kept;
        let send = self.sends.get_mut(&number).with_context(|| format!("message {number} was never sent"))?;
        ensure!(send.outgoing.conversation == conversation, "message {number} is in {conversation:?}");
        ensure!(send.kept.is_none(), "message {number} is there twice: {:?} and {ack:?}", send.kept);
        ensure!(!send.is_given_up, "message {number} was absent and has come back as {ack:?}");
        ensure!(
            send.ack.is_none_or(|told| told == ack),
            "message {number} was acknowledged as {:?} and is {ack:?}",
            send.ack
        );
        let known_sn = self.sns[send.device];
        ensure!(
            from.0 == self.users[send.device] && (known_sn == 0 || from.1 == known_sn),
            "message {number} is said to come from {from:?}"
        );
        send.kept = Some(ack);
        if send.ack.is_none() {
            self.kept_unanswered.insert(number);
        }
        let device = send.device;
        self.kept.get_mut(&conversation).context("an unknown conversation")?.push(Kept { device, ..kept });
        Ok(())
    }

    /// After everything new was read back: settles the open sends. Those without a send key are repeated only if chosen.
    pub fn settle(&mut self, repeats_anyway: impl Fn(u64) -> bool) -> anyhow::Result<()> {
        let mut open = std::mem::take(&mut self.open);
        open.sort_unstable();
        open.dedup();
        for number in open {
            let Some(send) = self.sends.get_mut(&number) else { continue };
            if let Some(ack) = send.ack {
                ensure!(send.kept == Some(ack), "message {number} was acknowledged as {ack:?} and is lost");
                continue;
            }
            // Older clients may send again, too: recognised by device, client id and body.
            if send.outgoing.send_key.is_some() || repeats_anyway(number) {
                self.repeats[send.device].push(number);
            } else if send.kept.is_none() {
                send.is_given_up = true;
            }
        }
        Ok(())
    }

    pub fn fill(&self, report: &mut CrashReport) {
        report.sent = self.sends.len() as u64;
        report.acknowledged = self.sends.values().filter(|send| send.ack.is_some()).count() as u64;
        report.kept_unanswered = self.kept_unanswered.len() as u64;
        report.dropped_unanswered = self.sends.values().filter(|send| send.kept.is_none()).count() as u64;
        report.repeated = self.repeated;
        report.links_checked = self.links_checked;
    }
}
