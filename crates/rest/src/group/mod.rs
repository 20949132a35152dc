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

use cerulean_http_kit::api::{Api, get, post, post_or_delete, post_or_put};
use cerulean_types::Code;

use crate::Rest;

/// What is refused where a member is needed.
const MEMBERS: &[Code] = &[Code::GroupNotFound, Code::NotGroupMember];
/// What is refused where an admin is needed.
const ADMINS: &[Code] = &[Code::GroupNotFound, Code::NotGroupMember, Code::NeedsGroupAdmin];
/// What is refused where the owner is needed.
const OWNERS: &[Code] = &[Code::GroupNotFound, Code::NotGroupMember, Code::NeedsGroupOwner];
/// What keeps people out of a group.
const COMING: &[Code] = &[
    Code::Blocked,
    Code::GroupFull,
    Code::TooManyGroupsJoined,
    Code::AlreadyGroupMember,
    Code::OnGroupBlockList,
    Code::KickedTooOften,
];
/// What is paged by the query while the body names the groups.
const PAGE: &[&str] = &["cursor", "limit", "version"];

/// Routes of groups.
pub fn routes() -> Api<Rest> {
    Api::new("group")
        .merge(group_routes())
        .merge(setting_routes())
        .merge(member_routes())
        .merge(coming_routes())
        .merge(content_routes())
}

fn group_routes() -> Api<Rest> {
    Api::new("group")
        .route("/group/create", post(create::create, "Makes a group").refuses(&[Code::TooManyGroupsCreated]))
        .route("/group/destroy", post_or_delete(create::destroy, "Dissolves a group").refuses(OWNERS).in_query())
        .route(
            "/group/transfer",
            post_or_put(create::transfer, "Hands a group over to a member")
                .refuses(OWNERS)
                .refuses(&[Code::TransferTargetNotMember, Code::TooManyGroupsCreated]),
        )
        .route("/group/info", get(info::info, "What is known of a group").refuses(MEMBERS))
        .route("/group/settings", get(info::info, "How a group is set up").refuses(MEMBERS))
        .route(
            "/group/info/batch",
            post(info::batch, "What is known of several groups; those the caller may not see are left out"),
        )
        .route("/group/user_joined", get(info::user_joined, "Groups the caller is in, by id"))
        .route("/group/public_list", get(info::public_list, "Groups anyone may find, by id"))
}

fn setting_routes() -> Api<Rest> {
    Api::new("group")
        .route("/group/info/name", post_or_put(setting::name, "Renames a group").refuses(ADMINS))
        .route("/group/info/avatar", post_or_put(setting::avatar, "Sets a group's picture").refuses(ADMINS))
        .route(
            "/group/info/description",
            post_or_put(setting::description, "Sets a group's description").refuses(ADMINS),
        )
        .route("/group/info/ext", post_or_put(setting::ext, "Sets the app's free text of a group").refuses(ADMINS))
        .route(
            "/group/settings/allow_member_invitation",
            post_or_put(setting::allow_member_invitation, "Sets whether members may invite")
                .refuses(ADMINS)
                .refuses(OWNERS),
        )
        .route(
            "/group/settings/allow_member_modify",
            post_or_put(setting::allow_member_modify, "Sets whether members may change name, picture and description")
                .refuses(ADMINS)
                .refuses(OWNERS),
        )
        .route(
            "/group/settings/enable_read_ack",
            post_or_put(setting::enable_read_ack, "Sets whether members see who has read")
                .refuses(ADMINS)
                .refuses(OWNERS),
        )
        .route(
            "/group/settings/history_visible",
            post_or_put(setting::history_visible, "Sets whether new members see what was said before")
                .refuses(ADMINS)
                .refuses(OWNERS),
        )
        .route(
            "/group/settings/hide_member_info",
            post_or_put(setting::hide_member_info, "Sets whether members see who else is in the group")
                .refuses(ADMINS)
                .refuses(OWNERS),
        )
        .route(
            "/group/settings/require_admin_approval",
            post_or_put(setting::require_admin_approval, "Sets what happens to applications")
                .refuses(ADMINS)
                .refuses(OWNERS),
        )
        .route(
            "/group/settings/ban_all",
            post_or_put(setting::ban_all, "Silences all but owner and admins for some minutes; -1 for ever")
                .refuses(ADMINS),
        )
        .route("/group/settings/unban_all", post_or_put(setting::unban_all, "Lets all speak again").refuses(ADMINS))
}

fn member_routes() -> Api<Rest> {
    Api::new("group")
        .route("/group/member_list", get(member::list, "Members of a group").refuses(MEMBERS).refuses(ADMINS))
        .route("/group/members/display_name", post(member::find, "Members by id").refuses(MEMBERS).refuses(ADMINS))
        .route("/group/admin_list", get(member::admin_list, "Admins of a group").refuses(MEMBERS))
        .route("/group/admin/add", post(member::add_admins, "Makes members admins").refuses(OWNERS))
        .route(
            "/group/admin/remove",
            post_or_delete(member::remove_admins, "Makes admins plain members").refuses(OWNERS).in_body(),
        )
        .route("/group/banned_list", get(member::banned_list, "Members who may not speak").refuses(ADMINS))
        .route("/group/ban", post(put_out::ban, "Silences members for some minutes; -1 for ever").refuses(ADMINS))
        .route("/group/unban", post_or_delete(put_out::unban, "Lets members speak again").refuses(ADMINS).in_body())
        .route("/group/kick", post_or_delete(put_out::kick, "Puts members out").refuses(ADMINS).in_body())
        .route("/group/block", post(put_out::block, "Puts users out and keeps them out").refuses(ADMINS))
        .route(
            "/group/unblock",
            post_or_delete(put_out::unblock, "Keeps users out no longer").refuses(ADMINS).in_body(),
        )
        .route("/group/blocked_list", get(put_out::blocked_list, "Users who are kept out").refuses(ADMINS))
        .route(
            "/group/leave",
            post_or_delete(own::leave, "Leaves a group").refuses(MEMBERS).refuses(&[Code::OwnerMayNotLeave]).in_query(),
        )
        .route(
            "/group/display_name",
            post_or_put(own::display_name, "Sets the caller's name in a group").refuses(MEMBERS),
        )
        .route(
            "/group/msg/mute_mode",
            post_or_put(own::mute_mode, "Sets how loud a group is for the caller").refuses(MEMBERS),
        )
        .route(
            "/group/msg/push_mode",
            post_or_put(own::push_mode, "Sets what of a group is pushed to the caller's devices")
                .refuses(MEMBERS)
                .refuses(&[Code::BadPushMode]),
        )
        .route(
            "/group/msg/not_disturb",
            post_or_put(own::not_disturb, "Silences a group for the caller").refuses(MEMBERS),
        )
}

fn coming_routes() -> Api<Rest> {
    Api::new("group")
        .route("/group/invite", post(invitation::invite, "Invites users").refuses(ADMINS))
        .route(
            "/group/invite/handle",
            post_or_put(invitation::handle, "Accepts or declines an invitation")
                .refuses(&[Code::GroupNotFound, Code::GroupInvitationGone])
                .refuses(COMING),
        )
        .route("/group/invitation_list", get(invitation::list, "Invitations to the caller"))
        .route(
            "/group/apply",
            post(application::apply, "Applies for a group").refuses(&[Code::GroupNotFound]).refuses(COMING),
        )
        .route(
            "/group/apply/handle",
            post_or_put(application::handle, "Accepts or declines an application")
                .refuses(ADMINS)
                .refuses(COMING)
                .refuses(&[Code::GroupApplicationGone]),
        )
        .route(
            "/group/application_list",
            post(application::list, "Applications for groups that the caller manages").split(PAGE),
        )
        .route(
            "/group/qrcode/sign",
            get(qr_code::sign, "A QR code that brings its scanner into a group").refuses(ADMINS),
        )
        .route(
            "/group/qrcode/invite",
            post(qr_code::invite, "Comes into a group by its QR code").refuses(BY_QR_CODE).refuses(COMING),
        )
        .route(
            "/app/qrcode/group_sign",
            get(qr_code::app_sign, "A QR code that brings its scanner into a group").refuses(ADMINS),
        )
        .route(
            "/app/qrcode/group_invite",
            get(qr_code::invite, "Comes into a group by its QR code").refuses(BY_QR_CODE).refuses(COMING),
        )
}

/// What is refused of a scanned code.
const BY_QR_CODE: &[Code] =
    &[Code::BadGroupQrCode, Code::ExpiredGroupQrCode, Code::GroupNotFound, Code::NotGroupMember];

fn content_routes() -> Api<Rest> {
    Api::new("group")
        .route(
            "/group/announcement",
            get(announcement::one, "An announcement").refuses(MEMBERS).refuses(&[Code::AnnouncementNotFound]),
        )
        .route("/group/announcement/list", get(announcement::list, "Announcements, oldest first").refuses(MEMBERS))
        .route(
            "/group/announcement/last",
            get(announcement::last, "The newest announcement").refuses(MEMBERS).refuses(&[Code::AnnouncementNotFound]),
        )
        .route("/group/announcement/edit", post(announcement::edit, "Announces something").refuses(ADMINS))
        .route(
            "/group/announcement/delete",
            post_or_delete(announcement::delete, "Takes an announcement away")
                .refuses(ADMINS)
                .refuses(&[Code::AnnouncementNotFound])
                .in_query(),
        )
        .route("/group/file", get(file::one, "A shared file").refuses(MEMBERS).refuses(&[Code::SharedFileNotFound]))
        .route("/group/file/list", get(file::list, "Shared files").refuses(MEMBERS))
        .route("/group/file/upload", post(file::upload, "Shares an uploaded file").refuses(MEMBERS))
        .route(
            "/group/file/update_name",
            post_or_put(file::update_name, "Renames a shared file").refuses(MEMBERS).refuses(FILES),
        )
        .route("/group/file/delete", post_or_delete(file::delete, "Takes shared files away").refuses(MEMBERS).in_body())
}

/// What is refused of a shared file.
const FILES: &[Code] = &[Code::SharedFileNotFound, Code::SharedFileForbidden];
