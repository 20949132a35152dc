//! Silencing members.

use cerulean_bus::GroupChange;
use cerulean_delivery::Ctx;
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group::FOREVER;
use cerulean_types::{GroupId, Millis, UserId};

use crate::kick::pick_subordinates;
use crate::notify::{emit_change, tell_members};
use crate::outcome::done;
use crate::{GroupAction, GroupError, Outcome, require_group};

const MINUTE_MS: i64 = 60_000;
/// Ten years.
const MOST_MINUTES: i64 = 10 * 366 * 24 * 60;

/// How long someone may not speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BanDuration {
    /// So many minutes.
    Minutes(i64),
    /// Until it is lifted.
    Forever,
}

impl BanDuration {
    /// Reads the number of the public protocol: minutes, or -1 without end.
    pub fn parse(minutes: i64) -> Result<Self, GroupError> {
        match minutes {
            -1 => Ok(Self::Forever),
            1..=MOST_MINUTES => Ok(Self::Minutes(minutes)),
            _ => Err(GroupError::bad("duration", format!("goes from 1 to {MOST_MINUTES} minutes, or is -1 for ever"))),
        }
    }

    pub(crate) fn until(self, now: Millis) -> Millis {
        match self {
            Self::Minutes(minutes) => now + minutes * MINUTE_MS,
            Self::Forever => FOREVER,
        }
    }

    fn number(self) -> i64 {
        match self {
            Self::Minutes(minutes) => minutes,
            Self::Forever => -1,
        }
    }
}

/// Silences members for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanMembers {
    /// Group.
    pub group: GroupId,
    /// Who.
    pub users: Vec<UserId>,
    /// How long.
    pub duration: BanDuration,
}

/// See [`BanMembers`].
pub async fn ban_members(ctx: &mut Ctx, cmd: BanMembers) -> Result<Vec<Outcome>, GroupError> {
    let access = require_group(ctx, cmd.group, GroupAction::Ban).await?;
    let outcomes = pick_subordinates(ctx, &access, &cmd.users).await?;
    let banned = done(&outcomes);
    if !banned.is_empty() {
        let until = cmd.duration.until(ctx.now());
        ctx.tx.group_members().set_ban(cmd.group, &banned, until).await?;
        tell_members(ctx, Type::Banned, &access, &banned, &cmd.duration.number().to_string());
        emit_change(ctx, cmd.group, GroupChange::Banned { users: banned.into(), until }).await?;
    }
    Ok(outcomes)
}

/// Lets members speak again.
pub async fn unban_members(ctx: &mut Ctx, group: GroupId, users: &[UserId]) -> Result<Vec<Outcome>, GroupError> {
    let access = require_group(ctx, group, GroupAction::Ban).await?;
    let outcomes = pick_subordinates(ctx, &access, users).await?;
    let now = ctx.now();
    let rows = ctx.tx.group_members().find_many(group, &done(&outcomes)).await?;
    let unbanned: Vec<UserId> = rows.into_iter().filter(|row| row.ban_until > now).map(|row| row.user).collect();
    if !unbanned.is_empty() {
        ctx.tx.group_members().set_ban(group, &unbanned, 0).await?;
        tell_members(ctx, Type::Unbanned, &access, &unbanned, "");
        emit_change(ctx, group, GroupChange::Banned { users: unbanned.into(), until: 0 }).await?;
    }
    Ok(outcomes)
}
