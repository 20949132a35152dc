//! `cerulean doctor`: one check per function, each adds what it found. A new check is a function and a line in [`examine`].

mod database;
mod jobs;
mod keys;
mod machine;
mod network;
mod storage;

use std::fmt::Write;
use std::process::ExitCode;

use cerulean_config::Config;
use serde::Serialize;

use super::admin::{Command, Reply, Status};
use super::control;
use super::output::Form;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Good,
    /// Works, but could be better.
    Advice,
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    /// What was looked at, in a word or two.
    pub(crate) subject: &'static str,
    pub(crate) found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remedy: Option<String>,
}

impl Finding {
    pub(crate) fn good(subject: &'static str, found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Good, subject, found: found.into(), remedy: None }
    }

    pub(crate) fn advice(subject: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Advice, subject, found: found.into(), remedy: Some(remedy.into()) }
    }

    pub(crate) fn wrong(subject: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Wrong, subject, found: found.into(), remedy: Some(remedy.into()) }
    }
}

pub(crate) async fn run(settings: &Config, form: Form) -> ExitCode {
    let findings = examine(settings).await;
    form.print(&findings, |findings| describe(findings));
    let is_well = findings.iter().all(|finding| finding.verdict != Verdict::Wrong);
    if is_well { ExitCode::SUCCESS } else { ExitCode::from(super::FAILED) }
}

/// Looks at everything. Changes nothing.
pub(crate) async fn examine(settings: &Config) -> Vec<Finding> {
    let (server, running) = running_server(settings).await;
    let mut findings = vec![
        server,
        storage::check_data_folder(&settings.data.folder),
        storage::check_space(&settings.data.folder),
        keys::check(&settings.data.keys_folder()),
        storage::check_database(settings).await,
        network::check_port(settings.server.listen, running.is_some()).await,
    ];
    findings.extend(running.and_then(|status| status.jobs).map(jobs::check));
    findings.extend(network::check_exposure(&settings.server));
    findings.extend(keys::check_tls_key(settings.server.tls.key_file.as_deref()));
    findings.extend(network::check_mail_server(&settings.mail).await);
    findings.extend(network::check_gateway(&settings.sms).await);
    findings.push(machine::check_clock(settings));
    findings.push(machine::check_open_files());
    findings
}

async fn running_server(settings: &Config) -> (Finding, Option<Status>) {
    const SUBJECT: &str = "server";
    match control::call(&settings.data.folder, &Command::Status).await {
        Ok(Some(Reply::Status(status))) => {
            let found = format!("version {} runs as process {}", status.version, status.process);
            let finding = if !status.is_database_well {
                Finding::wrong(SUBJECT, format!("{found}, but its database does not answer"), "see the server's log")
            } else if status.version == env!("CARGO_PKG_VERSION") {
                Finding::good(SUBJECT, found)
            } else {
                let remedy = format!("restart it to run version {}", env!("CARGO_PKG_VERSION"));
                Finding::advice(SUBJECT, found, remedy)
            };
            (finding, Some(status))
        }
        Ok(Some(other)) => (Finding::wrong(SUBJECT, format!("gave an odd answer: {other:?}"), "restart it"), None),
        Ok(None) if super::DataLock::is_taken(&settings.data.folder) => {
            let remedy = "if it has been starting for long, see its log";
            (Finding::advice(SUBJECT, "a process holds the data folder but does not answer", remedy), None)
        }
        Ok(None) => (Finding::good(SUBJECT, "none runs on this data folder"), None),
        Err(error) => {
            let remedy = "run this as the user that runs the server, or see the server's log";
            (Finding::wrong(SUBJECT, format!("{error:#}"), remedy), None)
        }
    }
}

fn describe(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.verdict {
            Verdict::Good => "good  ",
            Verdict::Advice => "advice",
            Verdict::Wrong => "WRONG ",
        };
        writeln!(text, "{mark}  {:<12}  {}", finding.subject, finding.found)
            .expect("writing to a string does not fail");
        if let Some(remedy) = &finding.remedy {
            writeln!(text, "{:>22}  -> {remedy}", "").expect("writing to a string does not fail");
        }
    }
    let wrong = findings.iter().filter(|finding| finding.verdict == Verdict::Wrong).count();
    let summary = match wrong {
        0 => "Nothing is wrong.".to_owned(),
        1 => "One thing is wrong.".to_owned(),
        many => format!("{many} things are wrong."),
    };
    text + "\n" + &summary + "\n"
}

/// A number of bytes for people.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = number as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{number} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests;
