//! What an app sets for pushes to one of its users.

use cerulean_delivery::Ctx;
use cerulean_types::UserId;

use crate::PushError;

/// Longest alias, tag and token, in characters.
pub(crate) const NAME_CHARS: usize = 128;
/// Most tags of a user.
const TAGS: usize = 100;
const BADGES: std::ops::RangeInclusive<i64> = 0..=99_999;

async fn require_self(ctx: &Ctx) -> Result<UserId, PushError> {
    let user = ctx.require_user()?;
    let is_known = ctx.tx.users().find_state(user).await?.is_some();
    if is_known { Ok(user) } else { Err(PushError::UserNotFound) }
}

fn check_name(field: &'static str, text: &str) -> Result<(), PushError> {
    if text.chars().count() > NAME_CHARS {
        return Err(PushError::bad(field, format!("has more than {NAME_CHARS} characters")));
    }
    Ok(())
}

/// Names the acting user for pushes; several users may have one alias, and an empty one takes it away.
pub async fn set_alias(ctx: &Ctx, alias: &str, push_token: Option<&str>) -> Result<(), PushError> {
    let user = require_self(ctx).await?;
    check_name("alias", alias)?;
    check_name("push_token", push_token.unwrap_or_default())?;
    Ok(ctx.tx.push().set_alias(user, alias, push_token).await?)
}

/// Sets the number on the acting user's icon.
pub async fn set_badge(ctx: &Ctx, badge: i64) -> Result<(), PushError> {
    let user = require_self(ctx).await?;
    let badge = i32::try_from(badge).ok().filter(|_| BADGES.contains(&badge));
    let badge = badge.ok_or_else(|| PushError::bad("badge", format!("goes from 0 to {}", BADGES.end())))?;
    Ok(ctx.tx.push().set_badge(user, badge).await?)
}

/// The acting user's tags, in the order of the alphabet.
pub async fn list_tags(ctx: &Ctx) -> Result<Vec<String>, PushError> {
    let user = require_self(ctx).await?;
    Ok(ctx.tx.push().tags(user).await?)
}

fn check_tags(tags: &[String]) -> Result<(), PushError> {
    if tags.is_empty() || tags.len() > TAGS {
        return Err(PushError::bad("tags", format!("must name 1 to {TAGS} tags")));
    }
    for tag in tags {
        if tag.is_empty() {
            return Err(PushError::bad("tags", "has an empty tag"));
        }
        check_name("tags", tag)?;
    }
    Ok(())
}

/// Adds tags to the acting user.
pub async fn add_tags(ctx: &Ctx, tags: &[String]) -> Result<(), PushError> {
    let user = require_self(ctx).await?;
    check_tags(tags)?;
    ctx.tx.push().add_tags(user, tags).await?;
    if ctx.tx.push().count_tags(user).await? > TAGS as u64 {
        return Err(PushError::bad("tags", format!("would make more than {TAGS} of this user")));
    }
    Ok(())
}

/// Takes tags from the acting user; those he has not are passed over.
pub async fn remove_tags(ctx: &Ctx, tags: &[String]) -> Result<(), PushError> {
    let user = require_self(ctx).await?;
    check_tags(tags)?;
    Ok(ctx.tx.push().remove_tags(user, tags).await?)
}

/// Takes all tags from the acting user.
pub async fn clear_tags(ctx: &Ctx) -> Result<(), PushError> {
    let user = require_self(ctx).await?;
    Ok(ctx.tx.push().clear_tags(user).await?)
}
