//! Devices of the acting user.

use std::collections::HashMap;

use cerulean_bus::{BusEvent, SessionsOf};
use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::user_notice::Type;
use cerulean_storage::StorageError;
use cerulean_storage::device::{DeviceRow, PushAddress};
use cerulean_types::{DeviceSn, Millis, UserId};

use crate::{AccountError, announce_revoked, require_self};

/// Longest push token or notifier name, in bytes.
const PUSH_BYTES: usize = 4096;

/// A device that somebody is signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInDevice {
    /// The device.
    pub row: DeviceRow,
    /// When it came with the newest of its tokens, in milliseconds.
    pub signed_in_at: Millis,
}

/// The devices the acting user is signed in with, by number.
pub async fn list_devices(ctx: &Ctx) -> Result<Vec<SignedInDevice>, AccountError> {
    let user = ctx.require_user()?;
    signed_in(ctx, user).await
}

/// The devices a user is signed in with, by number. Only for the administrator.
pub async fn list_devices_of(ctx: &Ctx, user: UserId) -> Result<Vec<SignedInDevice>, AccountError> {
    ctx.require_admin()?;
    ctx.tx.users().find_state(user).await?.ok_or(AccountError::UserNotFound)?;
    signed_in(ctx, user).await
}

async fn signed_in(ctx: &Ctx, user: UserId) -> Result<Vec<SignedInDevice>, AccountError> {
    let times: HashMap<DeviceSn, Millis> =
        ctx.tx.tokens().signed_in_devices(user, ctx.now()).await?.into_iter().collect();
    let devices = ctx.tx.devices().list(user).await?.into_iter();
    Ok(devices.filter_map(|row| Some(SignedInDevice { signed_in_at: *times.get(&row.sn)?, row })).collect())
}

/// Puts a device out, or all of them: its tokens are revoked and its connections end. It may sign in again.
pub async fn kick_device(ctx: &mut Ctx, device: Option<DeviceSn>) -> Result<(), AccountError> {
    let user = require_self(ctx).await?.id;
    let Some(sn) = device else {
        let tokens = ctx.tx.tokens().delete_of_user(user, None).await?;
        announce_revoked(ctx, user, tokens).await?;
        let notice = Some(Type::KickedByOtherDevice as i32);
        ctx.emit(BusEvent::EndSessions { app: ctx.app(), user, which: SessionsOf::All, notice });
        return Ok(());
    };
    let row = ctx.tx.devices().find(user, sn).await?.ok_or(AccountError::DeviceNotFound)?;
    Ok(put_out(ctx, &row, Type::KickedByOtherDevice, None).await?)
}

/// Puts a device out and forgets it; if it comes again it is a new one.
pub async fn remove_device(ctx: &mut Ctx, device: DeviceSn) -> Result<(), AccountError> {
    let user = require_self(ctx).await?.id;
    let row = ctx.tx.devices().find(user, device).await?.ok_or(AccountError::DeviceNotFound)?;
    put_out(ctx, &row, Type::DeviceRemoved, None).await?;
    ctx.tx.devices().delete(user, device).await?;
    Ok(())
}

/// Revokes every token a device uses, ends its connections with a reason, and tells the user's other devices if it was signed in.
///
/// Where another device comes in its place with a token they share, that token is kept.
pub(crate) async fn put_out(
    ctx: &mut Ctx,
    device: &DeviceRow,
    reason: Type,
    kept_token: Option<i64>,
) -> Result<(), StorageError> {
    let (user, sn) = (device.user, device.sn);
    let signed_in = ctx.tx.tokens().signed_in_devices(user, ctx.now()).await?;
    let tokens = ctx.tx.tokens().delete_of_device(user, sn, kept_token).await?;
    announce_revoked(ctx, user, tokens).await?;
    let notice = Some(reason as i32);
    ctx.emit(BusEvent::EndSessions { app: ctx.app(), user, which: SessionsOf::Device(sn), notice });
    tell_signed_out(ctx, user, &signed_in).await
}

/// Tells a user's devices of those that were signed in and are not any more: a token may have served several. Where none is left, there is
/// nobody to be told.
pub(crate) async fn tell_signed_out(
    ctx: &mut Ctx,
    user: UserId,
    before: &[(DeviceSn, Millis)],
) -> Result<(), StorageError> {
    let left = ctx.tx.tokens().signed_in_devices(user, ctx.now()).await?;
    for (sn, _) in before.iter().filter(|(sn, _)| left.iter().all(|(other, _)| other != sn)) {
        if let Some(row) = ctx.tx.devices().find(user, *sn).await? {
            tell_others(ctx, user, *sn, row.platform, Type::DeviceLogout);
        }
    }
    Ok(())
}

/// Tells a user's other devices what became of one of them. Kinds that end a session are never told like this: they would end the wrong one.
pub(crate) fn tell_others(ctx: &mut Ctx, user: UserId, sn: DeviceSn, platform: i32, kind: Type) {
    let content = serde_json::json!({"device_sn": sn.0, "platform": platform}).to_string();
    ctx.notify(Notice::user(user, kind, &content).not_to(sn));
}

/// Sets where pushes for a device go.
pub async fn bind_push(ctx: &Ctx, device: DeviceSn, address: PushAddress) -> Result<(), AccountError> {
    let user = ctx.require_user()?;
    for (field, text) in [("device_token", &address.device_token), ("notifier_name", &address.notifier_name)] {
        if text.is_empty() || text.len() > PUSH_BYTES {
            return Err(AccountError::BadField { field, reason: format!("it must have 1 to {PUSH_BYTES} bytes") });
        }
    }
    ctx.tx.devices().find(user, device).await?.ok_or(AccountError::DeviceNotFound)?;
    Ok(ctx.tx.devices().set_push(user, device, Some(&address)).await?)
}

/// Stops pushes for a device.
pub async fn unbind_push(ctx: &Ctx, device: DeviceSn) -> Result<(), AccountError> {
    let user = ctx.require_user()?;
    ctx.tx.devices().find(user, device).await?.ok_or(AccountError::DeviceNotFound)?;
    Ok(ctx.tx.devices().set_push(user, device, None).await?)
}
