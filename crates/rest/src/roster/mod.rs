//! `/roster/*`: friends, requests to be friends, notes, blocks.

mod application;
mod item;
mod relation;

use axum::Router;
use axum::routing::{get, post};
use cerulean_http_kit::{ApiError, lenient};
use cerulean_types::{Code, UserId};
use serde::{Deserialize, Serialize};

use crate::{ApiResult, Rest};

/// Routes of the roster.
pub fn routes() -> Router<Rest> {
    Router::new()
        .route("/roster/list", get(item::list_friends).post(item::list_items))
        .route("/roster/id", get(item::by_id))
        .route("/roster/name", get(item::by_name))
        .route("/roster/mobile", get(item::by_mobile))
        .route("/roster/may_message", get(relation::may_message))
        .route("/roster/apply", post(application::apply))
        .route("/roster/apply/batch", post(application::apply_batch))
        .route("/roster/apply/list", get(application::list))
        .route("/roster/accept", post(application::accept).put(application::accept))
        .route("/roster/decline", post(application::decline).put(application::decline))
        .route("/roster/delete", post(relation::delete).delete(relation::delete))
        .route("/roster/ext", post(relation::edit_notes).put(relation::edit_notes))
        .route("/roster/block", post(relation::block).put(relation::block))
        .route("/roster/unblock", post(relation::unblock).delete(relation::unblock))
        .route("/roster/blocked_list", get(relation::list_blocked))
}

/// Parameters of the calls that name one user.
#[derive(Deserialize)]
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
#[derive(Deserialize)]
pub(super) struct PageOf {
    #[serde(default)]
    cursor: String,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    limit: Option<i64>,
}

impl PageOf {
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
    fn new(data: Vec<T>, cursor: String, version: i64) -> axum::Json<Self> {
        axum::Json(Self { code: Code::Ok.number(), data, message: None, cursor, version })
    }
}

/// A number that is no user's id names nobody.
fn user_of(number: u64) -> ApiResult<UserId> {
    UserId::parse(number).map_err(|_| ApiError::of(Code::UserNotFound))
}
