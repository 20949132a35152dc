//! Dissolving groups.
//!
//! Members and those who are invited are told in their own system lines, because nobody sees the group's conversation any more. The
//! change itself tells one page of each; where there are more members, a job tells the others page by page and forgets each page once it is
//! told. Until then they are members of a group that is not there: whoever looks at it, or lists the groups of a user, does not find it.

use std::sync::Arc;

use async_trait::async_trait;
use cerulean_bus::{BusEvent, GroupChange};
use cerulean_delivery::{Ctx, Notice, Platform};
use cerulean_jobs::{Job, JobFailure, JobKind, NewJob, Runner, enqueue};
use cerulean_proto::pb::group_notice::Type;
use cerulean_types::{GroupId, JobId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::notify::{emit_change, tell_each};
use crate::{GroupAction, GroupError, require_group};

/// Members told at once.
const PAGE: u64 = 1000;

/// What a job is about.
#[derive(Serialize, Deserialize)]
struct Dissolved {
    group: u64,
    from: u64,
}

/// Dissolves a group: everyone is out and told so, and what hung on it is gone.
pub async fn destroy_group(ctx: &mut Ctx, group: GroupId) -> Result<(), GroupError> {
    let access = require_group(ctx, group, GroupAction::Destroy).await?;
    dissolve(ctx, group, access.user, access.group.member_count).await
}

/// Dissolves a group in the name of a user.
pub(crate) async fn dissolve(ctx: &mut Ctx, group: GroupId, from: UserId, members: u64) -> Result<(), GroupError> {
    let now = ctx.now();
    let first = ctx.tx.group_members().list_ids(group, None, PAGE).await?;
    let invited = ctx.tx.group_invitations().open_users(group, now, PAGE).await?;
    for receivers in [&first, &invited] {
        tell_each(ctx, receivers, Type::Destroyed, (group, from), &[], "");
    }
    ctx.tx.group_members().remove(group, &first).await?;
    if first.len() as u64 == PAGE {
        let dissolved = Dissolved { group: group.get(), from: from.get() };
        let job = NewJob::new(JobKind::DissolveGroup, &dissolved).total(members.saturating_sub(PAGE));
        enqueue(&ctx.tx, now, job).await?;
        ctx.emit(BusEvent::JobQueued);
    }
    ctx.tx.groups().dissolve(group, now).await?;
    ctx.tx.group_applications().remove_all(group).await?;
    ctx.tx.group_invitations().remove_all(group).await?;
    ctx.tx.group_restrictions().remove_all(group).await?;
    ctx.tx.group_announcements().remove_all(group).await?;
    ctx.tx.group_files().remove_all(group).await?;
    emit_change(ctx, group, GroupChange::Remade).await
}

/// Runs `JobKind::DissolveGroup`.
pub struct TellDissolved(pub Arc<Platform>);

#[async_trait]
impl Runner for TellDissolved {
    async fn run(&self, job: &Job) -> Result<Option<Value>, JobFailure> {
        let dissolved: Dissolved = job.payload()?;
        let unreadable = |_| JobFailure::permanent("it names no group and user");
        let group = GroupId::parse(dissolved.group).map_err(unreadable)?;
        let from = UserId::parse(dissolved.from).map_err(unreadable)?;
        let mut done = job.done();
        loop {
            let reading = self.0.db.read(job.app()).await?;
            let members = reading.group_members().list_ids(group, None, PAGE).await?;
            drop(reading);
            if members.is_empty() {
                return Ok(Some(json!({ "told": done })));
            }
            self.tell(job, group, from, &members).await?;
            // Told again if the process ends before this, and recognised by the log.
            let forgetting = self.0.db.begin(job.app()).await?;
            forgetting.group_members().remove(group, &members).await?;
            forgetting.commit().await?;
            done += members.len() as u64;
            job.save(done, job.total().max(done), &()).await?;
        }
    }
}

impl TellDissolved {
    async fn tell(&self, job: &Job, group: GroupId, from: UserId, members: &[UserId]) -> Result<(), JobFailure> {
        let send = |member: &UserId| {
            let notice = Notice::group_for(*member, Type::Destroyed, group, from, &[], "");
            self.0.log.append_soon(notice.into_item(job.app(), send_key(job.id(), *member)))
        };
        let sends: Vec<_> = members.iter().map(send).collect();
        for stored in sends {
            stored.await.map_err(|error| JobFailure::retry(format!("the log refused it: {error}")))?;
        }
        Ok(())
    }
}

fn send_key(job: JobId, member: UserId) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_derive_key("cerulean dissolved group 1");
    hasher.update(&job.0.to_be_bytes());
    hasher.update(&member.get().to_be_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    key
}
