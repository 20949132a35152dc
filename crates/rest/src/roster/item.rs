//! Friends and roster items.

use axum::extract::State;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_roster::RosterItem;
use cerulean_types::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Listing, OneUser, RosterPageOf};
use crate::{ApiResult, Caller, Rest};

/// Ids of users to show.
#[derive(Deserialize, ToSchema)]
pub struct ItemsOf {
    #[serde(default, deserialize_with = "lenient::ids")]
    list: Vec<u64>,
}

/// A name to look for.
#[derive(Deserialize, ToSchema)]
pub struct UserNameOf {
    #[serde(deserialize_with = "lenient::text")]
    username: String,
}

/// A phone number to look for.
#[derive(Deserialize, ToSchema)]
pub struct MobileOf {
    #[serde(deserialize_with = "lenient::text")]
    mobile: String,
}

/// `GET /roster/list`: ids of all friends.
pub async fn list_friends(
    State(rest): State<Rest>,
    caller: Caller,
    Params(page): Params<RosterPageOf>,
) -> ApiResult<Listing<u64>> {
    let mut ctx = rest.read(&caller).await?;
    let page = cerulean_roster::list_friends(&mut ctx, &page.cursor, page.limit()).await?;
    Ok(Listing::new(page.friends.into_iter().map(UserId::get).collect(), page.cursor, page.version))
}

/// `POST /roster/list`: users as the caller sees them; numbers that name nobody are left out.
pub async fn list_items(
    State(rest): State<Rest>,
    caller: Caller,
    Params(wanted): Params<ItemsOf>,
) -> Reply<Vec<RosterItem>> {
    let mut ctx = rest.read(&caller).await?;
    let ids: Vec<UserId> = wanted.list.into_iter().filter_map(|number| UserId::parse(number).ok()).collect();
    ok(cerulean_roster::list_items(&mut ctx, &ids).await?)
}

/// `GET /roster/id`
pub async fn by_id(State(rest): State<Rest>, caller: Caller, Params(who): Params<OneUser>) -> Reply<RosterItem> {
    let mut ctx = rest.read(&caller).await?;
    ok(cerulean_roster::find_item(&mut ctx, who.id()?).await?)
}

/// `GET /roster/name`
pub async fn by_name(State(rest): State<Rest>, caller: Caller, Params(who): Params<UserNameOf>) -> Reply<RosterItem> {
    let mut ctx = rest.read(&caller).await?;
    ok(cerulean_roster::find_item_by_name(&mut ctx, &who.username).await?)
}

/// `GET /roster/mobile`
pub async fn by_mobile(State(rest): State<Rest>, caller: Caller, Params(who): Params<MobileOf>) -> Reply<RosterItem> {
    let mut ctx = rest.read(&caller).await?;
    ok(cerulean_roster::find_item_by_mobile(&mut ctx, &who.mobile).await?)
}
