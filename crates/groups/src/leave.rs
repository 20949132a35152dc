//! Leaving a group.

use cerulean_bus::GroupChange;
use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::group_notice::Type;
use cerulean_types::{GroupId, UserId};

use crate::access::require_locked;
use crate::notify::emit_change;
use crate::{GroupError, Role};

/// Takes the acting user out of a group; the owner must transfer or destroy it instead.
pub async fn leave_group(ctx: &mut Ctx, group: GroupId) -> Result<(), GroupError> {
    let user = ctx.require_user()?;
    require_locked(ctx, group).await?;
    let member = ctx.tx.group_members().find(group, user).await?.ok_or(GroupError::NotMember)?;
    if Role::of(&member) == Role::Owner {
        return Err(GroupError::OwnerMayNotLeave);
    }
    take_out(ctx, group, user).await
}

/// Takes one member out, by his own will.
pub(crate) async fn take_out(ctx: &mut Ctx, group: GroupId, user: UserId) -> Result<(), GroupError> {
    let removed = ctx.tx.group_members().remove(group, &[user]).await?;
    ctx.tx.groups().free_places(group, removed).await?;
    ctx.notify(Notice::group(Type::Leaved, group, user, &[], ""));
    ctx.notify(Notice::group_for(user, Type::Leaved, group, user, &[], ""));
    emit_change(ctx, group, GroupChange::Left { users: [user].into() }).await
}
