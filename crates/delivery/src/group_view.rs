//! A group in memory: who is in it, and who may speak.

use std::collections::{HashMap, HashSet};

use cerulean_bus::GroupChange;
use cerulean_storage::group::GroupViewRow;
use cerulean_storage::group_member::{MEMBER, MemberViewRow, OWNER};
use cerulean_types::{MessageId, Millis, UserId};
use parking_lot::{RwLock, RwLockReadGuard};

/// `mute_mode` of a member who wants no messages.
pub const NO_MESSAGES: u8 = 2;

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

/// A group as sending and fan-out must know it. It follows the group: whoever holds it sees each change.
#[derive(Debug)]
pub struct GroupView(RwLock<GroupFacts>);

/// What is known of a group at one moment. A member costs one entry of two numbers; what few members have stands apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFacts {
    joined: HashMap<UserId, Millis>,
    roles: HashMap<UserId, u8>,
    bans: HashMap<UserId, Millis>,
    silent: HashSet<UserId>,
    ban_all_until: Millis,
    is_history_visible: bool,
}

impl GroupView {
    pub(crate) fn new(facts: GroupFacts) -> Self {
        Self(RwLock::new(facts))
    }

    /// What is known now. Changes wait until it is let go, so hold it briefly.
    pub fn read(&self) -> RwLockReadGuard<'_, GroupFacts> {
        self.0.read()
    }

    pub(crate) fn apply(&self, change: &GroupChange) {
        self.0.write().apply(change);
    }
}

impl GroupFacts {
    /// What the database tells.
    pub(crate) fn new(group: GroupViewRow, rows: Vec<MemberViewRow>) -> Self {
        let mut facts = Self {
            joined: HashMap::with_capacity(rows.len()),
            roles: HashMap::new(),
            bans: HashMap::new(),
            silent: HashSet::new(),
            ban_all_until: group.ban_all_until,
            is_history_visible: group.is_history_visible,
        };
        for row in rows {
            facts.joined.insert(row.user_id, row.joined_at);
            facts.set_role(row.user_id, row.role);
            facts.set_ban(row.user_id, row.ban_until);
            facts.set_mute_mode(row.user_id, row.mute_mode);
        }
        facts
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.joined.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.joined.is_empty()
    }

    /// The members, in no order.
    pub fn members(&self) -> impl Iterator<Item = UserId> {
        self.joined.keys().copied()
    }

    /// The owner, if there is one.
    pub fn owner(&self) -> Option<UserId> {
        self.roles.iter().find(|(_, role)| **role == OWNER).map(|(user, _)| *user)
    }

    /// Whether he is in the group.
    pub fn is_member(&self, user: UserId) -> bool {
        self.joined.contains_key(&user)
    }

    /// A member.
    pub fn member(&self, user: UserId) -> Option<GroupMember> {
        let joined_at = *self.joined.get(&user)?;
        let role = self.roles.get(&user).copied().unwrap_or(MEMBER);
        let ban_until = self.bans.get(&user).copied().unwrap_or(0);
        Some(GroupMember { role, ban_until, joined_at })
    }

    /// Whether the member wants no messages of this group.
    pub fn wants_no_messages(&self, user: UserId) -> bool {
        self.silent.contains(&user)
    }

    /// Up to here nothing is shown to the user; nothing when he is no member.
    pub fn floor_of(&self, user: UserId) -> Option<MessageId> {
        self.joined.get(&user).map(|joined_at| floor(*joined_at, self.is_history_visible))
    }

    /// Whether the member may speak now.
    pub fn may_speak(&self, member: GroupMember, now: Millis) -> bool {
        let is_all_banned = self.ban_all_until < 0 || self.ban_all_until > now;
        member.role > 0 || (member.ban_until <= now && member.ban_until >= 0 && !is_all_banned)
    }

    fn apply(&mut self, change: &GroupChange) {
        match change {
            // The group is read anew instead.
            GroupChange::Remade => {}
            GroupChange::Joined { users, at } => {
                self.remove(users);
                self.joined.extend(users.iter().map(|user| (*user, *at)));
            }
            GroupChange::Left { users } => self.remove(users),
            GroupChange::Role { users, role } => users.iter().for_each(|user| self.set_role(*user, *role)),
            GroupChange::Banned { users, until } => users.iter().for_each(|user| self.set_ban(*user, *until)),
            GroupChange::Muted { user, mode } => self.set_mute_mode(*user, *mode),
            GroupChange::AllBanned { until } => self.ban_all_until = *until,
            GroupChange::HistoryVisible { is_on } => self.is_history_visible = *is_on,
        }
    }

    fn remove(&mut self, users: &[UserId]) {
        for user in users {
            self.joined.remove(user);
            self.roles.remove(user);
            self.bans.remove(user);
            self.silent.remove(user);
        }
    }

    fn set_role(&mut self, user: UserId, role: u8) {
        if role == MEMBER {
            self.roles.remove(&user);
        } else {
            self.roles.insert(user, role);
        }
    }

    fn set_ban(&mut self, user: UserId, until: Millis) {
        if until == 0 {
            self.bans.remove(&user);
        } else {
            self.bans.insert(user, until);
        }
    }

    fn set_mute_mode(&mut self, user: UserId, mode: u8) {
        if mode == NO_MESSAGES {
            self.silent.insert(user);
        } else {
            self.silent.remove(&user);
        }
    }
}

/// Up to which item nothing is shown to a member who joined at that moment.
pub fn floor(joined_at: Millis, is_history_visible: bool) -> MessageId {
    if is_history_visible { MessageId(0) } else { MessageId(MessageId::at(joined_at).0.saturating_sub(1)) }
}
