//! One-to-one chat at saturation: every pair has as many messages under way as its window allows.

use std::rc::Rc;

use super::Bench;
use super::meter::{Meter, Span, WARM_UP};
use super::pair::{Load, Pair, SentAt, Target, attend_receiver, attend_sender};
use crate::client::template::Template;
use crate::histogram::Quantiles;
use crate::report::{Figures, Relay, at_least, at_most};

struct Outcome {
    span: Span,
    ack: Quantiles,
    delivery: Quantiles,
}

pub(super) async fn run(bench: &Bench<'_>, has_send_key: bool) -> anyhow::Result<Figures> {
    let options = bench.options;
    let name = if has_send_key { "chat-keys" } else { "chat" };
    let keys = if has_send_key { ", each with a send key" } else { "" };
    let what = format!(
        "{} pairs, {} messages of each under way, {} bytes of text{keys}",
        options.pairs, options.window, options.text
    );
    let server = Target::Server(bench.server.address, bench.users);
    let done = saturate(bench, server, bench.server.process.pid(), name, has_send_key).await?;
    let mut figures = Figures::new(name, what, "messages delivered");
    figures.per_second = Some(done.span.per_second());
    figures.cpu_ms_per_1000 = Some(done.span.cpu_ms_per_1000());
    figures.latency("send to acknowledgement", done.ack);
    figures.latency("send to delivery", done.delivery);
    figures.rss_mib = Some(bench.rss_mib()?);
    figures.goals = vec![
        at_least("messages per second", done.span.per_second(), 30_000.0),
        at_most("CPU ms per 1 000", done.span.cpu_ms_per_1000(), 25.0),
    ];
    if let Some((process, address)) = bench.relay().await? {
        let relay = saturate(bench, Target::Relay(address), process.pid(), name, has_send_key).await?;
        figures.relay = Some(Relay {
            per_second: Some(relay.span.per_second()),
            cpu_ms_per_1000: Some(relay.span.cpu_ms_per_1000()),
            p99_ms: Some(relay.delivery.p99),
            ratio: done.span.per_second() / relay.span.per_second(),
            ..Relay::default()
        });
    }
    Ok(figures)
}

async fn saturate(
    bench: &Bench<'_>,
    target: Target<'_>,
    pid: u32,
    name: &str,
    has_send_key: bool,
) -> anyhow::Result<Outcome> {
    let load = Load::new(target.has_acks());
    let mut pairs: Vec<Rc<Pair>> = Vec::new();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..bench.options.pairs {
        let (sender, receiver, message) = target.connect(name, number, bench.options, has_send_key).await?;
        let window = bench.options.window;
        let writer = Some(sender.writer.clone());
        let pair = Pair::new(&load, window, Template::new(message), SentAt::keep(window), writer);
        tasks.spawn_local(attend_sender(sender, pair.clone()));
        tasks.spawn_local(attend_receiver(receiver, pair.clone()));
        pairs.push(pair);
    }
    for pair in &pairs {
        pair.pump()?;
    }
    load.run_for(WARM_UP).await?;
    let meter = Meter::start(pid, load.delivered.get())?;
    load.is_measuring.set(true);
    load.run_for(bench.options.duration()).await?;
    load.is_measuring.set(false);
    let span = meter.stop(load.delivered.get())?;
    load.is_sending.set(false);
    let is_complete = |pair: &Rc<Pair>| {
        pair.delivered.get() == pair.sent.get() && (!load.has_acks || pair.acked.get() == pair.sent.get())
    };
    load.drain("messages and acknowledgements", || pairs.iter().all(is_complete)).await?;
    let (ack, delivery) = (load.send_to_ack.borrow().quantiles(), load.send_to_delivery.borrow().quantiles());
    Ok(Outcome { span, ack, delivery })
}
