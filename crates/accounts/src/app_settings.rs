//! What an app decides for itself, and how much there is of it.

use std::sync::Arc;

use cerulean_bus::BusEvent;
use cerulean_delivery::{AppSettings, Ctx, Platform};
use cerulean_types::AppId;
use serde_json::{Map, Value};

use crate::AccountError;

/// How much there is of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppOverview {
    /// Users, removed ones not counted.
    pub users: u64,
    /// Groups, dissolved ones not counted.
    pub groups: u64,
}

/// Counts users and groups, for the administrator.
pub async fn app_overview(ctx: &Ctx) -> Result<AppOverview, AccountError> {
    ctx.require_admin()?;
    Ok(AppOverview { users: ctx.tx.users().count().await?, groups: ctx.tx.groups().count().await? })
}

/// Changes the settings an app's administrator named in a merge patch (RFC 7396); null brings a default back. `token_no` is for the
/// record of who did it.
pub async fn change_app_settings(
    platform: &Arc<Platform>,
    app: AppId,
    token_no: i64,
    patch: Map<String, Value>,
) -> Result<Arc<AppSettings>, AccountError> {
    let known = serde_json::to_value(AppSettings::default()).expect("settings become JSON");
    refuse_unknown("", &patch, &known)?;
    let tx = platform.db.platform().await?;
    let row = tx.apps().find_for_update(app).await?.ok_or(AccountError::AppNotFound)?;
    let inconsistent =
        |_| cerulean_storage::StorageError::Inconsistent { table: "apps", key: format!("{} settings", app.0) };
    let mut stored: Value = serde_json::from_str(&row.settings).map_err(inconsistent)?;
    let names: Vec<String> = patch.keys().cloned().collect();
    merge(&mut stored, Value::Object(patch));
    let settings: AppSettings = serde_path_to_error::deserialize(&stored).map_err(|error| {
        AccountError::BadSetting { name: error.path().to_string(), reason: error.into_inner().to_string() }
    })?;
    settings.check().map_err(|(name, reason)| AccountError::BadSetting { name: name.into(), reason: reason.into() })?;
    tx.apps().update(app, &row.status, &stored.to_string()).await?;
    tx.commit().await?;
    platform.bus.publish(BusEvent::AppChanged { app });
    tracing::info!(app.id = app.0, token.no = token_no, "settings of the app changed: {}", names.join(", "));
    Ok(platform.settings_of(app).await?)
}

fn refuse_unknown(path: &str, patch: &Map<String, Value>, known: &Value) -> Result<(), AccountError> {
    for (name, value) in patch {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let Some(default) = known.get(name) else {
            return Err(AccountError::BadSetting { name: path, reason: "there is no such setting".into() });
        };
        if let (Value::Object(inner), Value::Object(_)) = (value, default) {
            refuse_unknown(&path, inner, default)?;
        }
    }
    Ok(())
}

fn merge(target: &mut Value, patch: Value) {
    let Value::Object(fields) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(present) = target else { return };
    for (name, value) in fields {
        if value.is_null() {
            present.remove(&name);
        } else {
            merge(present.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// How much of its quotas an app uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppUsage {
    /// Users.
    pub users: u64,
    /// Messages since midnight, UTC.
    pub messages_today: u64,
    /// Messages of the calendar month, UTC.
    pub messages_this_month: u64,
    /// Bytes of uploaded files.
    pub storage_bytes: u64,
}

/// How much of its quotas the administrator's app uses.
pub async fn app_usage(ctx: &Ctx) -> Result<AppUsage, AccountError> {
    ctx.require_admin()?;
    let messages = ctx.platform.messages_of(ctx.app()).await?;
    Ok(AppUsage {
        users: ctx.tx.users().count().await?,
        messages_today: messages.today,
        messages_this_month: messages.this_month,
        storage_bytes: ctx.tx.files().total_bytes().await?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patch_is_merged_as_the_standard_says() {
        for (target, patch, merged) in [
            (json!({"a": 1, "b": 2}), json!({"a": 3}), json!({"a": 3, "b": 2})),
            (json!({"a": 1}), json!({"a": null, "b": null}), json!({})),
            (json!({"a": {"x": 1, "y": 2}}), json!({"a": {"x": null, "z": 3}}), json!({"a": {"y": 2, "z": 3}})),
            (json!({"a": [1, 2]}), json!({"a": [3]}), json!({"a": [3]})),
            (json!({"a": 1}), json!({"a": {"b": null, "c": 1}}), json!({"a": {"c": 1}})),
        ] {
            let mut target = target;
            merge(&mut target, patch);
            assert_eq!(target, merged);
        }
    }

    #[test]
    fn names_that_do_not_exist_are_refused_at_every_depth() {
        let known = json!({"a": 1, "b": {"c": 2}});
        let check = |patch: Value| refuse_unknown("", patch.as_object().unwrap(), &known);
        assert!(check(json!({"a": "x", "b": {"c": 1}})).is_ok());
        assert!(check(json!({"b": {"d": 1}})).unwrap_err().to_string().contains("b.d"));
        assert!(check(json!({"title": "x"})).is_err());
    }
}
