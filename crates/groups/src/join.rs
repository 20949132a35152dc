//! Coming into a group: who may, and what happens then.

use std::collections::{HashMap, HashSet};

use cerulean_bus::GroupChange;
use cerulean_delivery::Ctx;
use cerulean_storage::group::GroupRow;
use cerulean_storage::group_member::MEMBER;
use cerulean_storage::group_request::RequestStatus;
use cerulean_types::{GroupId, UserId};

use crate::access::capacity_of;
use crate::notify::emit_change;
use crate::{GroupError, Refusal};

/// One who may come in, and whether he wants to be asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub user: UserId,
    pub wants_to_be_asked: bool,
}

/// Users looked at together: their rows are in memory at once.
const SCREENED_TOGETHER: usize = 1_000;

/// Looks at each of these users: is he there, and may he come in? Places are counted apart. `inviter` is who brings them, if anyone.
pub(crate) async fn screen(
    ctx: &Ctx,
    group: &GroupRow,
    inviter: Option<UserId>,
    users: &[UserId],
) -> Result<Vec<(UserId, Result<Candidate, Refusal>)>, GroupError> {
    let mut screened = Vec::with_capacity(users.len());
    for some in users.chunks(SCREENED_TOGETHER) {
        screen_some(ctx, group, inviter, some, &mut screened).await?;
    }
    Ok(screened)
}

async fn screen_some(
    ctx: &Ctx,
    group: &GroupRow,
    inviter: Option<UserId>,
    users: &[UserId],
    screened: &mut Vec<(UserId, Result<Candidate, Refusal>)>,
) -> Result<(), GroupError> {
    let found = ctx.tx.users().find_many(users).await?;
    let asks: HashMap<UserId, bool> = found.into_iter().map(|row| (row.id, row.settings.group_confirm)).collect();
    let members = ctx.tx.group_members().find_many(group.id, users).await?;
    let members: HashSet<UserId> = members.into_iter().map(|row| row.user).collect();
    let restrictions = ctx.tx.group_restrictions().find_many(group.id, users).await?;
    let blocked: HashSet<UserId> =
        restrictions.into_iter().filter(|row| row.blocked_at.is_some()).map(|row| row.user).collect();
    let limit = ctx.settings.groups.joined_per_user;
    let counts = ctx.tx.group_members().count_groups_of(users).await?;
    let overloaded: HashSet<UserId> =
        counts.into_iter().filter(|(_, joined)| *joined >= limit).map(|(user, _)| user).collect();
    let refusing = match inviter.filter(|_| !ctx.actor.is_admin()) {
        Some(inviter) => ctx.tx.roster().blockers_among(inviter, users).await?,
        None => HashSet::new(),
    };
    screened.extend(users.iter().map(|user| {
        let verdict = match asks.get(user) {
            None => Err(Refusal::UserNotFound),
            Some(_) if members.contains(user) => Err(Refusal::AlreadyMember),
            Some(_) if blocked.contains(user) => Err(Refusal::OnBlockList),
            Some(_) if overloaded.contains(user) => Err(Refusal::TooManyJoined { limit }),
            Some(_) if refusing.contains(user) => Err(Refusal::RefusesInviter),
            Some(wants_to_be_asked) => Ok(Candidate { user: *user, wants_to_be_asked: *wants_to_be_asked }),
        };
        (*user, verdict)
    }));
    Ok(())
}

/// Looks at one user.
pub(crate) async fn require_candidate(
    ctx: &Ctx,
    group: &GroupRow,
    inviter: Option<UserId>,
    user: UserId,
) -> Result<Candidate, GroupError> {
    let screened = screen(ctx, group, inviter, &[user]).await?;
    let (_, verdict) = screened.into_iter().next().expect("one user gives one verdict");
    Ok(verdict?)
}

/// Refuses who was put out so often that he may not come back by himself; an invitation brings him in still.
pub(crate) async fn check_kicks(ctx: &Ctx, group: GroupId, user: UserId) -> Result<(), GroupError> {
    let record = ctx.tx.group_restrictions().find_many(group, &[user]).await?;
    let kicks = record.first().map_or(0, |row| row.kicks);
    let most = ctx.settings.kicks_before_ban;
    if most == 0 || kicks < most { Ok(()) } else { Err(Refusal::KickedTooOften.into()) }
}

/// Makes users members, all or none. They were screened before, under the lock of the group.
pub(crate) async fn admit(ctx: &mut Ctx, group: &GroupRow, users: &[UserId]) -> Result<(), GroupError> {
    if users.is_empty() {
        return Ok(());
    }
    let now = ctx.now();
    let capacity = capacity_of(ctx, group);
    if !ctx.tx.groups().take_places(group.id, users.len() as u64, capacity).await? {
        return Err(Refusal::Full { capacity }.into());
    }
    ctx.tx.group_members().insert(group.id, users, MEMBER, now).await?;
    // Whatever way they came, nothing is left to be answered.
    ctx.tx.group_applications().close(group.id, users, RequestStatus::Accepted, now).await?;
    ctx.tx.group_invitations().close(group.id, users, RequestStatus::Accepted, now).await?;
    emit_change(ctx, group.id, GroupChange::Joined { users: users.into(), at: now }).await
}
