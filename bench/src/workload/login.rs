//! Sign-ins by name and password. What they cost is the password hash, which is meant to be dear.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use serde_json::json;

use super::Bench;
use super::meter::Meter;
use crate::fixture::User;
use crate::histogram::Histogram;
use crate::report::Figures;

/// Clients that sign in at the same time.
const AT_ONCE: usize = 4;

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let is_running = Rc::new(Cell::new(true));
    let times: Rc<RefCell<Histogram>> = Rc::default();
    let mut tasks = tokio::task::JoinSet::new();
    let meter = Meter::start(bench.server.process.pid(), 0)?;
    for client in 0..AT_ONCE {
        let mut http = bench.server.http("").await?;
        let names: Vec<String> =
            bench.users.iter().skip(client).step_by(AT_ONCE).map(|user| user.name.clone()).collect();
        let (is_running, times) = (is_running.clone(), times.clone());
        tasks.spawn_local(async move {
            for name in names.iter().cycle() {
                if !is_running.get() {
                    break;
                }
                let started = Instant::now();
                http.post("/token/user", &json!({"name": name, "password": User::password()})).await?;
                times.borrow_mut().record(started.elapsed());
            }
            anyhow::Ok(())
        });
    }
    tokio::time::sleep(bench.options.duration()).await;
    let count = times.borrow().count();
    let span = meter.stop(count)?;
    is_running.set(false);
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let mut figures = Figures::new("login", format!("{AT_ONCE} clients sign in at a time"), "sign-ins");
    figures.per_second = Some(span.per_second());
    figures.cpu_ms_per_1000 = Some(span.cpu_ms_per_1000());
    figures.latency("a sign-in", times.borrow().quantiles());
    figures.rss_mib = Some(bench.rss_mib()?);
    Ok(figures)
}
