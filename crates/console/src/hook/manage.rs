//! Receivers: list, add, show, change, remove.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::NoContent;
use cerulean_hooks::{CreatedHook, Hook, HookChange, NewHook, catalogue};
use cerulean_http_kit::{Page, ProblemReply};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{AppAdmin, Console};

/// A receiver with a secret that is not shown again.
#[derive(Serialize, ToSchema)]
pub struct HookWithSecret {
    #[serde(flatten)]
    hook: Hook,
    secret: String,
}

impl From<CreatedHook> for HookWithSecret {
    fn from(created: CreatedHook) -> Self {
        Self { hook: created.hook, secret: created.secret }
    }
}

/// `GET /console/v1/hook-events`: the names of all events.
pub async fn events(_admin: AppAdmin) -> ProblemReply<Json<Page<String>>> {
    Ok(Json(Page { items: catalogue::names().map(str::to_owned).collect(), next_cursor: None }))
}

/// `GET /console/v1/hooks`: all of them, oldest first.
pub async fn list(State(console): State<Console>, admin: AppAdmin) -> ProblemReply<Json<Page<Hook>>> {
    let ctx = console.read(&admin).await?;
    Ok(Json(Page { items: cerulean_hooks::list_hooks(&ctx).await?, next_cursor: None }))
}

/// `POST /console/v1/hooks`
pub async fn create(
    State(console): State<Console>,
    admin: AppAdmin,
    Json(new): Json<NewHook>,
) -> ProblemReply<Json<HookWithSecret>> {
    let mut ctx = console.write(&admin).await?;
    let created = cerulean_hooks::create_hook(&mut ctx, &console.hooks, new).await?;
    ctx.commit().await?;
    console.hooks.reload(admin.app).await?;
    Ok(Json(created.into()))
}

/// `GET /console/v1/hooks/{id}`
pub async fn show(State(console): State<Console>, admin: AppAdmin, Path(id): Path<String>) -> ProblemReply<Json<Hook>> {
    let ctx = console.read(&admin).await?;
    Ok(Json(cerulean_hooks::find_hook(&ctx, &id).await?))
}

/// `PATCH /console/v1/hooks/{id}`: what is named is changed.
pub async fn change(
    State(console): State<Console>,
    admin: AppAdmin,
    Path(id): Path<String>,
    Json(change): Json<HookChange>,
) -> ProblemReply<Json<Hook>> {
    let mut ctx = console.write(&admin).await?;
    let hook = cerulean_hooks::change_hook(&mut ctx, &console.hooks, &id, change).await?;
    ctx.commit().await?;
    console.hooks.reload(admin.app).await?;
    Ok(Json(hook))
}

/// `DELETE /console/v1/hooks/{id}`
pub async fn remove(
    State(console): State<Console>,
    admin: AppAdmin,
    Path(id): Path<String>,
) -> ProblemReply<NoContent> {
    let mut ctx = console.write(&admin).await?;
    cerulean_hooks::remove_hook(&mut ctx, &id).await?;
    ctx.commit().await?;
    console.hooks.reload(admin.app).await?;
    Ok(NoContent)
}
