//! Users.

use cerulean_types::{AppId, AppSlug, UserId};
use cerulean_vault::Vault;

use crate::user::{Profile, UserKey, UserSettings, UserStatus};
use crate::{Db, StorageError, Tx};

fn user(number: u64) -> UserId {
    UserId::parse(number << 3 | 1).expect("an id of a user")
}

fn named(name: &str) -> Profile {
    Profile { username: name.into(), ..Profile::default() }
}

async fn add(tx: &Tx, id: UserId, profile: &Profile) -> Result<(), StorageError> {
    tx.users().insert(id, profile, "$argon2id$x", id.as_i64()).await.map(|_| ())
}

/// A user comes back as he was written, by id and by each of his keys, in any case of letters.
pub async fn users_are_found_by_every_key(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let profile = Profile {
        username: "Alice_1".into(),
        nick_name: "爱丽丝".into(),
        mobile: "13800000000".into(),
        email: "Alice@example.com".into(),
        ..Profile::default()
    };
    add(&tx, user(1), &profile).await.expect("insert");
    tx.commit().await.expect("commit");
    let tx = db.read(app).await.expect("read");
    let found = tx.users().find(user(1)).await.expect("find").expect("there");
    assert_eq!((&found.profile, found.status), (&profile, UserStatus::Normal));
    assert_eq!(found.settings, UserSettings::default());
    for key in [UserKey::Username("aLICE_1"), UserKey::Mobile("+86 138 0000 0000"), UserKey::Email("alice@EXAMPLE.com")]
    {
        assert_eq!(tx.users().find_by(key).await.expect("find").map(|row| row.id), Some(user(1)), "{key:?}");
    }
    for key in [UserKey::Username("13800000000"), UserKey::Mobile(""), UserKey::Email("bob@example.com")] {
        assert!(tx.users().find_by(key).await.expect("find").is_none(), "{key:?}");
    }
    assert_eq!(tx.users().password_hash(user(1)).await.expect("hash").as_deref(), Some("$argon2id$x"));
}

/// Name, phone number and address belong to one user of an app; empty ones clash with nobody.
pub async fn user_keys_are_taken_once(db: Db, app: AppId, _vault: Vault) {
    let full = Profile { mobile: "1".into(), email: "a@b".into(), ..named("one") };
    let tx = db.begin(app).await.expect("begin");
    add(&tx, user(1), &full).await.expect("first");
    add(&tx, user(2), &named("two")).await.expect("second");
    add(&tx, user(3), &named("three")).await.expect("third, also without phone");
    tx.commit().await.expect("commit");
    for clash in [
        named("ONE"),
        Profile { mobile: "1".into(), ..named("four") },
        Profile { email: "A@B".into(), ..named("four") },
    ] {
        let tx = db.begin(app).await.expect("begin");
        assert!(add(&tx, user(4), &clash).await.expect_err("taken").is_duplicate());
        drop(tx);
        let tx = db.begin(app).await.expect("begin");
        assert!(tx.users().set_profile(user(2), &clash).await.expect_err("taken").is_duplicate());
    }
}

/// The same name in another app is another user, and ids do not reach across.
pub async fn users_belong_to_one_app(db: Db, app: AppId, vault: Vault) {
    let tx = db.platform().await.expect("begin");
    let other = tx.apps().insert(&AppSlug::parse("other").expect("slug"), "Other", 1).await.expect("app").id;
    tx.commit().await.expect("commit");
    vault.ensure_app(other).expect("keys");
    let tx = db.begin(app).await.expect("begin");
    add(&tx, user(1), &named("same")).await.expect("insert");
    tx.commit().await.expect("commit");
    let tx = db.begin(other).await.expect("begin");
    assert!(tx.users().find(user(1)).await.expect("find").is_none());
    assert!(tx.users().find_by(UserKey::Username("same")).await.expect("find").is_none());
    assert!(tx.users().find_state(user(1)).await.expect("find").is_none());
    assert!(tx.users().existing(&[user(1)]).await.expect("find").is_empty());
    tx.users().set_status(user(1), UserStatus::Frozen).await.expect("touches nothing");
    tx.users().erase(user(1)).await.expect("touches nothing");
    add(&tx, user(2), &named("same")).await.expect("free here");
    tx.commit().await.expect("commit");
    let tx = db.read(app).await.expect("read");
    let found = tx.users().find(user(1)).await.expect("find").expect("there");
    assert_eq!(found.status, UserStatus::Normal);
}

/// Profile, settings, password, status and epoch change by themselves.
pub async fn parts_of_a_user_change_alone(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let users = tx.users();
    add(&tx, user(1), &named("old")).await.expect("insert");
    users.set_profile(user(1), &Profile { nick_name: "N".into(), ..named("new") }).await.expect("profile");
    let settings = UserSettings { auth_mode: 2, auth_answer: "42".into(), ..UserSettings::default() };
    users.set_settings(user(1), &settings).await.expect("settings");
    users.set_password(user(1), "other").await.expect("password");
    users.set_status(user(1), UserStatus::Frozen).await.expect("status");
    users.bump_token_epoch(user(1)).await.expect("epoch");
    let row = users.find_for_update(user(1)).await.expect("find").expect("there");
    assert_eq!(
        (row.profile.nick_name.as_str(), &row.settings, row.status, row.token_epoch),
        ("N", &settings, UserStatus::Frozen, 1)
    );
    let state = users.find_state(user(1)).await.expect("find").expect("there");
    assert_eq!((state.status, state.token_epoch), (UserStatus::Frozen, 1));
    assert_eq!(users.password_hash(user(1)).await.expect("hash").as_deref(), Some("other"));
    assert!(users.find_by(UserKey::Username("old")).await.expect("find").is_none());
    assert!(users.find_by(UserKey::Username("new")).await.expect("find").is_some());
}

/// Pages follow the order of registration, and the lists of ids skip strangers.
pub async fn users_are_listed_by_age(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    for number in [3, 1, 2] {
        add(&tx, user(number), &named(&format!("u{number}"))).await.expect("insert");
    }
    let users = tx.users();
    let page = users.list(1, 5).await.expect("list");
    assert_eq!(page.iter().map(|row| row.id).collect::<Vec<_>>(), [user(2), user(3)]);
    assert_eq!(users.count().await.expect("count"), 3);
    let mut some = users.existing(&[user(3), user(9), user(1)]).await.expect("existing");
    some.sort();
    assert_eq!(some, [user(1), user(3)]);
    assert_eq!(users.find_many(&[user(2), user(9)]).await.expect("many").len(), 1);
    let pictured = Profile { avatar: "a/2".into(), ..named("u2") };
    users.set_profile(user(2), &pictured).await.expect("set");
    let avatars = users.avatars_of(&[user(1), user(2), user(9)]).await.expect("avatars");
    assert_eq!(avatars.into_iter().collect::<Vec<_>>(), [(user(2), "a/2".to_owned())]);
}

/// A removed user is absent everywhere, his name is free and his id is not.
pub async fn removed_user_is_absent(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    add(&tx, user(1), &named("gone")).await.expect("insert");
    tx.users().erase(user(1)).await.expect("erase");
    assert!(tx.users().find(user(1)).await.expect("find").is_none());
    assert!(tx.users().find_state(user(1)).await.expect("find").is_none());
    assert!(tx.users().password_hash(user(1)).await.expect("hash").is_none());
    assert_eq!(tx.users().count().await.expect("count"), 0);
    add(&tx, user(2), &named("gone")).await.expect("name is free");
    assert!(add(&tx, user(1), &named("back")).await.expect_err("id is not").is_duplicate());
}

/// Device numbers rise and are given once.
pub async fn device_numbers_rise(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    add(&tx, user(1), &named("one")).await.expect("insert");
    add(&tx, user(2), &named("two")).await.expect("insert");
    for expected in 1..=3 {
        assert_eq!(tx.users().next_device_sn(user(1)).await.expect("number"), expected);
    }
    assert_eq!(tx.users().next_device_sn(user(2)).await.expect("number"), 1);
    assert!(matches!(tx.users().next_device_sn(user(9)).await, Err(StorageError::Inconsistent { .. })));
}
