//! Where a call comes from.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use cerulean_http_kit::api::DescribeInput;

/// The address of the other end of the connection, as the listener saw it; `None` without a listener (tests).
#[derive(Debug, Clone, Copy)]
pub struct Address(pub Option<IpAddr>);

impl DescribeInput for Address {}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())))
    }
}
