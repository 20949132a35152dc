//! Start with an empty folder, size of the binary, memory when nothing happens.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;

use crate::fixture::Server;
use crate::process;
use crate::report::{Figures, at_most};

/// Memory is read after the start has settled.
const SETTLE: Duration = Duration::from_secs(2);
const MIB: f64 = (1 << 20) as f64;

/// Also hands out the server that was started, and its memory in bytes while it is empty.
pub(super) async fn run(binary: &Path, folder: &Path) -> anyhow::Result<(Server, u64, Figures)> {
    let server = Server::start(binary, folder).await.context("the server does not start")?;
    tokio::time::sleep(SETTLE).await;
    let mut figures = Figures::new("start", "first start with an empty folder", "");
    let ready = server.ready_after.as_secs_f64();
    let binary_mb = std::fs::metadata(binary)?.len() as f64 / 1e6;
    let empty_bytes = process::resident_bytes(server.process.pid())?;
    let rss_mib = empty_bytes as f64 / MIB;
    figures.rss_mib = Some(rss_mib);
    figures.more("ready after", ready * 1000.0, "ms");
    figures.more("binary", binary_mb, "MB");
    figures.goals = vec![
        at_most("seconds to ready", ready, 1.0),
        at_most("MB of binary", binary_mb, 60.0),
        at_most("MiB when idle", rss_mib, 60.0),
    ];
    Ok((server, empty_bytes, figures))
}
