//! Sign-in by name, phone number, e-mail address or id.

use axum::extract::State;
use cerulean_accounts::{SignIn, SignInName, SignedIn, sign_in};
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_types::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::Address;
use crate::{AppScope, Rest};

/// Sign-in by name.
#[derive(Deserialize, ToSchema)]
pub struct ByName {
    #[serde(alias = "mobile", deserialize_with = "lenient::text")]
    name: String,
    #[serde(deserialize_with = "lenient::text")]
    password: String,
    device_guid: Option<String>,
}

/// Sign-in by whatever names the user.
#[derive(Deserialize, ToSchema)]
pub struct ByLoginName {
    #[serde(deserialize_with = "lenient::text")]
    login_name: String,
    #[serde(deserialize_with = "lenient::text")]
    password: String,
    device_guid: Option<String>,
}

/// Sign-in by id.
#[derive(Deserialize, ToSchema)]
pub struct ById {
    #[serde(deserialize_with = "lenient::id")]
    user_id: u64,
    #[serde(deserialize_with = "lenient::text")]
    password: String,
    device_guid: Option<String>,
}

/// A fresh token. The fields of vendor storage and push are always empty: files have self-authorising addresses here.
#[derive(Serialize, ToSchema)]
pub struct TokenReply {
    user_id: u64,
    token: String,
    /// Milliseconds since the epoch.
    expire: i64,
    public_key: &'static str,
    push_token: &'static str,
    store_token: &'static str,
    access_key_secret: &'static str,
    encrypt_type: i32,
}

impl From<SignedIn> for TokenReply {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            user_id: signed_in.user.get(),
            token: signed_in.token,
            expire: signed_in.expires_at,
            public_key: "",
            push_token: "",
            store_token: "",
            access_key_secret: "",
            encrypt_type: 0,
        }
    }
}

/// `POST /token/user`
pub async fn by_name(
    State(rest): State<Rest>,
    scope: AppScope,
    address: Address,
    Params(call): Params<ByName>,
) -> Reply<TokenReply> {
    enter(&rest, scope, address, SignInName::Any(call.name), call.password, call.device_guid).await
}

/// `POST /token/login`
pub async fn by_login_name(
    State(rest): State<Rest>,
    scope: AppScope,
    address: Address,
    Params(call): Params<ByLoginName>,
) -> Reply<TokenReply> {
    enter(&rest, scope, address, SignInName::Any(call.login_name), call.password, call.device_guid).await
}

/// `POST /token/id`
pub async fn by_id(
    State(rest): State<Rest>,
    scope: AppScope,
    address: Address,
    Params(call): Params<ById>,
) -> Reply<TokenReply> {
    // A number that is no id is treated as an id nobody has, so that the answer does not differ.
    let name = UserId::parse(call.user_id).map_or_else(|_| SignInName::Any(call.user_id.to_string()), SignInName::Id);
    enter(&rest, scope, address, name, call.password, call.device_guid).await
}

async fn enter(
    rest: &Rest,
    AppScope(app): AppScope,
    Address(address): Address,
    name: SignInName,
    password: String,
    device_guid: Option<String>,
) -> Reply<TokenReply> {
    let command = SignIn { name, password, device_guid, address };
    ok(sign_in(&rest.accounts, app, command).await?.into())
}
