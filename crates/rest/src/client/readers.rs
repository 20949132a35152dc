//! Who has read the messages of a group.

use axum::Json;
use axum::extract::{Path, State};
use cerulean_http_kit::{ApiError, Params, ProblemReply, lenient};
use cerulean_messaging::{count_readers, list_readers};
use cerulean_types::{Code, GroupId, MessageId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::require_user;
use crate::{ApiResult, Caller, Rest};

const USUAL_PAGE: u64 = 100;
const LARGEST_PAGE: u64 = 1000;

/// Messages to count the readers of.
#[derive(Deserialize, ToSchema)]
pub struct CountsOf {
    /// Numbers with commas between them, 50 at most.
    mids: String,
}

/// How many have read messages.
#[derive(Serialize, ToSchema)]
pub struct ReadCounts {
    items: Vec<ReadCountBody>,
}

/// How many have read a message. Its author is not counted.
#[derive(Serialize, ToSchema)]
pub struct ReadCountBody {
    mid: u64,
    /// Members who have read it.
    read_count: u64,
    /// Members who can read it.
    member_count: u64,
}

/// Which page of readers.
#[derive(Deserialize, ToSchema)]
pub struct ReadersOf {
    #[serde(default, deserialize_with = "lenient::opt_id")]
    limit: Option<u64>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    cursor: Option<u64>,
}

/// Members who have read a message, by id.
#[derive(Serialize, ToSchema)]
pub struct ReaderPage {
    items: Vec<u64>,
    next_cursor: Option<String>,
}

fn group_of(number: u64) -> ApiResult<GroupId> {
    GroupId::parse(number).map_err(|_| ApiError::of(Code::GroupNotFound))
}

fn mids_of(text: &str) -> ApiResult<Vec<MessageId>> {
    let bad = |_| ApiError::new(Code::BadParameter, "bad request parameter: mids are numbers with commas between them");
    text.split(',').map(|number| number.trim().parse().map(MessageId).map_err(bad)).collect()
}

/// `GET /client/v1/groups/{group}/reads?mids=`
pub async fn count(
    State(rest): State<Rest>,
    caller: Caller,
    Path(group): Path<u64>,
    Params(of): Params<CountsOf>,
) -> ProblemReply<Json<ReadCounts>> {
    let user = require_user(&caller)?;
    let mids = mids_of(&of.mids)?;
    let counts = count_readers(&rest.platform, caller.app, user, group_of(group)?, &mids).await?;
    let items = counts
        .into_iter()
        .map(|count| ReadCountBody { mid: count.mid.0, read_count: count.readers, member_count: count.audience })
        .collect();
    Ok(Json(ReadCounts { items }))
}

/// `GET /client/v1/groups/{group}/messages/{mid}/readers?cursor=&limit=`
pub async fn list(
    State(rest): State<Rest>,
    caller: Caller,
    Path((group, mid)): Path<(u64, u64)>,
    Params(page): Params<ReadersOf>,
) -> ProblemReply<Json<ReaderPage>> {
    let user = require_user(&caller)?;
    let limit = page.limit.unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE) as usize;
    let bad = |_| ApiError::new(Code::BadParameter, "bad request parameter: cursor was not given out here");
    let after = page.cursor.map(UserId::parse).transpose().map_err(bad)?;
    let message = (group_of(group)?, MessageId(mid));
    let mut readers = list_readers(&rest.platform, caller.app, user, message, after, limit + 1).await?;
    let has_more = readers.len() > limit;
    readers.truncate(limit);
    let next_cursor = readers.last().filter(|_| has_more).map(ToString::to_string);
    Ok(Json(ReaderPage { items: readers.into_iter().map(UserId::get).collect(), next_cursor }))
}
