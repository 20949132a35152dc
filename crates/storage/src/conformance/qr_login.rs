//! Sign-ins by a picture, and secrets that sign in once.

use cerulean_types::{AppId, UserId};
use cerulean_vault::Vault;

use crate::Db;
use crate::qr_login::QrLoginState;

fn user(number: u64) -> UserId {
    UserId::parse(number << 3 | 1).expect("an id of a user")
}

/// Scanned by one, confirmed by him, in time.
pub async fn qr_logins_are_confirmed_by_whoever_scanned(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let logins = tx.qr_logins();
    logins.insert(&[1; 32], "{\"agent\":\"听风\"}", 10, 100).await.expect("insert");
    let row = logins.find(&[1; 32], 99).await.expect("find").expect("there");
    assert_eq!((row.state, row.user, row.browser.as_str()), (QrLoginState::Shown, None, "{\"agent\":\"听风\"}"));
    assert!(logins.find(&[1; 32], 100).await.expect("find").is_none(), "past its time");
    assert!(!logins.confirm(&[1; 32], user(1), 20, 200).await.expect("confirm"), "nobody scanned it");
    assert!(!logins.scan(&[1; 32], user(1), 100).await.expect("scan"), "past its time");
    assert!(logins.scan(&[1; 32], user(1), 20).await.expect("scan"));
    assert!(logins.scan(&[1; 32], user(1), 21).await.expect("scan"), "twice by the same");
    assert!(!logins.scan(&[1; 32], user(2), 21).await.expect("scan"), "another came first");
    assert!(!logins.confirm(&[1; 32], user(2), 22, 200).await.expect("confirm"), "not his to say");
    assert!(logins.confirm(&[1; 32], user(1), 30, 90).await.expect("confirm"));
    assert!(!logins.refuse(&[1; 32], user(1), 31).await.expect("refuse"), "said already");
    let row = logins.find(&[1; 32], 89).await.expect("find").expect("there");
    assert_eq!((row.state, row.user, row.expires_at), (QrLoginState::Confirmed, Some(user(1)), 90));
}

/// A sign-in secret is used once, by the one it is for, in time.
pub async fn sign_in_secrets_are_taken_once(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let secrets = tx.sign_in_secrets();
    secrets.insert(&[9; 32], user(1), 100).await.expect("insert");
    assert!(secrets.is_there(&[9; 32], 99).await.expect("look"));
    assert!(!secrets.is_there(&[9; 32], 100).await.expect("look"), "past its time");
    assert!(!secrets.take(&[9; 32], user(2), 50).await.expect("take"), "another's");
    assert!(!secrets.take(&[9; 32], user(1), 100).await.expect("take"), "past its time");
    assert!(secrets.take(&[9; 32], user(1), 99).await.expect("take"));
    assert!(!secrets.take(&[9; 32], user(1), 99).await.expect("take"), "used up");
    for number in 1..=3 {
        secrets.insert(&[number; 32], user(u64::from(number)), 100 + i64::from(number)).await.expect("insert");
    }
    secrets.delete_of_user(user(3)).await.expect("delete");
    secrets.delete_expired(101).await.expect("delete");
    let mut left = Vec::new();
    for number in 1..=3 {
        left.push(secrets.is_there(&[number; 32], 50).await.expect("look"));
    }
    assert_eq!(left, [false, true, false]);
    tx.commit().await.expect("commit");
    let stranger = db.begin(AppId(app.0 + 1)).await.expect("begin");
    assert!(!stranger.sign_in_secrets().take(&[2; 32], user(2), 50).await.expect("take"));
}

/// What was refused signs nobody in; what is past its time is forgotten; another app's is not there.
pub async fn qr_logins_are_refused_and_forgotten(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let logins = tx.qr_logins();
    logins.insert(&[1; 32], "{}", 10, 100).await.expect("insert");
    logins.insert(&[2; 32], "{}", 10, 200).await.expect("insert");
    assert!(logins.scan(&[1; 32], user(1), 20).await.expect("scan"));
    assert!(!logins.refuse(&[1; 32], user(2), 21).await.expect("refuse"), "not his to say");
    assert!(logins.refuse(&[1; 32], user(1), 21).await.expect("refuse"));
    assert!(!logins.confirm(&[1; 32], user(1), 22, 200).await.expect("confirm"));
    assert!(!logins.scan(&[1; 32], user(1), 22).await.expect("scan"));
    assert_eq!(logins.find(&[1; 32], 22).await.expect("find").expect("there").state, QrLoginState::Refused);
    logins.delete_expired(100).await.expect("delete");
    assert_eq!(logins.count().await.expect("count"), 1);
    tx.commit().await.expect("commit");
    let stranger = db.begin(AppId(app.0 + 1)).await.expect("begin");
    assert!(stranger.qr_logins().find(&[2; 32], 20).await.expect("find").is_none());
    assert!(!stranger.qr_logins().scan(&[2; 32], user(1), 20).await.expect("scan"));
}
