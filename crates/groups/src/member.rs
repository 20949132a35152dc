//! Lists of members.

use cerulean_delivery::Ctx;
use cerulean_storage::group_member::{MemberFilter, MemberRow};
use cerulean_types::{GroupId, Millis, UserId, limits};

use crate::outcome::unique;
use crate::{Access, GroupAction, GroupError, Role, require_group};

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging<C> {
    /// Begin after this one.
    pub after: Option<C>,
    /// So many at most.
    pub limit: u64,
}

impl<C> Paging<C> {
    /// The whole list.
    pub fn all() -> Self {
        Self { after: None, limit: i64::MAX as u64 }
    }
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOf<T> {
    /// Its items.
    pub items: Vec<T>,
    /// Items of the whole list.
    pub total: u64,
}

/// A member as others see him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Who.
    pub user: UserId,
    /// The name on his card in the group, or empty.
    pub display_name: String,
    /// His picture, or empty.
    pub avatar: String,
    /// When he joined.
    pub joined_at: Millis,
    /// Until when he may not speak; 0 when he may.
    pub ban_until: Millis,
}

/// Lists the members by id, owner and admins included.
pub async fn list_members(ctx: &mut Ctx, group: GroupId, paging: Paging<UserId>) -> Result<PageOf<Card>, GroupError> {
    let access = require_group(ctx, group, GroupAction::View).await?;
    let rows = ctx.tx.group_members().list(group, MemberFilter::All, paging.after, paging.limit).await?;
    let items = cards(ctx, &access, rows).await?;
    Ok(PageOf { items, total: access.group.member_count })
}

/// Lists the admins; the owner is named by the group itself.
pub async fn list_admins(ctx: &mut Ctx, group: GroupId) -> Result<Vec<Card>, GroupError> {
    let access = require_group(ctx, group, GroupAction::View).await?;
    let page = Paging::<UserId>::all();
    let mut rows = ctx.tx.group_members().list(group, MemberFilter::Staff, page.after, page.limit).await?;
    rows.retain(|row| Role::of(row) == Role::Admin);
    cards(ctx, &access, rows).await
}

/// Lists the members who may not speak now.
pub async fn list_banned(ctx: &mut Ctx, group: GroupId, paging: Paging<UserId>) -> Result<PageOf<Card>, GroupError> {
    let access = require_group(ctx, group, GroupAction::View).await?;
    let filter = MemberFilter::BannedAt(ctx.now());
    let rows = ctx.tx.group_members().list(group, filter, paging.after, paging.limit).await?;
    let total = ctx.tx.group_members().count(group, filter).await?;
    let items = cards(ctx, &access, rows).await?;
    Ok(PageOf { items, total })
}

/// The cards of these users, as far as they are members.
pub async fn find_cards(ctx: &mut Ctx, group: GroupId, users: &[UserId]) -> Result<Vec<Card>, GroupError> {
    let access = require_group(ctx, group, GroupAction::View).await?;
    if users.len() > limits::BATCH_ITEMS {
        return Err(GroupError::bad("user_list", format!("has more than {} users", limits::BATCH_ITEMS)));
    }
    let rows = ctx.tx.group_members().find_many(group, &unique(users)).await?;
    cards(ctx, &access, rows).await
}

/// Shapes members for the caller: where the group hides its members' details, ordinary members see ids and card names of others only.
async fn cards(ctx: &Ctx, access: &Access, rows: Vec<MemberRow>) -> Result<Vec<Card>, GroupError> {
    let is_hidden = access.group.hide_member_info && access.role == Role::Member;
    let is_open = |user: UserId| !is_hidden || user == access.user;
    let users: Vec<UserId> = rows.iter().map(|row| row.user).filter(|user| is_open(*user)).collect();
    let now = ctx.now();
    let mut avatars = ctx.tx.users().avatars_of(&users).await?;
    let card = |row: MemberRow| Card {
        user: row.user,
        display_name: row.display_name,
        avatar: avatars.remove(&row.user).unwrap_or_default(),
        joined_at: if is_open(row.user) { row.joined_at } else { 0 },
        ban_until: if row.ban_until > now && is_open(row.user) { row.ban_until } else { 0 },
    };
    Ok(rows.into_iter().map(card).collect())
}
