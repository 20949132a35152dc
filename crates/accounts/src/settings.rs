//! What a user sets for himself.

use cerulean_bus::BusEvent;
use cerulean_delivery::{Ctx, Notice, SETTINGS_CHANGED};
use cerulean_proto::pb::user_notice::Type::InfoUpdated;
use cerulean_storage::user::UserSettings;
use cerulean_types::{UserId, has_controls, limits};
use serde_json::Map;

use crate::profile::tell_changed;
use crate::{AccountError, require_self};

/// What to change; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct SettingsChange {
    /// Who may become a friend: 0 anyone, 1 by approval, 2 by the right answer, 3 nobody.
    pub auth_mode: Option<i64>,
    /// Question of mode 2.
    pub auth_question: Option<String>,
    /// Answer of mode 2.
    pub auth_answer: Option<String>,
    /// Download attachments at once.
    pub auto_download: Option<bool>,
    /// Invitations to groups need consent.
    pub group_confirm: Option<bool>,
    /// No push at all.
    pub no_push: Option<bool>,
    /// Push without the text.
    pub no_push_detail: Option<bool>,
    /// Hour from which there is no push.
    pub no_push_start_hour: Option<i64>,
    /// Hour until which there is no push.
    pub no_push_end_hour: Option<i64>,
    /// No sound.
    pub no_sounds: Option<bool>,
    /// Name shown in a push.
    pub push_nick_name: Option<String>,
    /// Push address from before devices had their own.
    pub push_token: Option<String>,
    /// Hour from which devices are silent.
    pub silence_start_time: Option<i64>,
    /// Hour until which devices are silent.
    pub silence_end_time: Option<i64>,
    /// Vibrate.
    pub vibratory: Option<bool>,
}

/// Changes the acting user's settings.
pub async fn update_settings(ctx: &mut Ctx, change: SettingsChange) -> Result<(), AccountError> {
    let row = require_self(ctx).await?;
    let after = apply(row.settings.clone(), change)?;
    if after != row.settings {
        ctx.tx.users().set_settings(row.id, &after).await?;
        ctx.emit(BusEvent::UserChanged { app: ctx.app(), user: row.id });
        let device = ctx.actor.device();
        ctx.notify(Notice::user(row.id, InfoUpdated, SETTINGS_CHANGED).not_to(device));
        tell_friends(ctx, row.id, &row.settings, &after).await?;
    }
    Ok(())
}

/// Tells friends of what their rosters show: how one becomes his friend.
async fn tell_friends(
    ctx: &mut Ctx,
    user: UserId,
    before: &UserSettings,
    after: &UserSettings,
) -> Result<(), AccountError> {
    let mut changed = Map::new();
    if before.auth_mode != after.auth_mode {
        changed.insert("auth_mode".into(), after.auth_mode.into());
    }
    if before.shown_question() != after.shown_question() {
        changed.insert("auth_question".into(), after.shown_question().into());
    }
    if changed.is_empty() { Ok(()) } else { tell_changed(ctx, user, changed).await }
}

fn apply(mut settings: UserSettings, change: SettingsChange) -> Result<UserSettings, AccountError> {
    set_number(&mut settings.auth_mode, change.auth_mode, "auth_mode", 3)?;
    set_number(&mut settings.no_push_start_hour, change.no_push_start_hour, "no_push_start_hour", 23)?;
    set_number(&mut settings.no_push_end_hour, change.no_push_end_hour, "no_push_end_hour", 23)?;
    set_number(&mut settings.silence_start_time, change.silence_start_time, "silence_start_time", 23)?;
    set_number(&mut settings.silence_end_time, change.silence_end_time, "silence_end_time", 23)?;
    set_text(&mut settings.auth_question, change.auth_question, "auth_question", limits::FREE_TEXT_CHARS)?;
    set_text(&mut settings.auth_answer, change.auth_answer, "auth_answer", limits::FREE_TEXT_CHARS)?;
    set_text(&mut settings.push_nick_name, change.push_nick_name, "push_nick_name", limits::NAME_CHARS)?;
    set_text(&mut settings.push_token, change.push_token, "push_token", limits::FREE_TEXT_CHARS)?;
    for (place, value) in [
        (&mut settings.auto_download, change.auto_download),
        (&mut settings.group_confirm, change.group_confirm),
        (&mut settings.no_push, change.no_push),
        (&mut settings.no_push_detail, change.no_push_detail),
        (&mut settings.no_sounds, change.no_sounds),
        (&mut settings.vibratory, change.vibratory),
    ] {
        *place = value.unwrap_or(*place);
    }
    Ok(settings)
}

fn set_number(place: &mut i32, value: Option<i64>, field: &'static str, most: i32) -> Result<(), AccountError> {
    let Some(value) = value else { return Ok(()) };
    *place = i32::try_from(value)
        .ok()
        .filter(|number| (0..=most).contains(number))
        .ok_or_else(|| AccountError::BadField { field, reason: format!("it must be 0 to {most}") })?;
    Ok(())
}

fn set_text(place: &mut String, value: Option<String>, field: &'static str, most: usize) -> Result<(), AccountError> {
    let Some(value) = value else { return Ok(()) };
    if value.chars().count() > most {
        return Err(AccountError::BadField { field, reason: format!("at most {most} characters") });
    }
    if has_controls(&value) {
        return Err(AccountError::BadField { field, reason: "it has control characters".into() });
    }
    *place = value;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_fields_stay_and_numbers_have_bounds() {
        let change = SettingsChange { auth_mode: Some(3), no_push: Some(true), ..SettingsChange::default() };
        let expected = UserSettings { auth_mode: 3, no_push: true, ..UserSettings::default() };
        assert_eq!(apply(UserSettings::default(), change).unwrap(), expected);
        for bad in [
            SettingsChange { auth_mode: Some(4), ..SettingsChange::default() },
            SettingsChange { no_push_end_hour: Some(24), ..SettingsChange::default() },
            SettingsChange { silence_start_time: Some(-1), ..SettingsChange::default() },
            SettingsChange { auth_question: Some("x".repeat(5000)), ..SettingsChange::default() },
        ] {
            assert!(matches!(apply(UserSettings::default(), bad), Err(AccountError::BadField { .. })));
        }
    }
}
