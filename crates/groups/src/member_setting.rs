//! What a member sets for himself.

use cerulean_bus::GroupChange;
use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::group_notice::Type;
use cerulean_types::{GroupId, limits};
use serde_json::json;

use crate::access::require_own_membership;
use crate::error::check_name;
use crate::notify::{emit_change, tell_info};
use crate::{GroupAction, GroupError};

/// Changes the name on the acting user's card in the group; an empty one takes it away.
pub async fn set_display_name(ctx: &mut Ctx, group: GroupId, name: &str) -> Result<(), GroupError> {
    let (access, _) = require_own_membership(ctx, group, GroupAction::SetOwn).await?;
    check_name("value", name, limits::NAME_CHARS)?;
    ctx.tx.group_members().set_display_name(group, access.user, name).await?;
    tell_info(ctx, &access, &json!({ "display_name": name, "property": "display_name" }));
    Ok(())
}

/// Changes how loud the group is for the acting user: 0 loud, 1 no local notification, 2 no messages.
pub async fn set_mute_mode(ctx: &mut Ctx, group: GroupId, mode: i64) -> Result<(), GroupError> {
    let (access, _) = require_own_membership(ctx, group, GroupAction::SetOwn).await?;
    let mode = u8::try_from(mode)
        .ok()
        .filter(|mode| *mode <= 2)
        .ok_or_else(|| GroupError::bad("msg_mute_mode", "goes from 0 to 2"))?;
    ctx.tx.group_members().set_mute_mode(group, access.user, mode).await?;
    emit_change(ctx, group, GroupChange::Muted { user: access.user, mode }).await?;
    let kind = if mode == 0 { Type::Unmuted } else { Type::Muted };
    tell_self(ctx, kind, group, &json!({ "msg_mute_mode": mode }))
}

/// Changes what is pushed to the acting user's phone: 0 all, 1 none, 2 admins and mentions, 3 admins, 4 mentions.
pub async fn set_push_mode(ctx: &mut Ctx, group: GroupId, mode: i64) -> Result<(), GroupError> {
    let (access, _) = require_own_membership(ctx, group, GroupAction::SetOwn).await?;
    let mode = u8::try_from(mode).ok().filter(|mode| *mode <= 4).ok_or(GroupError::BadPushMode)?;
    ctx.tx.group_members().set_push_mode(group, access.user, mode).await?;
    tell_self(ctx, Type::MessageSetting, group, &json!({ "msg_push_mode": mode }))
}

/// Turns the acting user's "do not disturb" for the group.
pub async fn set_not_disturb(ctx: &mut Ctx, group: GroupId, is_on: bool) -> Result<(), GroupError> {
    let (access, _) = require_own_membership(ctx, group, GroupAction::SetOwn).await?;
    ctx.tx.group_members().set_not_disturb(group, access.user, is_on).await?;
    let kind = if is_on { Type::Muted } else { Type::Unmuted };
    tell_self(ctx, kind, group, &json!({ "not_disturb": is_on }))
}

/// Tells the acting user's own devices.
fn tell_self(ctx: &mut Ctx, kind: Type, group: GroupId, fields: &serde_json::Value) -> Result<(), GroupError> {
    let user = ctx.require_user()?;
    ctx.notify(Notice::group_for(user, kind, group, user, &[], &fields.to_string()));
    Ok(())
}
