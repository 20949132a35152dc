//! Sign-in by a picture, as the browser sees it. The device's side is in `client/qr_login.rs`.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use cerulean_accounts::{AskingBrowser, QrLoginStanding, check_qr_login, show_qr_login};
use cerulean_http_kit::{Params, Reply, ok};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::Address;
use crate::app::base_url;
use crate::{AppScope, Rest};

/// A picture to show. Old clients know the ticket by two names.
#[derive(Serialize, ToSchema)]
pub struct QrLoginPicture {
    qr_code: String,
    qrcode_id: String,
    /// What the picture says.
    url: String,
    /// Milliseconds since the epoch.
    expired: i64,
}

/// Which picture.
#[derive(Deserialize, ToSchema)]
pub struct QrLoginCheck {
    #[serde(alias = "qrcode_id")]
    qr_code: String,
}

/// How things stand; name and secret once somebody agreed.
#[derive(Serialize, ToSchema)]
pub struct QrLoginState {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

/// `GET /app/qr_code`
pub async fn show(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Address(address): Address,
    headers: HeaderMap,
) -> Reply<QrLoginPicture> {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let browser = AskingBrowser { user_agent: user_agent.to_owned(), address };
    let shown = show_qr_login(&rest.platform, app, browser).await?;
    let app_name = rest.platform.settings_of(app).await?.slug.clone();
    ok(QrLoginPicture {
        url: format!("{}/chat/?app_id={app_name}#qr_login={}", base_url(&rest, &headers), shown.code),
        qr_code: shown.ticket.clone(),
        qrcode_id: shown.ticket,
        expired: shown.expires_at,
    })
}

/// `GET /app/qr_login`, asked every second.
pub async fn check(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Params(call): Params<QrLoginCheck>,
) -> Reply<QrLoginState> {
    let standing = check_qr_login(&rest.platform, app, &call.qr_code).await?;
    let bare = |status| QrLoginState { status, username: None, password: None };
    ok(match standing {
        QrLoginStanding::Waiting => bare("waiting"),
        QrLoginStanding::Scanned => bare("scanned"),
        QrLoginStanding::Refused => bare("refused"),
        QrLoginStanding::Gone => bare("expired"),
        QrLoginStanding::Confirmed { username, secret } => {
            QrLoginState { status: "confirmed", username: Some(username), password: Some(secret) }
        }
    })
}
