//! The HTTP paths, as a developer's program or a client calls them.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use crate::server::Shared;
use crate::wait::WITHIN;

/// Calls the server's HTTP paths in one app, with or without a token. Cheap to clone.
#[derive(Clone)]
pub struct RestClient {
    http: reqwest::Client,
    shared: Arc<Shared>,
    headers: Vec<(String, String)>,
}

fn http_client(from: Option<std::net::IpAddr>) -> reqwest::Client {
    let builder = reqwest::Client::builder().timeout(WITHIN).redirect(reqwest::redirect::Policy::none());
    builder.local_address(from).build().expect("no option that can fail")
}

impl RestClient {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { http: http_client(None), shared, headers: Vec::new() }
    }

    /// The same client calling from another address of this machine: all of 127.0.0.0/8 is.
    pub fn from_address(self, address: std::net::IpAddr) -> Self {
        Self { http: http_client(Some(address)), ..self }
    }

    /// Calls a server in a process of its own, without app and token.
    pub fn at(address: std::net::SocketAddr) -> Self {
        Self::new(Shared::at(address))
    }

    /// The same client with a header more on every call; an empty value takes it away.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.headers.push((name.into(), value.into()));
        }
        self
    }

    /// The same client in another app.
    pub fn app(self, slug: &str) -> Self {
        self.header("app_id", slug)
    }

    /// The same client with another token; an empty one for none.
    pub fn token(self, token: &str) -> Self {
        self.header("access-token", token)
    }

    /// A call of any method. `path` begins with `/` and may carry a query; an address with a scheme is taken as it is.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let url = if path.starts_with('/') { format!("{}{path}", self.shared.base_url()) } else { path.to_owned() };
        let mut request = self.http.request(method, url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        Call { request, what: path.to_owned() }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// POST with a JSON body.
    pub fn post(&self, path: &str, body: Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    /// PUT with a JSON body.
    pub fn put(&self, path: &str, body: Value) -> Call {
        self.call(Method::PUT, path).json(body)
    }

    /// PATCH with a JSON body.
    pub fn patch(&self, path: &str, body: Value) -> Call {
        self.call(Method::PATCH, path).json(body)
    }

    /// DELETE with a JSON body.
    pub fn delete(&self, path: &str, body: Value) -> Call {
        self.call(Method::DELETE, path).json(body)
    }
}

/// A call about to be made.
pub struct Call {
    request: reqwest::RequestBuilder,
    what: String,
}

impl Call {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Adds parameters to the query.
    pub fn query(mut self, pairs: &[(&str, &str)]) -> Self {
        self.request = self.request.query(pairs);
        self
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: Value) -> Self {
        self.request = self.request.json(&body);
        self
    }

    /// Sets any body.
    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.body(body);
        self
    }

    /// Sets a form with files.
    pub fn multipart(mut self, form: reqwest::multipart::Form) -> Self {
        self.request = self.request.multipart(form);
        self
    }

    /// Makes the call.
    pub async fn send(self) -> Answer {
        let response = self.request.send().await.unwrap_or_else(|error| panic!("{}: {error:?}", self.what));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap_or_else(|error| panic!("{}: {error:?}", self.what));
        Answer { what: self.what, status, headers, bytes }
    }

    /// Makes the call, which the server may end halfway.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let response = self.request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { what: self.what, status, headers, bytes: response.bytes().await? })
    }

    /// Makes a call that must succeed: its `data`.
    pub async fn data(self) -> Value {
        self.send().await.data()
    }

    /// Makes a call that may be refused: its `code`.
    pub async fn code(self) -> u64 {
        self.send().await.code()
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    what: String,
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub bytes: Bytes,
}

impl Answer {
    /// A header, empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("{}: no JSON: {} {}", self.what, self.status, self.text()))
    }

    /// The `code` of an envelope (which always comes with status 200) or of a problem.
    pub fn code(&self) -> u64 {
        let body = self.json();
        let code = body["code"].as_u64().unwrap_or_else(|| panic!("{}: no code in {body}", self.what));
        assert!(
            body.get("data").is_none() || self.status == 200,
            "{}: an envelope with status {}",
            self.what,
            self.status
        );
        code
    }

    /// The `message` of an envelope, empty when null.
    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }

    /// The `data` of an envelope with code 200.
    pub fn data(&self) -> Value {
        let mut body = self.json();
        assert_eq!((self.status, self.code()), (200, 200), "{}: {body}", self.what);
        body["data"].take()
    }
}
