//! The section `server`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;
use toml::Value;

use crate::describe::{Kind, Leaf, section};
use crate::error::Problems;

section! {
    /// Where the server listens, and how others reach it.
    pub struct Server {
        /// Address and port for everything: sockets, REST, pages. Beyond loopback the server wants TLS.
        listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        /// How clients reach the server when that differs from `listen`, for example behind a proxy. Links to files are
        /// made from it.
        public_url: Option<String> => "https://chat.example.com";
        /// Serves beyond loopback without TLS. Everything on the network can then be read and changed by others, sign-ins
        /// included; right only behind a proxy that brings TLS, on a network nobody else is on.
        insecure_i_know: bool;
        /// What this node does: "gateway" (sockets), "api" (REST and pages), "worker" (jobs). All of it by default.
        roles: Vec<Role> = vec![Role::Gateway, Role::Api, Role::Worker];
        /// TLS. Give both files, or none and `dev_ca`.
        tls: Tls;
    }
}

section! {
    /// TLS. Give both files, or none and `dev_ca`.
    pub struct Tls {
        /// Certificate chain in PEM, the server's own certificate first.
        cert_file: Option<PathBuf> => "/etc/cerulean/fullchain.pem";
        /// Private key in PEM.
        key_file: Option<PathBuf> => "/etc/cerulean/privkey.pem";
        /// Makes a certificate authority in the data folder and a certificate signed by it, for development. Browsers
        /// trust it only once they are told to.
        dev_ca: bool;
    }
}

/// A part of the work that a node takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sockets.
    Gateway,
    /// REST and pages.
    Api,
    /// Background jobs.
    Worker,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Api => "api",
            Self::Worker => "worker",
        }
    }
}

impl Leaf for Vec<Role> {
    const KIND: Kind = Kind::List;
    fn to_value(&self) -> Option<Value> {
        Some(Value::from(self.iter().map(|role| role.as_str()).collect::<Vec<_>>()))
    }
}

impl Server {
    /// Whether only this machine can reach the server.
    pub fn is_loopback(&self) -> bool {
        self.listen.ip().is_loopback()
    }

    /// Whether this node takes on that part of the work.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        let is_safe = self.is_loopback() || self.tls.is_on() || self.insecure_i_know;
        problems.require(
            is_safe,
            "server.listen",
            format!(
                "{} can be reached by others, so TLS is needed: set server.tls.cert_file and server.tls.key_file, or \
                 server.tls.dev_ca = true for development; with a proxy that brings TLS, server.insecure_i_know = true",
                self.listen
            ),
        );
        problems.require(!self.roles.is_empty(), "server.roles", "must name at least one of gateway, api, worker");
        if let Some(url) = &self.public_url {
            problems.require(
                is_web_address(url),
                "server.public_url",
                "must be an address such as https://chat.example.com",
            );
        }
        self.tls.check(problems);
    }
}

impl Tls {
    /// Whether the server speaks TLS.
    pub fn is_on(&self) -> bool {
        self.dev_ca || (self.cert_file.is_some() && self.key_file.is_some())
    }

    fn check(&self, problems: &mut Problems) {
        problems.require(
            self.key_file.is_some() || self.cert_file.is_none(),
            "server.tls.key_file",
            "is missing: cert_file needs it",
        );
        problems.require(
            self.cert_file.is_some() || self.key_file.is_none(),
            "server.tls.cert_file",
            "is missing: key_file needs it",
        );
        let has_files = self.cert_file.is_some() || self.key_file.is_some();
        problems.require(!(self.dev_ca && has_files), "server.tls.dev_ca", "cannot go with cert_file and key_file");
        for (key, file) in [("server.tls.cert_file", &self.cert_file), ("server.tls.key_file", &self.key_file)] {
            if let Some(path) = file {
                problems.require(path.is_file(), key, format!("there is no file {}", path.display()));
            }
        }
    }
}

/// Whether a text is an http or https address with a host and nothing that cannot be in one.
pub(crate) fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.starts_with(['/', ':']) && !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c == '@')
    })
}
