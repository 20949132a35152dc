//! Announcements.

use cerulean_delivery::Ctx;
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group_announcement::AnnouncementRow;
use cerulean_types::{GroupId, limits};

use crate::error::{check_name, check_text};
use crate::notify::tell_members;
use crate::{GroupAction, GroupError, require_group};

/// Puts up an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announce {
    /// Group.
    pub group: GroupId,
    /// Title.
    pub title: String,
    /// Text.
    pub content: String,
}

/// See [`Announce`]. It is always a new one.
pub async fn announce(ctx: &mut Ctx, cmd: Announce) -> Result<AnnouncementRow, GroupError> {
    let access = require_group(ctx, cmd.group, GroupAction::Announce).await?;
    check_name("title", &cmd.title, limits::NAME_CHARS)?;
    check_text("content", &cmd.content, limits::FREE_TEXT_CHARS)?;
    let row = AnnouncementRow {
        id: ctx.tx.groups().next_number(cmd.group).await?,
        group: cmd.group,
        author: access.user,
        title: cmd.title,
        content: cmd.content,
        created_at: ctx.now(),
    };
    ctx.tx.group_announcements().insert(&row).await?;
    tell_members(ctx, Type::AnnouncementUpdated, &access, &[], "");
    Ok(row)
}

/// Takes an announcement down.
pub async fn remove_announcement(ctx: &mut Ctx, group: GroupId, id: i64) -> Result<(), GroupError> {
    let access = require_group(ctx, group, GroupAction::Announce).await?;
    if !ctx.tx.group_announcements().remove(group, id).await? {
        return Err(GroupError::AnnouncementNotFound);
    }
    tell_members(ctx, Type::AnnouncementUpdated, &access, &[], "");
    Ok(())
}

/// Lists the announcements, oldest first.
pub async fn list_announcements(ctx: &mut Ctx, group: GroupId) -> Result<Vec<AnnouncementRow>, GroupError> {
    require_group(ctx, group, GroupAction::View).await?;
    Ok(ctx.tx.group_announcements().list(group).await?)
}

/// One announcement.
pub async fn require_announcement(ctx: &mut Ctx, group: GroupId, id: i64) -> Result<AnnouncementRow, GroupError> {
    require_group(ctx, group, GroupAction::View).await?;
    ctx.tx.group_announcements().find(group, id).await?.ok_or(GroupError::AnnouncementNotFound)
}

/// The newest announcement.
pub async fn require_last_announcement(ctx: &mut Ctx, group: GroupId) -> Result<AnnouncementRow, GroupError> {
    require_group(ctx, group, GroupAction::View).await?;
    ctx.tx.group_announcements().find_last(group).await?.ok_or(GroupError::AnnouncementNotFound)
}
