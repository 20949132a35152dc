//! Sign-in by a picture, as the device sees it that is signed in already.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::NoContent;
use cerulean_accounts::{confirm_qr_login, refuse_qr_login, scan_qr_login};
use cerulean_http_kit::ProblemReply;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Caller, Rest};

/// What the user is asked about.
#[derive(Serialize, ToSchema)]
pub struct QrLoginQuestion {
    user_agent: String,
    /// Absent where the server does not know it.
    address: Option<String>,
    /// Milliseconds since the epoch.
    created_at: i64,
    /// Milliseconds since the epoch.
    expires_at: i64,
}

/// `POST /client/v1/qr-login/{code}/scan`
pub async fn scan(
    State(rest): State<Rest>,
    caller: Caller,
    Path(code): Path<String>,
) -> ProblemReply<Json<QrLoginQuestion>> {
    let ctx = rest.write(&caller).await?;
    let asked = scan_qr_login(&ctx, &code).await?;
    ctx.commit().await?;
    Ok(Json(QrLoginQuestion {
        user_agent: asked.browser.user_agent,
        address: asked.browser.address.map(|address| address.to_string()),
        created_at: asked.created_at,
        expires_at: asked.expires_at,
    }))
}

/// `POST /client/v1/qr-login/{code}/confirm`
pub async fn confirm(State(rest): State<Rest>, caller: Caller, Path(code): Path<String>) -> ProblemReply<NoContent> {
    let ctx = rest.write(&caller).await?;
    confirm_qr_login(&ctx, &code).await?;
    ctx.commit().await?;
    Ok(NoContent)
}

/// `POST /client/v1/qr-login/{code}/refuse`
pub async fn refuse(State(rest): State<Rest>, caller: Caller, Path(code): Path<String>) -> ProblemReply<NoContent> {
    let ctx = rest.write(&caller).await?;
    refuse_qr_login(&ctx, &code).await?;
    ctx.commit().await?;
    Ok(NoContent)
}
