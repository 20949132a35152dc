//! The list of shared files. The bytes are uploaded and downloaded elsewhere.

use cerulean_delivery::Ctx;
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group_file::GroupFileRow;
use cerulean_types::{GroupId, limits};
use serde_json::json;

use crate::error::{check_name, check_text};
use crate::notify::tell_members;
use crate::{Access, FILE_NAME_CHARS, GroupAction, GroupError, Role, require_group};

/// Shares an uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareFile {
    /// Group.
    pub group: GroupId,
    /// Name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Address for downloading.
    pub url: String,
    /// Type, in the uploader's words.
    pub content_type: String,
}

/// See [`ShareFile`].
pub async fn share_file(ctx: &mut Ctx, cmd: ShareFile) -> Result<GroupFileRow, GroupError> {
    let access = require_group(ctx, cmd.group, GroupAction::ShareFile).await?;
    check_file_name(&cmd.name)?;
    check_text("type", &cmd.content_type, FILE_NAME_CHARS)?;
    check_text("url", &cmd.url, limits::FREE_TEXT_CHARS)?;
    check_address(&cmd.url)?;
    let size = u64::try_from(cmd.size).map_err(|_| GroupError::bad("size", "is negative"))?;
    check_ending(ctx, &cmd.name)?;
    check_room(ctx, cmd.group, size).await?;
    let now = ctx.now();
    let row = GroupFileRow {
        id: ctx.tx.groups().next_number(cmd.group).await?,
        group: cmd.group,
        uploader: access.user,
        name: cmd.name,
        url: cmd.url,
        content_type: cmd.content_type,
        size,
        created_at: now,
        updated_at: now,
    };
    ctx.tx.group_files().insert(&row).await?;
    tell_members(ctx, Type::FileUploaded, &access, &[], &json!({ "file_id": row.id }).to_string());
    Ok(row)
}

fn check_file_name(name: &str) -> Result<(), GroupError> {
    check_name("name", name, FILE_NAME_CHARS)?;
    if name.trim().is_empty() || name.contains(['/', '\\', '\0']) {
        return Err(GroupError::bad("name", "is empty or names a path"));
    }
    Ok(())
}

/// Refuses kinds of files that the app does not want to be shared.
fn check_ending(ctx: &Ctx, name: &str) -> Result<(), GroupError> {
    let allowed = &ctx.settings.groups.shared_endings;
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    if allowed.is_empty() || allowed.contains(&ending) {
        return Ok(());
    }
    Err(GroupError::bad("name", format!("must end in one of: {}", allowed.join(", "))))
}

async fn check_room(ctx: &Ctx, group: GroupId, size: u64) -> Result<(), GroupError> {
    let (files, bytes) = (ctx.settings.groups.shared_files, ctx.settings.groups.shared_bytes);
    let used = ctx.tx.group_files().usage(group).await?;
    if used.files < files && used.bytes.saturating_add(size) <= bytes {
        return Ok(());
    }
    Err(GroupError::SharedFilesFull { files, bytes })
}

/// Members open the address, so it must not be a script.
fn check_address(url: &str) -> Result<(), GroupError> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_local = url.starts_with('/') && !url.starts_with("//");
    if is_web || is_local { Ok(()) } else { Err(GroupError::bad("url", "is no http or https address")) }
}

/// Renames a shared file: who shared it, or an admin.
pub async fn rename_file(ctx: &mut Ctx, group: GroupId, id: i64, name: &str) -> Result<(), GroupError> {
    let access = require_group(ctx, group, GroupAction::ShareFile).await?;
    check_file_name(name)?;
    check_ending(ctx, name)?;
    let file = ctx.tx.group_files().find(group, id).await?.ok_or(GroupError::FileNotFound)?;
    if !may_change(&access, &file) {
        return Err(GroupError::FileForbidden);
    }
    let now = ctx.now();
    ctx.tx.group_files().set_name(group, id, name, now).await?;
    tell_members(ctx, Type::FileUpdated, &access, &[], &json!({ "file_id": id }).to_string());
    Ok(())
}

fn may_change(access: &Access, file: &GroupFileRow) -> bool {
    access.role >= Role::Admin || file.uploader == access.user
}

/// What became of one file of a list.
#[derive(Debug)]
pub struct FileOutcome {
    /// Number.
    pub id: i64,
    /// Done, or why not.
    pub result: Result<(), GroupError>,
}

/// Takes files off the list: who shared them, or an admin.
pub async fn remove_files(ctx: &mut Ctx, group: GroupId, ids: &[i64]) -> Result<Vec<FileOutcome>, GroupError> {
    let access = require_group(ctx, group, GroupAction::ShareFile).await?;
    if ids.len() > limits::BATCH_ITEMS {
        return Err(GroupError::bad("file_list", format!("has more than {} files", limits::BATCH_ITEMS)));
    }
    let files = ctx.tx.group_files().find_many(group, ids).await?;
    let mut outcomes = Vec::with_capacity(ids.len());
    let mut removed = Vec::new();
    for id in ids.iter().copied() {
        let result = match files.iter().find(|file| file.id == id) {
            None => Err(GroupError::FileNotFound),
            Some(file) if may_change(&access, file) => {
                removed.push(id);
                Ok(())
            }
            Some(_) => Err(GroupError::FileForbidden),
        };
        outcomes.push(FileOutcome { id, result });
    }
    ctx.tx.group_files().remove(group, &removed).await?;
    if !removed.is_empty() {
        tell_members(ctx, Type::FileDeleted, &access, &[], &json!({ "file_list": removed }).to_string());
    }
    Ok(outcomes)
}

/// Lists the shared files, oldest first.
pub async fn list_files(ctx: &mut Ctx, group: GroupId) -> Result<Vec<GroupFileRow>, GroupError> {
    require_group(ctx, group, GroupAction::View).await?;
    Ok(ctx.tx.group_files().list(group).await?)
}

/// One shared file.
pub async fn require_file(ctx: &mut Ctx, group: GroupId, id: i64) -> Result<GroupFileRow, GroupError> {
    require_group(ctx, group, GroupAction::View).await?;
    ctx.tx.group_files().find(group, id).await?.ok_or(GroupError::FileNotFound)
}
