//! What a user sees of others.

use std::collections::HashMap;

use cerulean_delivery::Ctx;
use cerulean_storage::roster::RosterRow;
use cerulean_storage::user::{UserKey, UserRow};
use cerulean_types::{UserId, limits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::RosterError;

/// `relation` of somebody who is no friend and never was.
const STRANGER: i32 = 2;
/// `relation` of somebody the viewer has blocked.
const BLOCKED: i32 = 3;

/// A user as another sees him. Field names are those of `roster/*`; missing text is empty, never null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RosterItem {
    /// Id.
    pub user_id: u64,
    /// Name to sign in with.
    pub username: String,
    /// Name shown to all.
    pub nick_name: String,
    /// Remark name of the viewer.
    pub alias: String,
    /// URL or object name of the picture.
    pub avatar: String,
    /// A few words about himself.
    pub description: String,
    /// Free text of the app, shown to others.
    pub public_info: String,
    /// Free text of the viewer.
    pub ext: String,
    /// Whether his messages are silent for the viewer.
    pub mute_notification: bool,
    /// 0 friend, 1 deleted friend, 2 stranger, 3 blocked.
    pub relation: i32,
    /// Who may become his friend: 0 anyone, 1 by approval, 2 by the right answer, 3 nobody.
    pub auth_mode: i32,
    /// Question of mode 2.
    pub auth_question: String,
}

impl RosterItem {
    fn new(user: UserRow, kept: Option<&RosterRow>, is_blocked: bool) -> Self {
        let relation = if is_blocked { BLOCKED } else { kept.map_or(STRANGER, |row| row.relation as i32) };
        let auth_question = user.settings.shown_question().to_owned();
        Self {
            user_id: user.id.get(),
            username: user.profile.username,
            nick_name: user.profile.nick_name,
            alias: kept.map_or_else(String::new, |row| row.alias.clone()),
            avatar: user.profile.avatar,
            description: user.profile.description,
            public_info: user.profile.public_info,
            ext: kept.map_or_else(String::new, |row| row.ext.clone()),
            mute_notification: kept.is_some_and(|row| row.mute_notification),
            relation,
            auth_mode: user.settings.auth_mode,
            auth_question,
        }
    }
}

/// Shows users to the acting one, in the order asked for; unknown ones are left out, repeated ones shown once.
/// The administrator acting for nobody sees strangers.
pub async fn list_items(ctx: &mut Ctx, wanted: &[UserId]) -> Result<Vec<RosterItem>, RosterError> {
    if wanted.len() > limits::BATCH_ITEMS {
        return Err(RosterError::TooMany { limit: limits::BATCH_ITEMS });
    }
    let mut users: HashMap<UserId, UserRow> =
        ctx.tx.users().find_many(wanted).await?.into_iter().map(|row| (row.id, row)).collect();
    let (kept, blocked) = match ctx.actor.user() {
        Some(viewer) => {
            let roster = ctx.tx.roster();
            (roster.items(viewer, wanted).await?, roster.blocked_among(viewer, wanted).await?)
        }
        None => Default::default(),
    };
    let mut items = Vec::with_capacity(users.len());
    for id in wanted {
        if let Some(user) = users.remove(id) {
            items.push(RosterItem::new(user, kept.get(id), blocked.contains(id)));
        }
    }
    Ok(items)
}

/// Shows one user.
pub async fn find_item(ctx: &mut Ctx, wanted: UserId) -> Result<RosterItem, RosterError> {
    list_items(ctx, &[wanted]).await?.pop().ok_or(RosterError::UserNotFound)
}

/// Shows the user with this name.
pub async fn find_item_by_name(ctx: &mut Ctx, username: &str) -> Result<RosterItem, RosterError> {
    find_item_by(ctx, UserKey::Username(username.trim())).await
}

/// Shows the user with this phone number.
pub async fn find_item_by_mobile(ctx: &mut Ctx, mobile: &str) -> Result<RosterItem, RosterError> {
    find_item_by(ctx, UserKey::Mobile(mobile.trim())).await
}

async fn find_item_by(ctx: &mut Ctx, key: UserKey<'_>) -> Result<RosterItem, RosterError> {
    let user = ctx.tx.users().find_by(key).await?.ok_or(RosterError::UserNotFound)?;
    find_item(ctx, user.id).await
}

#[cfg(test)]
mod tests {
    use cerulean_storage::roster::Relation;
    use cerulean_storage::user::{Profile, UserSettings, UserStatus};

    use super::*;

    fn user() -> UserRow {
        UserRow {
            id: UserId::from_stored(8_001),
            status: UserStatus::Normal,
            profile: Profile { username: "bob".into(), private_info: "secret".into(), ..Profile::default() },
            settings: UserSettings { auth_question: "who?".into(), ..UserSettings::default() },
            token_epoch: 0,
            created_at: 0,
        }
    }

    fn kept(relation: Relation) -> RosterRow {
        let peer = UserId::from_stored(8_001);
        RosterRow { peer, relation, alias: "Bobby".into(), ext: String::new(), mute_notification: true }
    }

    #[test]
    fn no_field_is_null_and_nothing_private_is_shown() {
        let json = serde_json::to_value(RosterItem::new(user(), None, false)).unwrap();
        let fields = json.as_object().unwrap();
        assert_eq!(fields.len(), 12);
        assert!(fields.values().all(|value| !value.is_null()));
        assert!(!json.to_string().contains("secret"));
        assert_eq!(json["relation"], 2);
        assert_eq!(json["auth_question"], "", "the question is shown only where it is asked");
    }

    #[test]
    fn a_block_shows_over_the_relation() {
        assert_eq!(RosterItem::new(user(), Some(&kept(Relation::Friend)), false).relation, 0);
        assert_eq!(RosterItem::new(user(), Some(&kept(Relation::Deleted)), false).relation, 1);
        let item = RosterItem::new(user(), Some(&kept(Relation::Friend)), true);
        assert_eq!((item.relation, item.alias.as_str(), item.mute_notification), (3, "Bobby", true));
    }
}
