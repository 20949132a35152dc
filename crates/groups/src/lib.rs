//! Groups: who is in them, who may do what, and what members are told.
//!
//! Owns every rule about groups. Knows no HTTP, no frames and no SQL, and nothing of what is said inside a group. Start at
//! [`require_group`]: looking a group up for a [`GroupAction`] is the permission check. Each action is one public function taking the
//! context and a command; it changes the group, tells the members by notices and caches by an event, and the caller commits.
//!
//! To add an action: a variant of [`GroupAction`] with the role it needs, a function in the file of its noun, its refusals in `tests/`.

mod access;
mod admin;
mod announcement;
mod apply;
mod ban;
mod block;
mod create;
mod dissolve;
mod error;
mod file;
mod forget;
mod info;
mod invite;
mod join;
mod kick;
mod leave;
mod member;
mod member_setting;
mod notify;
mod outcome;
mod qr_code;
mod setting;
#[cfg(test)]
mod tests;
mod transfer;

pub use access::{Access, GroupAction, Role, require_group};
pub use admin::{add_admins, remove_admins};
pub use announcement::{
    Announce, announce, list_announcements, remove_announcement, require_announcement, require_last_announcement,
};
pub use apply::{Apply, HandleApplication, apply, handle_application, list_applications};
pub use ban::{BanDuration, BanMembers, ban_members, unban_members};
pub use block::{block_users, list_blocked, unblock_users};
pub use create::{CreateGroup, create_group};
pub use dissolve::{TellDissolved, destroy_group};
pub use error::{GroupError, Refusal};
pub use file::{FileOutcome, ShareFile, list_files, remove_files, rename_file, require_file, share_file};
pub use forget::forget_user;
pub use info::{GroupInfo, list_infos, list_joined, list_public, require_info};
pub use invite::{HandleInvitation, Invite, handle_invitation, invite_users, list_invitations};
pub use kick::kick_members;
pub use leave::leave_group;
pub use member::{Card, PageOf, Paging, find_cards, list_admins, list_banned, list_members};
pub use member_setting::{set_display_name, set_mute_mode, set_not_disturb, set_push_mode};
pub use outcome::Outcome;
pub use qr_code::{QrCode, join_by_qr_code, open_qr_code, sign_qr_code, write_qr_code};
pub use setting::{ban_everyone, set_apply_approval, set_capacity, set_flag, set_text, unban_everyone};
pub use transfer::transfer_group;

/// How long applications and invitations may be answered, in milliseconds.
pub const REQUEST_MS: i64 = 7 * 86_400_000;
/// Most users of one invitation.
pub const INVITED_USERS: usize = 1_000;
/// Most users whom the administrator brings in by one call.
pub const ADDED_USERS: usize = 10_000;
/// Most users who join by one call and are told of one by one. Of more than these the group is told at once.
pub const JOINED_ONE_BY_ONE: usize = 100;
/// Most members that the notice of a new group names. Larger groups are listed page by page.
pub const NAMED_MEMBERS: usize = 1_000;
/// Longest name of a shared file, in characters.
pub const FILE_NAME_CHARS: usize = 255;
