//! `/group/*`: groups, their members, who may come in, what is shared.

mod announcement;
mod application;
mod create;
mod file;
mod info;
mod invitation;
mod member;
mod own;
mod params;
mod put_out;
mod qr_code;
mod setting;
mod shape;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use cerulean_delivery::Ctx;

use crate::{ApiResult, Caller, Rest};

/// Routes of groups.
pub fn routes() -> Router<Rest> {
    Router::new()
        .route("/group/create", post(create::create))
        .route("/group/destroy", post_or_delete(create::destroy))
        .route("/group/transfer", post_or_put(create::transfer))
        .route("/group/info", get(info::info))
        .route("/group/settings", get(info::info))
        .route("/group/info/batch", post(info::batch))
        .route("/group/user_joined", get(info::user_joined))
        .route("/group/public_list", get(info::public_list))
        .route("/group/info/name", post_or_put(setting::name))
        .route("/group/info/avatar", post_or_put(setting::avatar))
        .route("/group/info/description", post_or_put(setting::description))
        .route("/group/info/ext", post_or_put(setting::ext))
        .route("/group/settings/allow_member_invitation", post_or_put(setting::allow_member_invitation))
        .route("/group/settings/allow_member_modify", post_or_put(setting::allow_member_modify))
        .route("/group/settings/enable_read_ack", post_or_put(setting::enable_read_ack))
        .route("/group/settings/history_visible", post_or_put(setting::history_visible))
        .route("/group/settings/hide_member_info", post_or_put(setting::hide_member_info))
        .route("/group/settings/require_admin_approval", post_or_put(setting::require_admin_approval))
        .route("/group/settings/ban_all", post_or_put(setting::ban_all))
        .route("/group/settings/unban_all", post_or_put(setting::unban_all))
        .route("/group/member_list", get(member::list))
        .route("/group/members/display_name", post(member::find))
        .route("/group/admin_list", get(member::admin_list))
        .route("/group/admin/add", post(member::add_admins))
        .route("/group/admin/remove", post_or_delete(member::remove_admins))
        .route("/group/banned_list", get(member::banned_list))
        .route("/group/ban", post(put_out::ban))
        .route("/group/unban", post_or_delete(put_out::unban))
        .route("/group/kick", post_or_delete(put_out::kick))
        .route("/group/block", post(put_out::block))
        .route("/group/unblock", post_or_delete(put_out::unblock))
        .route("/group/blocked_list", get(put_out::blocked_list))
        .route("/group/invite", post(invitation::invite))
        .route("/group/invite/handle", post_or_put(invitation::handle))
        .route("/group/invitation_list", get(invitation::list))
        .route("/group/apply", post(application::apply))
        .route("/group/apply/handle", post_or_put(application::handle))
        .route("/group/application_list", post(application::list))
        .route("/group/leave", post_or_delete(own::leave))
        .route("/group/display_name", post_or_put(own::display_name))
        .route("/group/msg/mute_mode", post_or_put(own::mute_mode))
        .route("/group/msg/push_mode", post_or_put(own::push_mode))
        .route("/group/msg/not_disturb", post_or_put(own::not_disturb))
        .route("/group/announcement", get(announcement::one))
        .route("/group/announcement/list", get(announcement::list))
        .route("/group/announcement/last", get(announcement::last))
        .route("/group/announcement/edit", post(announcement::edit))
        .route("/group/announcement/delete", post_or_delete(announcement::delete))
        .route("/group/file", get(file::one))
        .route("/group/file/list", get(file::list))
        .route("/group/file/upload", post(file::upload))
        .route("/group/file/update_name", post_or_put(file::update_name))
        .route("/group/file/delete", post_or_delete(file::delete))
        .route("/group/qrcode/sign", get(qr_code::sign))
        .route("/group/qrcode/invite", post(qr_code::invite))
        .route("/app/qrcode/group_sign", get(qr_code::app_sign))
        .route("/app/qrcode/group_invite", get(qr_code::invite))
}

fn post_or_put<H: Handler<T, Rest>, T: 'static>(handler: H) -> MethodRouter<Rest> {
    post(handler.clone()).put(handler)
}

fn post_or_delete<H: Handler<T, Rest>, T: 'static>(handler: H) -> MethodRouter<Rest> {
    post(handler.clone()).delete(handler)
}

/// Opens the context of an action that writes. The header `group_id` puts the administrator in the place of that group's owner.
async fn write(rest: &Rest, caller: &Caller) -> ApiResult<Ctx> {
    act_as(rest.write(caller).await?, caller).await
}

/// Opens the context of an action that only reads.
async fn read(rest: &Rest, caller: &Caller) -> ApiResult<Ctx> {
    act_as(rest.read(caller).await?, caller).await
}

async fn act_as(mut ctx: Ctx, caller: &Caller) -> ApiResult<Ctx> {
    if let Some(group) = caller.acting_group {
        cerulean_groups::act_as_owner(&mut ctx, group).await?;
    }
    Ok(ctx)
}
