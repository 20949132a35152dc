//! Leafing through a long conversation to its beginning, a hundred messages a page.

use std::time::Instant;

use anyhow::{bail, ensure};

use super::Bench;
use super::catch_up::fill;
use super::meter::Meter;
use crate::client::session::{come_online, connect, history_frame};
use crate::client::template::sequence_of_text;
use crate::client::wire::{self, Down};
use crate::histogram::Histogram;
use crate::report::{Figures, at_most};

const PAGE: i32 = 100;

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let count = bench.options.messages;
    let (from, to) = (&bench.users[2], &bench.users[5]);
    let sender = come_online(bench.server.address, &from.device("fill"), 0).await?;
    fill(bench, sender, from, to, count).await?;
    let mut line = connect(bench.server.address, &to.device("reader"), 0).await?;
    let mut pages = Histogram::default();
    let meter = Meter::start(bench.server.process.pid(), 0)?;
    let started = Instant::now();
    let (mut key, mut left) = (0, count);
    loop {
        let asked = Instant::now();
        line.send(&history_frame(from.id, key, PAGE)).await?;
        let frame = line.receive().await?;
        let Down::Sync(payload) = wire::down(&frame)? else { bail!("a page of history got another answer") };
        let mut is_in_order = true;
        let read = wire::sync(payload, |item| {
            left = left.saturating_sub(1);
            is_in_order &= sequence_of_text(item.payload) == Some(left);
        })?;
        ensure!(read.status == 1 && is_in_order, "a page was refused or out of order, {left} before the beginning");
        pages.record(asked.elapsed());
        key = read.next_key;
        if key == 0 {
            break;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    ensure!(left == 0, "{left} messages are missing from history");
    let span = meter.stop(count)?;
    let mut figures = Figures::new("history", format!("{count} messages read by pages of {PAGE}"), "messages read");
    figures.per_second = Some(count as f64 / seconds);
    figures.latency("a page", pages.quantiles());
    figures.cpu_ms_per_1000 = Some(span.cpu_ms_per_1000());
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.more("all pages", seconds * 1000.0, "ms");
    figures.goals = vec![at_most("seconds", seconds, 0.5)];
    Ok(figures)
}
