//! Making groups.

use cerulean_bus::GroupChange;
use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group::{CHAT_ROOM, GroupRow};
use cerulean_storage::group_member::{MEMBER, OWNER};
use cerulean_types::{GroupId, UserId, limits};

use crate::access::{capacity_of, require_acting_user};
use crate::error::{check_name, check_text};
use crate::invite::ask;
use crate::join::{Candidate, screen};
use crate::notify::emit_change;
use crate::outcome::unique;
use crate::{Access, GroupError, GroupInfo, NAMED_MEMBERS, Refusal, Role};

/// Makes a group of the acting user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreateGroup {
    /// Name.
    pub name: String,
    /// 0 private, 1 public, 2 chat room, 3 temporary.
    pub kind: u8,
    /// Address or object name of its picture.
    pub avatar: String,
    /// What it is about.
    pub description: String,
    /// Who shall be in it besides its maker.
    pub members: Vec<UserId>,
}

/// See [`CreateGroup`]. Users who want to be asked are invited, the others join at once; who takes no invitation from the maker, or is in
/// too many groups, is left out. An unknown user is an error.
pub async fn create_group(ctx: &mut Ctx, cmd: CreateGroup) -> Result<GroupInfo, GroupError> {
    let owner = require_acting_user(ctx).await?;
    check_name("name", &cmd.name, limits::NAME_CHARS)?;
    check_text("avatar", &cmd.avatar, limits::FREE_TEXT_CHARS)?;
    check_text("description", &cmd.description, limits::FREE_TEXT_CHARS)?;
    if cmd.kind > 3 {
        return Err(GroupError::bad("type", "goes from 0 to 3"));
    }
    check_owned(ctx, owner).await?;
    check_quota(ctx).await?;
    let mut group = fresh_group(ctx, owner, &cmd).await?;
    let (joining, asked) = sort_members(ctx, &group, &cmd.members).await?;
    group.member_count = joining.len() as u64 + 1;
    let now = ctx.now();
    ctx.tx.groups().insert(&group).await?;
    ctx.tx.group_members().insert(group.id, &[owner], OWNER, now).await?;
    ctx.tx.group_members().insert(group.id, &joining, MEMBER, now).await?;
    emit_change(ctx, group.id, GroupChange::Remade).await?;
    let everyone: Vec<UserId> = std::iter::once(owner).chain(joining).take(NAMED_MEMBERS).collect();
    ctx.notify(Notice::group(Type::Created, group.id, owner, &everyone, ""));
    let access = Access { group, user: owner, role: Role::Owner, member: None };
    ask(ctx, &access, &asked, "").await?;
    Ok(GroupInfo::of(ctx, access.group, None))
}

/// Refuses one more group of an owner who has as many as he may.
pub(crate) async fn check_owned(ctx: &Ctx, owner: UserId) -> Result<(), GroupError> {
    let limit = ctx.settings.groups.owned_per_user;
    let owned = ctx.tx.groups().count_owned(owner).await?;
    if owned < limit { Ok(()) } else { Err(GroupError::TooManyOwned { limit }) }
}

async fn check_quota(ctx: &Ctx) -> Result<(), GroupError> {
    match ctx.settings.groups.per_app {
        Some(limit) if ctx.tx.groups().count().await? >= limit => Err(GroupError::TooManyInApp { limit }),
        _ => Ok(()),
    }
}

async fn fresh_group(ctx: &Ctx, owner: UserId, cmd: &CreateGroup) -> Result<GroupRow, GroupError> {
    let mut id = GroupId::random(&mut ctx.rng());
    while ctx.tx.groups().find(id).await?.is_some() {
        id = GroupId::random(&mut ctx.rng());
    }
    let now = ctx.now();
    Ok(GroupRow {
        id,
        owner,
        kind: cmd.kind,
        status: 0,
        member_count: 1,
        capacity: None,
        name: cmd.name.clone(),
        avatar: cmd.avatar.clone(),
        description: cmd.description.clone(),
        ext: String::new(),
        apply_approval: u8::from(cmd.kind != CHAT_ROOM),
        member_invite: false,
        member_modify: false,
        read_ack: false,
        history_visible: false,
        hide_member_info: false,
        ban_all_until: 0,
        created_at: now,
        updated_at: now,
    })
}

/// Who joins at once, and who is asked.
async fn sort_members(
    ctx: &Ctx,
    group: &GroupRow,
    members: &[UserId],
) -> Result<(Vec<UserId>, Vec<UserId>), GroupError> {
    // The administrator may fill the group at once.
    let most = if ctx.actor.is_admin() { limits::CROWD_ITEMS } else { limits::BATCH_ITEMS };
    if members.len() > most {
        return Err(GroupError::bad("user_list", format!("has more than {most} users")));
    }
    let mut others = unique(members);
    others.retain(|user| *user != group.owner);
    let capacity = capacity_of(ctx, group);
    if others.len() as u64 >= capacity {
        return Err(Refusal::Full { capacity }.into());
    }
    let (mut joining, mut asked) = (Vec::new(), Vec::new());
    for (_, verdict) in screen(ctx, group, Some(group.owner), &others).await? {
        match verdict {
            Ok(Candidate { user, wants_to_be_asked: true }) => asked.push(user),
            Ok(Candidate { user, .. }) => joining.push(user),
            Err(Refusal::UserNotFound) => return Err(Refusal::UserNotFound.into()),
            Err(_) => {}
        }
    }
    Ok((joining, asked))
}
