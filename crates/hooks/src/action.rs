//! What an app's administrator does with receivers. After commit the caller lets them act: [`crate::Hooks::reload`].

use cerulean_bus::BusEvent;
use cerulean_delivery::Ctx;
use cerulean_storage::hook::{HookRow, HookStatus};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{ScreenChange, Secret, Stored};
use crate::signature::fresh_secret;
use crate::{Hook, HookError, Hooks, ScreenSettings, catalogue};

/// Receivers of one app.
const HOOKS_PER_APP: usize = 20;
const DESCRIPTION_CHARS: usize = 200;
const URL_BYTES: usize = 2048;
/// How long a secret may go on signing beside its successor.
const LONGEST_OVERLAP_MS: i64 = 30 * 24 * 3_600_000;

/// A receiver to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHook {
    /// Where events go.
    pub url: String,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// Names of the events it gets.
    pub events: Vec<String>,
    /// Whether events of pushes and moderation tell it what was said.
    #[serde(default)]
    pub with_content: bool,
    /// How it is asked for verdicts.
    #[serde(default)]
    pub screen: ScreenSettings,
}

/// What is changed of a receiver; the rest stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookChange {
    /// Where events go.
    pub url: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Names of the events it gets.
    pub events: Option<Vec<String>>,
    /// Whether it gets any. What waits for it goes on waiting meanwhile.
    pub is_enabled: Option<bool>,
    /// Whether events of pushes and moderation tell it what was said.
    pub with_content: Option<bool>,
    /// How it is asked for verdicts.
    pub screen: Option<ScreenChange>,
}

/// A fresh receiver with its secret, which is not shown again.
#[derive(Debug, Clone)]
pub struct CreatedHook {
    /// The receiver.
    pub hook: Hook,
    /// What its requests are signed with.
    pub secret: String,
}

fn bad(field: &'static str, reason: impl Into<String>) -> HookError {
    HookError::BadField { field, reason: reason.into() }
}

fn check(hooks: &Hooks, stored: &Stored, events: &[String]) -> Result<(), HookError> {
    if stored.url.len() > URL_BYTES {
        return Err(bad("url", format!("it is longer than {URL_BYTES} bytes")));
    }
    hooks.0.egress.check_url(&stored.url).map_err(HookError::BadUrl)?;
    if stored.description.chars().count() > DESCRIPTION_CHARS {
        return Err(bad("description", format!("it is longer than {DESCRIPTION_CHARS} characters")));
    }
    if events.is_empty() {
        return Err(bad("events", "name at least one"));
    }
    if let Some(unknown) = events.iter().find(|name| !catalogue::is_known(name)) {
        let shown: String = unknown.chars().take(64).collect();
        return Err(bad("events", format!("there is no event {shown:?}")));
    }
    if !(100..=10_000).contains(&stored.screen.time_limit_ms) {
        return Err(bad("screen.time_limit_ms", "it must be between 100 and 10000"));
    }
    if stored.screen.scope.is_empty() {
        return Err(bad("screen.scope", "it must name at least one of client, server and edits"));
    }
    Ok(())
}

/// Only one receiver of an app gives verdicts.
async fn check_sole_screen(ctx: &Ctx, row: &HookRow) -> Result<(), HookError> {
    let is_screen = |row: &HookRow| row.events.iter().any(|name| name == catalogue::BEFORE_SEND);
    if !is_screen(row) {
        return Ok(());
    }
    let others = ctx.tx.hooks().list().await?;
    match others.into_iter().find(|other| other.id != row.id && is_screen(other)) {
        Some(other) => Err(HookError::ScreenExists { other: other.id }),
        None => Ok(()),
    }
}

fn without_repeats(mut events: Vec<String>) -> Vec<String> {
    events.sort();
    events.dedup();
    events
}

/// Adds a receiver.
pub async fn create_hook(ctx: &mut Ctx, hooks: &Hooks, new: NewHook) -> Result<CreatedHook, HookError> {
    ctx.require_admin()?;
    let secret = fresh_secret();
    let stored = Stored {
        url: new.url,
        description: new.description,
        secrets: vec![Secret { text: secret.clone(), until: None }],
        with_content: new.with_content,
        screen: new.screen,
    };
    check(hooks, &stored, &new.events)?;
    if ctx.tx.hooks().list().await?.len() >= HOOKS_PER_APP {
        return Err(HookError::TooMany { limit: HOOKS_PER_APP });
    }
    let now = ctx.now();
    let row = HookRow {
        id: format!("hook_{}", hex::encode(rand::random::<[u8; 8]>())),
        status: HookStatus::Enabled,
        events: without_repeats(new.events),
        body: stored.to_text(),
        created_at: now,
        updated_at: now,
    };
    check_sole_screen(ctx, &row).await?;
    ctx.tx.hooks().insert(&row).await?;
    announce(ctx, &row.id, "added");
    Ok(CreatedHook { hook: Hook::of(row, now)?, secret })
}

fn announce(ctx: &mut Ctx, id: &str, what: &str) {
    let app = ctx.app();
    ctx.emit(BusEvent::AppChanged { app });
    tracing::info!(app.id = app.0, hook.id = id, "webhook {what}");
}

/// All receivers of the app, oldest first.
pub async fn list_hooks(ctx: &Ctx) -> Result<Vec<Hook>, HookError> {
    ctx.require_admin()?;
    let rows = ctx.tx.hooks().list().await?;
    Ok(rows.into_iter().map(|row| Hook::of(row, ctx.now())).collect::<Result<_, _>>()?)
}

/// One receiver.
pub async fn find_hook(ctx: &Ctx, id: &str) -> Result<Hook, HookError> {
    ctx.require_admin()?;
    let row = ctx.tx.hooks().find(id).await?.ok_or(HookError::NotFound)?;
    Ok(Hook::of(row, ctx.now())?)
}

/// Changes a receiver. One that said it is gone is enabled again by `is_enabled`.
pub async fn change_hook(ctx: &mut Ctx, hooks: &Hooks, id: &str, change: HookChange) -> Result<Hook, HookError> {
    ctx.require_admin()?;
    let mut row = ctx.tx.hooks().find_for_update(id).await?.ok_or(HookError::NotFound)?;
    let mut stored = Stored::of(&row)?;
    stored.url = change.url.unwrap_or(stored.url);
    stored.description = change.description.unwrap_or(stored.description);
    stored.with_content = change.with_content.unwrap_or(stored.with_content);
    if let Some(screen) = change.screen {
        stored.screen = stored.screen.changed(screen);
    }
    row.events = change.events.map_or(row.events, without_repeats);
    row.status = match change.is_enabled {
        Some(true) => HookStatus::Enabled,
        Some(false) => HookStatus::Disabled,
        None => row.status,
    };
    check(hooks, &stored, &row.events)?;
    check_sole_screen(ctx, &row).await?;
    row.body = stored.to_text();
    row.updated_at = ctx.now();
    ctx.tx.hooks().update(&row).await?;
    announce(ctx, id, "changed");
    Ok(Hook::of(row, ctx.now())?)
}

/// Removes a receiver with all that was on its way to it.
pub async fn remove_hook(ctx: &mut Ctx, id: &str) -> Result<(), HookError> {
    ctx.require_admin()?;
    if !ctx.tx.hooks().remove(id).await? {
        return Err(HookError::NotFound);
    }
    announce(ctx, id, "removed");
    Ok(())
}

/// Makes a new secret. The one before goes on signing beside it for a while, so that the receiver can be changed in peace; older ones end.
pub async fn rotate_secret(ctx: &mut Ctx, id: &str, overlap_ms: i64) -> Result<CreatedHook, HookError> {
    ctx.require_admin()?;
    if !(0..=LONGEST_OVERLAP_MS).contains(&overlap_ms) {
        return Err(bad("overlap", "it must be between nothing and 30 days"));
    }
    let mut row = ctx.tx.hooks().find_for_update(id).await?.ok_or(HookError::NotFound)?;
    let mut stored = Stored::of(&row)?;
    let (now, secret) = (ctx.now(), fresh_secret());
    stored.secrets.retain(|known| known.until.is_none());
    for known in &mut stored.secrets {
        known.until = Some(now + overlap_ms);
    }
    stored.secrets.insert(0, Secret { text: secret.clone(), until: None });
    row.body = stored.to_text();
    row.updated_at = now;
    ctx.tx.hooks().update(&row).await?;
    announce(ctx, id, "has a new secret");
    Ok(CreatedHook { hook: Hook::of(row, now)?, secret })
}
