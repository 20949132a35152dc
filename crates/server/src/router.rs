//! Everything on the one listener: sockets, REST, pages, the operator's paths.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request};
use axum::http::{Method, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use cerulean_config::{Config, Role};
use cerulean_delivery::Platform;
use cerulean_http_kit::request_log;
use cerulean_types::limits;
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
        let api = api.layer(DefaultBodyLimit::max(limits::JSON_BYTES));
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

async fn not_found() -> Response {
    let from_anywhere = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    (axum::http::StatusCode::NOT_FOUND, [from_anywhere], "not found\n").into_response()
}
