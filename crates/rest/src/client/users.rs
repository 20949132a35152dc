//! Finding a user.

use axum::Json;
use axum::extract::State;
use cerulean_accounts::find_user;
use cerulean_http_kit::{Params, ProblemReply, lenient};
use cerulean_roster::{RosterItem, list_items};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Caller, Rest};

/// What names the user.
#[derive(Deserialize, ToSchema)]
pub struct UserQuery {
    #[serde(deserialize_with = "lenient::text")]
    query: String,
}

/// Nobody or one.
#[derive(Serialize, ToSchema)]
pub struct FoundUsers {
    items: Vec<RosterItem>,
}

/// `GET /client/v1/users?query=`: by exact name, id, phone number or e-mail address.
pub async fn find(
    State(rest): State<Rest>,
    caller: Caller,
    Params(call): Params<UserQuery>,
) -> ProblemReply<Json<FoundUsers>> {
    let mut ctx = rest.read(&caller).await?;
    let items = match find_user(&ctx, &call.query).await? {
        Some(row) => list_items(&mut ctx, &[row.id]).await?,
        None => Vec::new(),
    };
    Ok(Json(FoundUsers { items }))
}
