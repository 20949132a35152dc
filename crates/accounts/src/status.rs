//! Freezing, unfreezing, removal.

use cerulean_bus::{BusEvent, SessionsOf};
use cerulean_delivery::event::kind;
use cerulean_delivery::{Ctx, Event, Notice};
use cerulean_proto::pb;
use cerulean_proto::pb::roster_notice::Type;
use cerulean_storage::user::UserStatus;
use cerulean_types::{Actor, AppId, UserId};

use crate::password::confirm_password;
use crate::{AccountError, Accounts, announce_revoked};

/// Freezes users: they are put out and cannot come in until unfrozen. Unknown ids are an error, and then nobody is frozen.
pub async fn freeze_users(ctx: &mut Ctx, users: &[UserId]) -> Result<(), AccountError> {
    set_status(ctx, users, UserStatus::Frozen).await
}

/// Lets frozen users in again.
pub async fn unfreeze_users(ctx: &mut Ctx, users: &[UserId]) -> Result<(), AccountError> {
    set_status(ctx, users, UserStatus::Normal).await
}

async fn set_status(ctx: &mut Ctx, users: &[UserId], status: UserStatus) -> Result<(), AccountError> {
    ctx.require_admin()?;
    let app = ctx.app();
    for &user in users {
        ctx.tx.users().find_for_update(user).await?.ok_or(AccountError::UserNotFound)?;
        ctx.tx.users().set_status(user, status).await?;
        ctx.emit(BusEvent::UserChanged { app, user });
        let kind = if status == UserStatus::Frozen { kind::USER_FROZEN } else { kind::USER_UNFROZEN };
        ctx.record(Event::user(kind, user));
        if status == UserStatus::Frozen {
            let notice = Some(pb::user_notice::Type::Frozen as i32);
            ctx.emit(BusEvent::EndSessions { app, user, which: SessionsOf::All, notice });
        }
    }
    Ok(())
}

/// The user who may be removed at the caller's word. A user proves himself by his password; the administrator need not.
pub async fn confirm_removal(
    accounts: &Accounts,
    app: AppId,
    actor: Actor,
    password: Option<&str>,
) -> Result<UserId, AccountError> {
    let user = actor.user().ok_or(cerulean_delivery::CtxError::NeedsUser)?;
    if !actor.is_admin() {
        confirm_password(accounts, app, user, password.unwrap_or_default()).await?;
    }
    Ok(user)
}

/// Friends lose him; who was asked by him or had blocked him is told as if he had answered or lifted that himself.
async fn tell_of_removal(ctx: &mut Ctx, user: UserId) -> Result<(), AccountError> {
    let (app, now) = (ctx.app(), ctx.now());
    let knew = ctx.tx.roster().forget_user(user, now).await?;
    for friend in knew.friends {
        ctx.notify(Notice::roster(friend, Type::Removed, user, friend, ""));
        ctx.emit(BusEvent::RelationChanged { app, user, peer: friend });
    }
    for (receivers, kind) in [(knew.asked, Type::Declined), (knew.blockers, Type::Unblocked)] {
        for receiver in receivers {
            ctx.notify(Notice::roster(receiver, kind, receiver, user, ""));
        }
    }
    Ok(())
}

/// Removes a user: erases what is personal, forgets friends, devices and tokens, and ends every connection. Messages stay in the
/// conversations of others. His groups are the caller's to settle, in the same context.
pub async fn remove_user(ctx: &mut Ctx, user: UserId) -> Result<(), AccountError> {
    let app = ctx.app();
    ctx.tx.users().find_for_update(user).await?.ok_or(AccountError::UserNotFound)?;
    ctx.tx.sign_in_secrets().delete_of_user(user).await?;
    let tokens = ctx.tx.tokens().delete_of_user(user, None).await?;
    announce_revoked(ctx, user, tokens).await?;
    ctx.tx.devices().delete_all(user).await?;
    ctx.tx.push().delete_user(user).await?;
    ctx.tx.push_tasks().delete_user(user).await?;
    tell_of_removal(ctx, user).await?;
    ctx.tx.users().erase(user).await?;
    ctx.record(Event::user(kind::USER_REMOVED, user));
    let notice = Some(pb::user_notice::Type::Removed as i32);
    ctx.emit(BusEvent::EndSessions { app, user, which: SessionsOf::All, notice });
    Ok(())
}
