//! Who calls: the app from the `app_id` header, the token from `access-token`, `Authorization: Bearer`, or the query.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use cerulean_accounts::{Identity, Subject};
use cerulean_http_kit::ApiError;
use cerulean_http_kit::api::{Access, DescribeInput, Description};
use cerulean_types::{Actor, AppId, AppSlug, Code, GroupId, UserId};

use crate::Rest;

/// The app a call without token belongs to.
#[derive(Debug, Clone, Copy)]
pub struct AppScope(pub AppId);

/// An authenticated caller. With the administrator's token the headers `user_id` and `group_id` name in whose place it acts: that user's,
/// or that of the group's owner. Both must be of the app; the user goes before the group.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// App.
    pub app: AppId,
    /// Who acts.
    pub actor: Actor,
    /// Number of the token.
    pub token_no: i64,
}

impl Caller {
    /// The same caller where the call itself names the user whose place it takes: the administrator may name anyone of his app, a user
    /// himself.
    pub async fn in_place_of(self, rest: &Rest, number: u64) -> Result<Self, ApiError> {
        let user = UserId::parse(number).map_err(|_| ApiError::of(Code::UserNotFound))?;
        match self.actor {
            Actor::User { id, .. } if id != user => {
                Err(ApiError::new(Code::PermissionDenied, "user_id names somebody else than the caller"))
            }
            Actor::User { .. } => Ok(self),
            Actor::Admin { .. } | Actor::System => {
                rest.accounts.require_user(self.app, user).await?;
                Ok(Self { actor: Actor::Admin { acting_for: Some(user) }, ..self })
            }
        }
    }
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

fn query(parts: &Parts, name: &str) -> Option<String> {
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok()?;
    pairs.0.into_iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value)
}

fn slug_of(parts: &Parts) -> Option<String> {
    header(parts, "app_id").map(str::to_owned).or_else(|| query(parts, "app_id"))
}

fn token_of(parts: &Parts) -> Option<String> {
    let bearer = || header(parts, "authorization").and_then(|value| value.strip_prefix("Bearer "));
    header(parts, "access-token").or_else(bearer).map(str::to_owned).or_else(|| query(parts, "access-token"))
}

/// The address of the caller; behind a proxy that of the proxy.
fn address_of(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip())
}

async fn named_app(parts: &Parts, rest: &Rest) -> Result<AppId, ApiError> {
    let text = slug_of(parts).ok_or_else(|| ApiError::new(Code::AppNotFound, "header app_id is missing"))?;
    let slug = AppSlug::parse(&text).map_err(|_| ApiError::of(Code::AppNotFound))?;
    rest.platform.find_app(&slug).await?.ok_or_else(|| ApiError::of(Code::AppNotFound))
}

impl FromRequestParts<Rest> for AppScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, Self::Rejection> {
        rest.platform.rates.request_of_address(address_of(parts))?;
        let app = named_app(parts, rest).await?;
        rest.platform.rates.request_of_app(app)?;
        Ok(Self(app))
    }
}

impl DescribeInput for AppScope {
    fn describe(description: &mut Description) {
        description.need(Access::App);
        description.refuse(&[Code::RateLimited, Code::AppNotFound, Code::AppFrozen]);
    }
}

impl DescribeInput for Caller {
    fn describe(description: &mut Description) {
        description.need(Access::Token);
        description.refuse(&[
            Code::TokenInvalid,
            Code::RateLimited,
            Code::UserNotFound,
            Code::PermissionDenied,
            Code::UserFrozen,
            Code::GroupNotFound,
            Code::AppNotFound,
            Code::AppFrozen,
        ]);
    }
}

impl FromRequestParts<Rest> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, Self::Rejection> {
        let identity = match identify(parts, rest).await {
            Ok(identity) => identity,
            Err(refused) => {
                rest.platform.rates.request_of_address(address_of(parts))?;
                return Err(refused);
            }
        };
        let actor = match identity.subject {
            Subject::User(id, device) => {
                let settings = rest.platform.settings_of(identity.app).await?;
                rest.platform.rates.request_of_user(identity.app, id, device, &settings.rates)?;
                Actor::User { id, device }
            }
            Subject::Admin => {
                rest.platform.rates.request_of_app(identity.app)?;
                Actor::Admin { acting_for: in_whose_place(parts, rest, identity.app).await? }
            }
        };
        Ok(Self { app: identity.app, actor, token_no: identity.token_no })
    }
}

async fn identify(parts: &Parts, rest: &Rest) -> Result<Identity, ApiError> {
    let token = token_of(parts).ok_or_else(|| ApiError::of(Code::TokenInvalid))?;
    let named_app = match slug_of(parts) {
        Some(_) => Some(named_app(parts, rest).await?),
        None => None,
    };
    Ok(rest.accounts.authenticate(&token, named_app).await?)
}

/// Whom the administrator acts as. Looked up here, once for every operation, so that none acts for who is not of the app.
async fn in_whose_place(parts: &Parts, rest: &Rest, app: AppId) -> Result<Option<UserId>, ApiError> {
    let (user, group) = (named_user(parts)?, named_group(parts)?);
    if let Some(user) = user {
        rest.accounts.require_user(app, user).await?;
    }
    let Some(group) = group else { return Ok(user) };
    let view = rest.platform.group_view(app, group).await?.ok_or_else(|| ApiError::of(Code::GroupNotFound))?;
    let owner = view.read().owner();
    Ok(user.or(owner))
}

fn named_user(parts: &Parts) -> Result<Option<UserId>, ApiError> {
    let Some(text) = header(parts, "user_id") else { return Ok(None) };
    let user = text.parse().ok().and_then(|number| UserId::parse(number).ok());
    user.map(Some).ok_or_else(|| ApiError::new(Code::UserNotFound, "header user_id names no user"))
}

fn named_group(parts: &Parts) -> Result<Option<GroupId>, ApiError> {
    let Some(text) = header(parts, "group_id") else { return Ok(None) };
    let group = text.parse().ok().and_then(|number| GroupId::parse(number).ok());
    group.map(Some).ok_or_else(|| ApiError::new(Code::GroupNotFound, "header group_id names no group"))
}
