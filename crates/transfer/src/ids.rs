//! What ids of the source stand for here.

use std::collections::{BTreeSet, HashMap};

use cerulean_storage::external_id::ExternalKind;
use cerulean_storage::{StorageError, Tx};
use cerulean_types::{GroupId, UserId};

use crate::format::Id;

/// Ids kept in memory; when there are more, all are forgotten and found again as needed.
const KEPT: usize = 200_000;

pub(crate) struct Ids {
    pub source: String,
    /// Nothing is written, so what would have been is known from here alone and not forgotten.
    is_dry: bool,
    users: HashMap<String, UserId>,
    groups: HashMap<String, GroupId>,
}

impl Ids {
    pub fn new(source: String, is_dry: bool) -> Self {
        Self { source, is_dry, users: HashMap::new(), groups: HashMap::new() }
    }

    pub fn user(&self, id: &Id) -> Option<UserId> {
        self.users.get(&id.0).copied()
    }

    pub fn group(&self, id: &Id) -> Option<GroupId> {
        self.groups.get(&id.0).copied()
    }

    pub fn learn_user(&mut self, id: Id, user: UserId) {
        self.users.insert(id.0, user);
    }

    pub fn learn_group(&mut self, id: Id, group: GroupId) {
        self.groups.insert(id.0, group);
    }

    /// Makes these users known to [`Self::user`], as far as they are there.
    pub async fn load_users(&mut self, tx: &Tx, ids: Vec<&Id>) -> Result<(), StorageError> {
        if self.users.len() > KEPT && !self.is_dry {
            self.users.clear();
        }
        let missing: BTreeSet<&str> =
            ids.into_iter().map(|id| id.0.as_str()).filter(|id| !self.users.contains_key(*id)).collect();
        let missing = Vec::from_iter(missing);
        let found = tx.external_ids().find_many(ExternalKind::User, &self.source, &missing).await?;
        self.users.extend(found.into_iter().map(|(id, number)| (id, UserId::from_stored(number))));
        Ok(())
    }

    /// Makes these groups known to [`Self::group`], as far as they are there.
    pub async fn load_groups(&mut self, tx: &Tx, ids: Vec<&Id>) -> Result<(), StorageError> {
        if self.groups.len() > KEPT && !self.is_dry {
            self.groups.clear();
        }
        let missing: BTreeSet<&str> =
            ids.into_iter().map(|id| id.0.as_str()).filter(|id| !self.groups.contains_key(*id)).collect();
        let missing = Vec::from_iter(missing);
        let found = tx.external_ids().find_many(ExternalKind::Group, &self.source, &missing).await?;
        self.groups.extend(found.into_iter().map(|(id, number)| (id, GroupId::from_stored(number))));
        Ok(())
    }
}
