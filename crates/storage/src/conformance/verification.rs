//! Codes, counts, proven contacts, letters of a development server, and what is past its time.

use cerulean_types::{AppId, Contact, JobId, UserId};
use cerulean_vault::Vault;

use crate::Db;
use crate::carrier_outbox::CarrierLetter;
use crate::verification::CodeTry;

fn user(number: u64) -> UserId {
    UserId::parse(number << 3 | 1).expect("an id of a user")
}

fn mobile(number: &str) -> Contact {
    Contact::mobile(number).expect("a phone number")
}

/// A code is tried so often and no more, used up once, and void after the next.
pub async fn codes_are_tried_and_used_up(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let codes = tx.verifications();
    let (one, other) = (mobile("13800000001"), mobile("13800000002"));
    assert_eq!(codes.try_code(&one, "bind", 2, 10).await.expect("try"), CodeTry::Absent);
    codes.put_code(&one, "bind", &[1; 32], 100).await.expect("put");
    assert_eq!(codes.try_code(&one, "reset", 2, 10).await.expect("try"), CodeTry::Absent, "another end");
    assert_eq!(codes.try_code(&other, "bind", 2, 10).await.expect("try"), CodeTry::Absent, "another number");
    assert_eq!(codes.try_code(&one, "bind", 2, 100).await.expect("try"), CodeTry::Absent, "past its time");
    assert_eq!(codes.try_code(&one, "bind", 2, 10).await.expect("try"), CodeTry::Expected([1; 32]));
    assert_eq!(codes.try_code(&one, "bind", 2, 10).await.expect("try"), CodeTry::Expected([1; 32]));
    assert_eq!(codes.try_code(&one, "bind", 2, 10).await.expect("try"), CodeTry::Exhausted);
    codes.put_code(&one, "bind", &[2; 32], 100).await.expect("put");
    assert_eq!(codes.try_code(&one, "bind", 2, 10).await.expect("try"), CodeTry::Expected([2; 32]), "counted anew");
    assert!(!codes.take_code(&one, "bind", &[1; 32]).await.expect("take"), "void");
    assert!(codes.take_code(&one, "bind", &[2; 32]).await.expect("take"));
    assert!(!codes.take_code(&one, "bind", &[2; 32]).await.expect("take"), "used up");
}

/// What is counted begins anew when its window is over; other things are counted apart.
pub async fn sends_are_counted_by_window(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let counts = tx.verifications();
    let count = async |what: &str, value: &str, now| counts.count(what, value, 100, now).await.expect("count");
    assert_eq!(count("minute", "a", 1000).await, 1);
    assert_eq!(count("minute", "a", 1050).await, 2);
    assert_eq!(count("minute", "b", 1050).await, 1);
    assert_eq!(count("hour", "a", 1050).await, 1);
    assert_eq!(count("minute", "a", 1099).await, 3);
    assert_eq!(count("minute", "a", 1100).await, 1, "a new window");
    assert_eq!(count("minute", "a", 1199).await, 2, "from its own beginning");
}

/// A contact is proven by one user at a time, and a user has one of a kind.
pub async fn contacts_are_proven_by_one(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let proven = tx.verifications();
    let (one, other) = (mobile("13800000001"), mobile("13800000002"));
    let email = Contact::email("Alice@Example.com").expect("an address");
    proven.put_proven(user(1), &one, 10).await.expect("put");
    proven.put_proven(user(1), &email, 10).await.expect("put");
    assert!(proven.is_proven(user(1), &one).await.expect("look"));
    assert!(proven.is_proven(user(1), &Contact::email("alice@example.com").expect("an address")).await.expect("look"));
    assert!(!proven.is_proven(user(2), &one).await.expect("look"));
    proven.put_proven(user(2), &one, 11).await.expect("put");
    assert!(!proven.is_proven(user(1), &one).await.expect("look"), "it has a new owner");
    assert!(proven.is_proven(user(1), &email).await.expect("look"));
    proven.put_proven(user(2), &other, 12).await.expect("put");
    assert!(!proven.is_proven(user(2), &one).await.expect("look"), "one of a kind");
    tx.commit().await.expect("commit");
    let stranger = db.begin(AppId(app.0 + 1)).await.expect("begin");
    assert!(stranger.verifications().is_proven(user(2), &other).await.is_err(), "an app without keys");
}

/// Letters come newest first; the same letter twice is one.
pub async fn letters_are_kept_for_reading(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let letter = |number: u64| CarrierLetter {
        number: JobId(number),
        carrier: "sms".into(),
        receiver: "13800000001".into(),
        content: format!("听风 {number}"),
        created_at: number as i64,
    };
    for number in [1, 2, 3, 3] {
        tx.carrier_outbox().put(&letter(number)).await.expect("put");
    }
    assert_eq!(tx.carrier_outbox().list(None, 2).await.expect("list"), [letter(3), letter(2)]);
    assert_eq!(tx.carrier_outbox().list(Some(JobId(2)), 2).await.expect("list"), [letter(1)]);
}

/// What is past its time goes, and nothing else.
pub async fn expired_rows_are_deleted(db: Db, app: AppId, _vault: Vault) {
    const DAY: i64 = 86_400_000;
    let tx = db.begin(app).await.expect("begin");
    for (seed, expires_at) in [(1, 100 * DAY), (2, 100 * DAY + 1)] {
        tx.secrets().insert(&[seed; 32], "text", expires_at).await.expect("insert");
        tx.sign_in_secrets().insert(&[seed; 32], user(1), expires_at).await.expect("insert");
        tx.qr_logins().insert(&[seed; 32], "{}", 1, expires_at).await.expect("insert");
        let contact = mobile(&format!("1380000000{seed}"));
        tx.verifications().put_code(&contact, "bind", &[seed; 32], expires_at).await.expect("put");
    }
    tx.verifications().count("minute", "a", 100, 98 * DAY).await.expect("count");
    tx.commit().await.expect("commit");
    let delete = async || {
        let tx = db.platform().await.expect("begin");
        let deleted = tx.delete_expired(100 * DAY).await.expect("delete");
        tx.commit().await.expect("commit");
        deleted
    };
    assert_eq!(delete().await, 5);
    assert_eq!(delete().await, 0);
    let tx = db.begin(app).await.expect("begin");
    assert_eq!(tx.secrets().find(&[2; 32], 100 * DAY).await.expect("find").as_deref(), Some("text"));
    assert_eq!(tx.secrets().find(&[2; 32], 101 * DAY).await.expect("find"), None, "past its time");
    assert_eq!(
        tx.secrets().take(&[2; 32], 100 * DAY).await.expect("take").as_deref(),
        Some("text"),
        "finding leaves it"
    );
}

/// Ids of users come in order, page by page.
pub async fn user_ids_are_listed_by_key(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    for number in [5, 1, 3] {
        let profile = crate::user::Profile { username: format!("user{number}"), ..Default::default() };
        tx.users().insert(user(number), &profile, "hash", 1).await.expect("insert");
    }
    tx.users().erase(user(3)).await.expect("erase");
    assert_eq!(tx.users().list_ids(None, 1).await.expect("list"), [user(1)]);
    assert_eq!(tx.users().list_ids(Some(user(1)), 9).await.expect("list"), [user(5)]);
    assert!(tx.users().list_ids(Some(user(5)), 9).await.expect("list").is_empty());
}
