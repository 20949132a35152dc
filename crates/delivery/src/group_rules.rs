//! What an app decides about its groups.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Bounds of an app's groups. Absent fields have their default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct GroupRules {
    /// Most members of a group, by its kind. A change holds for groups that are there as well; nobody is put out.
    pub capacity: GroupCapacity,
    /// Most groups in the app; absent for as many as there may be.
    pub per_app: Option<u64>,
    /// Most groups one user may own.
    pub owned_per_user: u64,
    /// Most groups one user may be in.
    pub joined_per_user: u64,
    /// Most shared files of one group.
    pub shared_files: u64,
    /// Most bytes of all shared files of one group.
    pub shared_bytes: u64,
    /// Endings of names that shared files may have, without the dot and in small letters; empty for all.
    pub shared_endings: Vec<String>,
}

impl Default for GroupRules {
    fn default() -> Self {
        Self {
            capacity: GroupCapacity::default(),
            per_app: None,
            owned_per_user: 2_000,
            joined_per_user: 5_000,
            shared_files: 10_000,
            shared_bytes: 100 << 30,
            shared_endings: Vec::new(),
        }
    }
}

/// Most members of a group, by its kind; absent for the server's setting. The administrator may set another for one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct GroupCapacity {
    /// `type` 0.
    pub private: Option<u64>,
    /// `type` 1.
    pub public: Option<u64>,
    /// `type` 2.
    pub chat_room: Option<u64>,
    /// `type` 3.
    pub temporary: Option<u64>,
}

/// Most members a group may be allowed.
pub const MOST_MEMBERS: u64 = 1_000_000;

impl GroupRules {
    /// Whether every group has place for its owner at least.
    pub fn check(&self) -> Result<(), &'static str> {
        let GroupCapacity { private, public, chat_room, temporary } = self.capacity;
        let are_possible = [private, public, chat_room, temporary]
            .into_iter()
            .flatten()
            .all(|most| (1..=MOST_MEMBERS).contains(&most));
        if are_possible { Ok(()) } else { Err("capacity must go from 1 to 1000000, or be null for the server's") }
    }
}

impl GroupCapacity {
    /// The capacity of groups of this `type`, where the app decides it.
    pub fn of_kind(&self, kind: u8) -> Option<u64> {
        match kind {
            0 => self.private,
            1 => self.public,
            2 => self.chat_room,
            _ => self.temporary,
        }
    }
}
