//! `/app/*`, discovery and health: what clients ask before or beside a sign-in.

mod config;
mod discovery;
mod health;
mod qr_login;
mod secret;
mod user;

pub(crate) use discovery::base_url;

use axum::Router;
use axum::routing::{any, get};
use cerulean_http_kit::ApiError;
use cerulean_types::Code;

use crate::Rest;

/// Captchas, phone codes and other companies' accounts: features this server does not have. Clients take the code for "off".
const ABSENT: [&str; 20] = [
    "/app/captcha/image",
    "/app/captcha/sms",
    "/app/captcha/sms_web",
    "/app/user/info_pwd",
    "/app/user/mobile_bind",
    "/app/user/mobile_bind_with_sign",
    "/app/user/mobile_update",
    "/app/user/mobile_prechange_by_password",
    "/app/user/mobile_prechange_by_mobile",
    "/app/user/mobile_change",
    "/app/user_verification",
    "/app/user_verification_by_mobile",
    "/app/official_account/qrcode",
    "/app/official_account/qrcode_status",
    "/app/official_account/login",
    "/app/official_account/is_bind",
    "/app/wechat_login",
    "/app/wechat/bind",
    "/app/wechat/unbind",
    "/app/wechat/is_bind",
];

/// Routes of the app level.
pub fn routes() -> Router<Rest> {
    let router = Router::new()
        .route("/v2/app_dns", get(discovery::addresses))
        .route("/api/health", get(health::check))
        .route("/app/config", get(config::read))
        .route("/app/support_staff", get(user::support_staff))
        .route("/app/user/name_check", get(user::name_check))
        .route("/app/qr_code", get(qr_login::show))
        .route("/app/qr_login", get(qr_login::check))
        .route("/app/secret_info", get(secret::take).post(secret::keep));
    ABSENT.iter().fold(router, |router, path| router.route(path, any(feature_off)))
}

async fn feature_off() -> ApiError {
    ApiError::of(Code::FeatureOff)
}
