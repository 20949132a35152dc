//! Requests to be friends.

use axum::body::Bytes;
use axum::extract::State;
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_roster::{Application, Apply};
use cerulean_types::{Code, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Listing, OneUser, RosterPageOf, user_of};
use crate::{ApiResult, Caller, Rest};

/// Whom to ask, and how.
#[derive(Deserialize, ToSchema)]
pub struct FriendRequest {
    #[serde(deserialize_with = "lenient::id")]
    user_id: u64,
    #[serde(default)]
    alias: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    auth_answer: Option<String>,
}

impl FriendRequest {
    fn into_command(self, target: UserId) -> Apply {
        Apply {
            target,
            alias: self.alias.unwrap_or_default(),
            reason: self.reason.unwrap_or_default(),
            auth_answer: self.auth_answer.unwrap_or_default(),
        }
    }
}

/// Whom to decline, and why.
#[derive(Deserialize, ToSchema)]
pub struct DeclineOf {
    #[serde(deserialize_with = "lenient::id")]
    user_id: u64,
    #[serde(default)]
    reason: Option<String>,
}

/// Which applications of a batch went through.
#[derive(Serialize, ToSchema)]
pub struct RosterBatchResult {
    success: Vec<u64>,
    fails: Vec<RosterFail>,
}

/// An application of a batch that was refused.
#[derive(Serialize, ToSchema)]
pub struct RosterFail {
    user_id: u64,
    reason: String,
}

/// `POST /roster/apply`
pub async fn apply(State(rest): State<Rest>, caller: Caller, Params(to): Params<FriendRequest>) -> Reply<bool> {
    let target = user_of(to.user_id)?;
    let mut ctx = rest.write(&caller).await?;
    cerulean_roster::apply(&mut ctx, to.into_command(target)).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST /roster/apply/batch`: the one call whose body is a list.
pub async fn apply_batch(State(rest): State<Rest>, caller: Caller, body: Bytes) -> Reply<RosterBatchResult> {
    let list: Vec<FriendRequest> = serde_json::from_slice(&body)
        .map_err(|error| ApiError::new(Code::BadParameter, format!("body must be a list of applications: {error}")))?;
    let (mut cmds, mut fails) = (Vec::with_capacity(list.len()), Vec::new());
    for to in list {
        match user_of(to.user_id) {
            Ok(target) => cmds.push(to.into_command(target)),
            Err(error) => fails.push(RosterFail { user_id: to.user_id, reason: error.message }),
        }
    }
    let mut ctx = rest.write(&caller).await?;
    let outcome = cerulean_roster::apply_batch(&mut ctx, cmds).await?;
    ctx.commit().await?;
    fails.extend(outcome.fails.into_iter().map(|(user, reason)| RosterFail { user_id: user.get(), reason }));
    ok(RosterBatchResult { success: outcome.success.into_iter().map(UserId::get).collect(), fails })
}

/// `GET /roster/apply/list`
pub async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Params(page): Params<RosterPageOf>,
) -> ApiResult<Listing<Application>> {
    let mut ctx = rest.read(&caller).await?;
    let page = cerulean_roster::list_applications(&mut ctx, &page.cursor, page.limit()).await?;
    Ok(Listing::new(page.applications, page.cursor, 0))
}

/// `POST|PUT /roster/accept`
pub async fn accept(State(rest): State<Rest>, caller: Caller, Params(who): Params<OneUser>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    cerulean_roster::accept(&mut ctx, who.id()?).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST|PUT /roster/decline`
pub async fn decline(State(rest): State<Rest>, caller: Caller, Params(of): Params<DeclineOf>) -> Reply<bool> {
    let applicant = user_of(of.user_id)?;
    let mut ctx = rest.write(&caller).await?;
    cerulean_roster::decline(&mut ctx, applicant, of.reason.as_deref().unwrap_or_default()).await?;
    ctx.commit().await?;
    ok(true)
}
