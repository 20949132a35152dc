//! As much of HTTP/1.1 as calling a REST API on one connection takes.

use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that is kept open between calls, and who calls.
pub(crate) struct Http {
    stream: TcpStream,
    address: SocketAddr,
    headers: String,
}

impl Http {
    /// Connects; `token` may be empty.
    pub async fn connect(address: SocketAddr, app: &str, token: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let mut headers = format!("app_id: {app}\r\n");
        if !token.is_empty() {
            headers.extend(["access-token: ", token, "\r\n"]);
        }
        Ok(Self { stream, address, headers })
    }

    /// Calls and returns status and JSON body.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<(u16, Value)> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.headers,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await.with_context(|| format!("{method} {path}"))
    }

    async fn answer(&mut self) -> anyhow::Result<(u16, Value)> {
        let mut bytes = Vec::with_capacity(1024);
        let head_end = loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            ensure!(self.stream.read_buf(&mut bytes).await? > 0, "the connection was closed");
        };
        let head = String::from_utf8_lossy(&bytes[..head_end]).to_lowercase();
        let status: u16 = head.split(' ').nth(1).and_then(|text| text.parse().ok()).context("malformed status line")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let Some(length) = length else { bail!("status {status} without content-length") };
        let length: usize = length.trim().parse().context("malformed content-length")?;
        while bytes.len() < head_end + length {
            ensure!(self.stream.read_buf(&mut bytes).await? > 0, "the connection was closed");
        }
        let body = &bytes[head_end..head_end + length];
        Ok((status, serde_json::from_slice(body).unwrap_or(Value::Null)))
    }

    /// Calls an operation with the envelope `{code, data, message}` and returns `data`.
    pub async fn post(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let (status, mut answer) = self.call("POST", path, Some(body)).await?;
        ensure!(status == 200 && answer["code"] == 200, "POST {path}: status {status}, {answer}");
        Ok(answer["data"].take())
    }
}
