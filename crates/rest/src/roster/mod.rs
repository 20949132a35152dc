//! `/roster/*`: friends, requests to be friends, notes, blocks.

mod application;
mod item;
mod relation;

use axum::Json;
use axum::response::{IntoResponse, Response};
use cerulean_http_kit::api::{Api, DescribeOutput, Description, get, post, post_or_delete, post_or_put};
use cerulean_http_kit::{ApiError, lenient};
use cerulean_types::{Code, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{ApiResult, Rest};

/// Routes of the roster.
pub fn routes() -> Api<Rest> {
    Api::new("roster")
        .route("/roster/list", get(item::list_friends, "The caller's friends, by id"))
        .route("/roster/list", post(item::list_items, "Users as the caller sees them"))
        .route("/roster/id", get(item::by_id, "A user by id"))
        .route("/roster/name", get(item::by_name, "A user by name"))
        .route("/roster/mobile", get(item::by_mobile, "A user by phone number"))
        .route("/roster/may_message", get(relation::may_message, "Whether one user may write to another"))
        .route("/roster/apply", post(application::apply, "Asks a user to be friends").refuses(ASKING))
        .route(
            "/roster/apply/batch",
            post(application::apply_batch, "Asks several users to be friends")
                .takes_body::<Vec<application::FriendRequest>>(),
        )
        .route("/roster/apply/list", get(application::list, "Requests to the caller"))
        .route(
            "/roster/accept",
            post_or_put(application::accept, "Accepts a request")
                .refuses(&[Code::RosterApplicationGone, Code::Blocked])
                .in_query(),
        )
        .route(
            "/roster/decline",
            post_or_put(application::decline, "Declines a request").refuses(&[Code::RosterApplicationGone]),
        )
        .route("/roster/delete", post_or_delete(relation::delete, "Ends a friendship").in_query())
        .route("/roster/ext", post_or_put(relation::edit_notes, "Notes something about a user"))
        .route("/roster/block", post_or_put(relation::block, "Blocks a user").in_query())
        .route("/roster/unblock", post_or_delete(relation::unblock, "Blocks a user no longer").in_query())
        .route("/roster/blocked_list", get(relation::list_blocked, "Users the caller has blocked, by id"))
}

/// What may be said to a request to be friends.
const ASKING: &[Code] = &[Code::AlreadyFriend, Code::Blocked, Code::RosterApplicationRefused];

/// Parameters of the calls that name one user.
#[derive(Deserialize, ToSchema)]
pub(super) struct OneUser {
    #[serde(deserialize_with = "lenient::id")]
    user_id: u64,
}

impl OneUser {
    fn id(&self) -> ApiResult<UserId> {
        user_of(self.user_id)
    }
}

/// Parameters of the listings that have pages.
#[derive(Deserialize, ToSchema)]
pub(super) struct RosterPageOf {
    #[serde(default)]
    cursor: String,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    limit: Option<i64>,
}

impl RosterPageOf {
    fn limit(&self) -> Option<usize> {
        self.limit.and_then(|limit| usize::try_from(limit).ok())
    }
}

/// The envelope of a listing with pages: `cursor` and `version` stand beside `data`.
#[derive(Serialize)]
pub(super) struct Listing<T> {
    code: u32,
    data: Vec<T>,
    message: Option<String>,
    cursor: String,
    version: i64,
}

impl<T> Listing<T> {
    fn new(data: Vec<T>, cursor: String, version: i64) -> Self {
        Self { code: Code::Ok.number(), data, message: None, cursor, version }
    }
}

impl<T: Serialize> IntoResponse for Listing<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

impl<T> DescribeOutput for Listing<T>
where
    Vec<T>: ToSchema,
{
    fn describe(description: &mut Description) {
        let version = json!({ "type": "integer", "format": "int64" });
        description.answer_envelope::<Vec<T>>(&[("cursor", json!({ "type": "string" })), ("version", version)]);
    }
}

/// A number that is no user's id names nobody.
fn user_of(number: u64) -> ApiResult<UserId> {
    UserId::parse(number).map_err(|_| ApiError::of(Code::UserNotFound))
}
