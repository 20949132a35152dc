//! Tokens and one-time secrets.

use cerulean_types::{AppId, DeviceSn, UserId};
use cerulean_vault::Vault;

use crate::Db;
use crate::token::TokenRow;

fn user(number: u64) -> UserId {
    UserId::parse(number << 3 | 1).expect("an id of a user")
}

fn token(number: i64, owner: Option<UserId>) -> TokenRow {
    TokenRow {
        number,
        hash: [number as u8; 32],
        user: owner,
        device: DeviceSn::NONE,
        guid: None,
        expires_at: 1000 + number,
        created_at: 1,
    }
}

/// A token comes back as written; a number is taken once.
pub async fn tokens_are_found_by_number(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let guid = tx.devices().guid_index(user(1), "g").expect("index");
    let bound = TokenRow { guid: Some(guid), ..token(1, Some(user(1))) };
    tx.tokens().insert(&bound).await.expect("insert");
    tx.tokens().insert(&token(2, None)).await.expect("insert");
    assert_eq!(tx.tokens().find(1).await.expect("find"), Some(bound));
    assert_eq!(tx.tokens().find(2).await.expect("find"), Some(token(2, None)));
    assert_eq!(tx.tokens().find(3).await.expect("find"), None);
    tx.tokens().set_device(2, DeviceSn(7)).await.expect("device");
    assert_eq!(tx.tokens().find(2).await.expect("find").expect("there").device, DeviceSn(7));
    assert!(tx.tokens().insert(&token(2, None)).await.expect_err("taken").is_duplicate());
}

/// Revoking takes what it names and nothing else.
pub async fn revoking_takes_what_it_names(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let tokens = tx.tokens();
    for number in 1..=5 {
        tokens.insert(&token(number, Some(user(1)))).await.expect("insert");
    }
    tokens.insert(&token(6, Some(user(2)))).await.expect("insert");
    tokens.insert(&token(7, None)).await.expect("insert");
    tokens.set_device(1, DeviceSn(3)).await.expect("device");
    tokens.set_device(6, DeviceSn(3)).await.expect("device");
    assert_eq!(tokens.delete_of_device(user(1), DeviceSn(3)).await.expect("delete"), [1]);
    tokens.delete_expired(user(1), 1002).await.expect("delete");
    assert!(tokens.find(2).await.expect("find").is_none());
    assert!(tokens.delete(3).await.expect("delete"));
    assert!(!tokens.delete(3).await.expect("delete"));
    assert_eq!(tokens.delete_of_user(user(1), Some(4)).await.expect("delete"), [5]);
    assert_eq!(tokens.delete_of_user(user(1), None).await.expect("delete"), [4]);
    assert!(tokens.find(6).await.expect("find").is_some());
    assert_eq!(tokens.delete_admin().await.expect("delete"), [7]);
}

/// A secret is handed over once, and not after its time.
pub async fn secrets_are_taken_once(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let secrets = tx.secrets();
    secrets.insert(&[1; 32], "听风", 100).await.expect("insert");
    secrets.insert(&[2; 32], "late", 100).await.expect("insert");
    secrets.insert(&[3; 32], "later", 200).await.expect("insert");
    assert_eq!(secrets.take(&[1; 32], 99).await.expect("take").as_deref(), Some("听风"));
    assert_eq!(secrets.take(&[1; 32], 99).await.expect("take"), None);
    assert_eq!(secrets.take(&[2; 32], 100).await.expect("take"), None);
    secrets.insert(&[4; 32], "late", 100).await.expect("insert");
    secrets.delete_expired(100).await.expect("delete");
    assert_eq!(secrets.count().await.expect("count"), 1);
}
