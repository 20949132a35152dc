//! Applications.

use axum::extract::State;
use cerulean_groups::{Apply, HandleApplication};
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_storage::group_request::GroupRequestRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::info::GroupList;
use super::invitation::{read_cursor, write_cursor};
use super::params::{ApplicationAnswer, PageParams, group_of};
use super::shape::{Listing, ResultBody};
use crate::{ApiResult, Caller, Rest};

/// Where to apply, and why.
#[derive(Deserialize, ToSchema)]
pub struct GroupApplication {
    #[serde(deserialize_with = "lenient::id")]
    group_id: u64,
    #[serde(default)]
    reason: Option<String>,
}

/// `POST /group/apply`
pub async fn apply(
    State(rest): State<Rest>,
    caller: Caller,
    Params(to): Params<GroupApplication>,
) -> Reply<ResultBody> {
    let cmd = Apply { group: group_of(to.group_id)?, reason: to.reason.unwrap_or_default() };
    let mut ctx = rest.write(&caller).await?;
    let user = cerulean_groups::apply(&mut ctx, cmd).await?;
    ctx.commit().await?;
    ok(ResultBody::success(user))
}

/// `POST|PUT /group/apply/handle`
pub async fn handle(
    State(rest): State<Rest>,
    caller: Caller,
    Params(answer): Params<ApplicationAnswer>,
) -> Reply<ResultBody> {
    let applicant = answer.user()?;
    let cmd = HandleApplication { group: answer.group()?, applicant, is_accepted: answer.is_accepted };
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::handle_application(&mut ctx, cmd).await?;
    ctx.commit().await?;
    ok(ResultBody::success(applicant))
}

/// Groups whose applications are wanted.
#[derive(Deserialize, ToSchema)]
pub struct ListOf {
    #[serde(flatten)]
    groups: GroupList,
    #[serde(flatten)]
    page: PageParams,
}

/// An application.
#[derive(Serialize, ToSchema)]
pub struct ApplicationBody {
    group_id: u64,
    applicant_id: u64,
    reason: String,
    status: u8,
    expired_time: i64,
}

impl From<GroupRequestRow> for ApplicationBody {
    fn from(row: GroupRequestRow) -> Self {
        Self {
            group_id: row.group.get(),
            applicant_id: row.user.get(),
            reason: row.reason,
            status: row.status as u8,
            expired_time: row.expires_at,
        }
    }
}

/// `POST /group/application_list`
pub async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Params(of): Params<ListOf>,
) -> ApiResult<Listing<ApplicationBody>> {
    let paging = of.page.read(read_cursor)?;
    let mut ctx = rest.read(&caller).await?;
    let page = cerulean_groups::list_applications(&mut ctx, &of.groups.ids(), paging).await?;
    Ok(Listing::new(page, &paging, ctx.now(), write_cursor, ApplicationBody::from))
}
