//! Blocks: who may not contact a user.

use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::roster_notice::Type;
use cerulean_types::{UserId, limits};

use crate::{RosterError, emit_relation, require_other};

/// Blocks a user. Friendship stays and shows again once the block is lifted. Only the acting user's devices are told.
pub async fn block(ctx: &mut Ctx, peer: UserId) -> Result<(), RosterError> {
    let (user, _) = require_other(ctx, peer).await?;
    if ctx.tx.roster().blocked(user).await?.len() >= limits::BATCH_ITEMS {
        return Err(RosterError::TooMany { limit: limits::BATCH_ITEMS });
    }
    if ctx.tx.roster().block(user, peer, ctx.now()).await? {
        ctx.notify(Notice::roster(user, Type::Blocked, user, peer, ""));
        emit_relation(ctx, user, peer);
    }
    Ok(())
}

/// Lifts a block; nothing happens if there is none.
pub async fn unblock(ctx: &mut Ctx, peer: UserId) -> Result<(), RosterError> {
    let (user, _) = require_other(ctx, peer).await?;
    if ctx.tx.roster().unblock(user, peer).await? {
        ctx.notify(Notice::roster(user, Type::Unblocked, user, peer, ""));
        emit_relation(ctx, user, peer);
    }
    Ok(())
}

/// Whom the acting user has blocked, longest ago first.
pub async fn list_blocked(ctx: &mut Ctx) -> Result<Vec<UserId>, RosterError> {
    let user = ctx.require_user()?;
    Ok(ctx.tx.roster().blocked(user).await?)
}
