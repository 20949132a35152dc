//! Announcements and shared files.

use super::*;

fn file(group: GroupId, name: &str) -> ShareFile {
    let url = "https://example.org/f?file_sign=1".to_owned();
    ShareFile { group, name: name.into(), size: 7, url, content_type: "text/plain".into() }
}

#[tokio::test]
async fn announcements_are_put_up_by_admins_and_read_by_members() {
    let bench = Bench::start().await;
    let [alice, bob, carol] = bench.users().await;
    let group = bench.group(alice, &[bob]).await;
    let new = |title: &str| Announce { group, title: title.into(), content: "um acht".into() };
    assert_code(act!(bench, bob, announce(new("x"))), Code::NeedsGroupAdmin);
    assert_code(act!(bench, bob, require_last_announcement(group)), Code::AnnouncementNotFound);
    let first = act!(bench, alice, announce(new("Probe"))).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::AnnouncementUpdated, alice, &[], "")]);
    let second = act!(bench, alice, announce(new("Konzert"))).unwrap();
    assert_eq!(act!(bench, bob, list_announcements(group)).unwrap(), vec![first.clone(), second.clone()]);
    assert_eq!(act!(bench, bob, require_last_announcement(group)).unwrap(), second);
    assert_eq!(act!(bench, bob, require_announcement(group, first.id)).unwrap(), first);
    assert_code(act!(bench, carol, list_announcements(group)), Code::NotGroupMember);
    assert_code(act!(bench, bob, remove_announcement(group, first.id)), Code::NeedsGroupAdmin);
    act!(bench, alice, remove_announcement(group, first.id)).unwrap();
    assert_code(act!(bench, alice, remove_announcement(group, first.id)), Code::AnnouncementNotFound);
    assert_code(act!(bench, bob, require_announcement(group, first.id)), Code::AnnouncementNotFound);
    let long = Announce { group, title: String::new(), content: "x".repeat(4097) };
    assert_code(act!(bench, alice, announce(long)), Code::BadParameter);
}

#[tokio::test]
async fn files_belong_to_who_shared_them_and_to_admins() {
    let bench = Bench::start().await;
    let [alice, bob, carol, dave] = bench.users().await;
    let group = bench.group(alice, &[bob, carol]).await;
    let shared = act!(bench, bob, share_file(file(group, "Noten.txt"))).unwrap();
    let content = format!(r#"{{"file_id":{}}}"#, shared.id);
    assert_told(bench.hear(), vec![to_group(group, Type::FileUploaded, bob, &[], &content)]);
    assert_eq!(act!(bench, carol, list_files(group)).unwrap(), vec![shared.clone()]);
    assert_eq!(act!(bench, carol, require_file(group, shared.id)).unwrap(), shared);
    assert_code(act!(bench, dave, list_files(group)), Code::NotGroupMember);
    assert_code(act!(bench, dave, share_file(file(group, "x"))), Code::NotGroupMember);

    assert_code(act!(bench, carol, rename_file(group, shared.id, "x")), Code::SharedFileForbidden);
    assert_code(act!(bench, bob, rename_file(group, 99, "x")), Code::SharedFileNotFound);
    act!(bench, bob, rename_file(group, shared.id, "Lieder.txt")).unwrap();
    assert_told(bench.hear(), vec![to_group(group, Type::FileUpdated, bob, &[], &content)]);
    assert_eq!(act!(bench, carol, require_file(group, shared.id)).unwrap().name, "Lieder.txt");

    let outcomes = act!(bench, carol, remove_files(group, &[shared.id, 99])).unwrap();
    assert!(matches!(outcomes[0].result, Err(GroupError::FileForbidden)));
    assert!(matches!(outcomes[1].result, Err(GroupError::FileNotFound)));
    assert_told(bench.hear(), vec![]);
    let outcomes = act!(bench, alice, remove_files(group, &[shared.id])).unwrap();
    assert!(outcomes[0].result.is_ok());
    let content = format!(r#"{{"file_list":[{}]}}"#, shared.id);
    assert_told(bench.hear(), vec![to_group(group, Type::FileDeleted, alice, &[], &content)]);
    assert_code(act!(bench, bob, require_file(group, shared.id)), Code::SharedFileNotFound);
}

#[tokio::test]
async fn files_with_bad_names_and_addresses_are_refused() {
    let bench = Bench::start().await;
    let [alice] = bench.users().await;
    let group = bench.group(alice, &[]).await;
    for name in ["", "  ", "../passwd", "a\\b", "a\0b", &"n".repeat(256)] {
        assert_code(act!(bench, alice, share_file(file(group, name))), Code::BadParameter);
    }
    for url in ["", "javascript:alert(1)", "data:text/html,x", "//example.org/x", "file:///etc/passwd"] {
        let bad = ShareFile { url: url.into(), ..file(group, "x") };
        assert_code(act!(bench, alice, share_file(bad)), Code::BadParameter);
    }
    let bad = ShareFile { size: -1, ..file(group, "x") };
    assert_code(act!(bench, alice, share_file(bad)), Code::BadParameter);
}
