//! What is known of a group.

use std::collections::{HashMap, HashSet};

use cerulean_delivery::Ctx;
use cerulean_storage::group::{DISSOLVED, GroupRow};
use cerulean_storage::group_member::MemberRow;
use cerulean_types::{GroupId, UserId, limits};

use crate::access::{capacity_of, require_acting_user, require_standing};
use crate::{GroupAction, GroupError, require_group};

/// A group as one user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupInfo {
    /// The group.
    pub row: GroupRow,
    /// Most members.
    pub capacity: u64,
    /// His own `msg_mute_mode`.
    pub mute_mode: u8,
    /// His own `msg_push_mode`.
    pub push_mode: u8,
    /// Whether he silenced it with `not_disturb`.
    pub not_disturb: bool,
}

impl GroupInfo {
    pub(crate) fn of(ctx: &Ctx, row: GroupRow, member: Option<&MemberRow>) -> Self {
        let (mute_mode, push_mode) = member.map_or((0, 0), |member| (member.mute_mode, member.push_mode));
        let not_disturb = member.is_some_and(|member| member.not_disturb);
        Self { capacity: capacity_of(ctx, &row), row, mute_mode, push_mode, not_disturb }
    }

    /// What someone sees who is not in the group.
    fn card(ctx: &Ctx, row: GroupRow) -> Self {
        Self::of(ctx, GroupRow { ext: String::new(), ..row }, None)
    }
}

/// A group. Those outside see the card of a group they could come into: one that takes applications, or has invited them.
pub async fn require_info(ctx: &mut Ctx, group: GroupId) -> Result<GroupInfo, GroupError> {
    match require_group(ctx, group, GroupAction::View).await {
        Ok(access) => Ok(GroupInfo::of(ctx, access.group, access.member.as_ref())),
        Err(GroupError::NotMember) => {
            let row = require_standing(ctx, group).await?;
            let user = ctx.require_user()?;
            let invited = invitations_among(ctx, user, &[group]).await?;
            if may_see_card(&row, &invited) { Ok(GroupInfo::card(ctx, row)) } else { Err(GroupError::NotMember) }
        }
        Err(error) => Err(error),
    }
}

/// Several groups; those the caller may not see, and unknown ones, are left out.
pub async fn list_infos(ctx: &mut Ctx, groups: &[GroupId]) -> Result<Vec<GroupInfo>, GroupError> {
    if groups.len() > limits::BATCH_ITEMS {
        return Err(GroupError::bad("group_list", format!("has more than {} groups", limits::BATCH_ITEMS)));
    }
    let mut rows = ctx.tx.groups().find_many(groups).await?;
    rows.retain(|row| row.status != DISSOLVED);
    let Some(user) = ctx.actor.user() else {
        return Ok(rows.into_iter().map(|row| GroupInfo::of(ctx, row, None)).collect());
    };
    let memberships = ctx.tx.group_members().find_in(user, groups).await?;
    let memberships: HashMap<GroupId, MemberRow> = memberships.into_iter().collect();
    let outside: Vec<GroupId> = rows.iter().map(|row| row.id).filter(|id| !memberships.contains_key(id)).collect();
    let invited = invitations_among(ctx, user, &outside).await?;
    let mut infos = Vec::with_capacity(rows.len());
    for row in rows {
        match memberships.get(&row.id) {
            Some(member) => infos.push(GroupInfo::of(ctx, row, Some(member))),
            None if may_see_card(&row, &invited) => infos.push(GroupInfo::card(ctx, row)),
            None => {}
        }
    }
    Ok(infos)
}

fn may_see_card(row: &GroupRow, invited: &HashSet<GroupId>) -> bool {
    row.apply_approval < 2 || row.kind == cerulean_storage::group::PUBLIC || invited.contains(&row.id)
}

async fn invitations_among(ctx: &Ctx, user: UserId, groups: &[GroupId]) -> Result<HashSet<GroupId>, GroupError> {
    let now = ctx.now();
    let mut invited = HashSet::new();
    for group in groups {
        let found = ctx.tx.group_invitations().find(*group, user).await?;
        if found.is_some_and(|row| row.is_open(now)) {
            invited.insert(*group);
        }
    }
    Ok(invited)
}

/// The groups of the acting user.
pub async fn list_joined(ctx: &mut Ctx) -> Result<Vec<GroupId>, GroupError> {
    let user = require_acting_user(ctx).await?;
    let groups = ctx.tx.group_members().groups_of(user).await?;
    Ok(groups.into_iter().map(|(group, _)| group).collect())
}

/// The groups everyone may find.
pub async fn list_public(ctx: &mut Ctx) -> Result<Vec<GroupId>, GroupError> {
    Ok(ctx.tx.groups().list_public(limits::BATCH_ITEMS as u64).await?)
}
