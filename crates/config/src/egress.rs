//! The section `egress`.

use std::path::PathBuf;

use ipnet::IpNet;
use toml::Value;

use crate::describe::{Kind, Leaf, section};
use crate::error::Problems;
use crate::{Size, Span};

section! {
    /// Requests the server makes to addresses that other people chose: webhooks, link previews. Addresses
    /// outside of the public network are refused, whatever name or redirect leads there.
    pub struct Egress {
        /// Networks that may be called although they are private, for example 10.20.0.0/16 or 127.0.0.0/8.
        allow_networks: Vec<IpNet>;
        /// Ports that may be called. An empty list allows all.
        ports: Vec<u16> = vec![80, 443, 8080, 8443];
        /// How long a request may take where nothing else is said.
        timeout: Span = Span::millis(10_000);
        /// How much of an answer is read where nothing else is said.
        response_size: Size = Size::bytes(1 << 20);
        /// Certificate authorities in PEM that are trusted besides those of the system.
        ca_file: Option<PathBuf> => "/etc/cerulean/receivers-ca.pem";
    }
}

impl Leaf for Vec<IpNet> {
    const KIND: Kind = Kind::List;
    fn to_value(&self) -> Option<Value> {
        Some(Value::from(self.iter().map(ToString::to_string).collect::<Vec<_>>()))
    }
}

impl Leaf for Vec<u16> {
    const KIND: Kind = Kind::Numbers;
    fn to_value(&self) -> Option<Value> {
        Some(Value::from(self.iter().map(|port| i64::from(*port)).collect::<Vec<_>>()))
    }
}

impl Egress {
    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(!self.ports.contains(&0), "egress.ports", "must not hold 0; an empty list allows all ports");
        problems.require(
            (100..=120_000).contains(&self.timeout.as_millis()),
            "egress.timeout",
            "must be between 100 ms and 2 min",
        );
        problems.require(
            (1 << 10..=16 << 20).contains(&self.response_size.as_bytes()),
            "egress.response_size",
            "must be between 1 KiB and 16 MiB",
        );
        if let Some(path) = &self.ca_file {
            problems.require(path.is_file(), "egress.ca_file", format!("there is no file {}", path.display()));
        }
    }
}
