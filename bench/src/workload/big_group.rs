//! A group of a hundred thousand: made, joined, left, silenced, and talked in while some hundred of its members are online.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::Bench;
use super::crowd;
use super::memory::Peak;
use super::meter::Meter;
use crate::client::http::Http;
use crate::client::line::Line;
use crate::client::session::come_online;
use crate::client::wire::{self, Down};
use crate::histogram::Histogram;
use crate::report::Figures;

/// Users whom one call takes into a group.
const BATCH: usize = 1000;
/// Devices of each user that signed in.
const DEVICES: usize = 3;
/// How often each small thing is done.
const TIMES: usize = 40;
const DELIVERED_WITHIN: Duration = Duration::from_mins(1);
/// Stands in front of the number of a message.
const MARK: &str = "number ";

/// What the online devices saw.
#[derive(Default)]
struct Seen {
    sent_at: RefCell<Vec<Instant>>,
    deliveries: RefCell<Histogram>,
    count: Cell<usize>,
}

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let size = bench.options.crowd;
    let crowd = crowd::gather(bench, size).await?;
    let pid = bench.server.process.pid();
    let peak = Peak::watch(pid);
    let meter = Meter::start(pid, 0)?;
    let mut owner = bench.server.http(&bench.users[0].token).await?;
    let (group, making) = make(bench, &mut owner, &crowd[TIMES..]).await?;
    let seen = Rc::new(Seen::default());
    let mut tasks = Vec::new();
    for device in 0..DEVICES {
        for (number, user) in bench.users.iter().enumerate() {
            let device = user.device(&format!("crowd{device}"));
            let line = come_online(bench.server.address, &device, number).await?;
            tasks.push(tokio::task::spawn_local(listen(line, seen.clone())));
        }
    }
    let online = tasks.len();
    // The owner's token is that of one of his devices, which does not get what it sends.
    let sending = talk(&mut owner, group, &seen, online - 1).await?;
    let outsiders = &crowd[..TIMES];
    let one = |user: u64| json!({"group_id": group, "user_list": [user]});
    let joining = each(&mut owner, "/group/invite", outsiders, one).await?;
    let silenced = |user: u64| json!({"group_id": group, "user_list": [user], "duration": 10});
    let silencing = each(&mut owner, "/group/ban", outsiders, silenced).await?;
    let kicking = each(&mut owner, "/group/kick", outsiders, one).await?;
    let leaving = leave(bench, group).await?;
    let span = meter.stop(size as u64)?;
    for task in &tasks {
        ensure!(!task.is_finished(), "a device lost its connection");
        task.abort();
    }
    let mut figures = Figures::new("big-group", format!("group of {size} members, {online} devices online"), "members");
    figures.per_second = Some((size - TIMES) as f64 / making.as_secs_f64());
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.more("most memory during it (RSS)", peak.mib(), "MiB");
    figures.more("made in", making.as_secs_f64(), "s");
    figures.more("server CPU for all of it", span.cpu.as_secs_f64(), "s");
    figures.latency("a message is stored", sending.quantiles());
    figures.latency("a message is with a device", seen.deliveries.borrow().quantiles());
    figures.latency("a user joins", joining.quantiles());
    figures.latency("a member is silenced", silencing.quantiles());
    figures.latency("a member is put out", kicking.quantiles());
    figures.latency("a member leaves", leaving.quantiles());
    Ok(figures)
}

/// Makes the group of all who signed in, and takes the crowd into it.
async fn make(bench: &Bench<'_>, owner: &mut Http, crowd: &[u64]) -> anyhow::Result<(u64, Duration)> {
    let started = Instant::now();
    let group = bench.server.add_group(bench.users).await?;
    for some in crowd.chunks(BATCH) {
        owner.post("/group/invite", &json!({"group_id": group, "user_list": some})).await?;
    }
    let (_, info) = owner.call("GET", &format!("/group/info?group_id={group}"), None).await?;
    let members = info["data"]["count"].as_u64().context("the group has no count")?;
    ensure!(members == (crowd.len() + bench.users.len()) as u64, "{members} are in the group");
    Ok((group, started.elapsed()))
}

/// Counts and times what comes.
async fn listen(mut line: Line, seen: Rc<Seen>) -> anyhow::Result<()> {
    loop {
        let frame = line.receive().await?;
        let Down::Sync(payload) = wire::down(&frame)? else { continue };
        wire::sync(payload, |item| {
            let Some(number) = number_in(item.payload) else { return };
            let sent_at = seen.sent_at.borrow();
            if let Some(at) = sent_at.get(number) {
                seen.deliveries.borrow_mut().record(at.elapsed());
                seen.count.set(seen.count.get() + 1);
            }
        })?;
    }
}

fn number_in(payload: &[u8]) -> Option<usize> {
    let at = payload.windows(MARK.len()).position(|window| window == MARK.as_bytes())? + MARK.len();
    let digits = payload[at..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |number, digit| Some(number.unwrap_or(0) * 10 + usize::from(digit - b'0')))
}

/// Sends one message after the other, each when all have the one before.
async fn talk(owner: &mut Http, group: u64, seen: &Seen, hearing: usize) -> anyhow::Result<Histogram> {
    let mut times = Histogram::default();
    for number in 0..TIMES {
        let content = format!("{MARK}{number}");
        let started = Instant::now();
        seen.sent_at.borrow_mut().push(started);
        let request = json!({"type": 2, "targets": [group], "content_type": 0, "content": content});
        let (status, answer) = owner.call("POST", "/message/send", Some(&request)).await?;
        ensure!(status == 200 && answer["code"] == 200, "a message was refused: {answer}");
        times.record(started.elapsed());
        let all_have_it = async {
            while seen.count.get() < (number + 1) * hearing {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let within = tokio::time::timeout(DELIVERED_WITHIN, all_have_it).await;
        within.with_context(|| {
            format!("{} of {hearing} devices have message {number}", seen.count.get() - number * hearing)
        })?;
    }
    Ok(times)
}

async fn each(owner: &mut Http, path: &str, users: &[u64], body: impl Fn(u64) -> Value) -> anyhow::Result<Histogram> {
    let mut times = Histogram::default();
    for user in users {
        let started = Instant::now();
        owner.post(path, &body(*user)).await?;
        times.record(started.elapsed());
    }
    Ok(times)
}

/// The last of those who signed in go.
async fn leave(bench: &Bench<'_>, group: u64) -> anyhow::Result<Histogram> {
    let mut times = Histogram::default();
    for user in bench.users.iter().rev().take(TIMES) {
        let mut http = bench.server.http(&user.token).await?;
        let started = Instant::now();
        http.post("/group/leave", &json!({"group_id": group})).await?;
        times.record(started.elapsed());
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_bodies() {
        assert_eq!(number_in(b"\x08\x03 number 17\x28\x00"), Some(17));
        assert_eq!(number_in(b"number "), None);
        assert_eq!(number_in(b"other"), None);
    }
}
