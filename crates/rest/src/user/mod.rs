//! `/user/*`: registration, profile, settings, devices, and what the administrator does with users.

mod admin;
mod device;
mod password;
mod profile;
mod register;
mod settings;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use crate::Rest;

/// Routes of users.
pub fn routes() -> Router<Rest> {
    Router::new()
        .route("/user/register/v2", post(register::one))
        .route("/user/register/anonymous", post(register::anonymous))
        .route("/user/register/batch", post(register::batch))
        .route("/user/profile", get(profile::read).post(profile::update).put(profile::update))
        .route("/user/nickname", write(profile::update))
        .route("/user/avatar", write(profile::update_avatar))
        .route("/user/mobile", write(profile::update_mobile))
        .route("/user/email", write(profile::update_email))
        .route("/user/settings", get(settings::read).post(settings::update).put(settings::update))
        .route("/user/authmode", write(settings::auth_mode))
        .route("/user/push", write(settings::push))
        .route("/user/push/detail", write(settings::push_detail))
        .route("/user/push/limit", write(settings::push_limit))
        .route("/user/push/nickname", write(settings::push_nickname))
        .route("/user/sounds", write(settings::sounds))
        .route("/user/vibratory", write(settings::vibratory))
        .route("/user/download", write(settings::download))
        .route("/user/change_password", post(password::change))
        .route("/user/change_password_admin", post(password::set))
        .route("/user/delete", post(password::delete).delete(password::delete))
        .route("/user/device/list", get(device::list))
        .route("/user/device/remove", post(device::remove).delete(device::remove))
        .route("/user/kick", write(device::kick))
        .route("/user/token/bind", write(device::bind_push))
        .route("/user/token/unbind", post(device::unbind_push).delete(device::unbind_push))
        .route("/user/list", get(admin::list))
        .route("/user/online_status", get(admin::online_status))
        .route("/user/disable", write(admin::freeze))
        .route("/user/enable", write(admin::unfreeze))
}

/// POST and PUT with the same meaning.
fn write<H, T>(handler: H) -> MethodRouter<Rest>
where
    H: axum::handler::Handler<T, Rest> + Clone,
    T: 'static,
{
    post(handler.clone()).put(handler)
}
