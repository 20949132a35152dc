//! Invitations.

use axum::extract::State;
use cerulean_groups::{HandleInvitation, Invite};
use cerulean_http_kit::{Params, Reply, ok};
use cerulean_storage::group_request::{GroupRequestRow, RequestCursor};
use cerulean_types::{GroupId, Millis, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::params::{GroupUsers, InvitationAnswer, PageParams};
use super::shape::{Listing, ResultBody, results, timestamp};
use crate::{ApiResult, Caller, Rest};

/// Whom to bring in.
#[derive(Deserialize, ToSchema)]
pub struct InviteUsers {
    #[serde(flatten)]
    whom: GroupUsers,
    #[serde(default)]
    reason: Option<String>,
}

/// `POST /group/invite`
pub async fn invite(
    State(rest): State<Rest>,
    caller: Caller,
    Params(new): Params<InviteUsers>,
) -> Reply<Vec<ResultBody>> {
    let cmd = Invite { group: new.whom.group()?, users: new.whom.users(), reason: new.reason.unwrap_or_default() };
    let mut ctx = rest.write(&caller).await?;
    let outcomes = cerulean_groups::invite_users(&mut ctx, cmd).await?;
    ctx.commit().await?;
    ok(results(outcomes, new.whom.nobodies()))
}

/// `POST|PUT /group/invite/handle`: `user_id` is not read, because clients send the inviter's or their own.
pub async fn handle(State(rest): State<Rest>, caller: Caller, Params(answer): Params<InvitationAnswer>) -> Reply<bool> {
    let cmd = HandleInvitation { group: answer.group()?, is_accepted: answer.is_accepted };
    let mut ctx = rest.write(&caller).await?;
    cerulean_groups::handle_invitation(&mut ctx, cmd).await?;
    ctx.commit().await?;
    ok(true)
}

/// An invitation.
#[derive(Serialize, ToSchema)]
pub struct InvitationBody {
    group_id: u64,
    inviter_id: u64,
    invitee_id: u64,
    reason: String,
    status: u8,
    expired_time: i64,
    /// As text: so it stands in the public protocol.
    updated_at: String,
}

impl From<GroupRequestRow> for InvitationBody {
    fn from(row: GroupRequestRow) -> Self {
        Self {
            group_id: row.group.get(),
            inviter_id: row.inviter.map_or(0, UserId::get),
            invitee_id: row.user.get(),
            reason: row.reason,
            status: row.status as u8,
            expired_time: row.expires_at,
            updated_at: timestamp(row.updated_at),
        }
    }
}

/// Where a page of requests ended, as clients hand it back.
pub(super) fn write_cursor(row: &GroupRequestRow) -> String {
    format!("{}.{}.{}", row.updated_at, row.group, row.user)
}

/// Reads what [`write_cursor`] wrote.
pub(super) fn read_cursor(text: &str) -> Option<RequestCursor> {
    let mut parts = text.split('.').map(|part| part.parse::<u64>().ok());
    let updated_at = parts.next()?? as Millis;
    let group = GroupId::parse(parts.next()??).ok()?;
    let user = UserId::parse(parts.next()??).ok()?;
    Some(RequestCursor { updated_at, group, user })
}

/// `GET /group/invitation_list`
pub async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Params(page): Params<PageParams>,
) -> ApiResult<Listing<InvitationBody>> {
    let paging = page.read(read_cursor)?;
    let mut ctx = rest.read(&caller).await?;
    let page = cerulean_groups::list_invitations(&mut ctx, paging).await?;
    Ok(Listing::new(page, &paging, ctx.now(), write_cursor, InvitationBody::from))
}
