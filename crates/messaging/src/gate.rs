//! May this user speak here? Answered from memory wherever possible.

use std::sync::atomic::Ordering;

use cerulean_storage::StorageError;
use cerulean_types::{AppId, GroupId, UserId, Xid};

use crate::{Messaging, SendError};

/// What stands between two users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PairGate {
    Open,
    Missing,
    Blocked,
    NotFriends,
}

impl PairGate {
    fn check(self) -> Result<(), SendError> {
        match self {
            Self::Open => Ok(()),
            Self::Missing => Err(SendError::PeerNotFound),
            Self::Blocked => Err(SendError::Blocked),
            Self::NotFriends => Err(SendError::NotFriends),
        }
    }
}

impl Messaging {
    /// Whether `from` may speak in the conversation he names `to`; nothing when memory does not tell.
    pub(crate) fn gate_cached(&self, app: AppId, from: UserId, to: Xid) -> Option<Result<(), SendError>> {
        let settings = self.0.platform.cached_settings(app)?;
        if !settings.is_normal() {
            return Some(Err(SendError::AppFrozen));
        }
        if let Err(exceeded) = self.0.platform.check_messages_cached(app, &settings)? {
            return Some(Err(exceeded.into()));
        }
        match to {
            Xid::System => Some(Err(SendError::PeerNotFound)),
            Xid::User(peer) if peer == from => Some(Ok(())),
            Xid::User(peer) => self.0.gates.get(&(app, from, peer)).map(PairGate::check),
            Xid::Group(group) => {
                let view = self.0.platform.cached_group(app, group)?;
                Some(self.check_group(view.as_deref(), from))
            }
        }
    }

    /// Whether `from` may speak in the conversation he names `to`.
    pub(crate) async fn gate(&self, app: AppId, from: UserId, to: Xid) -> Result<(), SendError> {
        self.0.platform.settings_of(app).await?;
        self.0.platform.messages_of(app).await?;
        if let Some(verdict) = self.gate_cached(app, from, to) {
            return verdict;
        }
        match to {
            Xid::System => Err(SendError::PeerNotFound),
            Xid::User(peer) => self.relation(app, from, peer).await?.check(),
            Xid::Group(group) => self.gate_group(app, from, group).await,
        }
    }

    /// What stands between two users.
    pub(crate) async fn relation(&self, app: AppId, from: UserId, peer: UserId) -> Result<PairGate, StorageError> {
        if peer == from {
            return Ok(PairGate::Open);
        }
        if let Some(gate) = self.0.gates.get(&(app, from, peer)) {
            return Ok(gate);
        }
        let before = self.0.changes.load(Ordering::Acquire);
        let gate = self.load_pair(app, from, peer).await?;
        // A relation that changed while we were reading must not be remembered as it was.
        if before == self.0.changes.load(Ordering::Acquire) {
            self.0.gates.insert((app, from, peer), gate);
        }
        Ok(gate)
    }

    async fn gate_group(&self, app: AppId, from: UserId, group: GroupId) -> Result<(), SendError> {
        let view = self.0.platform.group_view(app, group).await?;
        self.check_group(view.as_deref(), from)
    }

    fn check_group(&self, view: Option<&cerulean_delivery::GroupView>, from: UserId) -> Result<(), SendError> {
        let view = view.ok_or(SendError::GroupNotFound)?;
        let facts = view.read();
        let member = facts.member(from).ok_or(SendError::NotMember)?;
        if facts.may_speak(member, self.0.platform.clock.now()) { Ok(()) } else { Err(SendError::Banned) }
    }

    async fn load_pair(&self, app: AppId, from: UserId, peer: UserId) -> Result<PairGate, StorageError> {
        let settings = self.0.platform.settings_of(app).await?;
        let tx = self.0.platform.db.read(app).await?;
        let is_there = tx.users().find_state(peer).await?.is_some();
        if !is_there {
            return Ok(PairGate::Missing);
        }
        let relation = tx.roster().gate(from, peer).await?;
        Ok(if relation.from_blocked_to || relation.to_blocked_from {
            PairGate::Blocked
        } else if settings.friends_only && !relation.is_friend {
            PairGate::NotFriends
        } else {
            PairGate::Open
        })
    }
}
