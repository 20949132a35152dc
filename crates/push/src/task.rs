//! Pushes the app asks for.

use std::collections::{BTreeMap, BTreeSet};

use cerulean_delivery::event::kind;
use cerulean_delivery::{Ctx, Event};
use cerulean_storage::device::DeviceRow;
use cerulean_storage::push_task::PushTarget;
use cerulean_types::UserId;
use rand::Rng;
use serde_json::{Value, json};

use crate::plan::{Wish, hour_of};
use crate::{Audience, Channel, Plan, PushError};

/// Ids stay below what JavaScript can count.
const LARGEST_ID: i64 = 1 << 53;
/// Longest content, in bytes of JSON.
const CONTENT_BYTES: usize = 16 * 1024;
/// Longest name of a request, in characters.
const REQUEST_CHARS: usize = 128;
/// Users whose devices are looked up at once.
const USERS: usize = 500;
/// Tasks asked for at once.
const TASKS: usize = 100;

/// Asks for a push.
#[derive(Debug, Clone)]
pub struct Notify {
    /// Who it is for.
    pub audience: Audience,
    /// The caller's own name for the request; a repeat gets the first answer.
    pub request_id: Option<String>,
    /// What to push, as JSON text.
    pub content: String,
}

/// Devices of a task on one service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those it is for.
    pub target: i64,
    /// Those the service has taken it for.
    pub sent: i64,
    /// Those that have it.
    pub received: i64,
}

/// How far a task has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Task.
    pub task: i64,
    counts: BTreeMap<i32, Counts>,
}

impl Progress {
    /// Devices on a service.
    pub fn of(&self, channel: Channel) -> Counts {
        self.counts.get(&(channel as i32)).copied().unwrap_or_default()
    }
}

/// Keeps a push with every device it is for. They wait there: nothing that speaks to a phone vendor is part of this server. Receivers of
/// `push.requested` are told of the users who want it.
pub async fn notify(ctx: &mut Ctx, cmd: Notify) -> Result<i64, PushError> {
    ctx.require_admin()?;
    cmd.audience.check()?;
    if cmd.content.len() > CONTENT_BYTES {
        return Err(PushError::bad("message", format!("is longer than {CONTENT_BYTES} bytes")));
    }
    let request = cmd.request_id.as_deref().filter(|request| !request.is_empty());
    if request.is_some_and(|request| request.chars().count() > REQUEST_CHARS) {
        return Err(PushError::bad("request_id", format!("has more than {REQUEST_CHARS} characters")));
    }
    if let Some(request) = request
        && let Some(task) = ctx.tx.push_tasks().find_request(request).await?
    {
        return Ok(task);
    }
    let task = ctx.rng().random_range(1..LARGEST_ID);
    ctx.tx.push_tasks().insert(task, request, &cmd.content, ctx.now()).await?;
    let users: Vec<UserId> = cmd.audience.resolve(ctx).await?.into_iter().collect();
    for some in users.chunks(USERS) {
        tell_of(ctx, task, &cmd.content, some).await?;
        let devices = ctx.tx.devices().list_reachable(some).await?;
        let targets: Vec<PushTarget> = devices.iter().filter_map(target).collect();
        if !targets.is_empty() {
            ctx.tx.push_tasks().add_targets(task, &targets).await?;
        }
    }
    Ok(task)
}

/// Tells receivers outside which users want the push at this hour.
async fn tell_of(ctx: &mut Ctx, task: i64, content: &str, users: &[UserId]) -> Result<(), PushError> {
    let watch = ctx.platform.watch_of(ctx.app());
    if watch.is_none_or(|watch| watch.receivers_of(kind::PUSH_REQUESTED).is_empty()) {
        return Ok(());
    }
    let hour = hour_of(&ctx.settings, ctx.now());
    let mut plan = Plan::default();
    for row in ctx.tx.users().find_many(users).await? {
        plan.add(row.id, Wish::of(&row), hour);
    }
    let kept: Value = serde_json::from_str(content).unwrap_or_default();
    let message = &kept["message"];
    for (users, is_detail_hidden) in [(plan.users, false), (plan.users_without_detail, true)] {
        if users.is_empty() {
            continue;
        }
        let users: Vec<u64> = users.into_iter().map(UserId::get).collect();
        let event = Event::in_line(kind::PUSH_REQUESTED, format!("push {task}"))
            .with("task_id", task)
            .with("user_ids", users.as_slice())
            .with("is_detail_hidden", is_detail_hidden);
        ctx.record(if is_detail_hidden { event } else { event.with_content(json!({ "message": message })) });
    }
    Ok(())
}

fn target(device: &DeviceRow) -> Option<PushTarget> {
    let address = device.push.as_ref()?;
    let channel = Channel::of_device(address, device.platform) as i32;
    Some(PushTarget { user: device.user, device: device.sn, channel })
}

/// How far tasks have come, in the order of the question; unknown ones are left out.
pub async fn task_progress(ctx: &Ctx, tasks: &[i64]) -> Result<Vec<Progress>, PushError> {
    ctx.require_admin()?;
    if tasks.len() > TASKS {
        return Err(PushError::bad("list", format!("names more than {TASKS} tasks")));
    }
    let known = ctx.tx.push_tasks().filter_known(tasks).await?;
    let counts = ctx.tx.push_tasks().count_targets(&known).await?;
    let progress = |task: i64| {
        let mut by_channel: BTreeMap<i32, Counts> = BTreeMap::new();
        for count in counts.iter().filter(|count| count.task == task) {
            let entry = by_channel.entry(count.channel).or_default();
            entry.target += count.devices;
            entry.sent += if count.state >= 1 { count.devices } else { 0 };
            entry.received += if count.state >= 2 { count.devices } else { 0 };
        }
        Progress { task, counts: by_channel }
    };
    // In the order of the question, each once.
    let mut told = BTreeSet::new();
    let asked = tasks.iter().copied().filter(|task| known.contains(task) && told.insert(*task));
    Ok(asked.map(progress).collect())
}

/// The certificate of a phone vendor. None can be set up here, so the service is off.
pub fn require_certificate(ctx: &Ctx, provider: i64) -> Result<std::convert::Infallible, PushError> {
    ctx.require_admin()?;
    let channel = Channel::of_provider(provider).ok_or_else(|| PushError::bad("provider", "goes from 1 to 7"))?;
    Err(PushError::Off { service: channel.name() })
}
