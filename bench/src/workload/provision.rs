//! Log-ins of connections: known devices come back, as after a network failure. TCP, WebSocket handshake, PROVISION, its answer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use super::Bench;
use super::meter::{Meter, Span, WARM_UP};
use crate::client::line::Line;
use crate::client::session::{Device, connect};
use crate::histogram::Histogram;
use crate::report::{Figures, Relay, at_least};

/// Devices that come back again and again at the same time.
const DEVICES: usize = 64;

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
    let what = format!("{DEVICES} known devices at a time: TCP, handshake, PROVISION, close");
    let mut figures = Figures::new("provision", what, "provisions");
    figures.per_second = Some(span.per_second());
    figures.cpu_ms_per_1000 = Some(span.cpu_ms_per_1000());
    figures.latency("connect to provisioned", storm.times.borrow().quantiles());
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.goals = vec![at_least("provisions per second", span.per_second(), 8000.0)];
    if let Some((process, address)) = bench.relay().await? {
        let open = move |number| async move { Line::open(address, &format!("/storm-{number}"), number).await };
        let (span, storm) = rage(bench, process.pid(), open).await?;
        let p99 = storm.times.borrow().quantiles().p99;
        let server_rate = figures.per_second.unwrap_or(0.0);
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
