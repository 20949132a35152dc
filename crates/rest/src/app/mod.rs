//! `/app/*`, discovery and health: what clients ask before or beside a sign-in.

mod captcha;
mod config;
mod discovery;
mod health;
mod link;
mod mobile;
mod qr_login;
mod secret;
mod user;

pub(crate) use discovery::base_url;

use cerulean_http_kit::ApiError;
use cerulean_http_kit::api::{Api, get, get_or_post, post};
use cerulean_types::Code;

use crate::Rest;

/// Other companies' accounts: features this server does not have. Clients take the code for "off".
const ABSENT: [&str; 8] = [
    "/app/official_account/qrcode",
    "/app/official_account/qrcode_status",
    "/app/official_account/login",
    "/app/official_account/is_bind",
    "/app/wechat_login",
    "/app/wechat/bind",
    "/app/wechat/unbind",
    "/app/wechat/is_bind",
];

/// The sign-in of another company's mini programs: off here as well.
const MINI_PROGRAMS: &str = "/user/bind_openid";
/// What is refused where a link is followed.
const FOLLOWING: &[Code] = &[
    Code::FeatureOff,
    Code::RateLimited,
    Code::UserNotFound,
    Code::BadGroupQrCode,
    Code::ExpiredGroupQrCode,
    Code::GroupNotFound,
];
/// What is refused where a code is sent or checked.
const CODES: &[Code] = &[
    Code::FeatureOff,
    Code::RateLimited,
    Code::WrongVerificationCode,
    Code::TooManyVerificationAttempts,
    Code::WrongPictureCode,
];
/// What is refused where a phone number is bound.
const BINDING: &[Code] = &[Code::MobileBound, Code::TooManyAccountsOnMobile];

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
        .route(
            "/app/generate_url_link",
            post(link::make, "Makes a short link to a user, a group or the app").refuses(&[
                Code::FeatureOff,
                Code::NotGroupMember,
                Code::NeedsGroupAdmin,
            ]),
        )
        .route("/info", get(link::info, "What a link or a QR code leads to").refuses(FOLLOWING))
        .route(
            "/l/{code}",
            get(link::open_in_messenger, "Follows a short link in a browser").answers_elsewhere().refuses(FOLLOWING),
        )
        .route("/app/secret_info", get(secret::take, "Fetches a text that was kept, once").refuses(&[Code::FeatureOff]))
        .route("/app/secret_info", post(secret::keep, "Keeps a text that is handed over once"));
    ABSENT.iter().chain([&MINI_PROGRAMS]).fold(codes(api), |api, path| {
        api.route(path, get_or_post(feature_off, "A feature that is off here").refuses(&[Code::FeatureOff]))
    })
}

async fn feature_off() -> ApiError {
    ApiError::of(Code::FeatureOff)
}

/// Pictures, codes by text message, and what they are good for.
fn codes(api: Api<Rest>) -> Api<Rest> {
    api.route("/app/captcha/image", post(captcha::make_picture, "Makes a picture of letters").refuses(CODES))
        .route(
            "/app/captcha/image",
            get(captcha::show_picture, "The picture itself").answers_file().refuses(&[Code::FeatureOff]),
        )
        .route(
            "/app/captcha/sms_web",
            get(captcha::send_with_picture, "Sends a code to a phone, for who can read the picture").refuses(CODES),
        )
        .route("/app/captcha/sms", get(captcha::send_bare, "Sends a code to a phone").refuses(CODES))
        .route(
            "/app/user/info_pwd",
            get(mobile::sign_in_info, "What signs in the account of a phone number, for who has the code")
                .refuses(CODES),
        )
        .route(
            "/app/user/mobile_bind",
            post(mobile::bind, "Binds a phone number by its code").refuses(CODES).refuses(BINDING),
        )
        .route(
            "/app/user/mobile_bind_with_sign",
            post(mobile::bind_with_sign, "Binds a phone number that was proven before registering")
                .refuses(CODES)
                .refuses(BINDING),
        )
        .route(
            "/app/user/mobile_update",
            post(mobile::update, "Sets a phone number without proof").refuses(CODES).refuses(BINDING),
        )
        .route(
            "/app/user/mobile_prechange_by_password",
            post(mobile::prechange_by_password, "Begins a change of number with the password")
                .refuses(CODES)
                .refuses(&[Code::WrongPassword]),
        )
        .route(
            "/app/user/mobile_prechange_by_mobile",
            post(mobile::prechange_by_mobile, "Begins a change of number with a code to the old one").refuses(CODES),
        )
        .route(
            "/app/user/mobile_change",
            post(mobile::change, "Ends a change of number with a code to the new one").refuses(CODES).refuses(BINDING),
        )
        .route(
            "/app/user_verification",
            get(mobile::standing, "Whether the caller's phone number is proven").refuses(&[Code::FeatureOff]),
        )
        .route(
            "/app/user_verification_by_mobile",
            post(mobile::verify, "Proves the caller's phone number by its code").refuses(CODES).refuses(BINDING),
        )
}
