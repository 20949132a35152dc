//! What a member does for himself.

use axum::extract::State;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use serde::Deserialize;
use utoipa::ToSchema;

use super::params::{GroupFlagValue, GroupTextValue, OneGroup, group_of};
use crate::{Caller, Rest};

/// `POST|DELETE /group/leave`
pub async fn leave(State(rest): State<Rest>, caller: Caller, Params(which): Params<OneGroup>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::leave_group(&mut ctx, which.id()?).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST|PUT /group/display_name`
pub async fn display_name(State(rest): State<Rest>, caller: Caller, Params(to): Params<GroupTextValue>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::set_display_name(&mut ctx, to.id()?, &to.value).await?;
    ctx.commit().await?;
    ok(true)
}

/// How loud the group is.
#[derive(Deserialize, ToSchema)]
pub struct MuteMode {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::number")]
    msg_mute_mode: i64,
}

/// `POST|PUT /group/msg/mute_mode`
pub async fn mute_mode(State(rest): State<Rest>, caller: Caller, Params(to): Params<MuteMode>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::set_mute_mode(&mut ctx, group_of(to.group_id)?, to.msg_mute_mode).await?;
    ctx.commit().await?;
    ok(true)
}

/// What is pushed to the phone.
#[derive(Deserialize, ToSchema)]
pub struct PushMode {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::number")]
    msg_push_mode: i64,
}

/// `POST|PUT /group/msg/push_mode`
pub async fn push_mode(State(rest): State<Rest>, caller: Caller, Params(to): Params<PushMode>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::set_push_mode(&mut ctx, group_of(to.group_id)?, to.msg_push_mode).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST|PUT /group/msg/not_disturb`
pub async fn not_disturb(State(rest): State<Rest>, caller: Caller, Params(to): Params<GroupFlagValue>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::set_not_disturb(&mut ctx, to.id()?, to.value).await?;
    ctx.commit().await?;
    ok(true)
}
