//! Putting members out.

use std::collections::HashMap;

use cerulean_bus::GroupChange;
use cerulean_delivery::Ctx;
use cerulean_proto::pb::group_notice::Type;
use cerulean_types::{GroupId, UserId};

use crate::notify::{emit_change, tell_each, tell_members};
use crate::outcome::{done, unique};
use crate::{Access, GroupAction, GroupError, Outcome, Refusal, Role, require_group};

/// Puts members out. They may come back until it has happened too often.
pub async fn kick_members(ctx: &mut Ctx, group: GroupId, users: &[UserId]) -> Result<Vec<Outcome>, GroupError> {
    let access = require_group(ctx, group, GroupAction::Kick).await?;
    let outcomes = pick_subordinates(ctx, &access, users).await?;
    let kicked = done(&outcomes);
    ctx.tx.group_restrictions().add_kicks(group, &kicked).await?;
    put_out(ctx, &access, &kicked, Type::Kicked).await?;
    Ok(outcomes)
}

/// Tells for each user whether he is a member whom the caller outranks.
pub(crate) async fn pick_subordinates(
    ctx: &Ctx,
    access: &Access,
    users: &[UserId],
) -> Result<Vec<Outcome>, GroupError> {
    let users = unique(users);
    let members = ctx.tx.group_members().find_many(access.group.id, &users).await?;
    let roles: HashMap<UserId, Role> = members.iter().map(|member| (member.user, Role::of(member))).collect();
    let verdict = |user: &UserId| match roles.get(user) {
        None => Err(Refusal::NotMember),
        Some(role) if *role >= access.role => Err(Refusal::Outranked),
        Some(_) => Ok(()),
    };
    Ok(users.iter().map(|user| Outcome { user: *user, result: verdict(user) }).collect())
}

/// Removes members against their will and tells everyone, them too.
pub(crate) async fn put_out(ctx: &mut Ctx, access: &Access, users: &[UserId], kind: Type) -> Result<(), GroupError> {
    if users.is_empty() {
        return Ok(());
    }
    let group = access.group.id;
    let removed = ctx.tx.group_members().remove(group, users).await?;
    ctx.tx.groups().free_places(group, removed).await?;
    tell_members(ctx, kind, access, users, "");
    for user in users {
        tell_each(ctx, &[*user], kind, (group, access.user), &[*user], "");
    }
    emit_change(ctx, group, GroupChange::Left { users: users.into() }).await
}
