//! One line per request (`docs/operations/request-log.md`) and its metrics.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use cerulean_types::Code;
use tracing::Instrument;

/// What a handler tells the request log through the response's extensions.
#[derive(Debug, Clone, Copy)]
pub struct RequestFacts {
    /// Public code of the answer.
    pub code: Code,
}

/// Middleware: logs and counts the request. Neither query nor headers appear, because they carry tokens.
pub async fn request_log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span =
        tracing::info_span!(target: "cerulean::request", "request", otel.name = %format_args!("{method} {route}"));
    let response = next.run(request).instrument(span).await;
    let status = response.status().as_u16();
    let code = response.extensions().get::<RequestFacts>().map_or(u32::from(status), |facts| facts.code.number());
    let elapsed = started.elapsed();
    metrics::counter!("cerulean_http_requests_total", "route" => route.clone(), "code" => code.to_string())
        .increment(1);
    metrics::histogram!("cerulean_http_request_seconds", "route" => route.clone()).record(elapsed.as_secs_f64());
    let duration_ms = elapsed.as_micros() as f64 / 1000.0;
    tracing::info!(target: "cerulean::request", %method, route, status, code, duration_ms, "{method} {route} answered {code}");
    response
}
