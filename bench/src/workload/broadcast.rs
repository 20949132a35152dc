//! A message to every user of an app, most of whom are not there.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use super::Bench;
use super::crowd;
use super::memory::Peak;
use super::meter::Meter;
use crate::client::line::Line;
use crate::client::session::come_online;
use crate::client::wire::{self, Down};
use crate::process::cpu_time;
use crate::report::Figures;

const TEXT: &str = "The server rests on Sunday from two to three.";
/// It is over when the server did nothing for so long.
const QUIET: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// What a server may take that does nothing, of one look.
const IDLE: Duration = Duration::from_millis(10);
const DELIVERED_WITHIN: Duration = Duration::from_mins(1);

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let crowd = crowd::gather(bench, bench.options.crowd).await?;
    let mut lines = Vec::new();
    for (number, user) in bench.users.iter().enumerate() {
        lines.push(come_online(bench.server.address, &user.device("broadcast"), number).await?);
    }
    let online = lines.len();
    let mut admin = bench.server.http(&bench.server.admin_token).await?;
    let pid = bench.server.process.pid();
    let peak = Peak::watch(pid);
    let meter = Meter::start(pid, 0)?;
    let started = Instant::now();
    let receiving: Vec<_> = lines.into_iter().map(|line| tokio::task::spawn_local(received(line))).collect();
    let request = json!({"type": 1, "content_type": 0, "content": TEXT});
    admin.post("/message/broadcast", &request).await?;
    let answered = started.elapsed();
    let mut last_delivery = Duration::ZERO;
    for line in receiving {
        let at =
            tokio::time::timeout(DELIVERED_WITHIN, line).await.context("a device did not get the broadcast")???;
        last_delivery = last_delivery.max(at.duration_since(started));
    }
    let busy = until_quiet(pid, started).await?;
    let users = (crowd.len() + online) as u64;
    let span = meter.stop(users)?;
    let mut figures = Figures::new("broadcast", format!("to {users} users, {online} of them online"), "users told");
    figures.per_second = Some(users as f64 / busy.as_secs_f64());
    figures.cpu_ms_per_1000 = Some(span.cpu_ms_per_1000());
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.more("most memory during it (RSS)", peak.mib(), "MiB");
    figures.more("answered after", answered.as_secs_f64() * 1000.0, "ms");
    figures.more("the last online device has it after", last_delivery.as_secs_f64(), "s");
    figures.more("all is done after", busy.as_secs_f64(), "s");
    Ok(figures)
}

/// Reads until the broadcast comes.
async fn received(mut line: Line) -> anyhow::Result<Instant> {
    loop {
        let frame = line.receive().await?;
        let Down::Sync(payload) = wire::down(&frame)? else { continue };
        let mut is_there = false;
        wire::sync(payload, |item| {
            is_there |= item.payload.windows(TEXT.len()).any(|window| window == TEXT.as_bytes());
        })?;
        if is_there {
            return Ok(Instant::now());
        }
    }
}

/// When the server had nothing more to do, whether the call waited for that or a job went on behind it.
async fn until_quiet(pid: u32, started: Instant) -> anyhow::Result<Duration> {
    let mut before = cpu_time(pid)?;
    let mut busy = started.elapsed();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = cpu_time(pid)?;
        if now.saturating_sub(before) > IDLE {
            busy = started.elapsed();
        }
        before = now;
        if started.elapsed().saturating_sub(busy) > QUIET {
            return Ok(busy);
        }
        if started.elapsed() > Duration::from_mins(10) {
            bail!("the server is still busy after ten minutes");
        }
    }
}
