//! Looking a group up is the permission check.

use cerulean_delivery::Ctx;
use cerulean_storage::group::{DISSOLVED, GroupRow};
use cerulean_storage::group_member::{ADMIN, MemberRow, OWNER};
use cerulean_types::{GroupId, UserId};

use crate::GroupError;

/// What someone is in a group, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Ordinary member.
    Member,
    /// Admin.
    Admin,
    /// The owner.
    Owner,
}

impl Role {
    pub(crate) fn of(member: &MemberRow) -> Self {
        match member.role {
            OWNER => Self::Owner,
            ADMIN => Self::Admin,
            _ => Self::Member,
        }
    }
}

/// What someone wants to do with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupAction {
    /// See what members see.
    View,
    /// See who is blocked, who applied.
    ViewStaffLists,
    /// Change what is one's own in the group: card name, notifications.
    SetOwn,
    /// Share a file, rename or remove one's own.
    ShareFile,
    /// Edit name, picture, description, ext.
    EditInfo,
    /// Bring others in.
    Invite,
    /// Answer applications.
    HandleApplications,
    /// Put members out.
    Kick,
    /// Keep users out, or let them in again.
    Block,
    /// Silence members.
    Ban,
    /// Turn the group's switches.
    Configure,
    /// Write and remove announcements.
    Announce,
    /// Make and unmake admins.
    AppointAdmins,
    /// Hand the group over.
    Transfer,
    /// Dissolve the group.
    Destroy,
}

impl GroupAction {
    fn is_change(self) -> bool {
        !matches!(self, Self::View | Self::ViewStaffLists | Self::SetOwn)
    }

    fn least_role(self, group: &GroupRow) -> Role {
        match self {
            Self::View | Self::SetOwn | Self::ShareFile => Role::Member,
            Self::EditInfo if group.member_modify => Role::Member,
            Self::Invite if group.member_invite => Role::Member,
            Self::ViewStaffLists
            | Self::EditInfo
            | Self::Invite
            | Self::HandleApplications
            | Self::Kick
            | Self::Block
            | Self::Ban
            | Self::Configure
            | Self::Announce => Role::Admin,
            Self::AppointAdmins | Self::Transfer | Self::Destroy => Role::Owner,
        }
    }

    /// Whether someone of this role may do it.
    pub(crate) fn check(self, group: &GroupRow, role: Role) -> Result<(), GroupError> {
        let least = self.least_role(group);
        match least {
            _ if role >= least => Ok(()),
            Role::Owner => Err(GroupError::NeedsOwner),
            _ => Err(GroupError::NeedsAdmin),
        }
    }
}

/// A group, and who acts on it with which rights.
#[derive(Debug, Clone)]
pub struct Access {
    /// The group.
    pub group: GroupRow,
    /// In whose name: the user, or the owner where the administrator named nobody.
    pub user: UserId,
    /// With which rights: those of the user's own rank, and the owner's where the administrator named nobody.
    pub role: Role,
    /// His membership, if he is in the group.
    pub member: Option<MemberRow>,
}

/// Finds a group for an action: not there, or another app's, is not found; outsiders and lower ranks are refused. A group that will be
/// changed is kept from other changes until the transaction ends. Whoever is acted for is judged by his own rank.
pub async fn require_group(ctx: &mut Ctx, group: GroupId, action: GroupAction) -> Result<Access, GroupError> {
    let row = if action.is_change() { require_locked(ctx, group).await? } else { require_standing(ctx, group).await? };
    let user = ctx.actor.user().unwrap_or(row.owner);
    let member = ctx.tx.group_members().find(group, user).await?;
    let role = match (ctx.actor.user(), &member) {
        (None, _) => Role::Owner,
        (Some(_), Some(member)) => Role::of(member),
        (Some(_), None) => return Err(GroupError::NotMember),
    };
    action.check(&row, role)?;
    Ok(Access { group: row, user, role, member })
}

/// Finds a group that is not dissolved.
pub(crate) async fn require_standing(ctx: &Ctx, group: GroupId) -> Result<GroupRow, GroupError> {
    standing(ctx.tx.groups().find(group).await?)
}

/// Finds a group that is not dissolved and keeps others from changing it.
pub(crate) async fn require_locked(ctx: &Ctx, group: GroupId) -> Result<GroupRow, GroupError> {
    standing(ctx.tx.groups().find_for_update(group).await?)
}

fn standing(found: Option<GroupRow>) -> Result<GroupRow, GroupError> {
    found.filter(|row| row.status != DISSOLVED).ok_or(GroupError::GroupNotFound)
}

/// Most members the group may have: a number of its own, or what the app's settings or the server's say.
pub(crate) fn capacity_of(ctx: &Ctx, group: &GroupRow) -> u64 {
    let of_app = ctx.settings.groups.capacity.of_kind(group.kind);
    group.capacity.or(of_app).unwrap_or(ctx.platform.limits.group_members as u64)
}

/// The acting user and his own membership.
pub(crate) async fn require_own_membership(
    ctx: &mut Ctx,
    group: GroupId,
    action: GroupAction,
) -> Result<(Access, MemberRow), GroupError> {
    ctx.require_user()?;
    let access = require_group(ctx, group, action).await?;
    let member = access.member.clone().ok_or(GroupError::NotMember)?;
    Ok((access, member))
}

/// The acting user, who exists: an administrator may have named anyone.
pub(crate) async fn require_acting_user(ctx: &Ctx) -> Result<UserId, GroupError> {
    let user = ctx.require_user()?;
    if ctx.actor.is_admin() && ctx.tx.users().find_state(user).await?.is_none() {
        return Err(crate::Refusal::UserNotFound.into());
    }
    Ok(user)
}
