//! Pictures of letters, and codes by text message.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_types::{Code, Contact};
use cerulean_verification::{Purpose, VerificationError};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::address::Address;
use crate::{ApiResult, AppScope, Rest};

/// Which picture.
#[derive(Deserialize, ToSchema)]
pub struct CodePicture {
    image_id: String,
}

/// Whom to send a code, and what the picture says.
#[derive(Deserialize, ToSchema)]
pub struct SmsAfterPicture {
    #[serde(deserialize_with = "lenient::text")]
    captcha: String,
    image_id: String,
    #[serde(deserialize_with = "lenient::text")]
    mobile: String,
}

/// Whom to send a code.
#[derive(Deserialize, ToSchema)]
pub struct SmsReceiver {
    #[serde(deserialize_with = "lenient::text")]
    mobile: String,
}

/// Reads a phone number.
pub(super) fn mobile(text: &str) -> ApiResult<Contact> {
    let expected = "a phone number of 5 to 15 digits";
    Contact::mobile(text).ok_or_else(|| VerificationError::BadContact { field: "mobile", expected }.into())
}

/// `POST /app/captcha/image`
pub async fn make_picture(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Address(address): Address,
) -> Reply<String> {
    ok(rest.verification.new_picture(app, address).await?)
}

/// `GET /app/captcha/image`: the picture itself.
pub async fn show_picture(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Params(call): Params<CodePicture>,
) -> ApiResult<Response> {
    let png = rest.verification.draw_picture(app, &call.image_id).await?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")], png).into_response())
}

/// `GET /app/captcha/sms_web`
pub async fn send_with_picture(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Address(address): Address,
    Params(call): Params<SmsAfterPicture>,
) -> Reply<bool> {
    rest.verification.require_mobile_codes(app).await?;
    let contact = mobile(&call.mobile)?;
    rest.verification.check_picture(app, &call.image_id, &call.captcha).await?;
    rest.verification.send_code(app, &contact, Purpose::Any, address).await?;
    ok(true)
}

/// `GET /app/captcha/sms`
pub async fn send_bare(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Address(address): Address,
    Params(call): Params<SmsReceiver>,
) -> Reply<bool> {
    rest.verification.require_mobile_codes(app).await?;
    if rest.platform.settings_of(app).await?.picture_before_sms {
        return Err(ApiError::new(Code::WrongPictureCode, "this app wants a picture code first: /app/captcha/sms_web"));
    }
    rest.verification.send_code(app, &mobile(&call.mobile)?, Purpose::Any, address).await?;
    ok(true)
}
