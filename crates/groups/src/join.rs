//! Coming into a group: who may, and what happens then.

use std::collections::{HashMap, HashSet};

use cerulean_delivery::Ctx;
use cerulean_storage::group::GroupRow;
use cerulean_storage::group_member::MEMBER;
use cerulean_types::UserId;

use crate::notify::emit_change;
use crate::{GroupError, JOINED_GROUPS, Refusal};

/// One who may come in, and whether he wants to be asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub user: UserId,
    pub wants_to_be_asked: bool,
}

/// Looks at each of these users: is he there, and may he come in? Places are counted apart. `inviter` is who brings them, if anyone.
pub(crate) async fn screen(
    ctx: &Ctx,
    group: &GroupRow,
    inviter: Option<UserId>,
    users: &[UserId],
) -> Result<Vec<(UserId, Result<Candidate, Refusal>)>, GroupError> {
    let found = ctx.tx.users().find_many(users).await?;
    let asks: HashMap<UserId, bool> = found.into_iter().map(|row| (row.id, row.settings.group_confirm)).collect();
    let members = ctx.tx.group_members().find_many(group.id, users).await?;
    let members: HashSet<UserId> = members.into_iter().map(|row| row.user).collect();
    let restrictions = ctx.tx.group_restrictions().find_many(group.id, users).await?;
    let blocked: HashSet<UserId> =
        restrictions.into_iter().filter(|row| row.blocked_at.is_some()).map(|row| row.user).collect();
    let counts = ctx.tx.group_members().count_groups_of(users).await?;
    let overloaded: HashSet<UserId> =
        counts.into_iter().filter(|(_, joined)| *joined >= JOINED_GROUPS).map(|(user, _)| user).collect();
    let mut screened = Vec::with_capacity(users.len());
    for user in users.iter().copied() {
        let verdict = match asks.get(&user) {
            None => Err(Refusal::UserNotFound),
            Some(_) if members.contains(&user) => Err(Refusal::AlreadyMember),
            Some(_) if blocked.contains(&user) => Err(Refusal::OnBlockList),
            Some(_) if overloaded.contains(&user) => Err(Refusal::TooManyJoined),
            Some(_) if refuses(ctx, inviter, user).await? => Err(Refusal::RefusesInviter),
            Some(wants_to_be_asked) => Ok(Candidate { user, wants_to_be_asked: *wants_to_be_asked }),
        };
        screened.push((user, verdict));
    }
    Ok(screened)
}

async fn refuses(ctx: &Ctx, inviter: Option<UserId>, user: UserId) -> Result<bool, GroupError> {
    let Some(inviter) = inviter.filter(|_| !ctx.actor.is_admin()) else { return Ok(false) };
    let gate = ctx.tx.roster().gate(inviter, user).await?;
    Ok(gate.to_blocked_from)
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

/// Makes users members, all or none. They were screened before, under the lock of the group.
pub(crate) async fn admit(ctx: &mut Ctx, group: &GroupRow, users: &[UserId]) -> Result<(), GroupError> {
    if users.is_empty() {
        return Ok(());
    }
    let now = ctx.now();
    if !ctx.tx.groups().take_places(group.id, users.len() as u64).await? {
        return Err(Refusal::Full { capacity: group.capacity }.into());
    }
    ctx.tx.group_members().insert(group.id, users, MEMBER, now).await?;
    emit_change(ctx, group.id);
    Ok(())
}
