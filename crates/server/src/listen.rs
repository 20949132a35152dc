//! The listener: plain or TLS, HTTP/1.1 with upgrades, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// A running listener.
pub struct Listening {
    /// Where it listens; the port is the real one when 0 was asked for.
    pub address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// How long a client may take to send the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// How long running requests may take to finish when the server stops.
const FINISH_WITHIN: Duration = Duration::from_secs(10);
/// How long a client may take for the TLS handshake.
const TLS_WITHIN: Duration = Duration::from_secs(10);

/// Serves a router on a bound socket until told to stop.
pub fn listen(
    socket: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    router: Router,
) -> std::io::Result<Listening> {
    let address = socket.local_addr()?;
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let acceptor = tls.map(TlsAcceptor::from);
    let accept = accept_all(socket, acceptor, router, stop.clone(), tasks.clone());
    tasks.spawn(accept);
    Ok(Listening { address, stop, tasks })
}

impl Listening {
    /// Stops accepting and lets running requests finish.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(FINISH_WITHIN, self.tasks.wait()).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
    }
}

async fn accept_all(
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            () = stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                tasks.spawn(serve_one(stream, peer, tls.clone(), router.clone(), stop.clone()));
            }
            Err(error) => {
                // Out of descriptors, mostly: wait for some to come back instead of spinning.
                tracing::warn!("accept failed: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_one(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: CancellationToken,
) {
    let Some(tls) = tls else {
        return serve_http(TokioIo::new(stream), peer, router, stop).await;
    };
    match tokio::time::timeout(TLS_WITHIN, tls.accept(stream)).await {
        Ok(Ok(stream)) => serve_http(TokioIo::new(stream), peer, router, stop).await,
        Ok(Err(error)) => tracing::debug!("TLS handshake failed: {error}"),
        Err(_) => tracing::debug!("TLS handshake took too long"),
    }
}

async fn serve_http<I>(io: I, peer: SocketAddr, router: Router, stop: CancellationToken)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(64 << 10);
    let connection = http.serve_connection(io, service).with_upgrades();
    tokio::pin!(connection);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!("connection ended: {error}");
                }
                return;
            }
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
