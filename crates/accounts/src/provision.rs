//! The log-in of a connection.

use std::sync::Arc;

use cerulean_bus::{BusEvent, SessionsOf};
use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb;
use cerulean_storage::device::DeviceRow;
use cerulean_storage::token::TokenRow;
use cerulean_types::{Actor, AppId, DeviceSn, Millis, UserId};

use crate::accounts::{KnownToken, KnownUser};
use crate::{Accounts, ProvisionError};

/// Devices one user may have; the one not seen for longest makes room.
const MAX_DEVICES: usize = 100;
/// Devices of one user kept in memory.
const MAX_KNOWN_DEVICES: usize = 16;
/// Longest name an installation may have for itself, in bytes.
const MAX_GUID_BYTES: usize = 256;
/// What is kept of the text an installation describes itself with, in characters.
const MAX_INFO_CHARS: usize = 512;
/// How exact `last_login` is.
const LAST_LOGIN_MS: Millis = 3_600_000;

/// What a client says when it connects. Not `Debug`: it holds a token.
#[derive(Clone)]
pub struct ProvisionRequest {
    /// The user it claims to be.
    pub user_id: UserId,
    /// Its token.
    pub token: String,
    /// The installation's name for itself; may be empty.
    pub device_guid: String,
    /// `Provision.os_type`: 1 iOS, 2 Android, 3 Windows, 4 macOS, 5 Linux, 6 web.
    pub os_type: i32,
    /// Free text about the installation.
    pub device_info: String,
}

/// A connection that may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provisioned {
    /// App.
    pub app: AppId,
    /// User.
    pub user: UserId,
    /// Number of the device: stable for the installation.
    pub device: DeviceSn,
    /// Number of the token.
    pub token_no: i64,
}

/// A device that has connected since this node remembers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownDevice {
    sn: DeviceSn,
    /// Digest of guid, platform and description: any change is written down.
    print: [u8; 32],
    token_no: i64,
    seen_at: Millis,
}

/// A request with its texts bounded.
struct Arrival {
    user: UserId,
    guid: String,
    platform: i32,
    info: String,
    now: Millis,
}

impl Arrival {
    fn read(request: &ProvisionRequest, token_no: i64, now: Millis) -> Self {
        let guid = match request.device_guid.as_str() {
            "" => format!("token:{token_no}"),
            guid => guid.to_owned(),
        };
        let info = request.device_info.chars().take(MAX_INFO_CHARS).collect();
        let platform = if (1..=6).contains(&request.os_type) { request.os_type } else { 0 };
        Self { user: request.user_id, guid, platform, info, now }
    }

    fn print(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(self.guid.len() as u64).to_be_bytes());
        hasher.update(self.guid.as_bytes());
        hasher.update(&self.platform.to_be_bytes());
        hasher.update(self.info.as_bytes());
        *hasher.finalize().as_bytes()
    }
}

/// Logs a connection in: checks the token and finds or adds the device. The second time the same device comes with the same token, the
/// database is not asked.
pub async fn provision(accounts: &Accounts, request: &ProvisionRequest) -> Result<Provisioned, ProvisionError> {
    let (app, token) = accounts.check_token(&request.token, None).await?;
    if token.row.user != Some(request.user_id) || request.device_guid.len() > MAX_GUID_BYTES {
        return Err(ProvisionError::InvalidToken);
    }
    let arrival = Arrival::read(request, token.row.number, accounts.platform.clock.now());
    let user = accounts.user(app, arrival.user).await?.ok_or(ProvisionError::InvalidToken)?;
    let print = arrival.print();
    let device = if let Some(device) = recall(&user, &print, &token.row, arrival.now) {
        device
    } else {
        let device = settle(accounts, app, &arrival, &token).await?;
        token.set_device(device);
        remember(&user, KnownDevice { sn: device, print, token_no: token.row.number, seen_at: arrival.now });
        device
    };
    Ok(Provisioned { app, user: arrival.user, device, token_no: token.row.number })
}

fn recall(user: &KnownUser, print: &[u8; 32], token: &TokenRow, now: Millis) -> Option<DeviceSn> {
    let devices = user.devices.lock();
    let known = devices.iter().find(|device| device.print == *print && device.token_no == token.number)?;
    (now - known.seen_at < LAST_LOGIN_MS).then_some(known.sn)
}

fn remember(user: &Arc<KnownUser>, device: KnownDevice) {
    let mut devices = user.devices.lock();
    devices.retain(|known| known.sn != device.sn);
    if devices.len() >= MAX_KNOWN_DEVICES {
        devices.remove(0);
    }
    devices.push(device);
}

/// Finds the device, writing only what is new.
async fn settle(
    accounts: &Accounts,
    app: AppId,
    arrival: &Arrival,
    token: &KnownToken,
) -> Result<DeviceSn, ProvisionError> {
    let reading = accounts.platform.db.read(app).await?;
    let guid = reading.devices().guid_index(arrival.user, &arrival.guid)?;
    if token.row.guid.as_ref().is_some_and(|bound| *bound != guid) {
        return Err(ProvisionError::InvalidToken);
    }
    if let Some(row) = reading.devices().find_by_guid(arrival.user, &guid).await? {
        let is_current = row.platform == arrival.platform
            && row.info == arrival.info
            && arrival.now - row.last_login < LAST_LOGIN_MS
            && token.device() == row.sn;
        if is_current {
            return Ok(row.sn);
        }
    }
    drop(reading);
    match write_device(accounts, app, arrival, token).await {
        // Two connections of one new installation met on two nodes; the other one has added it.
        Err(ProvisionError::Storage(error)) if error.is_duplicate() => {
            write_device(accounts, app, arrival, token).await
        }
        outcome => outcome,
    }
}

async fn write_device(
    accounts: &Accounts,
    app: AppId,
    arrival: &Arrival,
    token: &KnownToken,
) -> Result<DeviceSn, ProvisionError> {
    let actor = Actor::User { id: arrival.user, device: token.device() };
    let mut ctx = accounts.platform.ctx(app, actor).await?;
    // Between the check of the token and here it may have been revoked, or the user removed.
    if ctx.tx.users().find_state(arrival.user).await?.is_none()
        || ctx.tx.tokens().find(token.row.number).await?.is_none()
    {
        return Err(ProvisionError::InvalidToken);
    }
    let guid = ctx.tx.devices().guid_index(arrival.user, &arrival.guid)?;
    let sn = if let Some(row) = ctx.tx.devices().find_by_guid(arrival.user, &guid).await? {
        ctx.tx.devices().touch(arrival.user, row.sn, arrival.platform, &arrival.info, arrival.now).await?;
        row.sn
    } else {
        let existing = make_room(&mut ctx, arrival.user).await?;
        let sn = DeviceSn(ctx.tx.users().next_device_sn(arrival.user).await?);
        ctx.tx.devices().insert(&fresh_device(arrival, sn), &guid).await?;
        if existing > 0 {
            ctx.notify(Notice::user(arrival.user, pb::user_notice::Type::DeviceAdded, "").not_to(sn));
        }
        sn
    };
    if token.device() != sn {
        ctx.tx.tokens().set_device(token.row.number, sn).await?;
    }
    ctx.commit().await?;
    Ok(sn)
}

fn fresh_device(arrival: &Arrival, sn: DeviceSn) -> DeviceRow {
    DeviceRow {
        user: arrival.user,
        sn,
        platform: arrival.platform,
        info: arrival.info.clone(),
        push: None,
        last_login: arrival.now,
        created_at: arrival.now,
    }
}

/// Forgets the device not seen for longest when there are too many; answers how many there are.
async fn make_room(ctx: &mut Ctx, user: UserId) -> Result<usize, ProvisionError> {
    let devices = ctx.tx.devices().list(user).await?;
    let count = devices.len();
    if count < MAX_DEVICES {
        return Ok(count);
    }
    if let Some(oldest) = devices.into_iter().min_by_key(|row| row.last_login) {
        ctx.tx.devices().delete(user, oldest.sn).await?;
        crate::device::revoke_tokens_of_device(ctx, user, oldest.sn).await?;
        let notice = Some(pb::user_notice::Type::DeviceRemoved as i32);
        ctx.emit(BusEvent::EndSessions { app: ctx.app(), user, which: SessionsOf::Device(oldest.sn), notice });
    }
    Ok(count)
}
