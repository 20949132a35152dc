//! Who calls the console API.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use cerulean_accounts::Subject;
use cerulean_http_kit::Problem;
use cerulean_http_kit::api::{Access, DescribeInput, Description};
use cerulean_types::{Actor, AppId, AppSlug, Code};

use crate::Console;

/// Whoever may run an app: the holder of its administrator's token, shown in `access-token` or `Authorization: Bearer`, with the app's
/// name in `app_id`. Never in the query, which ends up in logs.
#[derive(Debug, Clone, Copy)]
pub struct AppAdmin {
    /// The app he runs, and the only one he sees.
    pub app: AppId,
    /// Number of his token, for the records of what was done.
    pub token_no: i64,
}

impl AppAdmin {
    /// As actions know him.
    pub fn actor(&self) -> Actor {
        Actor::Admin { acting_for: None }
    }
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

fn token_of(parts: &Parts) -> Option<&str> {
    let bearer = || header(parts, "authorization").and_then(|value| value.strip_prefix("Bearer "));
    header(parts, "access-token").or_else(bearer)
}

/// The address of the caller; behind a proxy that of the proxy.
fn address_of(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip())
}

impl DescribeInput for AppAdmin {
    fn describe(description: &mut Description) {
        description.need(Access::Admin);
        description.refuse(&[
            Code::TokenInvalid,
            Code::RateLimited,
            Code::PermissionDenied,
            Code::UserFrozen,
            Code::AppNotFound,
            Code::AppFrozen,
        ]);
    }
}

impl FromRequestParts<Console> for AppAdmin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Self::Rejection> {
        match identify(parts, console).await {
            Ok(admin) => {
                console.platform.rates.request_of_app(admin.app)?;
                Ok(admin)
            }
            Err(refused) => {
                console.platform.rates.request_of_address(address_of(parts))?;
                Err(refused)
            }
        }
    }
}

async fn identify(parts: &Parts, console: &Console) -> Result<AppAdmin, Problem> {
    let token = token_of(parts).ok_or_else(|| Problem::new(Code::TokenInvalid, "header access-token is missing"))?;
    let slug = header(parts, "app_id").ok_or_else(|| Problem::new(Code::AppNotFound, "header app_id is missing"))?;
    let unknown = || Problem::new(Code::AppNotFound, Code::AppNotFound.text());
    let slug = AppSlug::parse(slug).map_err(|_| unknown())?;
    let app = console.platform.find_app(&slug).await?.ok_or_else(unknown)?;
    let identity = console.accounts.authenticate(token, Some(app)).await?;
    match identity.subject {
        Subject::Admin => Ok(AppAdmin { app, token_no: identity.token_no }),
        Subject::User(..) => {
            Err(Problem::new(Code::PermissionDenied, "the console API needs the app administrator's token"))
        }
    }
}
