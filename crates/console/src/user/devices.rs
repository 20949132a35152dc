//! The devices of a user.

use axum::Json;
use axum::extract::{Path, State};
use cerulean_accounts::{SignedInDevice, list_devices_of};
use cerulean_http_kit::{Problem, ProblemReply};
use cerulean_types::{Code, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{AppAdmin, Console};

/// A device that a user is signed in with.
#[derive(Serialize, ToSchema)]
pub struct UserDevice {
    device_sn: u32,
    /// 1 iOS, 2 Android, 3 Windows, 4 macOS, 5 Linux, 6 web, 0 unknown.
    platform: i32,
    /// What the installation says of itself.
    user_agent: String,
    /// Whether pushes can reach it.
    has_push: bool,
    /// Milliseconds: when it first came.
    created_at: i64,
    /// Milliseconds: when it signed in with the newest of its tokens.
    signed_in_at: i64,
    /// Milliseconds: when it last connected, exact to an hour. It may be connected since.
    last_seen_at: i64,
}

/// All of them; there is no further page.
#[derive(Serialize, ToSchema)]
pub struct UserDevices {
    items: Vec<UserDevice>,
    next_cursor: Option<String>,
}

impl From<SignedInDevice> for UserDevice {
    fn from(device: SignedInDevice) -> Self {
        Self {
            device_sn: device.row.sn.0,
            platform: device.row.platform,
            user_agent: device.row.info,
            has_push: device.row.push.is_some(),
            created_at: device.row.created_at,
            signed_in_at: device.signed_in_at,
            last_seen_at: device.row.last_login,
        }
    }
}

/// `GET /console/v1/users/{user}/devices`
pub async fn list(
    State(console): State<Console>,
    admin: AppAdmin,
    Path(user): Path<u64>,
) -> ProblemReply<Json<UserDevices>> {
    let user = UserId::parse(user).map_err(|_| Problem::new(Code::UserNotFound, Code::UserNotFound.text()))?;
    let ctx = console.read(&admin).await?;
    let items = list_devices_of(&ctx, user).await?.into_iter().map(UserDevice::from).collect();
    Ok(Json(UserDevices { items, next_cursor: None }))
}
