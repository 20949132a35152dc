//! The log-in of a connection.

use std::sync::Arc;

use cerulean_delivery::{Ctx, SignedInDevice};
use cerulean_proto::pb::user_notice::Type;
use cerulean_storage::device::DeviceRow;
use cerulean_storage::token::TokenRow;
use cerulean_types::{Actor, AppId, DeviceSn, Millis, UserId};

use crate::accounts::{KnownToken, KnownUser};
use crate::device::{put_out, tell_others};
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
    /// When the token ends, in milliseconds.
    pub expires_at: Millis,
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
    let (token_no, expires_at) = (token.row.number, token.row.expires_at);
    Ok(Provisioned { app, user: arrival.user, device, token_no, expires_at })
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
    // Between the check of the token and here it may have been revoked, or the user removed. The lock makes two arrivals take turns, so
    // that they cannot both take the last place.
    if ctx.tx.users().find_for_update(arrival.user).await?.is_none()
        || ctx.tx.tokens().find(token.row.number).await?.is_none()
    {
        return Err(ProvisionError::InvalidToken);
    }
    let guid = ctx.tx.devices().guid_index(arrival.user, &arrival.guid)?;
    let known = ctx.tx.devices().find_by_guid(arrival.user, &guid).await?;
    let devices = ctx.tx.devices().list(arrival.user).await?;
    let is_first = devices.is_empty();
    let is_news = make_place(&mut ctx, arrival, token.row.number, known.as_ref(), &devices).await?;
    let sn = if let Some(row) = known {
        ctx.tx.devices().touch(arrival.user, row.sn, arrival.platform, &arrival.info, arrival.now).await?;
        if is_news && devices.len() > 1 {
            tell_others(&mut ctx, arrival.user, row.sn, arrival.platform, Type::DeviceLogin);
        }
        row.sn
    } else {
        forget_oldest(&mut ctx, token.row.number, &devices).await?;
        let sn = DeviceSn(ctx.tx.users().next_device_sn(arrival.user).await?);
        ctx.tx.devices().insert(&fresh_device(arrival, sn), &guid).await?;
        if !is_first {
            tell_others(&mut ctx, arrival.user, sn, arrival.platform, Type::DeviceAdded);
        }
        sn
    };
    ctx.tx.tokens().set_device(arrival.user, token.row.number, sn, arrival.now).await?;
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

/// Puts out the devices that the app's policy makes give way to one that was not signed in. Answers whether it was not.
async fn make_place(
    ctx: &mut Ctx,
    arrival: &Arrival,
    token_no: i64,
    arriving: Option<&DeviceRow>,
    devices: &[DeviceRow],
) -> Result<bool, ProvisionError> {
    let signed_in = ctx.tx.tokens().signed_in_devices(arrival.user, arrival.now).await?;
    let arriving = arriving.map(|row| row.sn);
    if signed_in.iter().any(|(sn, _)| Some(*sn) == arriving) {
        return Ok(false);
    }
    let present: Vec<_> = devices
        .iter()
        .filter_map(|row| {
            let (_, since) = signed_in.iter().find(|(sn, _)| *sn == row.sn)?;
            Some(SignedInDevice { sn: row.sn, platform: row.platform, since: *since })
        })
        .collect();
    let leaving = ctx.settings.devices.make_room(&present, arrival.platform);
    for device in leaving.map_err(|full| ProvisionError::TooManyDevices { limit: full.limit })? {
        let Some(row) = devices.iter().find(|row| row.sn == device.sn) else { continue };
        put_out(ctx, row, Type::KickedByOtherDevice, Some(token_no)).await?;
    }
    Ok(true)
}

/// Forgets the device not seen for longest when there are too many to remember.
async fn forget_oldest(ctx: &mut Ctx, token_no: i64, devices: &[DeviceRow]) -> Result<(), ProvisionError> {
    if devices.len() < MAX_DEVICES {
        return Ok(());
    }
    if let Some(oldest) = devices.iter().min_by_key(|row| row.last_login) {
        put_out(ctx, oldest, Type::DeviceRemoved, Some(token_no)).await?;
        ctx.tx.devices().delete(oldest.user, oldest.sn).await?;
    }
    Ok(())
}
