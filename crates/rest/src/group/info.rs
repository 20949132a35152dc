//! What is known of groups.

use axum::extract::State;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_types::GroupId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::params::OneGroup;
use super::shape::InfoBody;
use crate::{Caller, Rest};

/// `GET /group/info`, `GET /group/settings`
pub async fn info(State(rest): State<Rest>, caller: Caller, Params(which): Params<OneGroup>) -> Reply<InfoBody> {
    let mut ctx = rest.read(&caller).await?;
    ok(cerulean_groups::require_info(&mut ctx, which.id()?).await?.into())
}

/// Groups to show.
#[derive(Deserialize, ToSchema)]
pub struct GroupList {
    #[serde(deserialize_with = "lenient::ids")]
    group_list: Vec<u64>,
}

impl GroupList {
    pub(super) fn ids(&self) -> Vec<GroupId> {
        self.group_list.iter().filter_map(|number| GroupId::parse(*number).ok()).collect()
    }
}

/// `POST /group/info/batch`
pub async fn batch(State(rest): State<Rest>, caller: Caller, Params(which): Params<GroupList>) -> Reply<Vec<InfoBody>> {
    let mut ctx = rest.read(&caller).await?;
    let infos = cerulean_groups::list_infos(&mut ctx, &which.ids()).await?;
    ok(infos.into_iter().map(InfoBody::from).collect())
}

/// `GET /group/user_joined`
pub async fn user_joined(State(rest): State<Rest>, caller: Caller) -> Reply<Vec<u64>> {
    let mut ctx = rest.read(&caller).await?;
    ok(numbers(cerulean_groups::list_joined(&mut ctx).await?))
}

/// `GET /group/public_list`
pub async fn public_list(State(rest): State<Rest>, caller: Caller) -> Reply<Vec<u64>> {
    let mut ctx = rest.read(&caller).await?;
    ok(numbers(cerulean_groups::list_public(&mut ctx).await?))
}

fn numbers(groups: Vec<GroupId>) -> Vec<u64> {
    groups.into_iter().map(GroupId::get).collect()
}
