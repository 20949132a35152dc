//! What became of events on their way: lists, one with its tries, sending again.

use cerulean_delivery::Ctx;
use cerulean_storage::hook_queue::{AttemptRow, DeliveryFilter, DeliveryRow, DeliveryState};
use cerulean_types::Millis;

use crate::call::event_name;
use crate::{HookError, catalogue};

/// A delivery as an app's administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Number.
    pub number: i64,
    /// Receiver.
    pub hook: String,
    /// The `webhook-id` of its requests.
    pub event_id: String,
    /// Name of the event.
    pub event: String,
    /// What became of it.
    pub state: DeliveryState,
    /// Attempts in all.
    pub attempts: u32,
    /// When the next one is due, while there is one.
    pub next_at: Option<Millis>,
    /// Milliseconds.
    pub created_at: Millis,
    /// When it was delivered or given up.
    pub finished_at: Option<Millis>,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            event_id: event_name(&row.event_id),
            number: row.number,
            hook: row.hook,
            event: row.kind,
            state: row.state,
            attempts: row.attempts,
            next_at: (row.state == DeliveryState::Ready).then_some(row.next_at),
            created_at: row.created_at,
            finished_at: (row.finished_at != 0).then_some(row.finished_at),
        }
    }
}

fn check(filter: &DeliveryFilter) -> Result<(), HookError> {
    let unknown = filter.kind.as_ref().filter(|kind| !catalogue::is_known(kind));
    match unknown {
        Some(_) => Err(HookError::BadField { field: "event", reason: "there is no such event".into() }),
        None => Ok(()),
    }
}

/// Deliveries of the app, newest first, from below a number.
pub async fn list_deliveries(
    ctx: &Ctx,
    filter: &DeliveryFilter,
    below: Option<i64>,
    limit: usize,
) -> Result<Vec<Delivery>, HookError> {
    ctx.require_admin()?;
    check(filter)?;
    let rows = ctx.tx.hook_queue().list(filter, below, limit).await?;
    Ok(rows.into_iter().map(Delivery::from).collect())
}

/// One delivery with the body of its requests and its tries, oldest first.
pub async fn find_delivery(ctx: &Ctx, number: i64) -> Result<(Delivery, String, Vec<AttemptRow>), HookError> {
    ctx.require_admin()?;
    let queue = ctx.tx.hook_queue();
    let row = queue.find(number).await?.ok_or(HookError::DeliveryNotFound)?;
    let body = queue.find_body(&row.event_id).await?.unwrap_or_default();
    let attempts = queue.attempts(number).await?;
    Ok((row.into(), body, attempts))
}

/// Sends a finished delivery again, under the same id.
pub async fn replay_delivery(ctx: &mut Ctx, number: i64) -> Result<(), HookError> {
    ctx.require_admin()?;
    let row = ctx.tx.hook_queue().find(number).await?.ok_or(HookError::DeliveryNotFound)?;
    let replayed = ctx.tx.hook_queue().replay(&DeliveryFilter::default(), Some(number), ctx.now()).await?;
    if replayed == 0 {
        return Err(HookError::NotFinished);
    }
    ctx.tx.hook_queue().promote_lines(&row.hook).await?;
    Ok(())
}

/// Sends all finished deliveries again that a filter names; those that were given up unless it says otherwise. Answers how many.
pub async fn replay_deliveries(ctx: &mut Ctx, mut filter: DeliveryFilter) -> Result<u64, HookError> {
    ctx.require_admin()?;
    check(&filter)?;
    if filter.states.is_empty() {
        filter.states.push(DeliveryState::Failed);
    }
    if filter.states.iter().any(|state| !matches!(state, DeliveryState::Delivered | DeliveryState::Failed)) {
        return Err(HookError::NotFinished);
    }
    let replayed = ctx.tx.hook_queue().replay(&filter, None, ctx.now()).await?;
    let hooks = match &filter.hook {
        Some(hook) => vec![hook.clone()],
        None => ctx.tx.hooks().list().await?.into_iter().map(|row| row.id).collect(),
    };
    for hook in hooks {
        ctx.tx.hook_queue().promote_lines(&hook).await?;
    }
    Ok(replayed)
}
