//! The opening handshake of RFC 6455 on `/` (raw frames) and `/socket.io/` (Socket.IO 2).

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};

use crate::Gateway;
use crate::connection::Connection;
use crate::session::Transport;

/// Fixed by RFC 6455 section 1.3.
const ACCEPT_SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

fn has_token(headers: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name);
    values
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|token| token.trim().eq_ignore_ascii_case(wanted))
}

/// Whether the request asks for a WebSocket.
pub(crate) fn is_upgrade(headers: &HeaderMap) -> bool {
    has_token(headers, header::UPGRADE, "websocket") && has_token(headers, header::CONNECTION, "upgrade")
}

fn accept_key(key: &str) -> String {
    let digest = Sha1::new().chain_update(key).chain_update(ACCEPT_SUFFIX).finalize();
    base64::engine::general_purpose::STANDARD.encode(digest)
}

impl Gateway {
    /// Answers a WebSocket handshake for raw frames; nothing when the request is no handshake.
    pub fn upgrade(&self, request: &mut Request) -> Option<Response> {
        is_upgrade(request.headers()).then(|| self.accept(request, Transport::Raw))
    }

    /// Answers on `/socket.io/`: WebSocket only, polling is refused.
    pub fn upgrade_socket_io(&self, request: &mut Request) -> Response {
        let query = request.uri().query().unwrap_or("");
        let is_websocket = query.split('&').any(|pair| pair == "transport=websocket");
        if !is_websocket || !is_upgrade(request.headers()) {
            return refusal("this server speaks Engine.IO 3 with transport=websocket only");
        }
        self.accept(request, Transport::SocketIo)
    }

    fn accept(&self, request: &mut Request, transport: Transport) -> Response {
        let headers = request.headers();
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            let mut response = refusal("Sec-WebSocket-Version must be 13");
            response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, header::HeaderValue::from_static("13"));
            return response;
        }
        let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok()) else {
            return refusal("Sec-WebSocket-Key is missing");
        };
        let accept = accept_key(key);
        let Some(on_upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
            return refusal("this connection cannot be upgraded");
        };
        let hub = self.hub.clone();
        self.hub.tasks.spawn(async move {
            match on_upgrade.await {
                Ok(upgraded) => Connection::run(hub, transport, TokioIo::new(upgraded)).await,
                Err(error) => tracing::debug!("handshake broken off: {error}"),
            }
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::UPGRADE, header::HeaderValue::from_static("websocket"));
        headers.insert(header::CONNECTION, header::HeaderValue::from_static("upgrade"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept.parse().expect("base64 is a valid header"));
        response
    }
}

fn refusal(reason: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, reason).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_key_is_that_of_the_rfc() {
        assert_eq!(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
