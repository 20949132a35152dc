//! Rosters: friends, requests to be friends, notes on others, blocks.
//!
//! Owns the rules of who may become whose friend and what each side is told. Knows no HTTP, frames or SQL. Whether a message may be sent
//! is decided by `messaging`, which reads the same tables through `tx.roster().gate(..)`.
//!
//! Start at [`apply`] and [`accept`]; what clients see of a user is a [`RosterItem`]. A new action is a function in the file of its noun
//! that takes `&mut Ctx`, records notices with `ctx.notify` and, where the relation of two users changed, the event with `ctx.emit`.

mod application;
mod block;
mod error;
mod friend;
mod item;

pub use application::{
    Application, ApplicationPage, Apply, BatchOutcome, accept, apply, apply_batch, decline, list_applications,
};
pub use block::{block, list_blocked, unblock};
pub use error::RosterError;
pub use friend::{EditNotes, FriendPage, delete, edit_notes, list_friends, may_message};
pub use item::{RosterItem, find_item, find_item_by_mobile, find_item_by_name, list_items};

use cerulean_bus::BusEvent;
use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::roster_notice::Type;
use cerulean_storage::user::UserRow;
use cerulean_types::{UserId, has_controls, limits};

/// How long a request to be friends can be answered, in milliseconds (7 days).
pub const APPLICATION_MS: i64 = 7 * 86_400_000;

/// Looks up the user an action is about; a user of another app is not found.
async fn require_peer(ctx: &Ctx, peer: UserId) -> Result<UserRow, RosterError> {
    ctx.tx.users().find(peer).await?.ok_or(RosterError::UserNotFound)
}

/// As [`require_peer`], and refuses the acting user himself.
async fn require_other(ctx: &Ctx, peer: UserId) -> Result<(UserId, UserRow), RosterError> {
    let user = ctx.require_user()?;
    if user == peer {
        return Err(RosterError::Oneself);
    }
    Ok((user, require_peer(ctx, peer).await?))
}

fn check_text(field: &'static str, text: &str, limit: usize) -> Result<(), RosterError> {
    match text.chars().count() > limit {
        true => Err(RosterError::TooLong { field, limit }),
        false if has_controls(text) => Err(RosterError::Controls { field }),
        false => Ok(()),
    }
}

fn check_free_text(field: &'static str, text: &str) -> Result<(), RosterError> {
    check_text(field, text, limits::FREE_TEXT_CHARS)
}

/// Tells caches that two users are something else to each other now.
fn emit_relation(ctx: &mut Ctx, user: UserId, peer: UserId) {
    let app = ctx.app();
    ctx.emit(BusEvent::RelationChanged { app, user, peer });
}

/// Tells both of two users.
fn notify_both(ctx: &mut Ctx, kind: Type, from: UserId, to: UserId, content: &str) {
    for receiver in [to, from] {
        ctx.notify(Notice::roster(receiver, kind, from, to, content));
    }
}
