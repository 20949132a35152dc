//! Applications.

use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group::DISSOLVED;
use cerulean_storage::group_member::ADMIN;
use cerulean_storage::group_request::{GroupRequestRow, RequestCursor, RequestStatus};
use cerulean_types::{GroupId, UserId, limits};

use crate::access::{capacity_of, require_acting_user, require_locked};
use crate::error::check_text;
use crate::join::{admit, check_kicks, require_candidate};
use crate::notify::tell_staff;
use crate::{GroupAction, GroupError, PageOf, Paging, REQUEST_MS, Refusal, require_group};

/// Asks a group to let the acting user in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apply {
    /// Group.
    pub group: GroupId,
    /// Words for its admins.
    pub reason: String,
}

/// See [`Apply`]. Depending on the group he is in at once, or its admins decide, or it takes no applications. Who asks again in the same
/// words while his application is open changes nothing; otherwise the admins are told, so often and no more.
pub async fn apply(ctx: &mut Ctx, cmd: Apply) -> Result<UserId, GroupError> {
    let user = require_acting_user(ctx).await?;
    check_text("reason", &cmd.reason, limits::FREE_TEXT_CHARS)?;
    let group = require_locked(ctx, cmd.group).await?;
    require_candidate(ctx, &group, None, user).await?;
    check_kicks(ctx, group.id, user).await?;
    let status = match group.apply_approval {
        0 => RequestStatus::Accepted,
        1 => RequestStatus::Pending,
        _ => return Err(GroupError::TakesNoApplications),
    };
    let now = ctx.now();
    let row = GroupRequestRow {
        group: group.id,
        user,
        inviter: None,
        reason: cmd.reason.clone(),
        status,
        expires_at: now + REQUEST_MS,
        updated_at: now,
    };
    if status == RequestStatus::Pending {
        let capacity = capacity_of(ctx, &group);
        if group.member_count >= capacity {
            return Err(Refusal::Full { capacity }.into());
        }
        let known = ctx.tx.group_applications().find(group.id, user).await?.filter(|row| row.is_open(now));
        if known.is_some_and(|row| row.reason == cmd.reason) {
            return Ok(user);
        }
        ctx.platform.rates.application_to(ctx.app(), user, group.id.as_i64())?;
        ctx.tx.group_applications().put(&row).await?;
        tell_staff(ctx, &[], Type::Applyed, (group.id, user), &[], &cmd.reason).await?;
    } else {
        admit(ctx, &group, &[user]).await?;
        ctx.tx.group_applications().put(&row).await?;
        ctx.notify(Notice::group(Type::Joined, group.id, user, &[], ""));
    }
    Ok(user)
}

/// Answers an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandleApplication {
    /// Group.
    pub group: GroupId,
    /// Who applied.
    pub applicant: UserId,
    /// Yes or no.
    pub is_accepted: bool,
}

/// See [`HandleApplication`].
pub async fn handle_application(ctx: &mut Ctx, cmd: HandleApplication) -> Result<(), GroupError> {
    let access = require_group(ctx, cmd.group, GroupAction::HandleApplications).await?;
    let now = ctx.now();
    let found = ctx.tx.group_applications().find(cmd.group, cmd.applicant).await?;
    let is_open = found.is_some_and(|row| row.is_open(now));
    if !is_open {
        return Err(GroupError::ApplicationGone);
    }
    let (status, kind) = if cmd.is_accepted {
        require_candidate(ctx, &access.group, None, cmd.applicant).await?;
        admit(ctx, &access.group, &[cmd.applicant]).await?;
        ctx.notify(Notice::group(Type::Joined, cmd.group, cmd.applicant, &[], ""));
        (RequestStatus::Accepted, Type::ApplyAccepted)
    } else {
        (RequestStatus::Declined, Type::ApplyDeclined)
    };
    ctx.tx.group_applications().set_status(cmd.group, cmd.applicant, status, now).await?;
    tell_staff(ctx, &[cmd.applicant], kind, (cmd.group, access.user), &[cmd.applicant], "").await
}

/// Lists the applications to those of the groups that the caller manages, newest first, answered ones too.
pub async fn list_applications(
    ctx: &mut Ctx,
    groups: &[GroupId],
    paging: Paging<RequestCursor>,
) -> Result<PageOf<GroupRequestRow>, GroupError> {
    let managed = managed_among(ctx, groups).await?;
    if managed.is_empty() {
        return Ok(PageOf { items: Vec::new(), total: 0 });
    }
    let items = ctx.tx.group_applications().list_of_groups(&managed, paging.after, paging.limit).await?;
    let total = ctx.tx.group_applications().count_of_groups(&managed).await?;
    Ok(PageOf { items, total })
}

async fn managed_among(ctx: &Ctx, groups: &[GroupId]) -> Result<Vec<GroupId>, GroupError> {
    if groups.len() > limits::BATCH_ITEMS {
        return Err(GroupError::bad("group_list", format!("has more than {} groups", limits::BATCH_ITEMS)));
    }
    let Some(user) = ctx.actor.user() else {
        let rows = ctx.tx.groups().find_many(groups).await?;
        return Ok(rows.into_iter().filter(|row| row.status != DISSOLVED).map(|row| row.id).collect());
    };
    let memberships = ctx.tx.group_members().find_in(user, groups).await?;
    Ok(memberships.into_iter().filter(|(_, member)| member.role >= ADMIN).map(|(group, _)| group).collect())
}
