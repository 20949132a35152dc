//! Users, as asked for by the app as a whole.

use axum::extract::State;
use cerulean_accounts::{is_name_free, list_support_staff};
use cerulean_http_kit::{Params, Reply, lenient, ok};
use cerulean_storage::user::UserRow;
use cerulean_types::Actor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AppScope, Rest};

/// A name to check.
#[derive(Deserialize, ToSchema)]
pub struct FreeName {
    #[serde(deserialize_with = "lenient::text")]
    username: String,
}

/// `GET /app/user/name_check`: whether the name can be registered; a name against the rules is an error that says which.
pub async fn name_check(
    State(rest): State<Rest>,
    AppScope(app): AppScope,
    Params(call): Params<FreeName>,
) -> Reply<bool> {
    ok(is_name_free(&rest.accounts, app, &call.username).await?)
}

/// A user who helps others.
#[derive(Serialize, ToSchema)]
pub struct SupportStaff {
    user_id: u64,
    username: String,
    nickname: String,
    avatar: String,
}

/// `GET /app/support_staff`: those of the app's setting.
pub async fn support_staff(State(rest): State<Rest>, AppScope(app): AppScope) -> Reply<Vec<SupportStaff>> {
    let ctx = rest.platform.read_ctx(app, Actor::System).await?;
    let card = |row: UserRow| SupportStaff {
        user_id: row.id.get(),
        username: row.profile.username,
        nickname: row.profile.nick_name,
        avatar: row.profile.avatar,
    };
    ok(list_support_staff(&ctx).await?.into_iter().map(card).collect())
}
