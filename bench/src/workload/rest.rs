//! The ten most used calls of the REST API, one after the other, each on 64 connections of as many users.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};

use super::Bench;
use super::memory::Peak;
use super::meter::{Meter, WARM_UP};
use crate::client::http::Http;
use crate::fixture::User;
use crate::histogram::{Histogram, Quantiles};
use crate::report::Figures;

const CONNECTIONS: usize = 64;

/// A call: name, method, and for a user what follows, and the body.
struct Call {
    name: &'static str,
    method: &'static str,
    path: fn(&Facts<'_>) -> String,
    body: fn(&Facts<'_>) -> Option<Value>,
}

/// What a call may name.
struct Facts<'a> {
    user: &'a User,
    peer: &'a User,
    group: u64,
}

fn nothing(_: &Facts<'_>) -> Option<Value> {
    None
}

const CALLS: [Call; 10] = [
    Call { name: "GET /user/profile", method: "GET", path: |_| "/user/profile".into(), body: nothing },
    Call { name: "GET /user/settings", method: "GET", path: |_| "/user/settings".into(), body: nothing },
    Call {
        name: "GET /roster/id",
        method: "GET",
        path: |facts| format!("/roster/id?user_id={}", facts.peer.id),
        body: nothing,
    },
    Call { name: "GET /roster/list", method: "GET", path: |_| "/roster/list".into(), body: nothing },
    Call {
        name: "GET /group/info",
        method: "GET",
        path: |facts| format!("/group/info?group_id={}", facts.group),
        body: nothing,
    },
    Call {
        name: "GET /group/member_list",
        method: "GET",
        path: |facts| format!("/group/member_list?group_id={}&limit=100", facts.group),
        body: nothing,
    },
    Call { name: "GET /message/unread", method: "GET", path: |_| "/message/unread".into(), body: nothing },
    Call {
        name: "GET /message/conversation",
        method: "GET",
        path: |facts| format!("/message/conversation?opposite_id={}&limit=20", facts.peer.id),
        body: nothing,
    },
    Call {
        name: "POST /message/send",
        method: "POST",
        path: |_| "/message/send".into(),
        body: |facts| {
            Some(json!({"type": 1, "targets": [facts.peer.id], "content_type": 0, "content": "Hello from the bench"}))
        },
    },
    Call {
        name: "POST /user/profile",
        method: "POST",
        path: |_| "/user/profile".into(),
        body: |facts| Some(json!({"nick_name": format!("Nick of {}", facts.user.name)})),
    },
];

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let users = &bench.users[..CONNECTIONS];
    let group = bench.server.add_group(users).await?;
    let peak = Peak::watch(bench.server.process.pid());
    let whole = Meter::start(bench.server.process.pid(), 0)?;
    let mut count = 0;
    let what = format!("{} calls, each on {CONNECTIONS} connections", CALLS.len());
    let mut figures = Figures::new("rest", what, "calls");
    for call in &CALLS {
        let (per_second, quantiles, calls) = measure(bench, users, group, call).await?;
        count += calls;
        figures.latency(call.name, quantiles);
        figures.more(call.name, per_second, "per second");
    }
    let span = whole.stop(count)?;
    figures.per_second = Some(span.per_second());
    figures.cpu_ms_per_1000 = Some(span.cpu_ms_per_1000());
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.more("most memory during it (RSS)", peak.mib(), "MiB");
    Ok(figures)
}

async fn measure(
    bench: &Bench<'_>,
    users: &[User],
    group: u64,
    call: &'static Call,
) -> anyhow::Result<(f64, Quantiles, u64)> {
    let (is_running, is_measuring) = (Rc::new(Cell::new(true)), Rc::new(Cell::new(false)));
    let times: Rc<RefCell<Histogram>> = Rc::default();
    let mut tasks = tokio::task::JoinSet::new();
    for (number, user) in users.iter().enumerate() {
        let facts = Facts { user, peer: &users[number ^ 1], group };
        let (path, body) = ((call.path)(&facts), (call.body)(&facts));
        let http = bench.server.http(&user.token).await?;
        let (is_running, is_measuring, times) = (is_running.clone(), is_measuring.clone(), times.clone());
        tasks.spawn_local(async move {
            let mut http = http;
            while is_running.get() {
                let taken = one(&mut http, call.method, &path, body.as_ref()).await?;
                if is_measuring.get() {
                    times.borrow_mut().record(taken);
                }
            }
            anyhow::Ok(())
        });
    }
    tokio::time::sleep(WARM_UP).await;
    is_measuring.set(true);
    let started = Instant::now();
    tokio::time::sleep(bench.options.duration()).await;
    is_measuring.set(false);
    let seconds = started.elapsed().as_secs_f64();
    is_running.set(false);
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let times = times.borrow();
    Ok((times.count() as f64 / seconds, times.quantiles(), times.count()))
}

async fn one(http: &mut Http, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let (status, answer) = http.call(method, path, body).await?;
    ensure!(status == 200 && answer["code"] == 200, "{method} {path}: status {status}, {answer}");
    Ok(started.elapsed())
}
