//! The client side: HTTP for setting up, sockets for load.

pub(crate) mod http;
pub(crate) mod line;
pub(crate) mod session;
pub(crate) mod template;
pub(crate) mod wire;
