//! What clients configure themselves by.

use cerulean_http_kit::{Reply, ok};
use serde::Serialize;
use utoipa::ToSchema;

use crate::AppScope;

/// The keys clients read.
#[derive(Serialize, ToSchema)]
pub struct AppConfig {
    /// Whether groups hide their members everywhere; here each group decides.
    hide_member_info: bool,
    message_forward_max_user_num: u32,
    message_forward_max_message_num: u32,
}

/// `GET /app/config`
pub async fn read(_scope: AppScope) -> Reply<AppConfig> {
    ok(AppConfig { hide_member_info: false, message_forward_max_user_num: 50, message_forward_max_message_num: 100 })
}
