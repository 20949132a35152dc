//! Texts handed over once: how one device of a person passes a sign-in to another.

use axum::extract::State;
use cerulean_accounts::{keep_secret, take_secret};
use cerulean_http_kit::{Params, Reply, lenient, ok};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AppScope, Rest};

/// A text to keep.
#[derive(Deserialize, ToSchema)]
pub struct NewSecret {
    #[serde(deserialize_with = "lenient::number")]
    expire_seconds: i64,
    #[serde(deserialize_with = "lenient::text")]
    secret_text: String,
}

/// The code of a text.
#[derive(Deserialize, ToSchema)]
pub struct SecretCode {
    code: String,
}

/// The code that fetches a text.
#[derive(Serialize, ToSchema)]
pub struct SecretTicket {
    code: String,
}

/// The text.
#[derive(Serialize, ToSchema)]
pub struct SecretText {
    secret_text: String,
}

/// `POST /app/secret_info`
pub async fn keep(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Params(call): Params<NewSecret>,
) -> Reply<SecretTicket> {
    ok(SecretTicket { code: keep_secret(&rest.platform, app, &call.secret_text, call.expire_seconds).await? })
}

/// `GET /app/secret_info`: once.
pub async fn take(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Params(call): Params<SecretCode>,
) -> Reply<SecretText> {
    ok(SecretText { secret_text: take_secret(&rest.platform, app, &call.code).await? })
}
