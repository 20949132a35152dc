//! Figures, for people and for machines.

use std::fmt::Write as _;

use serde::Serialize;

use crate::histogram::Quantiles;

/// What one workload showed.
#[derive(Debug, Clone, Serialize, Default)]
pub(crate) struct Figures {
    pub workload: &'static str,
    /// What was done, in a line.
    pub what: String,
    /// Deliveries, sign-ins, … per second.
    pub per_second: Option<f64>,
    /// What is counted per second.
    pub unit: &'static str,
    pub latencies: Vec<Latency>,
    /// Server CPU milliseconds per 1 000 of the unit.
    pub cpu_ms_per_1000: Option<f64>,
    /// The server's resident memory after the workload.
    pub rss_mib: Option<f64>,
    /// The same load on the relay.
    pub relay: Option<Relay>,
    pub more: Vec<Number>,
    pub goals: Vec<Goal>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Latency {
    pub of: &'static str,
    #[serde(flatten)]
    pub milliseconds: Quantiles,
}

/// The relay under the same load.
#[derive(Debug, Clone, Serialize, Default)]
pub(crate) struct Relay {
    pub per_second: Option<f64>,
    pub cpu_ms_per_1000: Option<f64>,
    pub p99_ms: Option<f64>,
    pub rss_mib: Option<f64>,
    /// The server's figure divided by the relay's: throughput, or memory or latency where that is measured.
    pub ratio: f64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Number {
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
}

/// A figure that was promised.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Goal {
    pub name: &'static str,
    pub value: f64,
    pub wanted: f64,
    pub is_at_least: bool,
    pub is_met: bool,
}

/// At least this much.
pub(crate) fn at_least(name: &'static str, value: f64, wanted: f64) -> Goal {
    Goal { name, value, wanted, is_at_least: true, is_met: value >= wanted }
}

/// At most this much.
pub(crate) fn at_most(name: &'static str, value: f64, wanted: f64) -> Goal {
    Goal { name, value, wanted, is_at_least: false, is_met: value <= wanted }
}

/// Everything of one run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub cores: usize,
    /// Load average of the minute before the run: what else kept the machine busy.
    pub load_before: f64,
    pub is_release_build: bool,
    pub figures: Vec<Figures>,
}

fn number(value: f64) -> String {
    let digits = if value.abs() >= 100.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else {
        2
    };
    let plain = format!("{value:.digits$}");
    let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 && digit.is_ascii_digit() && !grouped.ends_with('-') {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    rest.map_or(grouped.clone(), |rest| format!("{grouped}.{rest}"))
}

impl Figures {
    pub fn new(workload: &'static str, what: impl Into<String>, unit: &'static str) -> Self {
        Self { workload, what: what.into(), unit, ..Self::default() }
    }

    pub fn latency(&mut self, of: &'static str, milliseconds: Quantiles) {
        self.latencies.push(Latency { of, milliseconds });
    }

    pub fn more(&mut self, name: &'static str, value: f64, unit: &'static str) {
        self.more.push(Number { name, value, unit });
    }

    /// The block of lines that people read.
    pub fn to_text(&self) -> String {
        let mut text = format!("{} — {}\n", self.workload, self.what);
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "    {name:<34} {value}");
        };
        if let Some(rate) = self.per_second {
            line(&format!("{} per second", self.unit), number(rate));
        }
        for latency in &self.latencies {
            let Quantiles { p50, p95, p99 } = latency.milliseconds;
            line(latency.of, format!("p50 {} ms   p95 {} ms   p99 {} ms", number(p50), number(p95), number(p99)));
        }
        if let Some(cpu) = self.cpu_ms_per_1000 {
            line("server CPU per 1 000", format!("{} ms", number(cpu)));
        }
        if let Some(rss) = self.rss_mib {
            line("server memory (RSS)", format!("{} MiB", number(rss)));
        }
        for more in &self.more {
            line(more.name, format!("{} {}", number(more.value), more.unit));
        }
        if let Some(relay) = &self.relay {
            let mut parts = Vec::new();
            parts.extend(relay.per_second.map(|rate| format!("{} per second", number(rate))));
            parts.extend(relay.cpu_ms_per_1000.map(|cpu| format!("{} CPU ms per 1 000", number(cpu))));
            parts.extend(relay.p99_ms.map(|p99| format!("p99 {} ms", number(p99))));
            parts.extend(relay.rss_mib.map(|rss| format!("{} MiB", number(rss))));
            line("the same on the relay", parts.join("   "));
            line("server ÷ relay", number(relay.ratio));
        }
        for goal in &self.goals {
            let sign = if goal.is_at_least { "≥" } else { "≤" };
            let verdict = if goal.is_met { "met" } else { "MISSED" };
            line(
                &format!("goal: {}", goal.name),
                format!("{sign} {}: {verdict} ({})", number(goal.wanted), number(goal.value)),
            );
        }
        text
    }
}

impl Report {
    pub fn missed(&self) -> usize {
        self.figures.iter().flat_map(|figures| &figures.goals).filter(|goal| !goal.is_met).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_short() {
        let cases = [(1_234_567.8, "1 234 568"), (999.4, "999"), (12.34, "12.3"), (0.017, "0.02"), (1000.0, "1 000")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn goals_know_their_direction() {
        assert!(at_least("rate", 2.0, 1.0).is_met && !at_least("rate", 0.5, 1.0).is_met);
        assert!(at_most("time", 0.5, 1.0).is_met && !at_most("time", 2.0, 1.0).is_met);
    }
}
