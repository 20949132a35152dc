//! Making, handing over and dissolving groups.

use axum::extract::State;
use cerulean_groups::CreateGroup;
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_types::{Code, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::params::{OneGroup, group_of, user_of};
use super::shape::{InfoBody, ResultBody};
use crate::{ApiResult, Caller, Rest};

/// A new group.
#[derive(Deserialize, ToSchema)]
pub struct NewGroup {
    #[serde(default)]
    name: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient::opt_number")]
    kind: Option<i64>,
    #[serde(default)]
    avatar: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default, deserialize_with = "lenient::crowd")]
    user_list: Vec<u64>,
}

/// `POST /group/create`
pub async fn create(State(rest): State<Rest>, caller: Caller, Params(new): Params<NewGroup>) -> Reply<InfoBody> {
    let bad_kind = |_| ApiError::new(Code::BadParameter, "bad request parameter: type goes from 0 to 3");
    let cmd = CreateGroup {
        name: new.name.unwrap_or_default(),
        kind: u8::try_from(new.kind.unwrap_or(0)).map_err(bad_kind)?,
        avatar: new.avatar.unwrap_or_default(),
        description: new.description.unwrap_or_default(),
        members: new.user_list.into_iter().map(user_of).collect::<ApiResult<Vec<UserId>>>()?,
    };
    let mut ctx = rest.write(&caller).await?;
    let info = cerulean_groups::create_group(&mut ctx, cmd).await?;
    ctx.commit().await?;
    ok(info.into())
}

/// `POST|DELETE /group/destroy`
pub async fn destroy(State(rest): State<Rest>, caller: Caller, Params(which): Params<OneGroup>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::destroy_group(&mut ctx, which.id()?).await?;
    ctx.commit().await?;
    ok(true)
}

/// Whose the group shall be.
#[derive(Deserialize, ToSchema)]
pub struct GroupTransfer {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::id")]
    new_owner: u64,
}

/// `POST|PUT /group/transfer`
pub async fn transfer(
    State(rest): State<Rest>,
    caller: Caller,
    Params(to): Params<GroupTransfer>,
) -> Reply<ResultBody> {
    let new_owner = user_of(to.new_owner)?;
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::transfer_group(&mut ctx, group_of(to.group_id)?, new_owner).await?;
    ctx.commit().await?;
    ok(ResultBody::success(new_owner))
}
