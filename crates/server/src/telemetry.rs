//! Log lines to standard error, and traces by OTLP where an address is configured.

use std::io::IsTerminal;

use anyhow::Context;
use cerulean_config::{Config, LogFormat};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Keeps traces going; tell it when the server stops, so that the last ones leave.
pub(crate) struct Telemetry(Option<SdkTracerProvider>);

/// Starts logging and tracing as the configuration asks.
pub(crate) fn start(config: &Config) -> anyhow::Result<Telemetry> {
    let settings = &config.observability;
    let filter = EnvFilter::try_new(&settings.log).context("observability.log")?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match settings.log_format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    };
    let provider = settings.otlp_endpoint.as_deref().map(exporter).transpose()?;
    let traces = provider.as_ref().map(|provider| {
        // Spans of our own crates, at the level of requests; libraries would drown them.
        let filter = EnvFilter::new("off,cerulean=info");
        tracing_opentelemetry::layer().with_tracer(provider.tracer("cerulean")).with_filter(filter)
    });
    tracing_subscriber::registry().with(lines).with(traces).init();
    Ok(Telemetry(provider))
}

fn exporter(endpoint: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .context("observability.otlp_endpoint")?;
    let resource = Resource::builder().with_service_name("cerulean").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

impl Telemetry {
    /// Sends what is queued. Blocks for some seconds at most.
    pub(crate) async fn stop(self) {
        let Some(provider) = self.0 else { return };
        let stopped = tokio::task::spawn_blocking(move || provider.shutdown()).await;
        if let Ok(Err(error)) = stopped {
            tracing::warn!("the last traces were not sent: {error}");
        }
    }
}
