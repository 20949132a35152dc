//! What the app is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use cerulean_accounts::app_overview;
use cerulean_delivery::AppSettings;
use cerulean_http_kit::ProblemReply;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{AppAdmin, Console};

/// The app.
#[derive(Serialize, ToSchema)]
pub struct App {
    /// Public name, the `app_id` of clients.
    app_id: String,
    /// Title for people.
    title: String,
    /// `normal`, `frozen` or `banned`.
    status: String,
    /// What the app decides for itself, defaults included.
    settings: Arc<AppSettings>,
    /// How much there is of it.
    counts: AppCounts,
}

#[derive(Serialize, ToSchema)]
struct AppCounts {
    users: u64,
    groups: u64,
}

/// `GET /console/v1/app`
pub async fn show(State(console): State<Console>, admin: AppAdmin) -> ProblemReply<Json<App>> {
    let ctx = console.read(&admin).await?;
    let overview = app_overview(&ctx).await?;
    let settings = ctx.settings.clone();
    Ok(Json(App {
        app_id: settings.slug.clone(),
        title: settings.title.clone(),
        status: settings.status.clone(),
        settings,
        counts: AppCounts { users: overview.users, groups: overview.groups },
    }))
}
