//! What an app sets for pushes to a user: alias, badge, tags.

use axum::extract::State;
use cerulean_http_kit::{Params, Reply, lenient, ok};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{Caller, Rest};

/// The app's name for a user.
#[derive(Deserialize, ToSchema)]
pub struct PushAlias {
    #[serde(deserialize_with = "lenient::text")]
    alias: String,
    /// The token of his device, by which a push can name him as well.
    push_token: Option<String>,
}

/// The number on the icon.
#[derive(Deserialize, ToSchema)]
pub struct PushBadge {
    /// 0 to 99999.
    #[serde(deserialize_with = "lenient::number")]
    badge: i64,
}

/// Labels.
#[derive(Deserialize, ToSchema)]
pub struct PushTags {
    tags: Vec<String>,
}

/// `POST /user/push/alias`
pub async fn alias(State(rest): State<Rest>, caller: Caller, Params(call): Params<PushAlias>) -> Reply<bool> {
    let ctx = rest.write(&caller).await?;
    cerulean_push::set_alias(&ctx, &call.alias, call.push_token.as_deref()).await?;
    ctx.commit().await?;
    ok(true)
}

/// `POST /user/push/badge`
pub async fn badge(State(rest): State<Rest>, caller: Caller, Params(call): Params<PushBadge>) -> Reply<bool> {
    let ctx = rest.write(&caller).await?;
    cerulean_push::set_badge(&ctx, call.badge).await?;
    ctx.commit().await?;
    ok(true)
}

/// `GET /user/push/tag`
pub async fn tags(State(rest): State<Rest>, caller: Caller) -> Reply<Vec<String>> {
    let ctx = rest.read(&caller).await?;
    ok(cerulean_push::list_tags(&ctx).await?)
}

/// `POST /user/push/tag`
pub async fn add_tags(State(rest): State<Rest>, caller: Caller, Params(call): Params<PushTags>) -> Reply<bool> {
    let ctx = rest.write(&caller).await?;
    cerulean_push::add_tags(&ctx, &call.tags).await?;
    ctx.commit().await?;
    ok(true)
}

/// `DELETE /user/push/tag`
pub async fn remove_tags(State(rest): State<Rest>, caller: Caller, Params(call): Params<PushTags>) -> Reply<bool> {
    let ctx = rest.write(&caller).await?;
    cerulean_push::remove_tags(&ctx, &call.tags).await?;
    ctx.commit().await?;
    ok(true)
}

/// `DELETE /user/push/tag/all`
pub async fn clear_tags(State(rest): State<Rest>, caller: Caller) -> Reply<bool> {
    let ctx = rest.write(&caller).await?;
    cerulean_push::clear_tags(&ctx).await?;
    ctx.commit().await?;
    ok(true)
}
