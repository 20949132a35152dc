//! Making and unmaking admins.

use cerulean_bus::GroupChange;
use cerulean_delivery::Ctx;
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group_member::{ADMIN, MEMBER};
use cerulean_types::{GroupId, UserId};

use crate::kick::pick_subordinates;
use crate::notify::{emit_change, tell_members};
use crate::outcome::done;
use crate::{GroupAction, GroupError, Outcome, require_group};

/// Makes members admins.
pub async fn add_admins(ctx: &mut Ctx, group: GroupId, users: &[UserId]) -> Result<Vec<Outcome>, GroupError> {
    appoint(ctx, group, users, ADMIN, Type::AdminGranted).await
}

/// Makes admins ordinary members again.
pub async fn remove_admins(ctx: &mut Ctx, group: GroupId, users: &[UserId]) -> Result<Vec<Outcome>, GroupError> {
    appoint(ctx, group, users, MEMBER, Type::AdminRevoked).await
}

async fn appoint(
    ctx: &mut Ctx,
    group: GroupId,
    users: &[UserId],
    role: u8,
    kind: Type,
) -> Result<Vec<Outcome>, GroupError> {
    let access = require_group(ctx, group, GroupAction::AppointAdmins).await?;
    let outcomes = pick_subordinates(ctx, &access, users).await?;
    let changed = done(&outcomes);
    let rows = ctx.tx.group_members().find_many(group, &changed).await?;
    let appointed: Vec<UserId> = rows.into_iter().filter(|row| row.role != role).map(|row| row.user).collect();
    if !appointed.is_empty() {
        ctx.tx.group_members().set_role(group, &appointed, role).await?;
        tell_members(ctx, kind, &access, &appointed, "");
        emit_change(ctx, group, GroupChange::Role { users: appointed.into(), role }).await?;
    }
    Ok(outcomes)
}
