//! Everything on the one listener: sockets, REST, pages, the operator's paths.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use cerulean_config::{Config, Role};
use cerulean_delivery::Platform;
use cerulean_http_kit::{ApiError, Problem, request_log};
use cerulean_types::{Code, limits};
use tower_http::cors::{Any, CorsLayer};

use crate::ops::{self, Ops};
use crate::{Parts, web};

/// Which doors a node opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doors {
    /// Sockets.
    pub is_gateway: bool,
    /// REST and pages.
    pub is_api: bool,
}

impl Doors {
    /// Those that the roles of a configuration ask for.
    pub fn of(config: &Config) -> Self {
        Self { is_gateway: config.server.has_role(Role::Gateway), is_api: config.server.has_role(Role::Api) }
    }

    /// All of them.
    pub const ALL: Self = Self { is_gateway: true, is_api: true };
}

/// All routes of a node.
pub fn router(parts: &Parts, metrics_token: Option<String>, doors: Doors) -> Router {
    let mut all = Router::new().merge(ops::routes(Ops::new(parts, metrics_token)));
    if doors.is_api {
        let api = cerulean_rest::router(parts.rest.clone()).merge(cerulean_console::router(parts.console.clone()));
        let api = api.layer(DefaultBodyLimit::max(limits::JSON_BYTES)).layer(from_fn(tell_wrong_method));
        all = all.merge(api).merge(web::routes());
    }
    // Sockets stay outside of both layers: they are no requests with an end, and log for themselves.
    all.layer(from_fn(request_log)).layer(cors()).merge(front(parts, doors)).fallback(not_found)
}

/// Clients live on other origins and name their own headers; nothing here rides on cookies, so any origin may call.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers(Any)
        .expose_headers([header::CONTENT_RANGE, header::ACCEPT_RANGES, header::ETAG, header::CONTENT_DISPOSITION])
        .max_age(std::time::Duration::from_hours(24))
}

/// `/`, which is the start page or a raw socket, and `/socket.io/`.
fn front(parts: &Parts, doors: Doors) -> Router {
    let (raw, socket_io) = (parts.gateway.clone(), parts.gateway.clone());
    let (platform, platform_too) = (parts.platform.clone(), parts.platform.clone());
    let start = move |mut request: Request| {
        let is_upgrade = doors.is_gateway && request.headers().contains_key(header::UPGRADE);
        if is_upgrade && let Err(refused) = count_connection(&platform, &request) {
            return std::future::ready(refused);
        }
        let upgraded = if doors.is_gateway { raw.upgrade(&mut request) } else { None };
        let response = match upgraded {
            Some(response) => response,
            None if doors.is_api => web::landing(&request),
            None => (axum::http::StatusCode::NOT_FOUND, "not found\n").into_response(),
        };
        std::future::ready(response)
    };
    let front = Router::new().route("/", get(start));
    if !doors.is_gateway {
        return front;
    }
    let upgrade = move |mut request: Request| {
        let counted = count_connection(&platform_too, &request);
        std::future::ready(match counted {
            Ok(()) => socket_io.upgrade_socket_io(&mut request),
            Err(refused) => refused,
        })
    };
    front.route("/socket.io/", any(upgrade))
}

/// Counts a socket that an address opens.
#[expect(clippy::result_large_err, reason = "a refusal is the whole answer, and rare")]
fn count_connection(platform: &Platform, request: &Request) -> Result<(), Response> {
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else { return Ok(()) };
    let refusal = |error| (StatusCode::TOO_MANY_REQUESTS, format!("{error}\n")).into_response();
    platform.rates.connection_of(peer.ip()).map_err(refusal)
}

/// What no route takes, in the form of the paths around it.
async fn not_found(uri: Uri) -> Response {
    let error = ApiError::new(Code::FeatureOff, "there is no such path");
    let is_newer = uri.path().starts_with("/client/v1/") || uri.path().starts_with("/console/v1/");
    let mut response = if is_newer { Problem(error).into_response() } else { error.into_response() };
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A path without the method that was used says so in words as well.
async fn tell_wrong_method(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_told = response.headers().contains_key(header::CONTENT_TYPE);
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && !is_told {
        let allowed = response.headers_mut().remove(header::ALLOW);
        response = ApiError::new(Code::BadParameter, "this path is called by another method").into_response();
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().extend(allowed.map(|methods| (header::ALLOW, methods)));
    }
    response
}
