//! Push settings and push tasks.

use cerulean_types::{AppId, DeviceSn, UserId};
use cerulean_vault::Vault;

use crate::Db;
use crate::push::{PushKey, PushSettings};
use crate::push_task::{PushCount, PushTarget};

fn user(number: u64) -> UserId {
    UserId::parse(number << 3 | 1).expect("an id of a user")
}

/// Alias and badge change apart, and users are found by alias and by the token named beside it.
pub async fn push_settings_change_apart(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let push = tx.push();
    assert_eq!(push.settings(user(1)).await.expect("settings"), PushSettings::default());
    push.set_badge(user(1), 7).await.expect("badge");
    push.set_alias(user(1), "staff-1", Some("t1")).await.expect("alias");
    push.set_alias(user(2), "staff-1", None).await.expect("alias");
    assert_eq!(push.settings(user(1)).await.expect("settings"), PushSettings { alias: "staff-1".into(), badge: 7 });
    assert_eq!(push.find_users(PushKey::Alias("staff-1")).await.expect("find"), [user(1), user(2)]);
    push.set_alias(user(1), "", None).await.expect("alias");
    assert_eq!(push.find_users(PushKey::Alias("staff-1")).await.expect("find"), [user(2)]);
    assert_eq!(push.find_users(PushKey::Token("t1")).await.expect("find"), [user(1)], "the token stays");
    assert!(push.find_users(PushKey::Alias("")).await.expect("find").is_empty());
    push.delete_user(user(1)).await.expect("delete");
    assert!(push.find_users(PushKey::Token("t1")).await.expect("find").is_empty());
}

/// Tags are a set; users are found by each.
pub async fn push_tags_are_a_set(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let push = tx.push();
    let tags = |list: &[&str]| list.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>();
    push.add_tags(user(1), &tags(&["b", "a"])).await.expect("add");
    push.add_tags(user(1), &tags(&["a"])).await.expect("add");
    push.add_tags(user(2), &tags(&["a"])).await.expect("add");
    assert_eq!(push.tags(user(1)).await.expect("tags"), ["a", "b"]);
    assert_eq!(push.count_tags(user(1)).await.expect("count"), 2);
    assert_eq!(push.find_users(PushKey::Tag("a")).await.expect("find"), [user(1), user(2)]);
    push.remove_tags(user(1), &tags(&["a", "unknown"])).await.expect("remove");
    assert_eq!(push.tags(user(1)).await.expect("tags"), ["b"]);
    push.clear_tags(user(1)).await.expect("clear");
    assert!(push.tags(user(1)).await.expect("tags").is_empty());
    assert_eq!(push.tags(user(2)).await.expect("tags"), ["a"]);
}

/// A request is kept once, and its devices are counted by service and state.
pub async fn push_tasks_are_kept_once(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let tasks = tx.push_tasks();
    let (task, unnamed) = (1 << 52, 7);
    tasks.insert(task, Some("r1"), "{}", 1).await.expect("insert");
    tasks.insert(unnamed, None, "{}", 1).await.expect("insert");
    tasks.insert(8, None, "{}", 1).await.expect("insert");
    assert_eq!(tasks.find_request("r1").await.expect("find"), Some(task));
    assert_eq!(tasks.find_content(task).await.expect("content").as_deref(), Some("{}"));
    let targets: Vec<_> = (0..1200)
        .map(|number| PushTarget { user: user(number + 1), device: DeviceSn(1), channel: (number % 2) as i32 })
        .collect();
    tasks.add_targets(task, &targets).await.expect("targets");
    tasks.delete_user(user(1)).await.expect("delete");
    let mut counts = tasks.count_targets(&[task, unnamed]).await.expect("count");
    counts.sort_by_key(|count| count.channel);
    let count = |channel, devices| PushCount { task, channel, state: 0, devices };
    assert_eq!(counts, [count(0, 599), count(1, 600)]);
    assert_eq!(tasks.filter_known(&[task, unnamed, 999_999]).await.expect("known"), [unnamed, task]);
    tx.commit().await.expect("commit");
    let again = db.begin(app).await.expect("begin");
    assert!(again.push_tasks().insert(9, Some("r1"), "{}", 2).await.expect_err("taken").is_duplicate());
}
