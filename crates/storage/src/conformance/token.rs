//! Tokens and one-time secrets.

use cerulean_types::{AppId, AppSlug, DeviceSn, UserId};
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
    tx.tokens().set_device(user(1), 2, DeviceSn(7), 5).await.expect("device");
    assert_eq!(tx.tokens().find(2).await.expect("find").expect("there").device, DeviceSn(7));
    assert!(tx.tokens().insert(&token(2, None)).await.expect_err("taken").is_duplicate());
}

/// A token serves several devices, and goes with whichever is put out; an expired one signs nobody in.
pub async fn devices_hold_tokens(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let tokens = tx.tokens();
    for number in 1..=3 {
        tokens.insert(&token(number, Some(user(1)))).await.expect("insert");
    }
    tokens.insert(&token(4, Some(user(2)))).await.expect("insert");
    let (phone, desk, web) = (DeviceSn(1), DeviceSn(2), DeviceSn(3));
    for (owner, number, device, at) in
        [(1, 1, phone, 10), (1, 1, web, 11), (1, 2, desk, 12), (1, 3, phone, 13), (1, 3, phone, 14), (2, 4, phone, 15)]
    {
        tokens.set_device(user(owner), number, device, at).await.expect("noted");
    }
    let signed_in = async |now| tokens.signed_in_devices(user(1), now).await.expect("list");
    assert_eq!(signed_in(1000).await, [(phone, 13), (desk, 12), (web, 11)]);
    assert_eq!(signed_in(1002).await, [(phone, 13)], "tokens 1 and 2 are past their time");
    assert_eq!(tokens.devices_of(1).await.expect("list"), [phone, web]);
    assert!(tokens.delete_of_device(user(1), web, Some(1)).await.expect("delete").is_empty());
    assert_eq!(signed_in(1000).await, [(phone, 13), (desk, 12)], "it ceased to use the one that was kept");
    tokens.set_device(user(1), 1, web, 16).await.expect("noted");
    let mut gone = tokens.delete_of_device(user(1), phone, None).await.expect("delete");
    gone.sort_unstable();
    assert_eq!(gone, [1, 3], "the one it shares, too");
    assert_eq!(signed_in(1000).await, [(desk, 12)]);
    assert!(tokens.devices_of(1).await.expect("list").is_empty());
    assert_eq!(tokens.signed_in_devices(user(2), 1000).await.expect("list"), [(phone, 15)]);
}

/// What is past its time is forgotten in all apps, a part at a time.
pub async fn expired_tokens_are_forgotten(db: Db, app: AppId, vault: Vault) {
    let tx = db.platform().await.expect("begin");
    let other = tx.apps().insert(&AppSlug::parse("elsewhere").expect("a name"), "Elsewhere", 1).await.expect("app").id;
    tx.commit().await.expect("commit");
    vault.ensure_app(other).expect("keys");
    for (app, numbers) in [(app, 1..=4), (other, 5..=6)] {
        let tx = db.begin(app).await.expect("begin");
        for number in numbers {
            tx.tokens().insert(&token(number, Some(user(1)))).await.expect("insert");
            tx.tokens().set_device(user(1), number, DeviceSn(1), 5).await.expect("noted");
        }
        tx.tokens().insert(&TokenRow { expires_at: i64::MAX, ..token(9, None) }).await.expect("insert");
        tx.commit().await.expect("commit");
    }
    let forget = async |now, limit| {
        let tx = db.platform().await.expect("begin");
        let count = tx.delete_expired_tokens(now, limit).await.expect("delete");
        tx.commit().await.expect("commit");
        count
    };
    assert_eq!(forget(1005, 3).await, 3, "the oldest three");
    assert_eq!(forget(1005, 10).await, 2);
    assert_eq!(forget(1005, 10).await, 0);
    let tx = db.read(other).await.expect("read");
    assert!(
        tx.tokens().find(5).await.expect("find").is_none() && tx.tokens().devices_of(5).await.expect("list").is_empty()
    );
    assert!(tx.tokens().find(6).await.expect("find").is_some() && tx.tokens().find(9).await.expect("find").is_some());
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
    tokens.set_device(user(1), 1, DeviceSn(3), 5).await.expect("device");
    tokens.set_device(user(2), 6, DeviceSn(3), 5).await.expect("device");
    assert_eq!(tokens.delete_of_device(user(1), DeviceSn(3), None).await.expect("delete"), [1]);
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
