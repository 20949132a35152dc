//! Memory of sessions that do nothing: connected, provisioned, up to date.

use std::time::{Duration, Instant};

use anyhow::ensure;

use super::Bench;
use crate::client::line::Line;
use crate::client::session::{Device, come_online, connect};
use crate::process::resident_bytes;
use crate::report::{Figures, Relay, at_most};

/// Memory is read after this quiet time.
const SETTLE: Duration = Duration::from_secs(2);
/// Connections that are set up at the same time.
const AT_ONCE: usize = 32;
/// Installations of one user; the server keeps a hundred.
const MAX_DEVICES: usize = 90;

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let count = bench.options.sessions;
    ensure!(count <= bench.users.len() * MAX_DEVICES, "at most {} sessions", bench.users.len() * MAX_DEVICES);
    let devices: Vec<Device> = (0..count)
        .map(|number| bench.users[number % bench.users.len()].device(&format!("idle{}", number / bench.users.len())))
        .collect();
    let pid = bench.server.process.pid();
    let address = bench.server.address;
    // On the first visit the devices become known and tell each other so; what is measured are sessions of known devices.
    let first_visit =
        each(&devices, move |device, number| async move { connect(address, &device, number).await }).await?;
    drop(first_visit);
    tokio::time::sleep(SETTLE).await;
    let started = Instant::now();
    let lines =
        each(&devices, move |device, number| async move { come_online(address, &device, number).await }).await?;
    let seconds = started.elapsed().as_secs_f64();
    tokio::time::sleep(SETTLE).await;
    let after = resident_bytes(pid)?;
    let kib = after.saturating_sub(bench.empty_bytes) as f64 / 1024.0 / count as f64;
    let mut figures = Figures::new("idle", format!("{count} idle sessions"), "");
    figures.rss_mib = Some(bench.rss_mib()?);
    // Everything beyond the empty server counts: sessions, sockets, caches of users, tokens and devices.
    figures.more("memory per session", kib, "KiB");
    figures.more("all online after", seconds, "s");
    figures.goals = vec![at_most("KiB per session", kib, 10.0)];
    drop(lines);
    if let Some((process, address)) = bench.relay().await? {
        let before = resident_bytes(process.pid())?;
        let open = move |_, number| async move { Line::open(address, &format!("/idle-{}", number / 2), number).await };
        let lines = each(&devices, open).await?;
        tokio::time::sleep(SETTLE).await;
        let grown = resident_bytes(process.pid())?.saturating_sub(before) as f64;
        let relay_kib = grown / 1024.0 / count as f64;
        figures.more("memory per connection of the relay", relay_kib, "KiB");
        figures.relay =
            Some(Relay { rss_mib: Some(grown / f64::from(1 << 20)), ratio: kib / relay_kib, ..Relay::default() });
        drop(lines);
    }
    Ok(figures)
}

/// Does something for each device, some at once.
async fn each<F, O>(devices: &[Device], action: F) -> anyhow::Result<Vec<Line>>
where
    F: Fn(Device, usize) -> O,
    O: Future<Output = anyhow::Result<Line>> + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    let mut lines = Vec::with_capacity(devices.len());
    for (number, device) in devices.iter().enumerate() {
        if tasks.len() >= AT_ONCE
            && let Some(done) = tasks.join_next().await
        {
            lines.push(done??);
        }
        tasks.spawn_local(action(device.clone(), number));
    }
    while let Some(done) = tasks.join_next().await {
        lines.push(done??);
    }
    Ok(lines)
}
