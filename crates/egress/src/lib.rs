//! The one client for requests that leave the server towards addresses other people chose (webhooks, link previews) and to
//! gateways that the configuration names ([`EgressOptions::anywhere`]).
//!
//! Owns which addresses may be reached at all ([`is_public`], [`EgressOptions::allow_networks`]), and the limits of every request: time,
//! size of the answer, redirects. Knows nothing of what is asked or answered. Start at [`Egress::send`].
//!
//! The address that was judged is the one that is connected to: names are resolved here, and the connection is made to what passed. So a
//! name that points elsewhere a moment later gains nothing. Every redirect is judged like the first address. Proxies of the environment,
//! cookies and compressed answers are not used.

mod address;
mod error;
mod request;
mod resolve;
mod send;

pub use address::is_public;
pub use error::EgressError;
pub use request::{Answer, Request};
pub use send::{Egress, EgressOptions};

pub use ipnet::IpNet;
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode};
pub use url::Url;
