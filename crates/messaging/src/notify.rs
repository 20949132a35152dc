//! The system's word to many users or groups, as a job.
//!
//! The targets are named by the call and stand in the job. Each batch is one of the log; after it the place is saved. An attempt that dies
//! within a batch leaves it to be sent again, and because each send has the key of its transaction and target, the log knows what it has.

use async_trait::async_trait;
use cerulean_bus::BusEvent;
use cerulean_delivery::Ctx;
use cerulean_jobs::{Job, JobFailure, JobKind, NewJob, Runner, enqueue};
use cerulean_storage::group::DISSOLVED;
use cerulean_types::{Actor, AppId, GroupId, JobId, MessageId, UserId, Xid, limits};
use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::send::check_length;
use crate::server_send::LAST_CONTENT_TYPE;
use crate::{Messaging, SendError, ServerSend};

/// Targets of one batch.
const PAGE: usize = 500;

/// What a job tells whom.
#[derive(Serialize, Deserialize)]
struct Order {
    targets: Vec<u64>,
    content_type: i32,
    content: String,
    attachment: String,
    config: String,
    ext: String,
    transaction_id: i64,
}

impl Order {
    fn command(&self, app: AppId) -> ServerSend {
        ServerSend {
            app,
            actor: Actor::System,
            from: None,
            targets: Vec::new(),
            content_type: self.content_type,
            content: self.content.clone(),
            attachment: self.attachment.clone(),
            config: self.config.clone(),
            ext: self.ext.clone(),
            online_only: false,
            related: MessageId(0),
            transaction_id: Some(self.transaction_id),
        }
    }
}

impl ServerSend {
    /// Whether it is the system's word to several, to be stored: a job sends it.
    pub fn is_notice_to_many(&self) -> bool {
        let is_system = self.from.is_none() && self.actor.user().is_none();
        is_system && self.targets.len() > 1 && !self.online_only && (0..=LAST_CONTENT_TYPE).contains(&self.content_type)
    }
}

/// Has all targets told, or none if one of them is not there. Only for the administrator.
pub async fn notify(ctx: &mut Ctx, messaging: &Messaging, cmd: &ServerSend) -> Result<JobId, SendError> {
    ctx.require_admin()?;
    check_length("content", cmd.content.len(), ctx.platform.limits.text_bytes)?;
    check_length("attachment", cmd.attachment.len(), limits::EXTRA_BYTES)?;
    check_length("config", cmd.config.len(), limits::EXTRA_BYTES)?;
    check_length("ext", cmd.ext.len(), limits::EXTRA_BYTES)?;
    for missing in missing_targets(ctx, &cmd.targets).await? {
        // Who is gone by now may have been told when this was asked for the first time.
        messaging.admit(cmd, None, missing).await?;
    }
    let order = Order {
        targets: cmd.targets.iter().map(|target| target.get()).collect(),
        content_type: cmd.content_type,
        content: cmd.content.clone(),
        attachment: cmd.attachment.clone(),
        config: cmd.config.clone(),
        ext: cmd.ext.clone(),
        transaction_id: cmd.transaction_id.unwrap_or_else(|| ctx.rng().random()),
    };
    let total = order.targets.len() as u64;
    let job = enqueue(&ctx.tx, ctx.now(), NewJob::new(JobKind::Notify, &order).total(total)).await?;
    ctx.emit(BusEvent::JobQueued);
    Ok(job)
}

async fn missing_targets(ctx: &Ctx, targets: &[Xid]) -> Result<Vec<Xid>, SendError> {
    let users: Vec<UserId> =
        targets.iter().filter_map(|xid| if let Xid::User(id) = xid { Some(*id) } else { None }).collect();
    let groups: Vec<GroupId> =
        targets.iter().filter_map(|xid| if let Xid::Group(id) = xid { Some(*id) } else { None }).collect();
    let mut there: Vec<u64> = ctx.tx.users().existing(&users).await?.into_iter().map(UserId::get).collect();
    let rows = ctx.tx.groups().find_many(&groups).await?;
    there.extend(rows.iter().filter(|row| row.status != DISSOLVED).map(|row| row.id.get()));
    there.sort_unstable();
    Ok(targets.iter().copied().filter(|target| there.binary_search(&target.get()).is_err()).collect())
}

/// Runs `JobKind::Notify`.
pub struct SendNotices(pub Messaging);

#[async_trait]
impl Runner for SendNotices {
    async fn run(&self, job: &Job) -> Result<Option<Value>, JobFailure> {
        let order: Order = job.payload()?;
        let cmd = order.command(job.app());
        let mut done = usize::try_from(job.done()).unwrap_or(usize::MAX).min(order.targets.len());
        for page in order.targets[done..].chunks(PAGE) {
            let targets = page.iter().filter_map(|number| Xid::parse(*number).ok());
            let sends: Vec<_> = targets.map(|target| self.0.send_as_system(&cmd, target)).collect();
            for told in sends {
                let stored = told.await.map_err(|_| JobFailure::retry("the log is closed"))?;
                stored.map_err(|error| JobFailure::retry(format!("the log refused it: {error}")))?;
            }
            done += page.len();
            job.save(done as u64, order.targets.len() as u64, &()).await?;
        }
        Ok(Some(json!({ "sent": done })))
    }
}
