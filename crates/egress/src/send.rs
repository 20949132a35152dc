//! The client.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Certificate, Client, Method, StatusCode};
use url::{Host, Url};

use crate::address::may_reach;
use crate::resolve::{Judging, LookUp, System};
use crate::{Answer, EgressError, Request};

/// What the deployment allows.
#[derive(Debug, Clone)]
pub struct EgressOptions {
    /// Networks that may be reached although they are not public.
    pub allow_networks: Vec<IpNet>,
    /// Ports that may be called; any when empty.
    pub ports: Vec<u16>,
    /// How long a request may take.
    pub timeout: Duration,
    /// How much of an answer is read.
    pub response_bytes: usize,
    /// Certificate authorities in PEM, trusted besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// How the client names itself.
    pub user_agent: String,
}

impl Default for EgressOptions {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            ports: Vec::new(),
            timeout: Duration::from_secs(10),
            response_bytes: 1 << 20,
            ca_file: None,
            user_agent: concat!("Cerulean/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl EgressOptions {
    /// For an address that stands in the configuration, which its operator may point wherever he likes: private networks and all ports
    /// too. The other limits stay, and redirects are followed by requests that ask for it alone.
    #[must_use]
    pub fn anywhere(self) -> Self {
        let all = [Ipv4Net::default().into(), Ipv6Net::default().into()];
        Self { allow_networks: all.to_vec(), ports: Vec::new(), ..self }
    }
}

/// Sends requests to addresses that other people chose. Cheap to clone.
#[derive(Clone)]
pub struct Egress(Arc<Inner>);

struct Inner {
    client: Client,
    allowed: Arc<[IpNet]>,
    ports: Vec<u16>,
    timeout: Duration,
    response_bytes: usize,
}

impl Egress {
    /// Prepares the client.
    pub fn new(options: EgressOptions) -> std::io::Result<Self> {
        Self::with_look_up(options, System::default())
    }

    fn with_look_up<L: LookUp>(options: EgressOptions, look_up: L) -> std::io::Result<Self> {
        let allowed: Arc<[IpNet]> = options.allow_networks.into();
        let extra = match &options.ca_file {
            Some(path) => Certificate::from_pem_bundle(&std::fs::read(path)?).map_err(std::io::Error::other)?,
            None => Vec::new(),
        };
        let resolver = Arc::new(Judging { look_up: Arc::new(look_up), allowed: allowed.clone() });
        let builder = || {
            Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .dns_resolver(resolver.clone())
                .connect_timeout(options.timeout)
                .pool_max_idle_per_host(4)
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent(&options.user_agent)
        };
        let client = match builder().tls_certs_merge(extra.clone()).build() {
            Ok(client) => client,
            Err(error) => {
                // A machine without certificate authorities can still run a server that calls nobody over https.
                tracing::warn!("only the authorities of egress.ca_file are trusted, this machine has none: {error}");
                builder().tls_certs_only(extra).build().map_err(std::io::Error::other)?
            }
        };
        Ok(Self(Arc::new(Inner {
            client,
            allowed,
            ports: options.ports,
            timeout: options.timeout,
            response_bytes: options.response_bytes,
        })))
    }

    /// Checks an address as far as it can be without asking anyone: for settings that are made now and called later.
    pub fn check_url(&self, url: &str) -> Result<Url, EgressError> {
        let url = Url::parse(url).map_err(|_| EgressError::BadUrl("it is not an address"))?;
        self.judge(&url)?;
        Ok(url)
    }

    fn judge(&self, url: &Url) -> Result<(), EgressError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EgressError::BadUrl("only http and https are called"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::BadUrl("it must not hold a user name or password"));
        }
        let port = url.port_or_known_default().unwrap_or(0);
        if port == 0 || !(self.0.ports.is_empty() || self.0.ports.contains(&port)) {
            return Err(EgressError::PortRefused(port));
        }
        // The client connects to literal addresses without asking the resolver.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(EgressError::BadUrl("it names no host")),
        };
        if may_reach(literal, &self.0.allowed) { Ok(()) } else { Err(EgressError::AddressRefused) }
    }

    /// Sends a request and reads the answer. Any status is an answer.
    pub async fn send(&self, request: Request) -> Result<Answer, EgressError> {
        let timeout = request.timeout.unwrap_or(self.0.timeout);
        // One limit for all of it: redirects, and answers that trickle.
        let answered = tokio::time::timeout(timeout, self.send_following(&request)).await;
        answered.unwrap_or(Err(EgressError::Timeout))
    }

    async fn send_following(&self, request: &Request) -> Result<Answer, EgressError> {
        let mut url = self.check_url(&request.url)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            headers.append(name, value.clone().ok_or(EgressError::BadHeader)?);
        }
        let is_following = request.redirects > 0 && matches!(request.method, Method::GET | Method::HEAD);
        for left in (0..=request.redirects).rev() {
            let sent = self.0.client.request(request.method.clone(), url.clone()).headers(headers.clone());
            let response = sent.body(request.body.clone()).send().await?;
            let next = response.headers().get(LOCATION).filter(|_| is_following && is_redirect(response.status()));
            let Some(next) = next else { return self.read(request, url, response).await };
            if left == 0 {
                break;
            }
            let next = next.to_str().ok().and_then(|text| url.join(text).ok());
            let next = next.ok_or(EgressError::BadUrl("a redirect names no address"))?;
            self.judge(&next)?;
            if next.origin() != url.origin() {
                // What is meant for one host is not shown to another.
                headers.clear();
            }
            url = next;
        }
        Err(EgressError::TooManyRedirects)
    }

    async fn read(&self, request: &Request, url: Url, mut response: reqwest::Response) -> Result<Answer, EgressError> {
        let limit = request.response_bytes.unwrap_or(self.0.response_bytes);
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = BytesMut::new();
        let mut is_cut = false;
        while let Some(chunk) = response.chunk().await? {
            let left = limit - body.len();
            if chunk.len() > left {
                body.extend_from_slice(&chunk[..left]);
                is_cut = true;
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body: body.freeze(), is_cut, url })
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

#[cfg(test)]
mod tests;
