//! QR codes that bring their scanner into a group.

use axum::extract::State;
use cerulean_http_kit::{Params, Reply, ok};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::params::OneGroup;
use crate::{Caller, Rest};

/// A code, as the server API names its fields.
#[derive(Serialize, ToSchema)]
pub struct GroupQrCode {
    qr_info: String,
    create_at: i64,
    expire_at: i64,
}

/// `GET /group/qrcode/sign`
pub async fn sign(State(rest): State<Rest>, caller: Caller, Params(which): Params<OneGroup>) -> Reply<GroupQrCode> {
    let mut ctx = rest.read(&caller).await?;
    let code = cerulean_groups::sign_qr_code(&mut ctx, which.id()?).await?;
    ok(GroupQrCode { qr_info: code.text, create_at: code.created_at, expire_at: code.expires_at })
}

/// A code, as the app-level call names its fields.
#[derive(Serialize, ToSchema)]
pub struct AppQrCode {
    qr_info: String,
    expired: i64,
}

/// `GET /app/qrcode/group_sign`
pub async fn app_sign(State(rest): State<Rest>, caller: Caller, Params(which): Params<OneGroup>) -> Reply<AppQrCode> {
    let mut ctx = rest.read(&caller).await?;
    let code = cerulean_groups::sign_qr_code(&mut ctx, which.id()?).await?;
    ok(AppQrCode { qr_info: code.text, expired: code.expires_at })
}

/// A scanned code.
#[derive(Deserialize, ToSchema)]
pub struct ScannedCode {
    qr_info: String,
}

/// What the code led to.
#[derive(Serialize, ToSchema)]
pub struct JoinedGroup {
    group_id: u64,
}

/// `POST /group/qrcode/invite`, `GET /app/qrcode/group_invite`
pub async fn invite(
    State(rest): State<Rest>,
    caller: Caller,
    Params(scanned): Params<ScannedCode>,
) -> Reply<JoinedGroup> {
    let mut ctx = rest.write(&caller).await?;
    let group = cerulean_groups::join_by_qr_code(&mut ctx, &scanned.qr_info).await?;
    ctx.commit().await?;
    ok(JoinedGroup { group_id: group.get() })
}
