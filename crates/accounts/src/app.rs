//! Apps and their administrator's token.

use std::sync::Arc;

use cerulean_bus::BusEvent;
use cerulean_delivery::Platform;
use cerulean_storage::app::AppRow;
use cerulean_storage::token::TokenRow;
use cerulean_types::{Actor, AppId, AppSlug, DeviceSn, Millis, limits};

use crate::AccountError;
use crate::token::TokenText;

/// A fresh app. The token is shown once; only its hash is stored.
#[derive(Clone)]
pub struct CreatedApp {
    /// Number inside this installation.
    pub app: AppId,
    /// Public name.
    pub slug: AppSlug,
    /// Opens the server API.
    pub admin_token: String,
}

/// Adds an app with its keys and an administrator's token that never expires.
pub async fn create_app(platform: &Arc<Platform>, slug: &str, title: &str) -> Result<CreatedApp, AccountError> {
    let bad = |field, reason: &str| AccountError::BadField { field, reason: reason.into() };
    let slug = AppSlug::parse(slug)
        .map_err(|_| bad("app name", "it must be 2 to 32 of a-z, 0-9, - and _, and start with a letter"))?;
    if title.trim().is_empty() || title.chars().count() > limits::NAME_CHARS {
        return Err(bad("title", "it must have 1 to 64 characters"));
    }
    let tx = platform.db.platform().await?;
    let row = tx.apps().insert(&slug, title, platform.clock.now()).await.map_err(|error| {
        if error.is_duplicate() { AccountError::AppExists { slug: slug.to_string() } } else { error.into() }
    })?;
    platform.vault.ensure_app(row.id)?;
    tx.commit().await?;
    platform.bus.publish(BusEvent::AppChanged { app: row.id });
    let admin_token = rotate_admin_token(platform, row.id).await?;
    Ok(CreatedApp { app: row.id, slug, admin_token })
}

/// All apps by number.
pub async fn list_apps(platform: &Platform) -> Result<Vec<AppRow>, AccountError> {
    Ok(platform.db.platform_read().await?.apps().list().await?)
}

/// Freezes an app: every connection of its users ends and nobody is let in, its administrator neither, until it is unfrozen. Nothing is
/// removed.
pub async fn set_app_frozen(platform: &Platform, app: AppId, is_frozen: bool) -> Result<AppRow, AccountError> {
    let tx = platform.db.platform().await?;
    let mut row = tx.apps().find_for_update(app).await?.ok_or(AccountError::AppNotFound)?;
    row.status = if is_frozen { "frozen" } else { "normal" }.to_owned();
    tx.apps().update(app, &row.status, &row.settings).await?;
    tx.commit().await?;
    platform.bus.publish(BusEvent::AppChanged { app });
    Ok(row)
}

/// Makes a new administrator's token; the old ones stop working.
pub async fn rotate_admin_token(platform: &Arc<Platform>, app: AppId) -> Result<String, AccountError> {
    if platform.db.platform_read().await?.apps().find(app).await?.is_none() {
        return Err(AccountError::AppNotFound);
    }
    let mut ctx = platform.ctx(app, Actor::System).await?;
    for token in ctx.tx.tokens().delete_admin().await? {
        ctx.emit(BusEvent::TokenRevoked { app, token });
    }
    let now = ctx.now();
    let token = TokenText::random(app, now);
    let row = TokenRow {
        number: token.number,
        hash: TokenText::hash(&token.text),
        user: None,
        device: DeviceSn::NONE,
        guid: None,
        expires_at: Millis::MAX,
        created_at: now,
    };
    ctx.tx.tokens().insert(&row).await?;
    ctx.commit().await?;
    Ok(token.text)
}
