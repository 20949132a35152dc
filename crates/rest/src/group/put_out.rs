//! Silencing members, putting them out, keeping them out.

use axum::extract::State;
use cerulean_groups::{BanDuration, BanMembers};
use cerulean_http_kit::{Params, Reply, lenient, ok};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::params::{GroupPage, GroupUsers, user_cursor};
use super::shape::{Listing, ResultBody, results, timestamp};
use crate::{ApiResult, Caller, Rest};

/// Whom to silence, and how long.
#[derive(Deserialize, ToSchema)]
pub struct Ban {
    #[serde(flatten)]
    whom: GroupUsers,
    #[serde(deserialize_with = "lenient::number")]
    duration: i64,
}

/// `POST /group/ban`
pub async fn ban(State(rest): State<Rest>, caller: Caller, Params(how): Params<Ban>) -> Reply<Vec<ResultBody>> {
    let duration = BanDuration::parse(how.duration)?;
    let cmd = BanMembers { group: how.whom.group()?, users: how.whom.users(), duration };
    let mut ctx = rest.write(&caller).await?;
    let outcomes = cerulean_groups::ban_members(&mut ctx, cmd).await?;
    ctx.commit().await?;
    ok(results(outcomes, how.whom.nobodies()))
}

/// `POST|DELETE /group/unban`
pub async fn unban(
    State(rest): State<Rest>,
    caller: Caller,
    Params(whom): Params<GroupUsers>,
) -> Reply<Vec<ResultBody>> {
    let mut ctx = rest.write(&caller).await?;
    let outcomes = cerulean_groups::unban_members(&mut ctx, whom.group()?, &whom.users()).await?;
    ctx.commit().await?;
    ok(results(outcomes, whom.nobodies()))
}

/// `POST|DELETE /group/kick`
pub async fn kick(
    State(rest): State<Rest>,
    caller: Caller,
    Params(whom): Params<GroupUsers>,
) -> Reply<Vec<ResultBody>> {
    let mut ctx = rest.write(&caller).await?;
    let outcomes = cerulean_groups::kick_members(&mut ctx, whom.group()?, &whom.users()).await?;
    ctx.commit().await?;
    ok(results(outcomes, whom.nobodies()))
}

/// `POST /group/block`
pub async fn block(
    State(rest): State<Rest>,
    caller: Caller,
    Params(whom): Params<GroupUsers>,
) -> Reply<Vec<ResultBody>> {
    let mut ctx = rest.write(&caller).await?;
    let outcomes = cerulean_groups::block_users(&mut ctx, whom.group()?, &whom.users()).await?;
    ctx.commit().await?;
    ok(results(outcomes, whom.nobodies()))
}

/// `POST|DELETE /group/unblock`
pub async fn unblock(
    State(rest): State<Rest>,
    caller: Caller,
    Params(whom): Params<GroupUsers>,
) -> Reply<Vec<ResultBody>> {
    let mut ctx = rest.write(&caller).await?;
    let outcomes = cerulean_groups::unblock_users(&mut ctx, whom.group()?, &whom.users()).await?;
    ctx.commit().await?;
    ok(results(outcomes, whom.nobodies()))
}

/// Someone who is kept out.
#[derive(Serialize, ToSchema)]
pub struct BlockedBody {
    user_id: u64,
    group_id: u64,
    /// As text: so it stands in the public protocol.
    created_at: String,
}

/// `GET /group/blocked_list`
pub async fn blocked_list(
    State(rest): State<Rest>,
    caller: Caller,
    Params(of): Params<GroupPage>,
) -> ApiResult<Listing<BlockedBody>> {
    let group = of.id()?;
    let paging = of.page.read(user_cursor)?;
    let mut ctx = rest.read(&caller).await?;
    let page = cerulean_groups::list_blocked(&mut ctx, group, paging).await?;
    let listing = Listing::new(
        page,
        &paging,
        ctx.now(),
        |row| row.user.to_string(),
        |row| BlockedBody {
            user_id: row.user.get(),
            group_id: group.get(),
            created_at: timestamp(row.blocked_at.unwrap_or_default()),
        },
    );
    Ok(listing)
}
