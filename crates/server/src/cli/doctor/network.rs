//! The port, and who can reach it.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use cerulean_config::{Mail, Server, Sms};
use cerulean_egress::Url;
use tokio::net::{TcpListener, TcpStream};

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

/// How long the mail server and the gateway may take to be there.
const PATIENCE: Duration = Duration::from_secs(5);

/// Nothing to say where letters go to the outbox.
pub(crate) async fn check_mail_server(mail: &Mail) -> Option<Finding> {
    if !mail.is_smtp() {
        return None;
    }
    let remedy = "see mail.host and mail.port, and whether a firewall is in between";
    Some(check_reach("mail server", &mail.host, mail.port as u16, remedy).await)
}

/// Nothing to say where text messages go to the outbox.
pub(crate) async fn check_gateway(sms: &Sms) -> Option<Finding> {
    const SUBJECT: &str = "sms gateway";
    if !sms.is_http() {
        return None;
    }
    let remedy = "see sms.url, and whether a firewall is in between";
    let url = Url::parse(&sms.url).ok();
    let place = url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
    Some(match place {
        Some((host, port)) => check_reach(SUBJECT, host.trim_matches(['[', ']']), port, remedy).await,
        None => Finding::wrong(SUBJECT, format!("{} is no address", sms.url), remedy),
    })
}

/// Whether something listens there; nothing is said to it.
async fn check_reach(subject: &'static str, host: &str, port: u16, remedy: &str) -> Finding {
    let reason = match tokio::time::timeout(PATIENCE, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => return Finding::good(subject, format!("{host} port {port} can be reached")),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
    };
    Finding::wrong(subject, format!("{host} port {port}: {reason}"), remedy)
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
