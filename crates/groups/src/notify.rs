//! Telling members and caches.

use cerulean_bus::{BusEvent, GroupChange};
use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::group_notice::Type;
use cerulean_types::{GroupId, UserId};

use crate::{Access, GroupError};

/// Tells caches of a change in who is in the group and who may speak.
pub(crate) async fn emit_change(ctx: &mut Ctx, group: GroupId, change: GroupChange) -> Result<(), GroupError> {
    let version = ctx.tx.groups().raise_version(group).await?;
    let app = ctx.app();
    ctx.emit(BusEvent::GroupChanged { app, group, version, change });
    Ok(())
}

/// Tells everyone in the group.
pub(crate) fn tell_members(ctx: &mut Ctx, kind: Type, access: &Access, to: &[UserId], content: &str) {
    ctx.notify(Notice::group(kind, access.group.id, access.user, to, content));
}

/// Tells each of these users alone, in his system line.
pub(crate) fn tell_each(
    ctx: &mut Ctx,
    receivers: &[UserId],
    kind: Type,
    about: (GroupId, UserId),
    to: &[UserId],
    content: &str,
) {
    let (group, from) = about;
    for receiver in receivers {
        ctx.notify(Notice::group_for(*receiver, kind, group, from, to, content));
    }
}

/// Tells the owner and the admins, and others who are concerned, each once.
pub(crate) async fn tell_staff(
    ctx: &mut Ctx,
    also: &[UserId],
    kind: Type,
    about: (GroupId, UserId),
    to: &[UserId],
    content: &str,
) -> Result<(), GroupError> {
    let mut receivers = ctx.tx.group_members().staff(about.0).await?;
    receivers.extend(also.iter().copied().filter(|user| !receivers.contains(user)).collect::<Vec<_>>());
    tell_each(ctx, &receivers, kind, about, to, content);
    Ok(())
}

/// Tells everyone that fields of the group's information have new values.
pub(crate) fn tell_info(ctx: &mut Ctx, access: &Access, fields: &serde_json::Value) {
    tell_members(ctx, Type::InfoUpdated, access, &[], &fields.to_string());
}
