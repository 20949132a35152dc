//! Pages built into the binary: the landing page, the messenger, the reference of the SDK.

use std::borrow::Cow;
use std::io::Read;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use flate2::read::GzDecoder;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/apps/chat/dist"]
#[allow_missing = true]
struct Chat;

#[derive(RustEmbed)]
#[folder = "../../web/apps/landing/dist"]
#[allow_missing = true]
struct Landing;

/// Scripts and styles come from here only; pictures and sound also from addresses users send, connections from servers they name.
const POLICY: &str = "default-src 'self'; img-src * data: blob:; media-src * data: blob:; connect-src * ws: wss:; \
     style-src 'self' 'unsafe-inline'; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'";

const NOT_BUILT: &str =
    "The pages were not built into this binary: run `npm ci && npm run build` in web/, then build the server again.\n";

pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/chat", get(|| async { Redirect::permanent("/chat/") }))
        .route("/chat/", get(|request: Request| async move { page::<Chat>("index.html", &request) }))
        .route("/chat/{*path}", get(|Path(path): Path<String>, request: Request| async move { chat(&path, &request) }))
        .route(
            "/landing/{*path}",
            get(|Path(path): Path<String>, request: Request| async move {
                page::<Landing>(&format!("landing/{path}"), &request)
            }),
        )
        .route("/openapi.json", get(crate::openapi::serve))
        .route("/docs", get(|request: Request| async move { page::<Landing>("docs.html", &request) }))
        .route("/docs/", get(|| async { Redirect::permanent("/docs") }))
        .route("/docs/api", get(|request: Request| async move { page::<Landing>("api.html", &request) }))
        .route("/docs/api/", get(|| async { Redirect::permanent("/docs/api") }))
        .route("/docs/sdk", get(|| async { Redirect::permanent("/docs/sdk/") }))
        .route("/docs/sdk/", get(|request: Request| async move { reference("index.html", &request) }))
        .route(
            "/docs/sdk/{*path}",
            get(|Path(path): Path<String>, request: Request| async move { reference(&path, &request) }),
        )
        .route("/logo.svg", get(|request: Request| async move { page::<Landing>("logo.svg", &request) }))
}

/// The landing page; with its cross-origin header because clients measure the distance to a server by fetching `/`.
pub(crate) fn landing(request: &Request) -> Response {
    let mut response = page::<Landing>("index.html", request);
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A file of the messenger, or its page for paths that only the page knows.
fn chat(path: &str, request: &Request) -> Response {
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    page::<Chat>(if is_file { path } else { "index.html" }, request)
}

fn page<E: RustEmbed>(path: &str, request: &Request) -> Response {
    match E::get(path) {
        Some(file) => serve(path, file, request),
        None if path == "index.html" => (StatusCode::NOT_FOUND, NOT_BUILT).into_response(),
        None => (StatusCode::NOT_FOUND, "not found\n").into_response(),
    }
}

/// A file of the reference, which is carried compressed: it is six times as large without.
fn reference(path: &str, request: &Request) -> Response {
    let place = format!("sdk/{path}");
    let Some(mut file) = Landing::get(&format!("{place}.gz")) else {
        let text = if Landing::get("sdk/index.html.gz").is_some() { "not found\n" } else { NOT_BUILT };
        return (StatusCode::NOT_FOUND, text).into_response();
    };
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let takes_gzip = accepted.split(',').any(|one| one.split(';').next().is_some_and(|name| name.trim() == "gzip"));
    if !takes_gzip {
        let mut plain = Vec::new();
        if let Err(error) = GzDecoder::new(&file.data[..]).read_to_end(&mut plain) {
            tracing::error!(%error, path, "a file of the reference is damaged");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        file.data = Cow::Owned(plain);
    }
    let mut response = serve(&place, file, request);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reference_type(path)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if takes_gzip && response.status() == StatusCode::OK {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn reference_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn serve(path: &str, file: EmbeddedFile, request: &Request) -> Response {
    let tag =
        file.metadata.sha256_hash()[..8].iter().fold(String::from("\""), |tag, byte| format!("{tag}{byte:02x}")) + "\"";
    let is_known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str());
    // Names below assets/ carry a digest of the content, so they never change.
    let caching = if path.starts_with("assets/") || path.starts_with("landing/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(file.data.into_owned()))
    };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        headers.insert(name, HeaderValue::from_str(value).expect("plain text"));
    };
    set(header::CONTENT_TYPE, file.metadata.mimetype());
    set(header::ETAG, &tag);
    set(header::CACHE_CONTROL, caching);
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    response
}
