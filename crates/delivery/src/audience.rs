//! Who is in a conversation, from memory.

use std::collections::HashMap;
use std::sync::Arc;

use cerulean_storage::StorageError;
use cerulean_types::{AppId, GroupId, MessageId, Millis, UserId};

use crate::Platform;

/// A member as sending and fan-out must know him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupMember {
    /// 0 member, 1 admin, 2 owner.
    pub role: u8,
    /// Milliseconds until which he may not speak; 0 when he may.
    pub ban_until: Millis,
    /// Milliseconds.
    pub joined_at: Millis,
}

/// A group as sending and fan-out must know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// Members by id.
    pub members: HashMap<UserId, GroupMember>,
    /// Milliseconds until which nobody but owner and admins may speak; -1 for ever, 0 when all may.
    pub ban_all_until: Millis,
    /// Whether members see what was said before they joined.
    pub is_history_visible: bool,
}

impl GroupView {
    /// Up to here nothing is shown to the member.
    pub fn floor_of(&self, member: GroupMember) -> MessageId {
        if self.is_history_visible {
            MessageId(0)
        } else {
            MessageId(MessageId::at(member.joined_at).0.saturating_sub(1))
        }
    }

    /// Whether the member may speak now.
    pub fn may_speak(&self, member: GroupMember, now: Millis) -> bool {
        let is_all_banned = self.ban_all_until < 0 || self.ban_all_until > now;
        member.role > 0 || (member.ban_until <= now && member.ban_until >= 0 && !is_all_banned)
    }
}

impl Platform {
    /// The group if it is in memory, for callers that may not wait. `Some(None)` means that there is no such group.
    pub fn cached_group(&self, app: AppId, group: GroupId) -> Option<Option<Arc<GroupView>>> {
        self.groups.get(&(app, group))
    }

    /// The group, or nothing when the app has none of this number.
    pub async fn group_view(&self, app: AppId, group: GroupId) -> Result<Option<Arc<GroupView>>, StorageError> {
        if let Some(view) = self.groups.get(&(app, group)) {
            return Ok(view);
        }
        let generation = self.group_changes.load(std::sync::atomic::Ordering::Acquire);
        let view = self.load_group(app, group).await?.map(Arc::new);
        // A change that came while we were reading may not be in what we read: leave it out of the cache then.
        if generation == self.group_changes.load(std::sync::atomic::Ordering::Acquire) {
            self.groups.insert((app, group), view.clone());
        }
        Ok(view)
    }

    async fn load_group(&self, app: AppId, group: GroupId) -> Result<Option<GroupView>, StorageError> {
        let tx = self.db.read(app).await?;
        let Some(row) = tx.groups().find(group).await? else { return Ok(None) };
        if row.status != 0 {
            return Ok(None);
        }
        let rows = tx.group_members().all_for_view(group).await?;
        let members = rows
            .into_iter()
            .map(|row| {
                (row.user_id, GroupMember { role: row.role, ban_until: row.ban_until, joined_at: row.joined_at })
            })
            .collect();
        Ok(Some(GroupView { members, ban_all_until: row.ban_all_until, is_history_visible: row.history_visible }))
    }
}
