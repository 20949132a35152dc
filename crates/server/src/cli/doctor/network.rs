//! The port, and who can reach it.

use std::io::ErrorKind;
use std::net::SocketAddr;

use cerulean_config::Server;
use tokio::net::TcpListener;

use super::Finding;

const PORT: &str = "port";
const EXPOSURE: &str = "exposure";

pub(crate) async fn check_port(listen: SocketAddr, is_server_running: bool) -> Finding {
    match TcpListener::bind(listen).await {
        Ok(_) => Finding::good(PORT, format!("{listen} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse && is_server_running => {
            Finding::good(PORT, format!("{listen} is in use, and the server runs"))
        }
        Err(error) => {
            let remedy = match error.kind() {
                ErrorKind::AddrInUse => format!(
                    "stop what listens there (ss -ltnp 'sport = :{}'), or choose another with --listen",
                    listen.port()
                ),
                ErrorKind::PermissionDenied => {
                    "ports below 1024 need CAP_NET_BIND_SERVICE; choose another with --listen".to_owned()
                }
                ErrorKind::AddrNotAvailable => {
                    "this machine has no such address; choose another with --listen".to_owned()
                }
                _ => "choose another with --listen".to_owned(),
            };
            Finding::wrong(PORT, format!("{listen}: {error}"), remedy)
        }
    }
}

/// Nothing to say about a server that only this machine can reach.
pub(crate) fn check_exposure(server: &Server) -> Option<Finding> {
    if server.is_loopback() {
        return None;
    }
    if !server.tls.is_on() {
        let remedy = "right only behind a proxy that brings TLS; otherwise set server.tls";
        return Some(Finding::advice(EXPOSURE, "others can reach the server without TLS", remedy));
    }
    if server.tls.dev_ca {
        let remedy = "for others than developers, set server.tls.cert_file and server.tls.key_file";
        return Some(Finding::advice(EXPOSURE, "TLS with a certificate authority made for development", remedy));
    }
    Some(Finding::good(EXPOSURE, "others can reach the server by TLS"))
}
