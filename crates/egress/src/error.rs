//! Why nothing was answered.

use std::error::Error;

/// A request that got no answer. The texts may be shown to whoever named the address.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// The address is none, or not of a kind that is called.
    #[error("the address cannot be called: {0}")]
    BadUrl(&'static str),
    /// The port is not one of those allowed.
    #[error("port {0} may not be called")]
    PortRefused(u16),
    /// The host is not in the public network, and no allowed network holds it.
    #[error("the host is not in the public network")]
    AddressRefused,
    /// A header that cannot be sent.
    #[error("the header cannot be sent")]
    BadHeader,
    /// The name is unknown.
    #[error("the name of the host cannot be resolved")]
    UnknownHost,
    /// Nothing, or not all, came within the time.
    #[error("no answer within the time limit")]
    Timeout,
    /// It kept pointing elsewhere.
    #[error("too many redirects")]
    TooManyRedirects,
    /// The connection failed or broke.
    #[error("the connection failed: {0}")]
    Connection(String),
}

/// Told by the resolver through the client's error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("the host is not in the public network")]
    Refused,
    #[error("the name of the host cannot be resolved")]
    Unknown,
}

impl From<reqwest::Error> for EgressError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
        let mut last = String::new();
        while let Some(error) = cause {
            match error.downcast_ref::<ResolveError>() {
                Some(ResolveError::Refused) => return Self::AddressRefused,
                Some(ResolveError::Unknown) => return Self::UnknownHost,
                None => last = error.to_string(),
            }
            cause = error.source();
        }
        Self::Connection(last)
    }
}
