//! What operators and load balancers ask: metrics and readiness. `/api/health`, which clients ask, is among the REST paths.

use std::net::SocketAddr;
use std::sync::OnceLock;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cerulean_vault::constant_time_eq;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::Parts;

/// State of the operator's paths.
#[derive(Clone)]
pub(crate) struct Ops {
    parts: Parts,
    metrics_token: Option<String>,
    metrics: PrometheusHandle,
}

/// Seconds; from a tenth of a millisecond to ten seconds.
const BUCKETS: [f64; 11] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 10.0];

/// One recorder per process: tests run several servers in one.
fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS)
            .and_then(PrometheusBuilder::install_recorder)
            .expect("buckets are not empty, and no other recorder is installed")
    };
    HANDLE.get_or_init(install).clone()
}

impl Ops {
    pub(crate) fn new(parts: &Parts, metrics_token: Option<String>) -> Self {
        Self { parts: parts.clone(), metrics_token, metrics: recorder() }
    }

    /// Whoever shows the token may read metrics; without a token configured, whoever calls from this machine.
    fn may_read_metrics(&self, request: &Request) -> bool {
        if let Some(token) = &self.metrics_token {
            let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            let shown = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or("");
            return constant_time_eq(shown.as_bytes(), token.as_bytes());
        }
        request.extensions().get::<ConnectInfo<SocketAddr>>().is_some_and(|ConnectInfo(peer)| peer.ip().is_loopback())
    }
}

pub(crate) fn routes<S: Clone + Send + Sync + 'static>(ops: Ops) -> Router<S> {
    Router::new().route("/metrics", get(metrics)).route("/api/ready", get(ready)).with_state(ops)
}

async fn metrics(State(ops): State<Ops>, request: Request) -> Response {
    if !ops.may_read_metrics(&request) {
        return (
            StatusCode::FORBIDDEN,
            "metrics are for this machine, or for whoever shows observability.metrics_token\n",
        )
            .into_response();
    }
    let stats = ops.parts.gateway.stats();
    metrics::gauge!("cerulean_gateway_connections").set(stats.connections as f64);
    metrics::gauge!("cerulean_gateway_sessions").set(stats.sessions as f64);
    metrics::counter!("cerulean_gateway_frames_received_total").absolute(stats.frames_in);
    metrics::counter!("cerulean_gateway_frames_sent_total").absolute(stats.frames_out);
    metrics::gauge!("cerulean_gateway_waiting_groups").set(stats.waiting_groups as f64);
    for (limit, refused) in ops.parts.platform.rates.refused() {
        metrics::counter!("cerulean_limits_refused_total", "limit" => limit.name()).absolute(refused);
    }
    measure_jobs(&ops.parts).await;
    ops.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], ops.metrics.render()).into_response()
}

/// The queue of all nodes, as this one sees it.
async fn measure_jobs(parts: &Parts) {
    let Ok(stats) = parts.job_stats().await else { return };
    metrics::gauge!("cerulean_jobs_due").set(stats.due as f64);
    metrics::gauge!("cerulean_jobs_later").set(stats.later as f64);
    metrics::gauge!("cerulean_jobs_running").set(stats.running as f64);
    metrics::gauge!("cerulean_jobs_failed").set(stats.failed as f64);
    let now = parts.platform.clock.now();
    let oldest_ms = stats.oldest_due_at.map_or(0, |since| (now - since).max(0));
    metrics::gauge!("cerulean_jobs_oldest_seconds").set(oldest_ms as f64 / 1000.0);
}

async fn ready(State(ops): State<Ops>) -> Response {
    match ops.parts.platform.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n").into_response(),
        Err(error) => {
            tracing::warn!("not ready: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}
