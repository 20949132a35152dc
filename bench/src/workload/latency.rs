//! Latency at a fixed rate: messages leave by the clock, whatever the server does, and count from the moment they were due.

use std::io::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::Bench;
use super::meter::{Meter, WARM_UP};
use super::pair::{Load, Pair, SentAt, Target, attend_receiver, attend_sender};
use crate::client::template::Template;
use crate::histogram::Quantiles;
use crate::report::{Figures, Relay, at_most};

/// Between setting up and the first message.
const LEAD: Duration = Duration::from_millis(200);

struct Outcome {
    ack: Quantiles,
    delivery: Quantiles,
    cpu_ms_per_1000: f64,
    per_second: f64,
}

pub(super) async fn run(bench: &Bench<'_>) -> anyhow::Result<Figures> {
    let what = format!("{} messages per second over {} pairs, by the clock", bench.options.rate, bench.options.pairs);
    let target = Target::Server(bench.server.address, bench.users);
    let done = play(bench, target, bench.server.process.pid()).await?;
    let mut figures = Figures::new("latency", what, "messages delivered");
    figures.per_second = Some(done.per_second);
    figures.latency("due to acknowledgement", done.ack);
    figures.latency("due to delivery", done.delivery);
    figures.cpu_ms_per_1000 = Some(done.cpu_ms_per_1000);
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.goals = vec![
        at_most("p99 ms to acknowledgement", done.ack.p99, 10.0),
        at_most("p99 ms to delivery", done.delivery.p99, 10.0),
    ];
    if let Some((process, address)) = bench.relay().await? {
        let relay = play(bench, Target::Relay(address), process.pid()).await?;
        figures.relay = Some(Relay {
            per_second: Some(relay.per_second),
            cpu_ms_per_1000: Some(relay.cpu_ms_per_1000),
            p99_ms: Some(relay.delivery.p99),
            ratio: done.delivery.p99 / relay.delivery.p99,
            ..Relay::default()
        });
    }
    Ok(figures)
}

/// What the sending thread writes to.
struct Sender {
    stream: std::net::TcpStream,
    template: Template,
}

async fn play(bench: &Bench<'_>, target: Target<'_>, pid: u32) -> anyhow::Result<Outcome> {
    let options = bench.options;
    let load = Load::new(target.has_acks());
    let mut lines = Vec::new();
    let mut senders = Vec::new();
    for number in 0..options.pairs {
        let (sender, receiver, message) = target.connect("latency", number, options, false).await?;
        let (sender, stream) = sender.duplicate()?;
        senders.push(Sender { stream, template: Template::new(message) });
        lines.push((sender, receiver, message));
    }
    let step = Duration::from_secs_f64(1.0 / options.rate.max(1) as f64);
    let first = Instant::now() + LEAD;
    let mut tasks = tokio::task::JoinSet::new();
    let mut pairs: Vec<Rc<Pair>> = Vec::new();
    for (number, (sender, receiver, message)) in lines.into_iter().enumerate() {
        let planned = SentAt::Planned(first + step * number as u32, step * options.pairs as u32);
        let pair = Pair::new(&load, 0, Template::new(message), planned, None);
        tasks.spawn_local(attend_sender(sender, pair.clone()));
        tasks.spawn_local(attend_receiver(receiver, pair.clone()));
        pairs.push(pair);
    }
    let total = ((WARM_UP + options.duration()).as_secs_f64() / step.as_secs_f64()) as u64;
    let sending = std::thread::spawn(move || send_by_the_clock(senders, first, step, total));
    load.run_for(LEAD + WARM_UP).await?;
    let meter = Meter::start(pid, load.delivered.get())?;
    load.is_measuring.set(true);
    load.run_for(options.duration()).await?;
    let span = meter.stop(load.delivered.get())?;
    load.drain("messages", || load.delivered.get() == total).await?;
    if load.has_acks {
        load.drain("acknowledgements", || pairs.iter().map(|pair| pair.acked.get()).sum::<u64>() == total).await?;
    }
    sending.join().ok().context("the sending thread panicked")??;
    let (ack, delivery) = (load.send_to_ack.borrow().quantiles(), load.send_to_delivery.borrow().quantiles());
    ensure!(load.send_to_delivery.borrow().count() > 0, "nothing was measured");
    Ok(Outcome { ack, delivery, cpu_ms_per_1000: span.cpu_ms_per_1000(), per_second: span.per_second() })
}

/// A thread of its own keeps time better than a runtime that also reads.
fn send_by_the_clock(mut senders: Vec<Sender>, first: Instant, step: Duration, total: u64) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    for number in 0..total {
        let due = first + step.mul_f64(number as f64);
        if let Some(early) = due.checked_duration_since(Instant::now()) {
            #[expect(clippy::disallowed_methods, reason = "this is a thread of its own, not a worker of a runtime")]
            std::thread::sleep(early);
        }
        let count = senders.len() as u64;
        let sender = &mut senders[(number % count) as usize];
        bytes.clear();
        sender.template.put(number / count, &mut bytes);
        sender.stream.write_all(&bytes).context("a send does not fit the socket: the server does not read")?;
    }
    Ok(())
}
