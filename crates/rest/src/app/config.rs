//! What clients configure themselves by.

use axum::extract::State;
use cerulean_http_kit::{Reply, ok};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{AppScope, Rest};

/// The keys clients read.
#[derive(Serialize, ToSchema)]
pub struct AppConfig {
    /// Whether groups hide their members everywhere; otherwise each group decides.
    hide_member_info: bool,
    message_forward_max_user_num: u32,
    message_forward_max_message_num: u32,
}

/// `GET /app/config`
pub async fn read(State(rest): State<Rest>, AppScope(app): AppScope) -> Reply<AppConfig> {
    let settings = rest.platform.settings_of(app).await?;
    let clients = &settings.clients;
    ok(AppConfig {
        hide_member_info: clients.hide_member_info,
        message_forward_max_user_num: clients.message_forward_max_user_num,
        message_forward_max_message_num: clients.message_forward_max_message_num,
    })
}
