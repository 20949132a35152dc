//! The end of one conversation: the next id, the seal, the chain, and what was sent to it lately.

use std::collections::VecDeque;

use bytes::Bytes;
use cerulean_types::{ConversationKey, MessageId, Millis, StoredItem, UserId, limits};
use cerulean_vault::{ConversationCipher, VaultError};

use super::store::{FoundItem, Head};
use super::{Idempotency, LogError, NewItem};

/// Resends remembered per line.
const KEPT_RESENDS: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Resend {
    device: (u64, u32),
    client_mid: u64,
    body: [u8; 16],
    at: Millis,
    mid: u64,
    position: u64,
    prev_mid: u64,
    link: [u8; 32],
    digest: [u8; 32],
}

/// A conversation's end, kept in memory between transactions.
pub(super) struct Line {
    pub head: Head,
    pub cipher: ConversationCipher,
    /// Absent until somebody sends, who may be repeating himself.
    resends: Option<VecDeque<Resend>>,
    /// The state rows of both users exist.
    pub is_listed: bool,
}

pub(super) fn vault_error(error: VaultError) -> LogError {
    match error {
        VaultError::KeysDestroyed { .. } | VaultError::NoKeys { .. } => LogError::KeysDestroyed,
        other => LogError::Failed(other.to_string()),
    }
}

/// First half of the BLAKE3 of a body, enough to tell a resend from another message with the same client id.
fn short_digest(payload: &[u8]) -> [u8; 16] {
    let digest = blake3::hash(payload);
    let mut short = [0; 16];
    short.copy_from_slice(&digest.as_bytes()[..16]);
    short
}

/// `BLAKE3(previous link ‖ mid ‖ sender ‖ timestamp ‖ namespace ‖ digest)`, see `spec/extensions.md`.
fn chain_link(previous: &[u8; 32], mid: u64, sender: u64, at: Millis, namespace: u8, digest: &[u8; 32]) -> [u8; 32] {
    let mut bytes = [0_u8; 89];
    bytes[..32].copy_from_slice(previous);
    bytes[32..40].copy_from_slice(&mid.to_be_bytes());
    bytes[40..48].copy_from_slice(&sender.to_be_bytes());
    bytes[48..56].copy_from_slice(&(at as u64).to_be_bytes());
    bytes[56] = namespace;
    bytes[57..].copy_from_slice(digest);
    *blake3::hash(&bytes).as_bytes()
}

fn resend_of(item: &StoredItem, client_mid: u64, body: &[u8]) -> Resend {
    Resend {
        device: (item.from, item.from_device.0),
        client_mid,
        body: short_digest(body),
        at: item.timestamp,
        mid: item.mid.0,
        position: item.position,
        prev_mid: item.prev_mid.0,
        link: item.link,
        digest: item.digest,
    }
}

impl Resend {
    /// The item as it was answered the first time, without its payload.
    pub fn into_item(self, new: &NewItem) -> StoredItem {
        StoredItem {
            app: new.app,
            key: new.key,
            mid: MessageId(self.mid),
            position: self.position,
            prev_mid: MessageId(self.prev_mid),
            timestamp: self.at,
            namespace: new.namespace,
            kind: new.kind,
            related: new.related,
            from: new.from,
            from_device: new.from_device,
            to: new.to,
            payload: Bytes::new(),
            is_erased: false,
            link: self.link,
            digest: self.digest,
        }
    }
}

impl Line {
    /// The earlier item of which this is a repetition by the same device.
    pub fn find_resend(&mut self, new: &NewItem, client_mid: u64, now: Millis) -> Option<Resend> {
        let resends = self.resends.get_or_insert_default();
        while resends.front().is_some_and(|resend| resend.at < now - limits::RESEND_MS) {
            resends.pop_front();
        }
        let device = (new.from, new.from_device.0);
        let mut same_id =
            resends.iter().filter(|resend| resend.client_mid == client_mid && resend.device == device).peekable();
        same_id.peek()?;
        let body = short_digest(&new.payload);
        same_id.find(|resend| resend.body == body).copied()
    }

    /// A line with what was sent to it lately, newest first.
    pub fn with_recent(head: Head, is_listed: bool, cipher: ConversationCipher, recent: &[FoundItem]) -> Self {
        let mut resends = VecDeque::new();
        for found in recent {
            if let Some(sealed) = &found.sealed
                && let Ok(body) = cipher.unseal(found.item.mid.0, sealed)
            {
                resends.push_front(resend_of(&found.item, found.client_mid, &body));
            }
        }
        Self { is_listed, head, cipher, resends: Some(resends) }
    }

    /// Whether it is known what was sent to it lately.
    pub fn knows_recent(&self) -> bool {
        self.resends.is_some()
    }

    /// A line that is known by its head only.
    pub fn bare(head: Head, cipher: ConversationCipher) -> Self {
        Self { is_listed: head.position > 0, head, cipher, resends: None }
    }

    /// Gives the next id, seals and links.
    pub fn append(&mut self, new: &NewItem, now: Millis) -> Result<(StoredItem, Vec<u8>), LogError> {
        let item = StoredItem {
            app: new.app,
            key: new.key,
            mid: MessageId::at(now),
            position: 0,
            prev_mid: MessageId(0),
            timestamp: now,
            namespace: new.namespace,
            kind: new.kind,
            related: new.related,
            from: new.from,
            from_device: new.from_device,
            to: new.to,
            payload: new.payload.clone(),
            is_erased: false,
            link: [0; 32],
            digest: [0; 32],
        };
        let (item, sealed) = self.place(item)?;
        if let Idempotency::ClientMid(client_mid) = new.idempotency {
            let resends = self.resends.get_or_insert_default();
            if resends.len() == KEPT_RESENDS {
                resends.pop_front();
            }
            resends.push_back(resend_of(&item, client_mid, &new.payload));
        }
        Ok((item, sealed))
    }

    /// Puts an item at the end of the line: gives it its place, and the id it has if that rises, otherwise the next; seals and links.
    pub fn place(&mut self, mut item: StoredItem) -> Result<(StoredItem, Vec<u8>), LogError> {
        let prev_mid = self.head.mid;
        let mid = item.mid.0.max(prev_mid + 1);
        let mut sealed = Vec::new();
        self.cipher.seal_into(mid, item.namespace, &item.payload, &mut sealed).map_err(vault_error)?;
        let digest = *blake3::hash(&sealed).as_bytes();
        let link = chain_link(&self.head.link, mid, item.from, item.timestamp, item.namespace, &digest);
        self.head = Head { line: self.head.line, mid, position: self.head.position + 1, link };
        item.mid = MessageId(mid);
        item.position = self.head.position;
        item.prev_mid = MessageId(prev_mid);
        item.link = link;
        item.digest = digest;
        Ok((item, sealed))
    }
}

/// Whose list of conversations a new conversation enters by itself.
pub(super) fn listed_for(key: ConversationKey) -> [Option<UserId>; 2] {
    match key {
        ConversationKey::Pair(one, other) => [Some(one), Some(other)],
        ConversationKey::System(user) => [Some(user), None],
        ConversationKey::Group(_) => [None, None],
    }
}
