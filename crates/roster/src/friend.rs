//! Friends, and what a user notes about others.

use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::roster_notice::Type;
use cerulean_storage::roster::{Relation, RosterNotes};
use cerulean_types::{UserId, limits};
use serde_json::{Map, Value};

use crate::{RosterError, check_free_text, check_text, emit_relation, notify_both, require_other, require_peer};

/// A user's friends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FriendPage {
    /// By ascending id.
    pub friends: Vec<UserId>,
    /// Where to go on; empty after the last page.
    pub cursor: String,
    /// Rises whenever the roster changes.
    pub version: i64,
}

/// Lists the acting user's friends: all at once, or pages of `limit` after `cursor`.
pub async fn list_friends(ctx: &mut Ctx, cursor: &str, limit: Option<usize>) -> Result<FriendPage, RosterError> {
    let user = ctx.require_user()?;
    let roster = ctx.tx.roster();
    let mut friends = roster.friends(user).await?;
    if !cursor.is_empty() {
        let last: u64 = cursor.parse().map_err(|_| RosterError::BadCursor)?;
        friends.retain(|friend| friend.get() > last);
    }
    let mut next = String::new();
    if let Some(limit) = limit.filter(|limit| *limit > 0 && *limit < friends.len()) {
        friends.truncate(limit);
        next = friends.last().map(ToString::to_string).unwrap_or_default();
    }
    Ok(FriendPage { friends, cursor: next, version: roster.version(user).await? })
}

/// Ends a friendship, for both sides. Older clients ignore the notice of having been removed, so they may still show the friend:
/// deleting him then only tells the user's own devices.
pub async fn delete(ctx: &mut Ctx, peer: UserId) -> Result<(), RosterError> {
    let (user, _) = require_other(ctx, peer).await?;
    match ctx.tx.roster().find_item(user, peer).await?.map(|item| item.relation) {
        Some(Relation::Friend) => {}
        Some(Relation::Deleted) => {
            ctx.notify(Notice::roster(user, Type::Removed, user, peer, ""));
            return Ok(());
        }
        Some(Relation::Stranger) | None => return Err(RosterError::NotFriend),
    }
    ctx.tx.roster().set_relation(user, peer, Relation::Deleted, ctx.now()).await?;
    notify_both(ctx, Type::Removed, user, peer, "");
    emit_relation(ctx, user, peer);
    Ok(())
}

/// Changes what the acting user notes about another, a stranger included. What is absent stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditNotes {
    /// The other.
    pub peer: UserId,
    /// Remark name.
    pub alias: Option<String>,
    /// Free text.
    pub ext: Option<String>,
    /// Whether his messages are silent.
    pub mute_notification: Option<bool>,
}

/// See [`EditNotes`].
pub async fn edit_notes(ctx: &mut Ctx, edit: EditNotes) -> Result<(), RosterError> {
    let (user, _) = require_other(ctx, edit.peer).await?;
    check_text("alias", edit.alias.as_deref().unwrap_or_default(), limits::NAME_CHARS)?;
    check_free_text("ext", edit.ext.as_deref().unwrap_or_default())?;
    let notes = RosterNotes {
        alias: edit.alias.as_deref(),
        ext: edit.ext.as_deref(),
        mute_notification: edit.mute_notification,
    };
    ctx.tx.roster().set_notes(user, edit.peer, notes, ctx.now()).await?;
    if let Some(content) = changed_fields(&edit) {
        ctx.notify(Notice::roster(user, Type::InfoUpdated, user, edit.peer, &content));
    }
    if let Some(is_muted) = edit.mute_notification {
        let kind = if is_muted { Type::Muted } else { Type::Unmuted };
        ctx.notify(Notice::roster(user, kind, user, edit.peer, ""));
    }
    Ok(())
}

/// The JSON object that other devices of the user merge into what they know of the peer.
fn changed_fields(edit: &EditNotes) -> Option<String> {
    let mut fields = Map::new();
    let texts = [("alias", edit.alias.as_ref()), ("ext", edit.ext.as_ref())];
    for (name, text) in texts.into_iter().filter_map(|(name, text)| text.map(|text| (name, text))) {
        fields.insert(name.into(), Value::String(text.clone()));
    }
    if let Some(is_muted) = edit.mute_notification {
        fields.insert("mute_notification".into(), Value::Bool(is_muted));
    }
    if fields.is_empty() { None } else { Some(Value::Object(fields).to_string()) }
}

/// Whether `from` may write to `to`: neither has blocked the other and, where the app wants it, they are friends.
/// Asked by the administrator, or by one of the two.
pub async fn may_message(ctx: &mut Ctx, from: UserId, to: UserId) -> Result<bool, RosterError> {
    if ctx.actor.user().is_some_and(|actor| actor != from && actor != to) {
        ctx.require_admin()?;
    }
    require_peer(ctx, from).await?;
    require_peer(ctx, to).await?;
    let gate = ctx.tx.roster().gate(from, to).await?;
    let is_blocked = gate.from_blocked_to || gate.to_blocked_from;
    Ok(!is_blocked && (gate.is_friend || !ctx.settings.friends_only || from == to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_told() {
        let peer = UserId::from_stored(8_001);
        let edit = EditNotes { peer, alias: None, ext: None, mute_notification: None };
        assert_eq!(changed_fields(&edit), None);
        let edit = EditNotes { alias: Some(String::new()), mute_notification: Some(true), ..edit };
        assert_eq!(changed_fields(&edit).unwrap(), r#"{"alias":"","mute_notification":true}"#);
    }
}
