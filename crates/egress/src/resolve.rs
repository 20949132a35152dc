//! From names to addresses that may be reached.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use crate::address::may_reach;
use crate::error::ResolveError;

/// Look-ups at once; each holds a thread of the blocking pool while the system's resolver waits.
const LOOK_UPS: usize = 64;

/// Where addresses of a name come from.
pub(crate) trait LookUp: Send + Sync + 'static {
    fn look_up(&self, name: String) -> impl Future<Output = std::io::Result<Vec<IpAddr>>> + Send;
}

/// The system's resolver.
pub(crate) struct System(Semaphore);

impl Default for System {
    fn default() -> Self {
        Self(Semaphore::new(LOOK_UPS))
    }
}

impl LookUp for System {
    async fn look_up(&self, name: String) -> std::io::Result<Vec<IpAddr>> {
        let _permit = self.0.acquire().await.map_err(std::io::Error::other)?;
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Gives the client only addresses that may be reached, so that it cannot connect to others.
pub(crate) struct Judging<L> {
    pub(crate) look_up: Arc<L>,
    pub(crate) allowed: Arc<[IpNet]>,
}

impl<L: LookUp> Resolve for Judging<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (look_up, allowed) = (self.look_up.clone(), self.allowed.clone());
        Box::pin(async move {
            let found = look_up.look_up(name.as_str().to_owned()).await.map_err(|_| ResolveError::Unknown)?;
            if found.is_empty() {
                return Err(ResolveError::Unknown.into());
            }
            let passed: Vec<_> = found.into_iter().filter(|address| may_reach(*address, &allowed)).collect();
            if passed.is_empty() {
                return Err(ResolveError::Refused.into());
            }
            let addresses: Addrs = Box::new(passed.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
