//! When a user goes for good.

use cerulean_delivery::Ctx;
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group::GroupRow;
use cerulean_storage::group_member::MemberFilter;
use cerulean_storage::group_request::GroupRequestRow;
use cerulean_types::{UserId, limits};

use crate::access::require_locked;
use crate::dissolve::dissolve;
use crate::leave::take_out;
use crate::notify::tell_staff;
use crate::transfer::hand_over;
use crate::{Access, GroupError, Role};

/// Takes a user out of every group. What he owned goes to an admin, else to another member; a group of his alone is dissolved. His open
/// applications are declined.
pub async fn forget_user(ctx: &mut Ctx, user: UserId) -> Result<(), GroupError> {
    let groups = ctx.tx.group_members().groups_of(user).await?;
    for (group, _) in groups {
        let row = require_locked(ctx, group).await?;
        if row.owner == user {
            if let Some(heir) = find_heir(ctx, &row).await? {
                let access = Access { group: row, user, role: Role::Owner, member: None };
                hand_over(ctx, &access, heir).await?;
            } else {
                dissolve(ctx, group, user, 1).await?;
                continue;
            }
        }
        take_out(ctx, group, user).await?;
    }
    for application in open_applications(ctx, user).await? {
        tell_staff(ctx, &[], Type::ApplyDeclined, (application.group, user), &[user], "").await?;
    }
    ctx.tx.group_applications().remove_of_user(user).await?;
    ctx.tx.group_invitations().remove_of_user(user).await?;
    Ok(())
}

/// The newest ones.
async fn open_applications(ctx: &Ctx, user: UserId) -> Result<Vec<GroupRequestRow>, GroupError> {
    let now = ctx.now();
    let newest = ctx.tx.group_applications().list_of_user(user, None, limits::BATCH_ITEMS as u64).await?;
    Ok(newest.into_iter().filter(|row| row.is_open(now)).collect())
}

async fn find_heir(ctx: &Ctx, group: &GroupRow) -> Result<Option<UserId>, GroupError> {
    for filter in [MemberFilter::Staff, MemberFilter::All] {
        let first = ctx.tx.group_members().list(group.id, filter, None, 2).await?;
        if let Some(heir) = first.into_iter().find(|member| member.user != group.owner) {
            return Ok(Some(heir.user));
        }
    }
    Ok(None)
}
