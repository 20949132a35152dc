//! How a group is called and set up.

use axum::extract::State;
use cerulean_groups::BanDuration;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_storage::group::{GroupFlag, GroupText};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::params::{GroupFlagValue, GroupTextValue, OneGroup, group_of};
use super::shape;
use crate::{Caller, Rest};

async fn set_text(rest: &Rest, caller: &Caller, text: GroupText, to: GroupTextValue) -> Reply<bool> {
    let group = to.id()?;
    let mut ctx = rest.write(caller).await?;
    cerulean_groups::set_text(&mut ctx, group, text, &to.value).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST|PUT /group/info/name`
pub async fn name(State(rest): State<Rest>, caller: Caller, Params(to): Params<GroupTextValue>) -> Reply<bool> {
    set_text(&rest, &caller, GroupText::Name, to).await
}

/// `POST|PUT /group/info/avatar`
pub async fn avatar(State(rest): State<Rest>, caller: Caller, Params(to): Params<GroupTextValue>) -> Reply<bool> {
    set_text(&rest, &caller, GroupText::Avatar, to).await
}

/// `POST|PUT /group/info/description`
pub async fn description(State(rest): State<Rest>, caller: Caller, Params(to): Params<GroupTextValue>) -> Reply<bool> {
    set_text(&rest, &caller, GroupText::Description, to).await
}

/// `POST|PUT /group/info/ext`
pub async fn ext(State(rest): State<Rest>, caller: Caller, Params(to): Params<GroupTextValue>) -> Reply<bool> {
    set_text(&rest, &caller, GroupText::Ext, to).await
}

async fn set_flag(rest: &Rest, caller: &Caller, flag: GroupFlag, to: GroupFlagValue) -> Reply<bool> {
    let group = to.id()?;
    let mut ctx = rest.write(caller).await?;
    cerulean_groups::set_flag(&mut ctx, group, flag, to.value).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST|PUT /group/settings/allow_member_invitation`
pub async fn allow_member_invitation(
    State(rest): State<Rest>,
    caller: Caller,
    Params(to): Params<GroupFlagValue>,
) -> Reply<bool> {
    set_flag(&rest, &caller, GroupFlag::MemberInvite, to).await
}

/// `POST|PUT /group/settings/allow_member_modify`
pub async fn allow_member_modify(
    State(rest): State<Rest>,
    caller: Caller,
    Params(to): Params<GroupFlagValue>,
) -> Reply<bool> {
    set_flag(&rest, &caller, GroupFlag::MemberModify, to).await
}

/// `POST|PUT /group/settings/enable_read_ack`
pub async fn enable_read_ack(
    State(rest): State<Rest>,
    caller: Caller,
    Params(to): Params<GroupFlagValue>,
) -> Reply<bool> {
    set_flag(&rest, &caller, GroupFlag::ReadAck, to).await
}

/// `POST|PUT /group/settings/history_visible`
pub async fn history_visible(
    State(rest): State<Rest>,
    caller: Caller,
    Params(to): Params<GroupFlagValue>,
) -> Reply<bool> {
    set_flag(&rest, &caller, GroupFlag::HistoryVisible, to).await
}

/// `POST|PUT /group/settings/hide_member_info`
pub async fn hide_member_info(
    State(rest): State<Rest>,
    caller: Caller,
    Params(to): Params<GroupFlagValue>,
) -> Reply<bool> {
    set_flag(&rest, &caller, GroupFlag::HideMemberInfo, to).await
}

/// What happens to applications.
#[derive(Deserialize, ToSchema)]
pub struct AdminApproval {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::number")]
    apply_approval: i64,
}

/// `POST|PUT /group/settings/require_admin_approval`
pub async fn require_admin_approval(
    State(rest): State<Rest>,
    caller: Caller,
    Params(to): Params<AdminApproval>,
) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::set_apply_approval(&mut ctx, group_of(to.group_id)?, to.apply_approval).await?;
    ctx.commit().await?;
    ok(true)
}

/// How long nobody but owner and admins may speak.
#[derive(Deserialize, ToSchema)]
pub struct BanAll {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(deserialize_with = "lenient::number")]
    duration: i64,
}

/// Until when.
#[derive(Serialize, ToSchema)]
pub struct BanAllBody {
    ban_expire_time: i64,
}

/// `POST|PUT /group/settings/ban_all`
pub async fn ban_all(State(rest): State<Rest>, caller: Caller, Params(how): Params<BanAll>) -> Reply<BanAllBody> {
    let duration = BanDuration::parse(how.duration)?;
    let mut ctx = rest.write(&caller).await?;
    let until = cerulean_groups::ban_everyone(&mut ctx, group_of(how.group_id)?, duration).await?;
    ctx.commit().await?;
    ok(BanAllBody { ban_expire_time: shape::ban_expire_time(until) })
}

/// `POST|PUT /group/settings/unban_all`
pub async fn unban_all(State(rest): State<Rest>, caller: Caller, Params(which): Params<OneGroup>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::unban_everyone(&mut ctx, which.id()?).await?;
    ctx.commit().await?;
    ok(true)
}
