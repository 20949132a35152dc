//! `/user/*`: registration, profile, settings, devices, and what the administrator does with users.

mod admin;
mod batch;
mod device;
mod password;
mod profile;
mod push;
mod register;
mod settings;

use cerulean_http_kit::api::{Api, delete, get, post, post_or_delete, post_or_put};
use cerulean_types::Code;

use crate::Rest;

/// Routes of users.
pub fn routes() -> Api<Rest> {
    Api::new("user")
        .merge(registration_routes())
        .merge(profile_routes())
        .merge(setting_routes())
        .merge(push_routes())
        .merge(device_routes())
        .merge(admin_routes())
}

fn registration_routes() -> Api<Rest> {
    let closed = &[Code::PermissionDenied, Code::UserExists, Code::AppUserQuota];
    Api::new("user")
        .route("/user/register/v2", post(register::one, "Registers a user").refuses(closed))
        .route(
            "/user/register/anonymous",
            post(register::anonymous, "Registers a visitor under a generated name").refuses(closed),
        )
        .route(
            "/user/register/push",
            post(register::for_push, "Registers a user with where pushes for him go").refuses(closed),
        )
        .route("/user/register/batch", post(register::batch, "Registers several users (administrator)"))
        .route("/user/change_password", post(password::change, "Changes the caller's password"))
        .route(
            "/user/change_password_admin",
            post(password::set, "Sets the password of the user acted for (administrator)"),
        )
        .route("/user/delete", post_or_delete(password::delete, "Removes a user").in_body())
}

fn profile_routes() -> Api<Rest> {
    Api::new("user")
        .route("/user/profile", get(profile::read, "The caller's profile"))
        .route("/user/profile", post_or_put(profile::update, "Changes the caller's profile"))
        .route("/user/profile/batch", post_or_put(batch::profiles, "Changes profiles of many users (administrator)"))
        .route("/user/avatar/batch", post_or_put(batch::avatars, "Sets pictures of many users (administrator)"))
        .route(
            "/user/public",
            post_or_put(profile::update_public, "Sets the app's free text of the caller that others see"),
        )
        .route(
            "/user/private",
            post_or_put(profile::update_private, "Sets the app's free text of the caller that nobody else sees"),
        )
        .route(
            "/user/username",
            post_or_put(profile::rename, "Changes the caller's name to sign in with")
                .refuses(&[Code::UserExists])
                .in_query(),
        )
        .route(
            "/user/nickname",
            post_or_put(profile::update_nickname, "Sets the caller's name shown to others").in_query(),
        )
        .route("/user/avatar", post_or_put(profile::update_avatar, "Sets the caller's picture"))
        .route(
            "/user/mobile",
            post_or_put(profile::update_mobile, "Sets the caller's phone number")
                .refuses(&[Code::UserExists])
                .in_query(),
        )
        .route(
            "/user/email",
            post_or_put(profile::update_email, "Sets the caller's e-mail address").refuses(&[Code::UserExists]),
        )
}

fn push_routes() -> Api<Rest> {
    Api::new("user")
        .route("/user/push/alias", post(push::alias, "Names the caller for pushes; an empty name takes it away"))
        .route("/user/push/badge", post(push::badge, "Sets the number on the caller's icon"))
        .route("/user/push/tag", get(push::tags, "The caller's labels for pushes"))
        .route("/user/push/tag", post(push::add_tags, "Adds labels to the caller"))
        .route("/user/push/tag", delete(push::remove_tags, "Takes labels from the caller").in_body())
        .route("/user/push/tag/all", delete(push::clear_tags, "Takes all labels from the caller"))
}

fn setting_routes() -> Api<Rest> {
    Api::new("user")
        .route("/user/settings", get(settings::read, "The caller's settings"))
        .route("/user/settings", post_or_put(settings::update, "Changes the caller's settings"))
        .route("/user/authmode", post_or_put(settings::auth_mode, "Sets who may become a friend").in_query())
        .route("/user/push", post_or_put(settings::push, "Turns pushes off").in_query())
        .route("/user/push/detail", post_or_put(settings::push_detail, "Hides the text in pushes").in_query())
        .route("/user/push/limit", post_or_put(settings::push_limit, "Sets the hours without push").in_query())
        .route("/user/push/nickname", post_or_put(settings::push_nickname, "Sets the name shown in pushes").in_query())
        .route("/user/sounds", post_or_put(settings::sounds, "Turns sounds off").in_query())
        .route("/user/vibratory", post_or_put(settings::vibratory, "Turns vibration on").in_query())
        .route("/user/download", post_or_put(settings::download, "Downloads attachments at once").in_query())
}

fn device_routes() -> Api<Rest> {
    Api::new("user")
        .route("/user/device/list", get(device::list, "The caller's devices"))
        .route("/user/device/remove", post_or_delete(device::remove, "Signs a device out and forgets it").in_query())
        .route("/user/kick", post_or_put(device::kick, "Signs a device out, or all").in_query())
        .route("/user/token/bind", post_or_put(device::bind_push, "Says where pushes for a device go"))
        .route("/user/token/unbind", post_or_delete(device::unbind_push, "Ends pushes for a device").in_query())
}

fn admin_routes() -> Api<Rest> {
    Api::new("user")
        .route("/user/list", get(admin::list, "Users of the app (administrator)"))
        .route(
            "/user/online_status",
            get(admin::online_status, "Whether the caller, or the user acted for, is connected"),
        )
        .route("/user/disable", post_or_put(admin::freeze, "Freezes users (administrator)"))
        .route("/user/enable", post_or_put(admin::unfreeze, "Lets frozen users in again (administrator)"))
}
