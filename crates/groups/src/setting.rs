//! How a group is set up.

use cerulean_bus::GroupChange;
use cerulean_delivery::{Ctx, MOST_MEMBERS};
use cerulean_storage::group::{FOREVER, GroupFlag, GroupText};
use cerulean_types::{GroupId, Millis, limits};
use serde_json::json;

use crate::access::capacity_of;
use crate::error::{check_name, check_text};
use crate::notify::{emit_change, tell_info};
use crate::{BanDuration, GroupAction, GroupError, GroupInfo, require_group};

/// Changes a text of the group. A group keeps a name once it has one.
pub async fn set_text(ctx: &mut Ctx, group: GroupId, text: GroupText, value: &str) -> Result<(), GroupError> {
    let access = require_group(ctx, group, GroupAction::EditInfo).await?;
    let (field, limit) = match text {
        GroupText::Name => ("name", limits::NAME_CHARS),
        GroupText::Avatar => ("avatar", limits::FREE_TEXT_CHARS),
        GroupText::Description => ("description", limits::FREE_TEXT_CHARS),
        GroupText::Ext => ("ext", limits::FREE_TEXT_CHARS),
    };
    if text == GroupText::Name {
        check_name(field, value, limit)?;
        if value.trim().is_empty() {
            return Err(GroupError::bad(field, "is empty"));
        }
    }
    check_text(field, value, limit)?;
    let now = ctx.now();
    ctx.tx.groups().set_text(group, text, value, now).await?;
    tell_info(ctx, &access, &json!({ field: value }));
    Ok(())
}

/// Turns a switch of the group.
pub async fn set_flag(ctx: &mut Ctx, group: GroupId, flag: GroupFlag, is_on: bool) -> Result<(), GroupError> {
    let access = require_group(ctx, group, GroupAction::Configure).await?;
    let field = match flag {
        GroupFlag::MemberInvite => "member_invite",
        GroupFlag::MemberModify => "member_modify",
        GroupFlag::ReadAck => "read_ack",
        GroupFlag::HistoryVisible => "history_visible",
        GroupFlag::HideMemberInfo => "hide_member_info",
    };
    let now = ctx.now();
    ctx.tx.groups().set_flag(group, flag, is_on, now).await?;
    tell_info(ctx, &access, &json!({ field: is_on }));
    if flag == GroupFlag::HistoryVisible {
        emit_change(ctx, group, GroupChange::HistoryVisible { is_on }).await?;
    }
    Ok(())
}

/// Changes what happens to applications: 0 anyone joins, 1 admins decide, 2 nobody joins so.
pub async fn set_apply_approval(ctx: &mut Ctx, group: GroupId, approval: i64) -> Result<(), GroupError> {
    let access = require_group(ctx, group, GroupAction::Configure).await?;
    let approval = u8::try_from(approval)
        .ok()
        .filter(|mode| *mode <= 2)
        .ok_or_else(|| GroupError::bad("apply_approval", "goes from 0 to 2"))?;
    let now = ctx.now();
    ctx.tx.groups().set_apply_approval(group, approval, now).await?;
    tell_info(ctx, &access, &json!({ "apply_approval": approval }));
    Ok(())
}

/// Gives the group a capacity of its own, or the one of the settings again. The administrator's alone. Nobody is put out of a group that has
/// more members already.
pub async fn set_capacity(ctx: &mut Ctx, group: GroupId, capacity: Option<u64>) -> Result<GroupInfo, GroupError> {
    ctx.require_admin()?;
    if capacity.is_some_and(|most| !(1..=MOST_MEMBERS).contains(&most)) {
        return Err(GroupError::bad("capacity", format!("goes from 1 to {MOST_MEMBERS}, or is null for the app's")));
    }
    let mut access = require_group(ctx, group, GroupAction::Configure).await?;
    let now = ctx.now();
    ctx.tx.groups().set_capacity(group, capacity, now).await?;
    access.group.capacity = capacity;
    tell_info(ctx, &access, &json!({ "capacity": capacity_of(ctx, &access.group) }));
    Ok(GroupInfo::of(ctx, access.group, access.member.as_ref()))
}

/// Silences everyone but owner and admins, and tells until when.
pub async fn ban_everyone(ctx: &mut Ctx, group: GroupId, duration: BanDuration) -> Result<Millis, GroupError> {
    let until = duration.until(ctx.now());
    set_ban_all(ctx, group, until).await?;
    Ok(until)
}

/// Lets everyone speak again; bans of single members stay.
pub async fn unban_everyone(ctx: &mut Ctx, group: GroupId) -> Result<(), GroupError> {
    set_ban_all(ctx, group, 0).await
}

async fn set_ban_all(ctx: &mut Ctx, group: GroupId, until: Millis) -> Result<(), GroupError> {
    let access = require_group(ctx, group, GroupAction::Ban).await?;
    let now = ctx.now();
    ctx.tx.groups().set_ban_all(group, until, now).await?;
    let seconds = if until == FOREVER { -1 } else { until / 1000 };
    tell_info(ctx, &access, &json!({ "ban_expire_time": seconds, "property": "ban_expire_time" }));
    emit_change(ctx, group, GroupChange::AllBanned { until }).await
}
