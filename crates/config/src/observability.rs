//! The section `observability`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::Secret;
use crate::describe::{leaf, section};
use crate::error::Problems;
use crate::server::is_web_address;

section! {
    /// Logs, figures and traces.
    pub struct Observability {
        /// What is logged: a level (error, warn, info, debug, trace), also by part: "info,cerulean_gateway=debug".
        log: String = "info".to_owned();
        /// "text" for people, "json" for machines.
        log_format: LogFormat = LogFormat::Text;
        /// Where traces are sent by OTLP over HTTP. Unset: nowhere.
        otlp_endpoint: Option<String> => "http://127.0.0.1:4318";
        /// Whoever presents it as a bearer token may read /metrics. Empty: only this machine may.
        metrics_token: Secret;
        /// Reads `metrics_token` from a file instead.
        metrics_token_file: Option<PathBuf> => "/run/secrets/cerulean-metrics-token";
    }
}

/// Forms of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

leaf!(LogFormat, Text, |format| match format {
    LogFormat::Text => "text",
    LogFormat::Json => "json",
});

const SHORTEST_TOKEN: usize = 16;

impl Observability {
    pub(crate) fn read_secret_files(&mut self, problems: &mut Problems) {
        self.metrics_token.read_file(self.metrics_token_file.as_deref(), "observability.metrics_token", problems);
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        problems.require(!self.log.trim().is_empty(), "observability.log", "must not be empty; \"off\" is possible");
        if let Some(endpoint) = &self.otlp_endpoint {
            problems.require(
                is_web_address(endpoint),
                "observability.otlp_endpoint",
                "must be an address such as http://127.0.0.1:4318",
            );
        }
        let is_guessable = !self.metrics_token.is_empty() && self.metrics_token.expose().len() < SHORTEST_TOKEN;
        problems.require(
            !is_guessable,
            "observability.metrics_token",
            format!("must have at least {SHORTEST_TOKEN} characters"),
        );
    }
}
