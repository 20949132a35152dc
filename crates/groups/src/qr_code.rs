//! QR codes that bring their scanner into a group. They are signed, not stored.

use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::StorageError;
use cerulean_types::{GroupId, Millis, UserId};

use crate::access::{require_acting_user, require_locked, require_standing};
use crate::join::{admit, check_kicks, require_candidate};
use crate::{GroupAction, GroupError, REQUEST_MS, Role, require_group};

const PURPOSE: &str = "group qr code";

/// A signed invitation to whoever scans it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// What the picture says.
    pub text: String,
    /// Whose right to invite it is worth.
    pub maker: UserId,
    /// When it was made.
    pub created_at: Millis,
    /// From when on it is void.
    pub expires_at: Millis,
}

/// Makes a QR code for a group. It is worth what its maker's right to invite is worth when it is scanned.
pub async fn sign_qr_code(ctx: &mut Ctx, group: GroupId) -> Result<QrCode, GroupError> {
    let access = require_group(ctx, group, GroupAction::View).await?;
    GroupAction::Invite.check(&access.group, access.role)?;
    let created_at = ctx.now();
    let expires_at = created_at + REQUEST_MS;
    let text = write_qr_code(ctx, group, access.user, expires_at)?;
    Ok(QrCode { text, maker: access.user, created_at, expires_at })
}

/// Writes a code again that its maker was allowed to make, as a signed link tells. His right is looked at again when it is scanned.
pub fn write_qr_code(ctx: &Ctx, group: GroupId, maker: UserId, expires_at: Millis) -> Result<String, GroupError> {
    let claim = format!("{group}.{maker}.{expires_at}");
    let tag = ctx.platform.vault.sign(ctx.app(), PURPOSE, claim.as_bytes()).map_err(StorageError::from)?;
    Ok(format!("{claim}.{}", encode_hex(&tag)))
}

/// The group that a code leads into, without going there.
pub async fn open_qr_code(ctx: &Ctx, text: &str) -> Result<GroupId, GroupError> {
    let (group, _) = read(ctx, text)?;
    require_standing(ctx, group).await?;
    Ok(group)
}

/// Brings the acting user into the group of a QR code.
pub async fn join_by_qr_code(ctx: &mut Ctx, text: &str) -> Result<GroupId, GroupError> {
    let user = require_acting_user(ctx).await?;
    let (id, inviter) = read(ctx, text)?;
    let group = require_locked(ctx, id).await?;
    let maker = ctx.tx.group_members().find(id, inviter).await?.ok_or(GroupError::BadQrCode)?;
    GroupAction::Invite.check(&group, Role::of(&maker)).map_err(|_| GroupError::BadQrCode)?;
    require_candidate(ctx, &group, None, user).await?;
    check_kicks(ctx, id, user).await?;
    admit(ctx, &group, &[user]).await?;
    ctx.notify(Notice::group(Type::InviteAccepted, id, user, &[inviter], ""));
    Ok(id)
}

fn read(ctx: &Ctx, text: &str) -> Result<(GroupId, UserId), GroupError> {
    let (claim, tag) = text.rsplit_once('.').ok_or(GroupError::BadQrCode)?;
    let tag = decode_hex(tag).ok_or(GroupError::BadQrCode)?;
    let vault = &ctx.platform.vault;
    if !vault.verify(ctx.app(), PURPOSE, claim.as_bytes(), &tag).map_err(StorageError::from)? {
        return Err(GroupError::BadQrCode);
    }
    let mut parts = claim.split('.').map(str::parse::<u64>);
    let (Some(Ok(group)), Some(Ok(inviter)), Some(Ok(expires_at))) = (parts.next(), parts.next(), parts.next()) else {
        return Err(GroupError::BadQrCode);
    };
    if expires_at as Millis <= ctx.now() {
        return Err(GroupError::ExpiredQrCode);
    }
    let group = GroupId::parse(group).map_err(|_| GroupError::BadQrCode)?;
    let inviter = UserId::parse(inviter).map_err(|_| GroupError::BadQrCode)?;
    Ok((group, inviter))
}

fn encode_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || text.len() % 2 == 1 {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
