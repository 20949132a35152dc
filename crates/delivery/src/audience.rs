//! Who is in a conversation, from memory.
//!
//! A group is read once and follows its changes from then on. Each change has a number; a gap between them, or a number in the database
//! that is ahead of memory, means that an event was lost, and the group is read anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use cerulean_bus::GroupChange;
use cerulean_storage::StorageError;
use cerulean_types::{AppId, GroupId, MessageId, Millis, UserId};
use moka::sync::Cache;
use parking_lot::Mutex;

use crate::group_view::{GroupFacts, GroupView, floor};
use crate::{NO_MESSAGES, Platform};

/// Most members of all groups in memory together; a member takes some 20 bytes.
const CACHED_MEMBERS: u64 = 6_000_000;
/// Changes that may wait for an earlier one. More of them and the group is read anew.
const WAITING_CHANGES: usize = 256;
/// Stands for the number of a group that is not there.
const NO_GROUP: i64 = -1;
/// How long a group is believed without asking the database for its number, in milliseconds.
const BELIEVED_MS: i64 = 60_000;

/// A user's place in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Up to here nothing is shown to him.
    pub floor: MessageId,
    /// Whether he wants no messages of this group.
    pub wants_no_messages: bool,
}

pub(crate) type Groups = Cache<(AppId, GroupId), Arc<GroupSlot>>;

pub(crate) fn groups() -> Groups {
    Cache::builder().max_capacity(CACHED_MEMBERS).weigher(|_, slot: &Arc<GroupSlot>| slot.weight()).build()
}

/// Where a group is kept, or will be once it is read.
#[derive(Default)]
pub(crate) struct GroupSlot {
    memory: Mutex<Memory>,
    /// One reads, the others wait for him.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Memory {
    known: Option<Known>,
    is_being_read: bool,
    /// Changes that cannot be applied yet: the group is being read, or an earlier one is missing.
    waiting: BTreeMap<i64, GroupChange>,
}

#[derive(Clone)]
struct Known {
    version: i64,
    /// Nothing when there is no such group.
    view: Option<Arc<GroupView>>,
    asked_at: Millis,
}

impl GroupSlot {
    fn weight(&self) -> u32 {
        let memory = self.memory.lock();
        let members = memory.known.as_ref().and_then(|known| known.view.as_ref()).map_or(0, |view| view.read().len());
        u32::try_from(members).unwrap_or(u32::MAX).saturating_add(16)
    }

    /// The group, if memory holds all of it.
    fn current(&self) -> Option<Known> {
        let memory = self.memory.lock();
        if memory.waiting.is_empty() { memory.known.clone() } else { None }
    }

    fn hear(&self, version: i64, change: &GroupChange) {
        let mut memory = self.memory.lock();
        match &memory.known {
            None if !memory.is_being_read => return,
            Some(known) if version <= known.version => return,
            Some(known) if known.view.is_none() => return memory.forget(),
            _ => {}
        }
        memory.waiting.insert(version, change.clone());
        memory.catch_up();
    }

    fn begin_reading(&self) {
        let mut memory = self.memory.lock();
        memory.forget();
        memory.is_being_read = true;
    }

    /// Takes in what was read; changes heard meanwhile are applied to it. Nothing when they leave a gap.
    fn finish_reading(&self, read: Option<Known>) -> Option<Known> {
        let mut memory = self.memory.lock();
        memory.is_being_read = false;
        memory.known = read;
        memory.catch_up();
        if memory.waiting.is_empty() { memory.known.clone() } else { None }
    }
}

impl Memory {
    fn forget(&mut self) {
        self.known = None;
        self.waiting.clear();
    }

    fn catch_up(&mut self) {
        let Some(known) = &mut self.known else {
            if self.waiting.len() > WAITING_CHANGES {
                self.waiting.pop_first();
            }
            return;
        };
        while let Some(entry) = self.waiting.first_entry() {
            let version = *entry.key();
            if version > known.version + 1 {
                break;
            }
            let change = entry.remove();
            if version <= known.version {
                continue;
            }
            if change == GroupChange::Remade {
                return self.forget();
            }
            known.version = version;
            if let Some(view) = &known.view {
                view.apply(&change);
            }
        }
        if self.waiting.len() > WAITING_CHANGES {
            self.forget();
        }
    }
}

impl Platform {
    /// The group if it is in memory, for callers that may not wait. `Some(None)` means that there is no such group. Now and then memory
    /// is not believed until the database was asked, so that a lost event cannot deceive for long.
    pub fn cached_group(&self, app: AppId, group: GroupId) -> Option<Option<Arc<GroupView>>> {
        let known = self.groups.get(&(app, group))?.current()?;
        self.is_believed(&known).then_some(known.view)
    }

    /// As [`Self::cached_group`], for what does no harm if it goes by a lost event.
    pub fn known_group(&self, app: AppId, group: GroupId) -> Option<Arc<GroupView>> {
        self.groups.get(&(app, group))?.current()?.view
    }

    fn is_believed(&self, known: &Known) -> bool {
        self.clock.now() - known.asked_at <= BELIEVED_MS
    }

    /// The group, or nothing when the app has none of this number.
    pub async fn group_view(&self, app: AppId, group: GroupId) -> Result<Option<Arc<GroupView>>, StorageError> {
        if let Some(view) = self.cached_group(app, group) {
            return Ok(view);
        }
        let slot = self.groups.get_with((app, group), Arc::default);
        let _turn = slot.reading.lock().await;
        if let Some(known) = slot.current() {
            if self.is_believed(&known) || self.is_up_to_date(app, group, &slot, &known).await? {
                return Ok(known.view);
            }
            tracing::info!(app.id = app.0, group.id = group.get(), "a change of the group was missed, reading it anew");
        }
        // A change that comes while we read waits in the slot. A gap can only be there when changes are under way right now.
        loop {
            slot.begin_reading();
            let read = match self.read_group(app, group).await {
                Ok(read) => read,
                Err(error) => {
                    slot.finish_reading(None);
                    return Err(error);
                }
            };
            if let Some(known) = slot.finish_reading(Some(read)) {
                self.groups.insert((app, group), slot.clone());
                return Ok(known.view);
            }
        }
    }

    async fn is_up_to_date(
        &self,
        app: AppId,
        group: GroupId,
        slot: &GroupSlot,
        known: &Known,
    ) -> Result<bool, StorageError> {
        let asked_at = self.clock.now();
        let stored = self.db.read(app).await?.groups().find_for_view(group).await?.map_or(NO_GROUP, |row| row.version);
        let is_up_to_date = stored <= known.version;
        if let Some(known) = &mut slot.memory.lock().known {
            known.asked_at = asked_at;
        }
        Ok(is_up_to_date && (stored == NO_GROUP) == known.view.is_none())
    }

    async fn read_group(&self, app: AppId, group: GroupId) -> Result<Known, StorageError> {
        let asked_at = self.clock.now();
        let tx = self.db.read(app).await?;
        let Some(row) = tx.groups().find_for_view(group).await? else {
            return Ok(Known { version: NO_GROUP, view: None, asked_at });
        };
        // Read after its number: a change in between is applied twice, which does no harm.
        let members = tx.group_members().all_for_view(group).await?;
        let view = GroupView::new(GroupFacts::new(row, members));
        Ok(Known { version: row.version, view: Some(Arc::new(view)), asked_at })
    }

    pub(crate) fn hear_group_change(&self, app: AppId, group: GroupId, version: i64, change: &GroupChange) {
        if let Some(slot) = self.groups.get(&(app, group)) {
            slot.hear(version, change);
        }
    }

    /// A user's place in a group: from memory, or by two keyed reads where the group is not in memory. Nothing when he is not in it.
    pub async fn place_of(&self, app: AppId, group: GroupId, user: UserId) -> Result<Option<Place>, StorageError> {
        if let Some(view) = self.cached_group(app, group) {
            return Ok(view.and_then(|view| {
                let facts = view.read();
                let wants_no_messages = facts.wants_no_messages(user);
                facts.floor_of(user).map(|floor| Place { floor, wants_no_messages })
            }));
        }
        let tx = self.db.read(app).await?;
        let Some(row) = tx.groups().find_for_view(group).await? else { return Ok(None) };
        let member = tx.group_members().find_for_view(group, user).await?;
        Ok(member.map(|member| Place {
            floor: floor(member.joined_at, row.is_history_visible),
            wants_no_messages: member.mute_mode == NO_MESSAGES,
        }))
    }
}
