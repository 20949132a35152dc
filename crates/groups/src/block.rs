//! Keeping users out for good.

use std::collections::{HashMap, HashSet};

use cerulean_delivery::Ctx;
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group_request::RequestStatus;
use cerulean_storage::group_restriction::RestrictionRow;
use cerulean_types::{GroupId, UserId};

use crate::kick::put_out;
use crate::notify::tell_staff;
use crate::outcome::{done, unique};
use crate::{Access, GroupAction, GroupError, Outcome, PageOf, Paging, Refusal, Role, require_group};

/// Keeps users out; those who are in are put out, and what they asked or were asked is declined. Of those who are not in, the owner and the
/// admins hear, and who was invited.
pub async fn block_users(ctx: &mut Ctx, group: GroupId, users: &[UserId]) -> Result<Vec<Outcome>, GroupError> {
    let access = require_group(ctx, group, GroupAction::Block).await?;
    let users = unique(users);
    let members = ctx.tx.group_members().find_many(group, &users).await?;
    let roles: HashMap<UserId, Role> = members.iter().map(|member| (member.user, Role::of(member))).collect();
    let existing: HashSet<UserId> = ctx.tx.users().existing(&users).await?.into_iter().collect();
    let outcomes = judge(&access, &users, &roles, &existing);
    let now = ctx.now();
    let blocked = done(&outcomes);
    ctx.tx.group_restrictions().block(group, &blocked, now).await?;
    let (members, strangers): (Vec<UserId>, Vec<UserId>) =
        blocked.iter().copied().partition(|user| roles.contains_key(user));
    put_out(ctx, &access, &members, Type::Blocked).await?;
    let invited = ctx.tx.group_invitations().open_among(group, &strangers, now).await?;
    ctx.tx.group_invitations().close(group, &blocked, RequestStatus::Declined, now).await?;
    ctx.tx.group_applications().close(group, &blocked, RequestStatus::Declined, now).await?;
    if !strangers.is_empty() {
        tell_staff(ctx, &invited, Type::Blocked, (group, access.user), &strangers, "").await?;
    }
    Ok(outcomes)
}

fn judge(access: &Access, users: &[UserId], roles: &HashMap<UserId, Role>, existing: &HashSet<UserId>) -> Vec<Outcome> {
    let verdict = |user: &UserId| match roles.get(user) {
        Some(role) if *role >= access.role => Err(Refusal::Outranked),
        Some(_) => Ok(()),
        None if existing.contains(user) => Ok(()),
        None => Err(Refusal::UserNotFound),
    };
    users.iter().map(|user| Outcome { user: *user, result: verdict(user) }).collect()
}

/// Lets users in again; their kicks are forgotten as well.
pub async fn unblock_users(ctx: &mut Ctx, group: GroupId, users: &[UserId]) -> Result<Vec<Outcome>, GroupError> {
    let access = require_group(ctx, group, GroupAction::Block).await?;
    let users = unique(users);
    let records = ctx.tx.group_restrictions().find_many(group, &users).await?;
    let blocked: HashSet<UserId> =
        records.into_iter().filter(|row| row.blocked_at.is_some()).map(|row| row.user).collect();
    let verdict = |user: &UserId| if blocked.contains(user) { Ok(()) } else { Err(Refusal::NotBlocked) };
    let outcomes: Vec<Outcome> = users.iter().map(|user| Outcome { user: *user, result: verdict(user) }).collect();
    let unblocked = done(&outcomes);
    if !unblocked.is_empty() {
        ctx.tx.group_restrictions().unblock(group, &unblocked).await?;
        tell_staff(ctx, &[], Type::Unblocked, (group, access.user), &unblocked, "").await?;
    }
    Ok(outcomes)
}

/// Lists who is kept out.
pub async fn list_blocked(
    ctx: &mut Ctx,
    group: GroupId,
    paging: Paging<UserId>,
) -> Result<PageOf<RestrictionRow>, GroupError> {
    require_group(ctx, group, GroupAction::ViewStaffLists).await?;
    let items = ctx.tx.group_restrictions().list_blocked(group, paging.after, paging.limit).await?;
    let total = ctx.tx.group_restrictions().count_blocked(group).await?;
    Ok(PageOf { items, total })
}
