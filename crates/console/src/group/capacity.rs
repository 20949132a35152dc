//! How many members one group may have.

use axum::Json;
use axum::extract::{Path, State};
use cerulean_http_kit::{Problem, ProblemReply};
use cerulean_types::{Code, GroupId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AppAdmin, Console};

/// The most members.
#[derive(Deserialize, ToSchema)]
pub struct CapacityChange {
    /// From 1 to 1000000; null or absent for what the app's settings say.
    capacity: Option<u64>,
}

/// How full the group is.
#[derive(Serialize, ToSchema)]
pub struct GroupRoom {
    group_id: u64,
    /// The most members, which is in force now.
    capacity: u64,
    /// Members now; they may be more.
    count: u64,
}

/// `PUT /console/v1/groups/{group}/capacity`
pub async fn change(
    State(console): State<Console>,
    admin: AppAdmin,
    Path(group): Path<u64>,
    Json(change): Json<CapacityChange>,
) -> ProblemReply<Json<GroupRoom>> {
    let group = GroupId::parse(group).map_err(|_| Problem::new(Code::GroupNotFound, Code::GroupNotFound.text()))?;
    let mut ctx = console.write(&admin).await?;
    let info = cerulean_groups::set_capacity(&mut ctx, group, change.capacity).await?;
    ctx.commit().await?;
    tracing::info!(app.id = admin.app.0, group.id = group.get(), capacity = info.capacity, "capacity of a group set");
    Ok(Json(GroupRoom { group_id: group.get(), capacity: info.capacity, count: info.row.member_count }))
}
