//! Requests to be friends.

use cerulean_delivery::{Ctx, Notice};
use cerulean_proto::pb::roster_notice::Type;
use cerulean_storage::roster::{ApplicationRow, ApplicationStatus, Relation, RosterNotes};
use cerulean_storage::user::UserSettings;
use cerulean_types::{Millis, PublicError, UserId, limits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{APPLICATION_MS, RosterError, check_free_text, check_text, emit_relation, notify_both, require_other};

const PAGE: usize = 500;

/// Asks a user to be friends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apply {
    /// Who is asked.
    pub target: UserId,
    /// Remark name the applicant wants to keep for him; empty for none.
    pub alias: String,
    /// Words of the applicant.
    pub reason: String,
    /// Answer to the target's question, where he asks one.
    pub auth_answer: String,
}

/// What an application comes to, by the settings of its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    FriendsAtOnce,
    AskTarget,
    Refused,
}

fn verdict(settings: &UserSettings, answer: &str) -> Verdict {
    match settings.auth_mode {
        0 => Verdict::FriendsAtOnce,
        1 => Verdict::AskTarget,
        // Without an answer there is nothing to be right about.
        2 if settings.auth_answer.trim().is_empty() => Verdict::AskTarget,
        2 if settings.auth_answer.trim() == answer.trim() => Verdict::FriendsAtOnce,
        _ => Verdict::Refused,
    }
}

/// See [`Apply`]. Depending on the target's `auth_mode` they are friends at once, or he is asked, or the application is refused. Who asks
/// again in the same words while his application is open changes nothing; otherwise the target is told, so often and no more. The answer to
/// his question can be tried so often as well.
pub async fn apply(ctx: &mut Ctx, cmd: Apply) -> Result<(), RosterError> {
    let (applicant, target) = require_other(ctx, cmd.target).await?;
    check_text("alias", &cmd.alias, limits::NAME_CHARS)?;
    check_free_text("reason", &cmd.reason)?;
    check_free_text("auth_answer", &cmd.auth_answer)?;
    let gate = ctx.tx.roster().gate(applicant, target.id).await?;
    if gate.from_blocked_to || gate.to_blocked_from {
        return Err(RosterError::Blocked);
    }
    if gate.is_friend {
        return Err(RosterError::AlreadyFriend);
    }
    if target.settings.auth_mode == 2 && !cmd.auth_answer.trim().is_empty() {
        ctx.platform.rates.answer_to(ctx.app(), applicant, target.id)?;
    }
    let verdict = verdict(&target.settings, &cmd.auth_answer);
    if verdict == Verdict::Refused {
        return Err(RosterError::Refused);
    }
    if verdict == Verdict::FriendsAtOnce {
        check_room(ctx, applicant, target.id).await?;
    }
    let now = ctx.now();
    if !cmd.alias.is_empty() {
        let notes = RosterNotes { alias: Some(&cmd.alias), ..RosterNotes::default() };
        ctx.tx.roster().set_notes(applicant, target.id, notes, now).await?;
    }
    if verdict == Verdict::AskTarget {
        let known = ctx.tx.roster().find_application(target.id, applicant).await?.filter(|row| row.is_open(now));
        if known.is_some_and(|row| row.reason == cmd.reason) {
            return Ok(());
        }
        ctx.platform.rates.application_to(ctx.app(), applicant, target.id.as_i64())?;
    }
    ctx.tx.roster().apply(target.id, applicant, &cmd.reason, now, now + APPLICATION_MS).await?;
    if verdict == Verdict::AskTarget {
        ctx.notify(Notice::roster(target.id, Type::Applied, applicant, target.id, &cmd.reason));
        return Ok(());
    }
    ctx.tx.roster().answer_application(target.id, applicant, ApplicationStatus::Accepted, now).await?;
    befriend(ctx, target.id, applicant).await?;
    ctx.notify(Notice::roster(target.id, Type::Added, applicant, target.id, ""));
    ctx.notify(Notice::roster(applicant, Type::Added, target.id, applicant, ""));
    Ok(())
}

/// Makes the applicant a friend of the acting user, unless one has blocked the other.
pub async fn accept(ctx: &mut Ctx, applicant: UserId) -> Result<(), RosterError> {
    let (user, _) = require_other(ctx, applicant).await?;
    let gate = ctx.tx.roster().gate(user, applicant).await?;
    if gate.from_blocked_to || gate.to_blocked_from {
        return Err(RosterError::Blocked);
    }
    check_room(ctx, user, applicant).await?;
    let now = ctx.now();
    if !ctx.tx.roster().answer_application(user, applicant, ApplicationStatus::Accepted, now).await? {
        return Err(RosterError::ApplicationGone);
    }
    befriend(ctx, user, applicant).await
}

/// Declines a request; the applicant is told, with a reason if there is one.
pub async fn decline(ctx: &mut Ctx, applicant: UserId, reason: &str) -> Result<(), RosterError> {
    let (user, _) = require_other(ctx, applicant).await?;
    check_free_text("reason", reason)?;
    let now = ctx.now();
    if !ctx.tx.roster().answer_application(user, applicant, ApplicationStatus::Declined, now).await? {
        return Err(RosterError::ApplicationGone);
    }
    notify_both(ctx, Type::Declined, user, applicant, reason);
    Ok(())
}

/// Refuses one more friendship where one of the two has as many as he may have.
async fn check_room(ctx: &Ctx, one: UserId, other: UserId) -> Result<(), RosterError> {
    let limit = ctx.settings.friends_per_user;
    for user in [one, other] {
        if ctx.tx.roster().count_friends(user).await? >= limit {
            return Err(RosterError::TooManyFriends { limit });
        }
    }
    Ok(())
}

async fn befriend(ctx: &mut Ctx, accepter: UserId, applicant: UserId) -> Result<(), RosterError> {
    let now = ctx.now();
    let roster = ctx.tx.roster();
    // Both may have asked each other: what the other way round is still open is settled as well.
    roster.answer_application(applicant, accepter, ApplicationStatus::Accepted, now).await?;
    roster.set_relation(accepter, applicant, Relation::Friend, now).await?;
    notify_both(ctx, Type::Accepted, accepter, applicant, "");
    emit_relation(ctx, accepter, applicant);
    Ok(())
}

/// What became of a batch of applications.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchOutcome {
    /// Those that went through.
    pub success: Vec<UserId>,
    /// The others, each with the reason.
    pub fails: Vec<(UserId, String)>,
}

/// Applies to several users; one refusal does not stop the others.
pub async fn apply_batch(ctx: &mut Ctx, cmds: Vec<Apply>) -> Result<BatchOutcome, RosterError> {
    if cmds.len() > limits::BATCH_ITEMS {
        return Err(RosterError::TooMany { limit: limits::BATCH_ITEMS });
    }
    let mut outcome = BatchOutcome::default();
    for cmd in cmds {
        let target = cmd.target;
        match apply(ctx, cmd).await {
            Ok(()) => outcome.success.push(target),
            Err(error @ RosterError::Ctx(_)) => return Err(error),
            Err(error) if error.is_internal() => return Err(error),
            Err(error) => outcome.fails.push((target, error.to_string())),
        }
    }
    Ok(outcome)
}

/// A request as `roster/apply/list` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Application {
    /// Who asks.
    pub user_id: u64,
    /// His words.
    pub reason: String,
    /// 0 pending, 1 accepted, 2 declined.
    pub status: i32,
    /// Milliseconds.
    pub expired_time: i64,
}

impl From<ApplicationRow> for Application {
    fn from(row: ApplicationRow) -> Self {
        Self {
            user_id: row.applicant.get(),
            reason: row.reason,
            status: row.status as i32,
            expired_time: row.expires_at,
        }
    }
}

/// One page of requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationPage {
    /// Newest first.
    pub applications: Vec<Application>,
    /// Where to go on; empty after the last page.
    pub cursor: String,
}

/// Lists the requests made to the acting user, newest first; answered and expired ones stay listed.
pub async fn list_applications(
    ctx: &mut Ctx,
    cursor: &str,
    limit: Option<usize>,
) -> Result<ApplicationPage, RosterError> {
    let user = ctx.require_user()?;
    let limit = limit.filter(|limit| *limit > 0).unwrap_or(PAGE).min(PAGE);
    let mut rows = ctx.tx.roster().applications(user, parse_cursor(cursor)?, limit as u64 + 1).await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let cursor = match rows.last() {
        Some(last) if has_more => format!("{}-{}", last.created_at, last.applicant),
        _ => String::new(),
    };
    Ok(ApplicationPage { applications: rows.into_iter().map(Application::from).collect(), cursor })
}

fn parse_cursor(cursor: &str) -> Result<Option<(Millis, UserId)>, RosterError> {
    if cursor.is_empty() {
        return Ok(None);
    }
    let parse = || {
        let (at, applicant) = cursor.split_once('-')?;
        Some((at.parse().ok()?, UserId::parse(applicant.parse().ok()?).ok()?))
    };
    parse().map(Some).ok_or(RosterError::BadCursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(auth_mode: i32) -> UserSettings {
        UserSettings { auth_mode, auth_answer: " blue ".into(), ..UserSettings::default() }
    }

    #[test]
    fn the_target_decides_who_gets_in() {
        assert_eq!(verdict(&settings(0), ""), Verdict::FriendsAtOnce);
        assert_eq!(verdict(&settings(1), "blue"), Verdict::AskTarget);
        assert_eq!(verdict(&settings(2), "blue"), Verdict::FriendsAtOnce);
        assert_eq!(verdict(&settings(2), "Blue"), Verdict::Refused);
        assert_eq!(verdict(&settings(2), ""), Verdict::Refused);
        assert_eq!(verdict(&settings(3), "blue"), Verdict::Refused);
        let unanswerable = UserSettings { auth_answer: " ".into(), ..settings(2) };
        assert_eq!((verdict(&unanswerable, ""), verdict(&unanswerable, "x")), (Verdict::AskTarget, Verdict::AskTarget));
    }

    #[test]
    fn cursors_survive_the_way_to_the_client() {
        assert_eq!(parse_cursor("").unwrap(), None);
        assert_eq!(parse_cursor("17-8001").unwrap(), Some((17, UserId::from_stored(8_001))));
        for bad in ["x", "17", "17-8000", "-", "17-8001-1"] {
            assert!(parse_cursor(bad).is_err(), "{bad}");
        }
    }
}
