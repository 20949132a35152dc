//! What the administrator does with users.

use axum::extract::State;
use cerulean_accounts::{find_user_by_id, freeze_users, list_users, unfreeze_users};
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_storage::user::UserStatus;
use cerulean_types::{Code, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ApiResult, Caller, Rest};

const DEFAULT_PAGE: i64 = 50;

/// Which page.
#[derive(Deserialize, ToSchema)]
pub struct UserPageOf {
    #[serde(default, deserialize_with = "lenient::opt_number")]
    page_num: Option<i64>,
    #[serde(default, deserialize_with = "lenient::opt_number")]
    page_size: Option<i64>,
}

/// A user in the list.
#[derive(Serialize, ToSchema)]
pub struct UserItem {
    user_id: u64,
    username: String,
    /// 0 normal, 1 frozen.
    status: i32,
}

/// Whether a user is connected.
#[derive(Serialize, ToSchema)]
pub struct OnlineStatus {
    online: bool,
}

/// Users.
#[derive(Deserialize, ToSchema)]
pub struct UsersOf {
    #[serde(deserialize_with = "lenient::ids")]
    list: Vec<u64>,
}

impl UsersOf {
    fn ids(&self) -> ApiResult<Vec<UserId>> {
        let parsed = self.list.iter().map(|number| UserId::parse(*number));
        parsed.collect::<Result<_, _>>().map_err(|_| ApiError::of(Code::UserNotFound))
    }
}

/// `GET /user/list`
pub async fn list(State(rest): State<Rest>, caller: Caller, Params(page): Params<UserPageOf>) -> Reply<Vec<UserItem>> {
    let ctx = rest.read(&caller).await?;
    // What is below the range becomes 0, which the action refuses.
    let number = u64::try_from(page.page_num.unwrap_or(1)).unwrap_or(0);
    let size = u64::try_from(page.page_size.unwrap_or(DEFAULT_PAGE)).unwrap_or(0);
    let rows = list_users(&ctx, number, size).await?;
    ok(rows
        .into_iter()
        .map(|row| UserItem {
            user_id: row.id.get(),
            username: row.profile.username,
            status: i32::from(row.status == UserStatus::Frozen),
        })
        .collect())
}

/// `GET /user/online_status`: of the caller, or of the user in the header `user_id`.
pub async fn online_status(State(rest): State<Rest>, caller: Caller) -> Reply<OnlineStatus> {
    let ctx = rest.read(&caller).await?;
    let user = find_user_by_id(&ctx, ctx.require_user()?).await?.id;
    ok(OnlineStatus { online: rest.presence.is_online(caller.app, user) })
}

/// `PUT /user/disable`
pub async fn freeze(State(rest): State<Rest>, caller: Caller, Params(call): Params<UsersOf>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    ctx.require_admin()?;
    freeze_users(&mut ctx, &call.ids()?).await?;
    ctx.commit().await?;
    ok(true)
}

/// `PUT /user/enable`
pub async fn unfreeze(State(rest): State<Rest>, caller: Caller, Params(call): Params<UsersOf>) -> Reply<bool> {
    let mut ctx = rest.write(&caller).await?;
    ctx.require_admin()?;
    unfreeze_users(&mut ctx, &call.ids()?).await?;
    ctx.commit().await?;
    ok(true)
}
