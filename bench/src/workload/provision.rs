//! Log-ins of connections: known devices come back, as after a network failure.
//!
//! Twice: PROVISION alone on connections that are open already, and the whole way of TCP, WebSocket handshake and PROVISION, of which the
//! kernel and the generator take their share.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::Bench;
use super::meter::{Meter, Span, WARM_UP};
use crate::client::line::Line;
use crate::client::session::{Device, connect, provision_frame, provisioned};
use crate::client::wire::{self, Down};
use crate::histogram::Histogram;
use crate::report::{Figures, Relay, at_least};

/// Devices that come back again and again at the same time.
const DEVICES: usize = 64;
/// Connections that are open before any of them is provisioned.
const OPEN_LINES: usize = 1500;
/// Devices of a user that a server may be expected to know by heart.
const KNOWN_DEVICES: usize = 12;
/// Opening connections takes longer than provisioning them: enough is enough.
const MAX_PROVISIONS: u64 = 20_000;

struct Storm {
    is_running: Cell<bool>,
    is_measuring: Cell<bool>,
    count: Cell<u64>,
    times: RefCell<Histogram>,
}

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let devices: Vec<Device> =
        (0..DEVICES).map(|number| bench.users[number % bench.users.len()].device("storm")).collect();
    let address = bench.server.address;
    let (span, storm) = rage(bench, bench.server.process.pid(), move |number| {
        let device = devices[number].clone();
        async move { connect(address, &device, number).await }
    })
    .await?;
    let on_open_lines = provision_open_lines(bench).await?;
    let what = format!("known devices; PROVISION on open connections, and {DEVICES} at a time with TCP and handshake");
    let mut figures = Figures::new("provision", what, "provisions");
    figures.per_second = Some(on_open_lines.per_second());
    figures.cpu_ms_per_1000 = Some(on_open_lines.cpu_ms_per_1000());
    figures.latency("connect to provisioned", storm.times.borrow().quantiles());
    figures.more("with TCP and handshake, per second", span.per_second(), "");
    figures.more("with TCP and handshake, CPU per 1 000", span.cpu_ms_per_1000(), "ms");
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.goals = vec![at_least("provisions per second", on_open_lines.per_second(), 8000.0)];
    let server_rate = span.per_second();
    if let Some((process, address)) = bench.relay().await? {
        let open = move |number| async move { Line::open(address, &format!("/storm-{number}"), number).await };
        let (span, storm) = rage(bench, process.pid(), open).await?;
        let p99 = storm.times.borrow().quantiles().p99;
        figures.relay = Some(Relay {
            per_second: Some(span.per_second()),
            cpu_ms_per_1000: Some(span.cpu_ms_per_1000()),
            p99_ms: Some(p99),
            ratio: server_rate / span.per_second(),
            ..Relay::default()
        });
    }
    Ok(figures)
}

/// Opens connections, then provisions all of them at once; again with fresh ones until the time is over.
async fn provision_open_lines(bench: &Bench<'_>) -> anyhow::Result<Span> {
    let per_user = OPEN_LINES.div_ceil(bench.users.len()).min(KNOWN_DEVICES);
    let devices: Vec<Device> = (0..per_user)
        .flat_map(|number| bench.users.iter().map(move |user| user.device(&format!("open{number}"))))
        .collect();
    // Known to the server from here on.
    for (number, device) in devices.iter().enumerate() {
        connect(bench.server.address, device, number).await?;
    }
    let mut sum = Span { seconds: 0.0, count: 0, cpu: Duration::ZERO };
    while sum.seconds < bench.options.seconds {
        let mut lines = Vec::with_capacity(devices.len());
        for number in 0..devices.len() {
            lines.push(Line::open(bench.server.address, "/", number).await?);
        }
        let meter = Meter::start(bench.server.process.pid(), 0)?;
        for (line, device) in lines.iter().zip(&devices) {
            line.send(&provision_frame(device)).await?;
        }
        for line in &mut lines {
            let answer = line.receive().await?;
            let Down::Provision(payload) = wire::down(&answer)? else { bail!("PROVISION got another answer") };
            provisioned(payload)?;
        }
        let span = meter.stop(devices.len() as u64)?;
        sum = Span { seconds: sum.seconds + span.seconds, count: sum.count + span.count, cpu: sum.cpu + span.cpu };
        if sum.count > MAX_PROVISIONS {
            break;
        }
    }
    Ok(sum)
}

async fn rage<F, O>(bench: &Bench<'_>, pid: u32, come: F) -> anyhow::Result<(Span, Rc<Storm>)>
where
    F: Fn(usize) -> O + 'static,
    O: Future<Output = anyhow::Result<Line>> + 'static,
{
    let storm = Rc::new(Storm {
        is_running: Cell::new(true),
        is_measuring: Cell::new(false),
        count: Cell::new(0),
        times: RefCell::default(),
    });
    let come = Rc::new(come);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..DEVICES {
        let (storm, come) = (storm.clone(), come.clone());
        tasks.spawn_local(async move {
            while storm.is_running.get() {
                let started = Instant::now();
                drop(come(number).await?);
                storm.count.set(storm.count.get() + 1);
                if storm.is_measuring.get() {
                    storm.times.borrow_mut().record(started.elapsed());
                }
            }
            anyhow::Ok(())
        });
    }
    tokio::time::sleep(WARM_UP).await;
    let meter = Meter::start(pid, storm.count.get())?;
    storm.is_measuring.set(true);
    tokio::time::sleep(bench.options.duration()).await;
    let span = meter.stop(storm.count.get())?;
    storm.is_running.set(false);
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok((span, storm))
}
