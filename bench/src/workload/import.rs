//! Moving in: a dump of users, groups and messages, made here, is imported by the running server; then once more, when all of it is there.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::Bench;
use super::memory::Peak;
use super::meter::Meter;
use crate::report::{Figures, at_most};

/// A moment of 2025, from which messages of a dump follow each other by the millisecond.
const FIRST_AT: u64 = 1_740_000_000_000;
const USERS: u64 = 10_000;
const GROUPS: u64 = 100;
const GROUP_MEMBERS: u64 = 100;
/// One message in so many goes to a group.
const GROUP_EVERY: u64 = 10;

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let count = bench.options.import;
    let file = bench.folder.join("moved.jsonl");
    write_dump(&file, count, bench.options.text)?;
    let megabytes = std::fs::metadata(&file)?.len() as f64 / 1e6;
    let peak = Peak::watch(bench.server.process.pid());
    let meter = Meter::start(bench.server.process.pid(), 0)?;
    let first = import(bench, &file).await?;
    let span = meter.stop(count)?;
    ensure!(first["types"]["message"]["imported"] == count, "not all messages were imported: {first}");
    ensure!(first["types"]["user"]["imported"] == USERS, "not all users were imported: {first}");
    let started = Instant::now();
    let again = import(bench, &file).await?;
    ensure!(again["types"]["message"]["repeated"] == count, "an import that is repeated changes something: {again}");
    let what = format!(
        "{count} messages of {USERS} users in the order of their times, {megabytes:.0} MB, by the running server"
    );
    let mut figures = Figures::new("import", what, "messages");
    figures.per_second = Some(span.per_second());
    figures.cpu_ms_per_1000 = Some(span.cpu_ms_per_1000());
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.more("most memory during it (RSS)", peak.mib(), "MiB");
    figures.more("all of it", span.seconds, "s");
    figures.more("server CPU for all of it", span.cpu.as_secs_f64(), "s");
    figures.more("the same file again", started.elapsed().as_secs_f64(), "s");
    let per_million = span.seconds * 1e6 / count as f64;
    figures.goals = vec![at_most("seconds per million messages", per_million, 60.0)];
    Ok(figures)
}

fn write_dump(file: &Path, count: u64, text_bytes: usize) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    writeln!(out, r#"{{"type":"header","format":"cerulean-dump","version":1,"source":"bench"}}"#)?;
    for user in 0..USERS {
        writeln!(out, r#"{{"type":"user","id":"u{user}","username":"moved_{user}","at":{FIRST_AT}}}"#)?;
    }
    for group in 0..GROUPS {
        let owner = group * GROUP_MEMBERS;
        writeln!(
            out,
            r#"{{"type":"group","id":"g{group}","owner":"u{owner}","name":"Group {group}","at":{FIRST_AT}}}"#
        )?;
    }
    for user in 0..GROUPS * GROUP_MEMBERS {
        let group = user / GROUP_MEMBERS;
        writeln!(out, r#"{{"type":"member","group":"g{group}","user":"u{user}","at":{FIRST_AT}}}"#)?;
    }
    let text = "x".repeat(text_bytes);
    for number in 0..count {
        // Neighbouring messages are of different conversations, as where many people talk at once.
        let from = number.wrapping_mul(7919) % USERS;
        let to = if number % GROUP_EVERY == 0 {
            format!(r#""to_group":"g{}""#, from / GROUP_MEMBERS)
        } else {
            format!(r#""to_user":"u{}""#, from ^ 1)
        };
        let at = FIRST_AT + 1 + number;
        writeln!(out, r#"{{"type":"message","id":"m{number}","from":"u{from}",{to},"at":{at},"content":"{text}"}}"#)?;
    }
    Ok(out.flush()?)
}

/// Runs `cerulean import`, which hands the file to the running server, and answers its report.
pub(super) async fn import(bench: &Bench<'_>, file: &Path) -> anyhow::Result<Value> {
    let told = bench.folder.join("import.log");
    let out = File::create(&told)?;
    let child = Command::new(bench.binary)
        .args(["import", "--json", "--app", &bench.server.app, "--data"])
        .arg(bench.folder.join("data"))
        .arg(file)
        .current_dir(bench.folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(out)
        .spawn()
        .context("the command line does not start")?;
    let is_well = ended(child).await?;
    let text = std::fs::read_to_string(&told)?;
    let report = text.find('{').and_then(|at| serde_json::from_str(&text[at..]).ok());
    match report {
        Some(report) if is_well => Ok(report),
        _ => bail!("the import failed: {text}"),
    }
}

/// Waits without standing in the way of what else runs on this thread.
async fn ended(mut child: Child) -> anyhow::Result<bool> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
