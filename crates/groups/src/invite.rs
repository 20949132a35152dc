//! Invitations.

use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::group_notice::Type;
use cerulean_storage::group_request::{GroupRequestRow, RequestCursor, RequestStatus};
use cerulean_types::{GroupId, UserId, limits};

use crate::access::{capacity_of, require_acting_user, require_locked};
use crate::error::check_text;
use crate::join::{Candidate, admit, require_candidate, screen};
use crate::notify::{tell_each, tell_members, tell_staff};
use crate::outcome::unique;
use crate::{
    ADDED_USERS, Access, GroupAction, GroupError, INVITED_USERS, JOINED_ONE_BY_ONE, NAMED_MEMBERS, Outcome, PageOf,
    Paging, REQUEST_MS, Refusal, require_group,
};

/// Brings users into a group: who wants to be asked is asked, the others join at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Group.
    pub group: GroupId,
    /// Who.
    pub users: Vec<UserId>,
    /// Words for those who are asked.
    pub reason: String,
}

/// See [`Invite`]. Each user has his own outcome; places go to the first ones.
pub async fn invite_users(ctx: &mut Ctx, cmd: Invite) -> Result<Vec<Outcome>, GroupError> {
    let access = require_group(ctx, cmd.group, GroupAction::Invite).await?;
    check_text("reason", &cmd.reason, limits::FREE_TEXT_CHARS)?;
    let users = unique(&cmd.users);
    let most = if ctx.actor.is_admin() { ADDED_USERS } else { INVITED_USERS };
    if users.len() > most {
        return Err(GroupError::bad("user_list", format!("has more than {most} users")));
    }
    let group = &access.group;
    let capacity = capacity_of(ctx, group);
    let mut free = capacity.saturating_sub(group.member_count);
    let (mut outcomes, mut joining, mut asked) = (Vec::with_capacity(users.len()), Vec::new(), Vec::new());
    for (user, verdict) in screen(ctx, group, Some(access.user), &users).await? {
        let result = match verdict {
            Ok(Candidate { wants_to_be_asked: true, .. }) => {
                asked.push(user);
                Ok(())
            }
            Ok(_) if free == 0 => Err(Refusal::Full { capacity }),
            Ok(_) => {
                free -= 1;
                joining.push(user);
                Ok(())
            }
            Err(refusal) => Err(refusal),
        };
        outcomes.push(Outcome { user, result });
    }
    admit(ctx, group, &joining).await?;
    tell_joined(ctx, &access, &joining);
    ask(ctx, &access, &asked, &cmd.reason).await?;
    Ok(outcomes)
}

/// Tells everyone in the group, and thereby those who joined, who is new. A crowd is told as the members of a new group are: by one notice,
/// whose receivers look anew, instead of one for each who joined to each who is there.
fn tell_joined(ctx: &mut Ctx, access: &Access, joined: &[UserId]) {
    if joined.len() > JOINED_ONE_BY_ONE {
        let named = &joined[..joined.len().min(NAMED_MEMBERS)];
        return tell_members(ctx, Type::Created, access, named, "");
    }
    for user in joined {
        ctx.notify(Notice::group(Type::InviteAccepted, access.group.id, *user, &[access.user], ""));
    }
}

/// Leaves an invitation with each of these users.
pub(crate) async fn ask(ctx: &mut Ctx, access: &Access, users: &[UserId], reason: &str) -> Result<(), GroupError> {
    let now = ctx.now();
    for user in users {
        let row = GroupRequestRow {
            group: access.group.id,
            user: *user,
            inviter: Some(access.user),
            reason: reason.to_owned(),
            status: RequestStatus::Pending,
            expires_at: now + REQUEST_MS,
            updated_at: now,
        };
        ctx.tx.group_invitations().put(&row).await?;
        tell_each(ctx, &[*user], Type::Invited, (access.group.id, access.user), &[*user], reason);
    }
    Ok(())
}

/// Answers the invitation of the acting user into a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandleInvitation {
    /// Group.
    pub group: GroupId,
    /// Yes or no.
    pub is_accepted: bool,
}

/// See [`HandleInvitation`]. There is one invitation per user and group, so the inviter need not be named.
pub async fn handle_invitation(ctx: &mut Ctx, cmd: HandleInvitation) -> Result<(), GroupError> {
    let user = require_acting_user(ctx).await?;
    let group = require_locked(ctx, cmd.group).await?;
    let now = ctx.now();
    let found = ctx.tx.group_invitations().find(cmd.group, user).await?;
    let invitation = found.filter(|row| row.is_open(now)).ok_or(GroupError::InvitationGone)?;
    let inviter = invitation.inviter.unwrap_or(group.owner);
    if !cmd.is_accepted {
        ctx.tx.group_invitations().set_status(cmd.group, user, RequestStatus::Declined, now).await?;
        return tell_staff(ctx, &[inviter, user], Type::InviteDeclined, (cmd.group, user), &[inviter], "").await;
    }
    require_candidate(ctx, &group, None, user).await?;
    admit(ctx, &group, &[user]).await?;
    ctx.tx.group_invitations().set_status(cmd.group, user, RequestStatus::Accepted, now).await?;
    ctx.notify(Notice::group(Type::InviteAccepted, cmd.group, user, &[inviter], ""));
    Ok(())
}

/// Lists the invitations of the acting user, newest first, answered ones too.
pub async fn list_invitations(
    ctx: &mut Ctx,
    paging: Paging<RequestCursor>,
) -> Result<PageOf<GroupRequestRow>, GroupError> {
    let user = require_acting_user(ctx).await?;
    let items = ctx.tx.group_invitations().list_of_user(user, paging.after, paging.limit).await?;
    let total = ctx.tx.group_invitations().count_of_user(user).await?;
    Ok(PageOf { items, total })
}
