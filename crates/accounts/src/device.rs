//! Devices of the acting user.

use cerulean_bus::{BusEvent, SessionsOf};
use cerulean_delivery::Ctx;
use cerulean_proto::pb;
use cerulean_storage::StorageError;
use cerulean_storage::device::{DeviceRow, PushAddress};
use cerulean_types::{DeviceSn, UserId};

use crate::{AccountError, announce_revoked, require_self};

/// Longest push token or notifier name, in bytes.
const PUSH_BYTES: usize = 4096;

/// The devices of the acting user, by number.
pub async fn list_devices(ctx: &Ctx) -> Result<Vec<DeviceRow>, AccountError> {
    let user = ctx.require_user()?;
    Ok(ctx.tx.devices().list(user).await?)
}

/// Puts a device out, or all of them: its tokens are revoked and its connections end. It may sign in again.
pub async fn kick_device(ctx: &mut Ctx, device: Option<DeviceSn>) -> Result<(), AccountError> {
    let user = require_self(ctx).await?.id;
    let tokens = match device {
        Some(sn) => {
            ctx.tx.devices().find(user, sn).await?.ok_or(AccountError::DeviceNotFound)?;
            ctx.tx.tokens().delete_of_device(user, sn).await?
        }
        None => ctx.tx.tokens().delete_of_user(user, None).await?,
    };
    announce_revoked(ctx, user, tokens).await?;
    let which = device.map_or(SessionsOf::All, SessionsOf::Device);
    let notice = Some(pb::user_notice::Type::KickedByOtherDevice as i32);
    ctx.emit(BusEvent::EndSessions { app: ctx.app(), user, which, notice });
    Ok(())
}

/// Puts a device out and forgets it; if it comes again it is a new one.
pub async fn remove_device(ctx: &mut Ctx, device: DeviceSn) -> Result<(), AccountError> {
    let user = require_self(ctx).await?.id;
    if !ctx.tx.devices().delete(user, device).await? {
        return Err(AccountError::DeviceNotFound);
    }
    let tokens = ctx.tx.tokens().delete_of_device(user, device).await?;
    announce_revoked(ctx, user, tokens).await?;
    let notice = Some(pb::user_notice::Type::DeviceRemoved as i32);
    ctx.emit(BusEvent::EndSessions { app: ctx.app(), user, which: SessionsOf::Device(device), notice });
    Ok(())
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

/// Revokes the tokens a device used last, with the events that go with it.
pub(crate) async fn revoke_tokens_of_device(ctx: &mut Ctx, user: UserId, device: DeviceSn) -> Result<(), StorageError> {
    let app = ctx.app();
    for token in ctx.tx.tokens().delete_of_device(user, device).await? {
        ctx.emit(BusEvent::TokenRevoked { app, token });
    }
    Ok(())
}
