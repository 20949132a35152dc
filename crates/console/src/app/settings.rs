//! What the app decides for itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use cerulean_accounts::change_app_settings;
use cerulean_delivery::AppSettings;
use cerulean_http_kit::ProblemReply;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{AppAdmin, Console};

/// Settings to change.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = AppSettings)]
pub struct SettingsPatch(Map<String, Value>);

/// `PATCH /console/v1/app/settings` with a merge patch (RFC 7396): what is named is changed, null brings the default back. Answers with
/// the settings in force.
pub async fn change(
    State(console): State<Console>,
    admin: AppAdmin,
    Json(SettingsPatch(patch)): Json<SettingsPatch>,
) -> ProblemReply<Json<Arc<AppSettings>>> {
    let settings = change_app_settings(&console.platform, admin.app, admin.token_no, patch).await?;
    Ok(Json(settings))
}
