//! The caller's devices, with when each signed in and was last seen.

use axum::Json;
use axum::extract::State;
use cerulean_accounts::{SignedInDevice, list_devices};
use cerulean_http_kit::ProblemReply;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Caller, Rest};

/// A device that is signed in.
#[derive(Serialize, ToSchema)]
pub struct ClientDevice {
    device_sn: u32,
    /// 1 iOS, 2 Android, 3 Windows, 4 macOS, 5 Linux, 6 web, 0 unknown.
    platform: i32,
    /// What the installation says of itself.
    user_agent: String,
    /// Milliseconds: when it first came.
    created_at: i64,
    /// Milliseconds: when it signed in with the newest of its tokens.
    signed_in_at: i64,
    /// Milliseconds: when it last connected, exact to an hour. It may be connected since.
    last_seen_at: i64,
}

/// All of them; there is no further page.
#[derive(Serialize, ToSchema)]
pub struct ClientDevices {
    items: Vec<ClientDevice>,
    next_cursor: Option<String>,
}

impl From<SignedInDevice> for ClientDevice {
    fn from(device: SignedInDevice) -> Self {
        Self {
            device_sn: device.row.sn.0,
            platform: device.row.platform,
            user_agent: device.row.info,
            created_at: device.row.created_at,
            signed_in_at: device.signed_in_at,
            last_seen_at: device.row.last_login,
        }
    }
}

/// `GET /client/v1/devices`
pub async fn list(State(rest): State<Rest>, caller: Caller) -> ProblemReply<Json<ClientDevices>> {
    let ctx = rest.read(&caller).await?;
    let items = list_devices(&ctx).await?.into_iter().map(ClientDevice::from).collect();
    Ok(Json(ClientDevices { items, next_cursor: None }))
}
