//! Everything on the one listener: sockets, REST, pages, the operator's paths.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use cerulean_http_kit::request_log;
use cerulean_types::limits;
use tower_http::cors::{Any, CorsLayer};

use crate::ops::{self, Ops};
use crate::{Parts, web};

/// All routes of a node.
pub fn router(parts: &Parts, metrics_token: Option<String>) -> Router {
    let gateway = parts.gateway.clone();
    let socket_io = parts.gateway.clone();
    // Clients live on other origins and name their own headers; nothing here rides on cookies, so any origin may call.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS])
        .allow_headers(Any)
        .expose_headers([header::CONTENT_RANGE, header::ACCEPT_RANGES, header::ETAG, header::CONTENT_DISPOSITION])
        .max_age(std::time::Duration::from_hours(24));
    let api = cerulean_rest::router(parts.rest.clone()).layer(DefaultBodyLimit::max(limits::JSON_BYTES));
    Router::new()
        .merge(api)
        .merge(ops::routes(Ops::new(parts, metrics_token)))
        .merge(web::routes())
        .layer(from_fn(request_log))
        .layer(cors)
        // Sockets stay outside: they are no requests with an end, and log for themselves.
        .route(
            "/",
            get(move |mut request: Request| {
                let gateway = gateway.clone();
                async move { gateway.upgrade(&mut request).unwrap_or_else(|| web::landing(&request)) }
            }),
        )
        .route("/socket.io/", any(move |mut request: Request| {
            let gateway = socket_io.clone();
            async move { gateway.upgrade_socket_io(&mut request) }
        }))
        .fallback(not_found)
}

async fn not_found() -> Response {
    (axum::http::StatusCode::NOT_FOUND, "not found\n").into_response()
}
