//! `/app/*`, discovery and health: what clients ask before or beside a sign-in.

mod config;
mod discovery;
mod health;
mod qr_login;
mod secret;
mod user;

pub(crate) use discovery::base_url;

use cerulean_http_kit::ApiError;
use cerulean_http_kit::api::{Api, get, get_or_post, post};
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

/// Links and sign-ins of another company's mini programs: off here as well.
const MINI_PROGRAMS: [&str; 2] = ["/app/generate_url_link", "/user/bind_openid"];

/// Routes of the app level.
pub fn routes() -> Api<Rest> {
    let api = Api::new("app")
        .route("/v2/app_dns", get(discovery::addresses, "Where an app's servers are").refuses(&[Code::UnknownApp]))
        .route("/api/health", get(health::check, "Whether the server answers").answers::<health::Health>())
        .route("/app/config", get(config::read, "What clients configure themselves by"))
        .route("/app/support_staff", get(user::support_staff, "Users who help others"))
        .route("/app/user/name_check", get(user::name_check, "Whether a name can be registered"))
        .route("/app/qr_code", get(qr_login::show, "A picture that a device scans to sign this one in"))
        .route(
            "/app/qr_login",
            get(qr_login::check, "Whether the picture was confirmed, and then how to sign in")
                .refuses(&[Code::FeatureOff]),
        )
        .route("/app/secret_info", get(secret::take, "Fetches a text that was kept, once").refuses(&[Code::FeatureOff]))
        .route("/app/secret_info", post(secret::keep, "Keeps a text that is handed over once"));
    ABSENT.iter().chain(&MINI_PROGRAMS).fold(api, |api, path| {
        api.route(path, get_or_post(feature_off, "A feature that is off here").refuses(&[Code::FeatureOff]))
    })
}

async fn feature_off() -> ApiError {
    ApiError::of(Code::FeatureOff)
}
