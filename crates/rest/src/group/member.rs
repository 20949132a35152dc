//! Lists of members, and who of them is an admin.

use axum::extract::State;
use cerulean_groups::Card;
use cerulean_http_kit::{Params, Reply, ok};

use super::params::{GroupPage, GroupUsers, OneGroup, user_cursor};
use super::shape::{Listing, MemberBody, ResultBody, results};
use crate::{ApiResult, Caller, Rest};

fn cursor_of(card: &Card) -> String {
    card.user.to_string()
}

/// `GET /group/member_list`
pub async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Params(of): Params<GroupPage>,
) -> ApiResult<Listing<MemberBody>> {
    let paging = of.page.read(user_cursor)?;
    let mut ctx = rest.read(&caller).await?;
    let page = cerulean_groups::list_members(&mut ctx, of.id()?, paging).await?;
    Ok(Listing::new(page, &paging, ctx.now(), cursor_of, MemberBody::from))
}

/// `GET /group/banned_list`
pub async fn banned_list(
    State(rest): State<Rest>,
    caller: Caller,
    Params(of): Params<GroupPage>,
) -> ApiResult<Listing<MemberBody>> {
    let paging = of.page.read(user_cursor)?;
    let mut ctx = rest.read(&caller).await?;
    let page = cerulean_groups::list_banned(&mut ctx, of.id()?, paging).await?;
    Ok(Listing::new(page, &paging, ctx.now(), cursor_of, MemberBody::from))
}

/// `POST /group/members/display_name`
pub async fn find(
    State(rest): State<Rest>,
    caller: Caller,
    Params(whom): Params<GroupUsers>,
) -> Reply<Vec<MemberBody>> {
    let mut ctx = rest.read(&caller).await?;
    let cards = cerulean_groups::find_cards(&mut ctx, whom.group()?, &whom.users()).await?;
    ok(cards.into_iter().map(MemberBody::from).collect())
}

/// `GET /group/admin_list`
pub async fn admin_list(
    State(rest): State<Rest>,
    caller: Caller,
    Params(which): Params<OneGroup>,
) -> Reply<Vec<MemberBody>> {
    let mut ctx = rest.read(&caller).await?;
    let cards = cerulean_groups::list_admins(&mut ctx, which.id()?).await?;
    ok(cards.into_iter().map(MemberBody::from).collect())
}

/// `POST /group/admin/add`
pub async fn add_admins(
    State(rest): State<Rest>,
    caller: Caller,
    Params(whom): Params<GroupUsers>,
) -> Reply<Vec<ResultBody>> {
    let mut ctx = rest.write(&caller).await?;
    let outcomes = cerulean_groups::add_admins(&mut ctx, whom.group()?, &whom.users()).await?;
    ctx.commit().await?;
    ok(results(outcomes, whom.nobodies()))
}

/// `POST|DELETE /group/admin/remove`
pub async fn remove_admins(
    State(rest): State<Rest>,
    caller: Caller,
    Params(whom): Params<GroupUsers>,
) -> Reply<Vec<ResultBody>> {
    let mut ctx = rest.write(&caller).await?;
    let outcomes = cerulean_groups::remove_admins(&mut ctx, whom.group()?, &whom.users()).await?;
    ctx.commit().await?;
    ok(results(outcomes, whom.nobodies()))
}
