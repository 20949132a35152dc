//! Apps.

use cerulean_types::{AppId, AppSlug};
use cerulean_vault::Vault;

use crate::Db;

/// A public name can be taken once.
pub async fn slugs_are_unique(db: Db, _app: AppId, _vault: Vault) {
    let slug = AppSlug::parse("unique").expect("well formed");
    let tx = db.platform().await.expect("begin");
    tx.apps().insert(&slug, "first", 1).await.expect("first");
    tx.commit().await.expect("commit");
    let tx = db.platform().await.expect("begin");
    let error = tx.apps().insert(&slug, "second", 2).await.expect_err("taken");
    assert!(error.is_duplicate());
}

/// Settings and status are replaced, the rest stays.
pub async fn settings_are_replaced(db: Db, app: AppId, _vault: Vault) {
    let tx = db.platform().await.expect("begin");
    tx.apps().update(app, "frozen", r#"{"a":1}"#).await.expect("update");
    tx.commit().await.expect("commit");
    let tx = db.platform().await.expect("begin");
    assert_eq!(tx.apps().find_for_update(app).await.expect("find").expect("there").status, "frozen");
    assert_eq!(tx.apps().find_for_update(AppId(i32::MAX)).await.expect("find"), None);
    let row = tx.apps().list().await.expect("list").into_iter().find(|row| row.id == app).expect("there");
    assert_eq!((row.status.as_str(), row.settings.as_str()), ("frozen", r#"{"a":1}"#));
}
