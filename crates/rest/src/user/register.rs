//! Registration.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use cerulean_accounts::{
    PushRegistration, RegisterUser, RegisteredBy, register_anonymous, register_batch, register_user, register_with_push,
};
use cerulean_delivery::CtxError;
use cerulean_http_kit::api::{DescribeInput, Description};
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_roster::Apply;
use cerulean_types::{Actor, AppId, DeviceSn, PublicError, UserId};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::settings::SettingsReply;
use crate::{ApiResult, AppScope, Caller, Rest};

/// A user to register.
#[derive(Deserialize, ToSchema)]
pub struct NewUser {
    #[serde(deserialize_with = "lenient::text")]
    username: String,
    #[serde(deserialize_with = "lenient::text")]
    password: String,
}

impl From<NewUser> for RegisterUser {
    fn from(call: NewUser) -> Self {
        Self { username: call.username, password: call.password }
    }
}

/// Users to register.
#[derive(Deserialize, ToSchema)]
pub struct NewUsers {
    list: Vec<NewUser>,
}

/// What became of one user of a batch.
#[derive(Serialize, ToSchema)]
pub struct BatchItem {
    username: String,
    user_id: u64,
    success: bool,
    reason: String,
}

/// A user to register, with where pushes for him go.
#[derive(Deserialize, ToSchema)]
pub struct NewPushUser {
    #[serde(deserialize_with = "lenient::text")]
    username: String,
    #[serde(deserialize_with = "lenient::text")]
    password: String,
    /// The app's name for him.
    alias: Option<String>,
    /// The token of his device.
    push_token: Option<String>,
    /// Not read: a device is known from its first sign-in.
    #[serde(default, rename = "device_guid")]
    #[schema(value_type = Option<String>)]
    _device_guid: Option<IgnoredAny>,
    /// Not read.
    #[serde(default, rename = "sign")]
    #[schema(value_type = Option<String>)]
    _sign: Option<IgnoredAny>,
}

/// A visitor to register.
#[derive(Deserialize, ToSchema)]
pub struct NewVisitor {
    /// The beginning of the generated name.
    #[serde(default, deserialize_with = "lenient::text")]
    username: String,
    #[serde(deserialize_with = "lenient::text")]
    password: String,
    /// Whom the visitor comes to talk to. He asks to be that user's friend, whose settings decide; an id of nobody says nothing.
    #[serde(default, deserialize_with = "lenient::opt_id")]
    cid: Option<u64>,
}

/// A visitor's account.
#[derive(Serialize, ToSchema)]
pub struct Visitor {
    user_id: u64,
    username: String,
}

/// Anyone, or the administrator by his token. A token that is not the administrator's is ignored, as it may be a stale one.
pub struct Registrar {
    app: AppId,
    by: RegisteredBy,
}

impl DescribeInput for Registrar {
    fn describe(description: &mut Description) {
        AppScope::describe(description);
    }
}

impl FromRequestParts<Rest> for Registrar {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, Self::Rejection> {
        match Caller::from_request_parts(parts, rest).await {
            Ok(Caller { app, actor: Actor::Admin { .. }, .. }) => Ok(Self { app, by: RegisteredBy::Admin }),
            _ => {
                let AppScope(app) = AppScope::from_request_parts(parts, rest).await?;
                Ok(Self { app, by: RegisteredBy::Oneself })
            }
        }
    }
}

/// `POST /user/register/v2`
pub async fn one(
    State(rest): State<Rest>,
    registrar: Registrar,
    Params(call): Params<NewUser>,
) -> Reply<SettingsReply> {
    let row = register_user(&rest.accounts, registrar.app, registrar.by, call.into()).await?;
    ok(SettingsReply::new(row.id, row.settings))
}

/// `POST /user/register/anonymous`: `username` is the beginning of a generated name.
pub async fn anonymous(
    State(rest): State<Rest>,
    registrar: Registrar,
    Params(call): Params<NewVisitor>,
) -> Reply<Visitor> {
    let row = register_anonymous(&rest.accounts, registrar.app, registrar.by, &call.username, call.password).await?;
    if let Some(Ok(peer)) = call.cid.map(UserId::parse) {
        introduce(&rest, registrar.app, row.id, peer).await?;
    }
    ok(Visitor { user_id: row.id.get(), username: row.profile.username })
}

/// Asks the peer to be the visitor's friend. Whoever is gone or takes no such requests is no reason to turn the visitor away.
async fn introduce(rest: &Rest, app: AppId, visitor: UserId, peer: UserId) -> ApiResult<()> {
    let actor = Actor::User { id: visitor, device: DeviceSn::NONE };
    let mut ctx = rest.platform.ctx(app, actor).await?;
    let request = Apply { target: peer, alias: String::new(), reason: String::new(), auth_answer: String::new() };
    match cerulean_roster::apply(&mut ctx, request).await {
        Ok(()) => Ok(ctx.commit().await?),
        Err(error) if error.is_internal() => Err(error.into()),
        Err(_) => Ok(()),
    }
}

/// `POST /user/register/push`
pub async fn for_push(
    State(rest): State<Rest>,
    registrar: Registrar,
    Params(call): Params<NewPushUser>,
) -> Reply<SettingsReply> {
    let push = PushRegistration { alias: call.alias.unwrap_or_default(), token: call.push_token.unwrap_or_default() };
    let command = RegisterUser { username: call.username, password: call.password };
    let row = register_with_push(&rest.accounts, registrar.app, registrar.by, command, push).await?;
    ok(SettingsReply::new(row.id, row.settings))
}

/// `POST /user/register/batch`: each succeeds or fails by itself; `user_id` is 0 where it failed.
pub async fn batch(State(rest): State<Rest>, caller: Caller, Params(call): Params<NewUsers>) -> Reply<Vec<BatchItem>> {
    if !caller.actor.is_admin() {
        return Err(CtxError::NeedsAdmin.into());
    }
    let list = call.list.into_iter().map(RegisterUser::from).collect();
    let done = register_batch(&rest.accounts, caller.app, list).await?;
    ok(done
        .into_iter()
        .map(|item| match item.outcome {
            Ok(row) => {
                BatchItem { username: item.username, user_id: row.id.get(), success: true, reason: String::new() }
            }
            Err(error) => {
                let reason = ApiError::from(error).message;
                BatchItem { username: item.username, user_id: 0, success: false, reason }
            }
        })
        .collect())
}
