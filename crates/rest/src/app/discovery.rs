//! Discovery: where an app's servers are (wire.md 1).

use axum::extract::State;
use axum::http::{HeaderMap, header};
use cerulean_http_kit::{ApiError, Reply, ok};
use cerulean_types::Code;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{AppScope, Rest};

/// Where a client goes that sends no `Host`.
const FALLBACK_HOST: &str = "127.0.0.1:8080";

/// All addresses of an app.
#[derive(Serialize, ToSchema)]
pub struct AppAddresses {
    version: i32,
    app_status: String,
    account_verification: AccountVerification,
    /// Where clients ask for addresses from now on, and what a link leads to: here, if they reach it as they must.
    dns_server_list: Vec<ServerDomain>,
    link_server_list: Vec<ServerDomain>,
    dns_list: [ServerRegion; 1],
}

#[derive(Serialize, ToSchema)]
struct AccountVerification {
    r#type: &'static str,
    status: &'static str,
    name: String,
}

/// A server that clients reach at `https://{domain}`.
#[derive(Serialize, ToSchema)]
struct ServerDomain {
    domain: String,
}

#[derive(Serialize, ToSchema)]
struct ServerRegion {
    group_level: i32,
    clusters: [ServerCluster; 1],
}

#[derive(Serialize, ToSchema)]
struct ServerCluster {
    ratel: [ServerAddress; 1],
    webim: [ServerAddress; 1],
    ws: [ServerAddress; 1],
    rtc: [ServerAddress; 1],
}

#[derive(Serialize, Clone, ToSchema)]
struct ServerAddress {
    protocol: &'static str,
    host: String,
    ip_list: Vec<String>,
}

/// `GET /v2/app_dns`. The same door serves REST and the sockets; clients demand an address for calls too, and only use it for a call.
pub async fn addresses(
    State(rest): State<Rest>,
    scope: Result<AppScope, ApiError>,
    headers: HeaderMap,
) -> Reply<AppAddresses> {
    let AppScope(app) = scope.map_err(|error| match error.code {
        Code::AppNotFound => ApiError::of(Code::UnknownApp),
        _ => error,
    })?;
    let settings = rest.platform.settings_of(app).await?;
    let door = address_of(&rest, &headers);
    ok(AppAddresses {
        version: 1,
        app_status: settings.status.clone(),
        account_verification: AccountVerification {
            r#type: "enterprise",
            status: "unverified",
            name: settings.title.clone(),
        },
        dns_server_list: domains(&door),
        link_server_list: domains(&door),
        dns_list: [ServerRegion {
            group_level: 0,
            clusters: [ServerCluster { ratel: [door.clone()], webim: [door.clone()], ws: [door.clone()], rtc: [door] }],
        }],
    })
}

/// This server where clients reach it by the one protocol that they know for such domains.
fn domains(door: &ServerAddress) -> Vec<ServerDomain> {
    if door.protocol == "https" { vec![ServerDomain { domain: door.host.clone() }] } else { Vec::new() }
}

/// The address of this server, without a path.
pub(crate) fn base_url(rest: &Rest, headers: &HeaderMap) -> String {
    let address = address_of(rest, headers);
    format!("{}://{}", address.protocol, address.host)
}

fn address_of(rest: &Rest, headers: &HeaderMap) -> ServerAddress {
    let (protocol, host) = match rest.public_url.as_deref().and_then(split_url) {
        Some(known) => known,
        None => (protocol_of(rest, headers), host_of(headers)),
    };
    let ip_list = vec![name_of(&host).to_owned()];
    ServerAddress { protocol, host, ip_list }
}

fn split_url(url: &str) -> Option<(&'static str, String)> {
    let (protocol, rest) = match url.split_once("://")? {
        ("https", rest) => ("https", rest),
        ("http", rest) => ("http", rest),
        _ => return None,
    };
    Some((protocol, rest.trim_end_matches('/').to_owned()))
}

/// A proxy that brings TLS says so; whoever forges the header misleads only himself.
fn protocol_of(rest: &Rest, headers: &HeaderMap) -> &'static str {
    let is_proxied_tls = headers.get("x-forwarded-proto").is_some_and(|value| value == "https");
    if rest.is_tls || is_proxied_tls { "https" } else { "http" }
}

fn host_of(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or(FALLBACK_HOST);
    let is_plain = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'-' | b'[' | b']' | b'_'));
    if is_plain && !host.is_empty() { host.to_owned() } else { FALLBACK_HOST.to_owned() }
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_address_is_split() {
        assert_eq!(split_url("https://im.example.com/"), Some(("https", "im.example.com".into())));
        assert_eq!(split_url("http://127.0.0.1:9"), Some(("http", "127.0.0.1:9".into())));
        assert_eq!(split_url("ftp://x"), None);
        assert_eq!(split_url("im.example.com"), None);
    }

    #[test]
    fn strange_hosts_are_not_echoed() {
        let headers = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, axum::http::HeaderValue::from_static(host));
            headers
        };
        assert_eq!(host_of(&headers("im.example.com:8443")), "im.example.com:8443");
        assert_eq!(host_of(&headers("[::1]:8080")), "[::1]:8080");
        assert_eq!(host_of(&headers("a\"b")), FALLBACK_HOST);
        assert_eq!(host_of(&HeaderMap::new()), FALLBACK_HOST);
        assert_eq!(name_of("[::1]:8080"), "[::1]");
        assert_eq!(name_of("im.example.com"), "im.example.com");
    }
}
