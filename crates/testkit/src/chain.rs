//! The hash chain as a client checks it (`spec/extensions.md`), written from the document and not from the server's code.

use cerulean_proto::pb;

/// `BLAKE3(previous link ‖ mid ‖ sender ‖ timestamp ‖ namespace ‖ digest)`.
pub fn chain_link(previous: &[u8], mid: u64, sender: u64, timestamp: u64, namespace: u8, digest: &[u8]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous);
    for number in [mid, sender, timestamp] {
        hasher.update(&number.to_be_bytes());
    }
    hasher.update(&[namespace]);
    hasher.update(digest);
    hasher.finalize().as_bytes().to_vec()
}

/// Follows one conversation from its first item, or from the first that a newcomer gets.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Whether the next item is taken as it is, because those before it were not given.
    is_newcomer: bool,
    mid: u64,
    position: u64,
    link: Vec<u8>,
}

impl Default for Chain {
    fn default() -> Self {
        Self { is_newcomer: false, mid: 0, position: 0, link: vec![0; 32] }
    }
}

impl Chain {
    /// Of a device that came later: its first item may stand anywhere.
    pub fn newcomer() -> Self {
        Self { is_newcomer: true, ..Self::default() }
    }

    /// Checks the next item as it was pushed or pulled.
    pub fn follow(&mut self, meta: &pb::Meta) {
        let sender = meta.from.as_ref().expect("items name their sender").uid;
        let ns = u8::try_from(meta.ns).expect("a small number");
        self.step(meta.prev_mid, meta.id, sender, meta.timestamp, ns, &meta.digest, meta.position, &meta.link);
    }

    /// Checks the next item from the answer its sender got.
    pub fn follow_reply(&mut self, sender: u64, ns: u8, reply: &pb::SyncDl) {
        let (mid, at) = (reply.server_mid, reply.server_time);
        self.step(reply.prev_mid, mid, sender, at, ns, &reply.digest, reply.position, &reply.link);
    }

    #[expect(clippy::too_many_arguments, reason = "they are what the link is made of")]
    fn step(
        &mut self,
        prev_mid: u64,
        mid: u64,
        sender: u64,
        at: u64,
        ns: u8,
        digest: &[u8],
        position: u64,
        link: &[u8],
    ) {
        if self.is_newcomer {
            *self = Self { is_newcomer: false, mid, position, link: link.to_vec() };
            return;
        }
        assert_eq!(prev_mid, self.mid, "item {mid} must name the one before it");
        assert_eq!(position, self.position + 1, "position of item {mid}");
        assert!(mid > self.mid && mid < 1 << 53, "id {mid}");
        assert_eq!(digest.len(), 32, "digest of item {mid}");
        let expected = chain_link(&self.link, mid, sender, at, ns, digest);
        assert_eq!(link, expected, "link of item {mid}");
        *self = Self { is_newcomer: false, mid, position, link: expected };
    }

    /// Where the conversation stands.
    pub fn head(&self) -> (u64, u64, &[u8]) {
        (self.mid, self.position, &self.link)
    }
}
