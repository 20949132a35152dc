//! A device that was offline comes back to many messages and pulls all of them.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::Bench;
use super::meter::Meter;
use super::pair::{Load, Pair, SentAt, attend_sender};
use crate::client::line::Line;
use crate::client::session::{ack_frame, catch_up, come_online, connect};
use crate::client::template::{Message, Template, sequence_of_text};
use crate::client::wire::{self, Down};
use crate::fixture::User;
use crate::report::{Figures, at_most};

/// Installations that catch up one after the other; the middle one counts.
const DEVICES: usize = 3;

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let count = bench.options.messages;
    let (from, to) = (&bench.users[0], &bench.users[1]);
    let devices: Vec<_> = (0..DEVICES).map(|number| to.device(&format!("late{number}"))).collect();
    let mut lines = Vec::new();
    for device in &devices {
        lines.push(come_online(bench.server.address, device, 0).await?);
    }
    // A device has a place in a conversation once it confirmed something there: from then on nothing is left out.
    let mut sender = come_online(bench.server.address, &from.device("fill"), 0).await?;
    sender = fill(bench, sender, from, to, 1).await?;
    for line in &mut lines {
        confirm_first(line).await?;
    }
    drop(lines);
    tokio::time::sleep(Duration::from_millis(500)).await;
    fill(bench, sender, from, to, count).await?;
    let meter = Meter::start(bench.server.process.pid(), 0)?;
    let mut seconds = Vec::new();
    for device in &devices {
        let started = Instant::now();
        let mut line = connect(bench.server.address, device, 0).await?;
        let (mut next, mut is_in_order) = (0, true);
        catch_up(&mut line, |uid, item| {
            if uid == from.id {
                is_in_order &= sequence_of_text(item.payload) == Some(next);
                next += 1;
            }
        })
        .await?;
        seconds.push(started.elapsed().as_secs_f64());
        ensure!(next == count && is_in_order, "{next} of {count} messages were pulled, in order: {is_in_order}");
    }
    let span = meter.stop(count * DEVICES as u64)?;
    seconds.sort_by(f64::total_cmp);
    let middle = seconds[DEVICES / 2];
    let mut figures =
        Figures::new("catch-up", format!("{count} messages pulled by a device that was offline"), "messages pulled");
    figures.per_second = Some(count as f64 / middle);
    figures.cpu_ms_per_1000 = Some(span.cpu_ms_per_1000());
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.more("from connecting to the last message", middle * 1000.0, "ms");
    figures.goals = vec![at_most("seconds", middle, 0.5)];
    Ok(figures)
}

/// Waits for the first message and confirms it.
async fn confirm_first(line: &mut Line) -> anyhow::Result<()> {
    loop {
        let frame = line.receive().await?;
        let Down::Sync(payload) = wire::down(&frame)? else { continue };
        let mut mid = 0;
        let read = wire::sync(payload, |item| mid = item.mid)?;
        if mid != 0 && read.xid != 0 {
            return line.send(&ack_frame(read.xid, mid)).await;
        }
    }
}

/// Sends so many messages and waits for all acknowledgements. Gives the line back by connecting anew.
pub(super) async fn fill(bench: &Bench<'_>, line: Line, from: &User, to: &User, count: u64) -> anyhow::Result<Line> {
    let message =
        Message { from: from.id, to: to.id, is_group: false, text_bytes: bench.options.text, has_send_key: true };
    let load = Load::new(true);
    let mut template = Template::new(message);
    let mut bytes = Vec::new();
    for sequence in 0..count {
        template.put(sequence, &mut bytes);
    }
    let writer = line.writer.clone();
    let pair = Pair::new(&load, 0, template, SentAt::keep(1), None);
    let reading = tokio::task::spawn_local(attend_sender(line, pair.clone()));
    let mut written = 0;
    while written < bytes.len() {
        writer.writable().await?;
        match writer.try_write(&bytes[written..]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
    load.drain("acknowledgements", || pair.acked.get() == count).await?;
    reading.abort();
    come_online(bench.server.address, &from.device("fill"), 0).await.context("the sender cannot come back")
}
