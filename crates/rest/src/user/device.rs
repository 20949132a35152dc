//! Devices of the caller.

use axum::Json;
use axum::extract::State;
use cerulean_accounts::{list_devices, remove_device};
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_storage::device::{DeviceRow, PushAddress};
use cerulean_types::{Code, DeviceSn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ApiResult, Caller, Rest};

/// A device.
#[derive(Serialize, ToSchema)]
pub struct DeviceItem {
    device_sn: u32,
    /// 1 iOS, 2 Android, 3 Windows, 4 macOS, 5 Linux, 6 web.
    platform: i32,
    user_agent: String,
    user_id: u64,
}

/// The list has its cursor and version beside `data`; it is always complete.
#[derive(Serialize, ToSchema)]
pub struct DeviceList {
    code: u32,
    data: Vec<DeviceItem>,
    message: Option<String>,
    cursor: &'static str,
    version: i64,
}

/// One device.
#[derive(Deserialize, ToSchema)]
pub struct OneDevice {
    #[serde(deserialize_with = "lenient::number")]
    device_sn: i64,
}

/// One device, as the call that ends pushes names it.
#[derive(Deserialize, ToSchema)]
pub struct UnboundDevice {
    #[serde(rename = "deviceSn", alias = "device_sn", deserialize_with = "lenient::number")]
    device_sn: i64,
}

/// One device, or all.
#[derive(Deserialize, ToSchema)]
pub struct KickDevice {
    #[serde(default, deserialize_with = "lenient::opt_number")]
    device_sn: Option<i64>,
}

/// Where pushes for a device go.
#[derive(Deserialize, ToSchema)]
pub struct PushBinding {
    #[serde(deserialize_with = "lenient::number")]
    device_sn: i64,
    device_token: String,
    notifier_name: String,
}

fn sn_of(number: i64) -> ApiResult<DeviceSn> {
    match u32::try_from(number) {
        Ok(sn) if sn > 0 => Ok(DeviceSn(sn)),
        _ => Err(ApiError::new(Code::BadParameter, "bad device_sn: it must be the number of a device, from 1")),
    }
}

/// `GET /user/device/list`
pub async fn list(State(rest): State<Rest>, caller: Caller) -> ApiResult<Json<DeviceList>> {
    let ctx = rest.read(&caller).await?;
    let rows: Vec<DeviceRow> = list_devices(&ctx).await?.into_iter().map(|device| device.row).collect();
    let version = rows.iter().map(|row| row.last_login).max().unwrap_or(0);
    let data = rows
        .into_iter()
        .map(|row| DeviceItem {
            device_sn: row.sn.0,
            platform: row.platform,
            user_agent: row.info,
            user_id: row.user.get(),
        })
        .collect();
    Ok(Json(DeviceList { code: Code::Ok.number(), data, message: None, cursor: "", version }))
}

/// `POST /user/kick`: without `device_sn` all devices.
pub async fn kick(State(rest): State<Rest>, caller: Caller, Params(call): Params<KickDevice>) -> Reply<bool> {
    let device = call.device_sn.map(sn_of).transpose()?;
    let mut ctx = rest.write(&caller).await?;
    cerulean_accounts::kick_device(&mut ctx, device).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST /user/device/remove`
pub async fn remove(State(rest): State<Rest>, caller: Caller, Params(call): Params<OneDevice>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    remove_device(&mut ctx, sn_of(call.device_sn)?).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST /user/token/bind`
pub async fn bind_push(State(rest): State<Rest>, caller: Caller, Params(call): Params<PushBinding>) -> Reply<bool> {
    let ctx = rest.write(&caller).await?;
    let address = PushAddress { device_token: call.device_token, notifier_name: call.notifier_name };
    cerulean_accounts::bind_push(&ctx, sn_of(call.device_sn)?, address).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST /user/token/unbind`
pub async fn unbind_push(State(rest): State<Rest>, caller: Caller, Params(call): Params<UnboundDevice>) -> Reply<bool> {
    let ctx = rest.write(&caller).await?;
    cerulean_accounts::unbind_push(&ctx, sn_of(call.device_sn)?).await?;
    ctx.commit().await?;
    ok(true)
}
