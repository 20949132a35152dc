//! Handing a group over.

use cerulean_bus::GroupChange;
use cerulean_delivery::Ctx;
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group_member::{MEMBER, OWNER};
use cerulean_types::{GroupId, UserId};

use crate::create::check_owned;
use crate::notify::{emit_change, tell_members};
use crate::{Access, GroupAction, GroupError, require_group};

/// Makes another member the owner; the old one stays as an ordinary member.
pub async fn transfer_group(ctx: &mut Ctx, group: GroupId, new_owner: UserId) -> Result<(), GroupError> {
    let mut access = require_group(ctx, group, GroupAction::Transfer).await?;
    if ctx.tx.group_members().find(group, new_owner).await?.is_none() {
        return Err(GroupError::TransferTargetNotMember);
    }
    if new_owner == access.group.owner {
        return Ok(());
    }
    check_owned(ctx, new_owner).await?;
    access.user = access.group.owner;
    hand_over(ctx, &access, new_owner).await
}

/// Changes the owner and tells everyone, in the name of the old one.
pub(crate) async fn hand_over(ctx: &mut Ctx, access: &Access, new_owner: UserId) -> Result<(), GroupError> {
    let group = access.group.id;
    let now = ctx.now();
    ctx.tx.groups().set_owner(group, new_owner, now).await?;
    ctx.tx.group_members().set_role(group, &[access.group.owner], MEMBER).await?;
    ctx.tx.group_members().set_role(group, &[new_owner], OWNER).await?;
    // The owner may speak always: a ban from before is void.
    ctx.tx.group_members().set_ban(group, &[new_owner], 0).await?;
    tell_members(ctx, Type::OwnerAssigned, access, &[new_owner], "");
    let old_owner = [access.group.owner].into();
    emit_change(ctx, group, GroupChange::Role { users: old_owner, role: MEMBER }).await?;
    emit_change(ctx, group, GroupChange::Role { users: [new_owner].into(), role: OWNER }).await?;
    emit_change(ctx, group, GroupChange::Banned { users: [new_owner].into(), until: 0 }).await
}
