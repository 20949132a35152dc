//! Moving in and out: `Transfer` on a booted server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::{Database, TestApp, TestGroup, TestServer, User, contents_of, pb, text_body};
use cerulean_transfer::{
    ExportEvent, ExportOptions, ExportReport, ImportEvent, ImportOptions, ImportReport, Part, Tally, TransferError,
};
use cerulean_types::AppId;
use serde_json::{Value, json};
use tokio::sync::mpsc;

const HEADER: &str = r#"{"type":"header","format":"cerulean-dump","version":1,"source":"elsewhere"}"#;
/// Of `secret`.
const BCRYPT: &str = "$2b$06$DCq7YPn5Rq63x1Lad4cll.nyo2o.eb3JSmOI9HMzT6oUzwgak5wgO";
/// A moment of 2025.
const PAST: i64 = 1_740_000_000_000;

fn options(file: &Path) -> ImportOptions {
    ImportOptions { file: file.to_owned(), is_dry: false, links_by_name: false }
}

fn dump(folder: &Path, lines: &[Value]) -> PathBuf {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let file = folder.join("dump.jsonl");
    std::fs::write(&file, format!("{HEADER}\n{text}")).unwrap();
    file
}

/// Imports, and answers the report with what was rejected, as line and reason.
async fn import(server: &TestServer, app: AppId, options: ImportOptions) -> (ImportReport, Vec<(u64, String)>) {
    let (sender, mut events) = mpsc::channel(16);
    let telling = async {
        let mut rejected = Vec::new();
        while let Some(event) = events.recv().await {
            if let ImportEvent::Rejected { line, reason, .. } = event {
                rejected.push((line, reason));
            }
        }
        rejected
    };
    let (report, rejected) = tokio::join!(server.parts().transfer.import(app, options, sender), telling);
    (report.unwrap(), rejected)
}

async fn export(server: &TestServer, app: AppId, change: impl FnOnce(&mut ExportOptions)) -> String {
    let (all, files, _) = export_files(server, app, change).await;
    assert!(files.is_empty(), "files go along only when they are asked for");
    all
}

/// Exports the files as well, into a folder named `files`, and the lines with them into `dump.jsonl`.
async fn export_with_files(server: &TestServer, app: AppId, folder: &Path) -> (String, ExportReport) {
    let (all, files, report) =
        export_files(server, app, |options| options.files_folder = Some("files".to_owned())).await;
    for (path, content) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    std::fs::write(folder.join("dump.jsonl"), &all).unwrap();
    (all, report)
}

type FilesByPath = BTreeMap<String, Vec<u8>>;

async fn export_files(
    server: &TestServer,
    app: AppId,
    change: impl FnOnce(&mut ExportOptions),
) -> (String, FilesByPath, ExportReport) {
    let parts = Part::ALL.into();
    let mut options = ExportOptions { parts, since: None, with_password_hashes: false, files_folder: None };
    change(&mut options);
    let (sender, mut events) = mpsc::channel(16);
    let taking = async {
        let (mut all, mut files) = (Vec::new(), FilesByPath::new());
        while let Some(event) = events.recv().await {
            match event {
                ExportEvent::Lines(lines) => all.extend(lines),
                ExportEvent::File { path, piece } => files.entry(path).or_default().extend(piece),
            }
        }
        (String::from_utf8(all).unwrap(), files)
    };
    let (report, (all, files)) = tokio::join!(server.parts().transfer.export(app, options, sender), taking);
    let report = report.unwrap();
    assert_eq!(report.types.values().sum::<u64>(), all.lines().count() as u64);
    assert_eq!(report.files, files.len() as u64);
    (all, files, report)
}

fn without_header(dump: &str) -> Vec<&str> {
    dump.lines().skip(1).collect()
}

fn tally(report: &ImportReport, word: &str) -> (u64, u64, u64) {
    let Tally { imported, repeated, rejected } = report.types.get(word).copied().unwrap_or_default();
    (imported, repeated, rejected)
}

/// Two friends and a group with a past: messages of all sorts, edits, a recall, an answer, marks.
async fn with_a_past(database: Database) -> TestServer {
    let (server, anna, ben) = TestServer::start().database(database).with_friends("anna", "ben").await;
    let carl = server.user("carl").await;
    let group = server.group(&anna, &[&ben, &carl]).await;
    let (mut a, mut b) = (anna.socket().await, ben.socket().await);
    let first = a.text(&ben, "hello ben").await;
    let mut answer = text_body(&anna, "hello anna");
    answer.ext =
        json!({"mine": 1, "reply_to": {"mid": first.server_mid, "from": anna.id.get(), "text": "hello"}}).to_string();
    let meta = b.message(&anna, answer);
    b.send(meta).await;
    let edited = a.text(&group, "draft").await;
    a.edit(&group, OpType::Replace, edited.server_mid, "final").await;
    a.edit(&group, OpType::Append, edited.server_mid, ", really").await;
    let gone = b.text(&group, "oh no").await;
    b.operate(&group, OpType::Recall, gone.server_mid, Some(group.id.get())).await;
    let mut place = text_body(&ben, "");
    place.ctype = pb::message_body::ContentType::Location as i32;
    place.attachment = r#"{"lat":52.50, "lon":13.4, "addr":"北京"}"#.into();
    let meta = a.message(&ben, place);
    a.send(meta).await;
    a.operate(&anna, OpType::ReadAll, 0, Some(ben.id.get())).await;
    b.operate(&ben, OpType::Delete, first.server_mid, Some(anna.id.get())).await;
    anna.rest().post("/roster/block", json!({"user_id": carl.id.get()})).data().await;
    ask_and_share(&server, &anna, &ben, &group).await;
    server
        .admin()
        .post(
            "/message/send",
            json!({"targets": [ben.id.get()], "type": 1, "content_type": 0, "content": "maintenance tonight"}),
        )
        .data()
        .await;
    server
}

/// Requests that nobody answered, announcements and shared files of which the first are gone.
async fn ask_and_share(server: &TestServer, anna: &User, ben: &User, group: &TestGroup) {
    let (dora, emil) = (server.user("dora").await, server.user("emil").await);
    let group_id = group.id.get();
    let rest = anna.rest();
    for number in 0..2 {
        let announced = json!({"group_id": group_id, "title": format!("no {number}"), "content": "read this"});
        rest.post("/group/announcement/edit", announced).data().await;
        let url = "https://files.example.com/plan.txt";
        let shared =
            json!({"group_id": group_id, "name": format!("plan{number}.txt"), "size": 5, "url": url, "type": "text"});
        rest.post("/group/file/upload", shared).data().await;
    }
    let files = rest.get(&format!("/group/file/list?group_id={group_id}")).data().await;
    let (first, second) = (&files[0]["file_id"], &files[1]["file_id"]);
    rest.post("/group/file/delete", json!({"group_id": group_id, "file_list": [first]})).data().await;
    let renamed = json!({"group_id": group_id, "file_id": second, "name": "plan.txt"});
    server.clock.advance(1000);
    rest.post("/group/file/update_name", renamed).data().await;
    dora.rest().post("/roster/apply", json!({"user_id": ben.id.get(), "reason": "我是朵拉"})).data().await;
    dora.rest().post("/group/apply", json!({"group_id": group_id, "reason": "let me in"})).data().await;
    emil.rest().post("/user/settings", json!({"group_confirm": true})).data().await;
    rest.post("/group/invite", json!({"group_id": group_id, "user_list": [emil.id.get()]})).data().await;
}

async fn round_trip(database: Database) {
    let server = with_a_past(database).await;
    let first = export(&server, server.app.id, |options| options.with_password_hashes = true).await;
    for word in [
        "user",
        "friendship",
        "block",
        "application",
        "group",
        "member",
        "announcement",
        "shared_file",
        "group_application",
        "group_invitation",
        "message",
        "replace",
        "append",
        "recall",
        "conversation",
    ] {
        assert!(first.contains(&format!("{{\"type\":\"{word}\"")), "no {word} in {first}");
    }
    let copy: TestApp = server.new_app("copy").await;
    let file = server.folder().join("first.jsonl");
    std::fs::write(&file, &first).unwrap();
    let (_, rejected) = import(&server, copy.id, options(&file)).await;
    assert_eq!(rejected, [], "{first}");
    let second = export(&server, copy.id, |options| options.with_password_hashes = true).await;
    assert_eq!(without_header(&second), without_header(&first));
    let (report, rejected) = import(&server, copy.id, options(&file)).await;
    assert_eq!((tally(&report, "message").0, tally(&report, "user").0, rejected), (0, 0, Vec::new()));
    assert_eq!(export(&server, copy.id, |options| options.with_password_hashes = true).await, second);
    let bare = export(&server, copy.id, |_| {}).await;
    assert!(!bare.contains("argon2") && first.contains("argon2"), "hashes only where they are asked for");
    server.stop().await;
}

#[tokio::test]
async fn export_of_an_import_is_the_same_file() {
    round_trip(Database::Sqlite).await;
}

#[tokio::test]
async fn export_of_an_import_is_the_same_file_on_postgres() {
    if let Some(database) = Database::postgres().await {
        round_trip(database).await;
    }
}

/// What is said to and by users who are removed then, and in a group that is destroyed.
async fn with_departures() -> (TestServer, [User; 3]) {
    let (server, anna, ben) = TestServer::start().with_friends("anna", "ben").await;
    let carl = server.user("carl").await;
    server.make_friends(&anna, &carl).await;
    server.make_friends(&ben, &carl).await;
    let (kept, lost) = (server.group(&anna, &[&ben, &carl]).await, server.group(&anna, &[&ben]).await);
    let (mut a, mut b, mut c) = (anna.socket().await, ben.socket().await, carl.socket().await);
    b.text(&anna, "from ben").await;
    a.text(&ben, "to ben").await;
    b.text(&kept, "ben in the group").await;
    a.text(&lost, "lost").await;
    b.text(&carl, "between the two").await;
    c.text(&kept, "carl in the group").await;
    for user in [&ben, &carl] {
        let password = user.password.clone();
        user.rest().post("/user/delete", json!({"password": password})).data().await;
    }
    anna.rest().post("/group/destroy", json!({"group_id": lost.id.get()})).data().await;
    server.settle().await;
    (server, [anna, ben, carl])
}

#[tokio::test]
async fn what_removed_users_said_survives_a_move() {
    let (server, [anna, ben, carl]) = with_departures().await;
    let first = export(&server, server.app.id, |_| {}).await;
    let file = server.folder().join("first.jsonl");
    std::fs::write(&file, &first).unwrap();
    let copy = server.new_app("copy").await;
    let (_, rejected) = import(&server, copy.id, options(&file)).await;
    assert_eq!(rejected, [], "{first}");
    for said in ["from ben", "to ben", "ben in the group", "carl in the group"] {
        assert!(first.contains(said), "{said}: {first}");
    }
    for said in ["lost", "between the two", "\"ben\"", "\"carl\""] {
        assert!(!first.contains(said), "{said}: {first}");
    }
    assert_eq!(without_header(&export(&server, copy.id, |_| {}).await), without_header(&first));
    let (report, rejected) = import(&server, copy.id, options(&file)).await;
    assert_eq!((tally(&report, "user"), rejected), ((0, 3, 0), vec![]));

    let users = copy.admin().get("/user/list").data().await.to_string();
    assert!(users.contains(&anna.id.to_string()) && !users.contains(&ben.id.to_string()), "{users}");
    let sign_in = copy.anonymous().post("/token/id", json!({"user_id": ben.id.get(), "password": ben.password}));
    assert_ne!(sign_in.code().await, 200, "nobody signs in as him");
    // Into the app they come from, the removed are who they were.
    let (report, rejected) = import(&server, server.app.id, options(&file)).await;
    assert_eq!((tally(&report, "user"), rejected), ((0, 3, 0), vec![]));

    let with_a_name = json!({"type": "user", "id": carl.id.get(), "removed": true, "nick_name": "Carl"});
    let (_, rejected) =
        import(&server, server.new_app("third").await.id, options(&dump(server.folder(), &[with_a_name]))).await;
    assert!(rejected[0].1.contains("nothing else"), "{rejected:?}");
    server.stop().await;
}

fn two_users() -> Vec<Value> {
    vec![
        json!({"type": "user", "id": "@anna:x", "username": "anna", "nick_name": "Anna", "at": PAST}),
        json!({"type": "user", "id": "@ben:x", "username": "ben", "password_hash": BCRYPT, "at": PAST}),
    ]
}

fn message(id: u64, content: &str) -> Value {
    json!({"type": "message", "id": format!("${id}"), "from": "@anna:x", "to_user": "@ben:x", "at": PAST + id as i64, "content": content})
}

#[tokio::test]
async fn imported_messages_are_history_and_not_news() {
    let server = TestServer::start().await;
    let mut lines = two_users();
    lines.extend([message(1, "one"), message(2, "two"), message(3, "three")]);
    lines.push(json!({"type": "replace", "id": "$4", "message": {"id": "$2", "at": PAST + 2}, "from": "@anna:x", "to_user": "@ben:x", "at": PAST + 9, "content": "zwei"}));
    let file = dump(server.folder(), &lines);
    let (report, rejected) = import(&server, server.app.id, options(&file)).await;
    assert_eq!((tally(&report, "message"), tally(&report, "replace"), rejected), ((3, 0, 0), (1, 0, 0), vec![]));

    let found = server.admin().get("/roster/name").query(&[("username", "anna")]).data().await;
    let anna = found["user_id"].as_u64().unwrap();
    let ben =
        server.admin().get("/roster/name").query(&[("username", "ben")]).data().await["user_id"].as_u64().unwrap();
    let token = server.admin().post("/token/id", json!({"user_id": ben, "password": "secret"})).data().await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut device = server.connecting().uid(ben).token(&token).device("1").live().await;
    let unread = device.unread().await;
    assert!(unread.iter().all(|(xid, _, n)| *xid != anna || *n == 0), "all of it counts as read: {unread:?}");
    let page = device.history(anna, 0, 10).await;
    assert_eq!(contents_of(&page.metas), ["three", "zwei", "one"]);
    assert_eq!(page.metas.iter().map(|meta| meta.timestamp as i64).collect::<Vec<_>>(), [PAST + 3, PAST + 2, PAST + 1]);

    lines.push(message(10, "later"));
    std::fs::write(&file, format!("{HEADER}\n{}", lines.iter().map(|line| format!("{line}\n")).collect::<String>()))
        .unwrap();
    let (report, _) = import(&server, server.app.id, options(&file)).await;
    assert_eq!(
        (tally(&report, "message"), tally(&report, "user")),
        ((1, 3, 0), (0, 2, 0)),
        "only what is new comes in"
    );
    let page = device.history(anna, 0, 1).await;
    assert_eq!(contents_of(&page.metas), ["later"]);
    assert!(device.pushes_kept(anna).is_empty(), "history is not pushed");
    server.stop().await;
}

/// The number that a user or a group has here.
fn number_of(dump: &str, word: &str, field: &str, value: &str) -> u64 {
    let found = lines_of(dump, word).into_iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    found.into_iter().find(|line| line[field] == value).unwrap()["id"].as_u64().unwrap()
}

async fn repeats_keep_what_happened(database: Database) {
    let server = TestServer::start().database(database).await;
    let mut lines = two_users();
    lines.push(json!({"type": "user", "id": "@carl:x", "username": "carl", "at": PAST}));
    let carl_asks =
        json!({"type": "application", "from": "@carl:x", "to": "@anna:x", "at": PAST, "expires_at": PAST + 1000});
    lines.extend([
        json!({"type": "friendship", "user": "@anna:x", "peer": "@ben:x", "alias": "Benny", "muted": true}),
        json!({"type": "block", "user": "@anna:x", "peer": "@carl:x"}),
        carl_asks,
    ]);
    for group in ["one", "two"] {
        let member = |id: &str| json!({"type": "member", "group": group, "user": id});
        lines.extend([
            json!({"type": "group", "id": group, "owner": "@anna:x", "name": group}),
            member("@ben:x"),
            json!({"type": "group_block", "group": group, "user": "@carl:x"}),
            json!({"type": "announcement", "id": 1, "group": group, "from": "@anna:x", "title": "t"}),
            json!({"type": "message", "id": group, "from": "@anna:x", "to_group": group, "at": PAST, "content": "hi"}),
        ]);
    }
    lines.push(message(1, "hello"));
    let read = json!({"id": "$1", "at": PAST + 1});
    lines.push(json!({"type": "conversation", "user": "@ben:x", "peer": "@anna:x", "read": read, "pinned": true}));
    let file = dump(server.folder(), &lines);
    let (_, rejected) = import(&server, server.app.id, options(&file)).await;
    assert_eq!(rejected, []);

    let imported = export(&server, server.app.id, |_| {}).await;
    let [anna, ben, carl] = ["anna", "ben", "carl"].map(|name| number_of(&imported, "user", "username", name));
    let [one, two] = ["one", "two"].map(|name| number_of(&imported, "group", "name", name));
    let acting = |user: u64| server.admin().header("user_id", &user.to_string());
    acting(anna).post("/group/kick", json!({"group_id": one, "user_list": [ben]})).data().await;
    acting(anna).post("/group/unblock", json!({"group_id": one, "user_list": [carl]})).data().await;
    acting(anna).post("/group/destroy", json!({"group_id": two})).data().await;
    acting(anna).post("/roster/delete", json!({"user_id": ben})).data().await;
    acting(anna).post("/roster/unblock", json!({"user_id": carl})).data().await;
    server.settle().await;
    let before = export(&server, server.app.id, |_| {}).await;
    for _ in 0..2 {
        let (report, rejected) = import(&server, server.app.id, options(&file)).await;
        assert_eq!(rejected, []);
        assert!(report.types.values().all(|tally| tally.imported == 0), "{report:?}");
        assert_eq!(export(&server, server.app.id, |_| {}).await, before);
    }
    assert_eq!(acting(ben).get("/group/user_joined").data().await, json!([]), "he is in none");

    // What is new for a group that is gone has no place any more.
    let gone = [
        json!({"type": "member", "group": "two", "user": "@carl:x"}),
        json!({"type": "announcement", "id": 2, "group": "two", "from": "@anna:x", "title": "t"}),
        json!({"type": "message", "id": "new", "from": "@anna:x", "to_group": "two", "at": PAST, "content": "hi"}),
    ];
    lines.extend(gone);
    let (report, rejected) = import(&server, server.app.id, options(&dump(server.folder(), &lines))).await;
    assert_eq!(rejected.len(), 3, "{rejected:?}");
    assert!(rejected.iter().all(|(_, reason)| reason == "the group two was destroyed"), "{rejected:?}");
    assert_eq!(tally(&report, "member"), (0, 2, 1));
    server.stop().await;
}

#[tokio::test]
async fn repeated_import_undoes_nothing() {
    repeats_keep_what_happened(Database::Sqlite).await;
}

#[tokio::test]
async fn repeated_import_undoes_nothing_on_postgres() {
    if let Some(database) = Database::postgres().await {
        repeats_keep_what_happened(database).await;
    }
}

#[tokio::test]
async fn people_sign_in_with_hashes_from_elsewhere() {
    let server = TestServer::start().await;
    let argon = server.user("zoe").await;
    let exported = export(&server, server.app.id, |options| options.with_password_hashes = true).await;
    let hash = exported.lines().find_map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        Some(line["password_hash"].as_str()?.to_owned())
    });
    let lines = [
        json!({"type": "user", "id": 1, "username": "anna", "password_hash": BCRYPT}),
        json!({"type": "user", "id": 2, "username": "ben", "password_hash": hash}),
        json!({"type": "user", "id": 3, "username": "carl"}),
        json!({"type": "user", "id": 4, "username": "dora", "password_hash": "md5:5ebe2294ecd0e0f08eab7690d2a6ee69"}),
        json!({"type": "user", "id": 5, "username": "emil", "password_hash": BCRYPT, "frozen": true}),
    ];
    let app = server.new_app("moved").await;
    let (_, rejected) = import(&server, app.id, options(&dump(server.folder(), &lines))).await;
    assert_eq!(rejected.len(), 1);
    assert!(rejected[0].0 == 5 && rejected[0].1.contains("neither Argon2 nor bcrypt"), "{rejected:?}");
    let sign_in = |name: &'static str, password: String| {
        let call = app.anonymous().post("/token/user", json!({"name": name, "password": password}));
        async move { call.code().await }
    };
    assert_eq!(sign_in("anna", "secret".into()).await, 200);
    assert_ne!(sign_in("anna", "Secret".into()).await, 200);
    assert_eq!(sign_in("ben", argon.password.clone()).await, 200);
    for password in ["", "secret", "carl"] {
        assert_ne!(sign_in("carl", password.into()).await, 200, "who has no password signs in with none");
    }
    assert_ne!(sign_in("emil", "secret".into()).await, 200, "frozen users stay out");
    let after = export(&server, app.id, |options| options.with_password_hashes = true).await;
    let of_anna = after.lines().find(|line| line.contains("\"anna\"")).unwrap();
    assert!(of_anna.contains("$argon2id$"), "the first sign-in replaces a foreign hash: {of_anna}");
    assert!(!after.contains("md5"));
    server.stop().await;
}

#[tokio::test]
async fn bad_lines_are_told_by_number_and_left_out() {
    let server = TestServer::start().await;
    server.user("taken").await;
    let mut lines = two_users();
    let bad = [
        (json!({"type": "user", "id": "@c:x", "username": "taken"}), "belongs to another user"),
        (json!({"type": "user", "id": "@d:x", "username": "ANNA"}), "its username is that of a user before it"),
        (json!({"type": "user", "id": "@e:x", "username": "no good"}), "username"),
        (json!({"type": "user", "id": "@f:x", "email": "nothing"}), "e-mail"),
        (json!({"type": "user", "id": "@g:x", "nickname": "x"}), "unknown field `nickname`"),
        (json!({"type": "user", "id": "@h:x", "at": -1}), "no moment"),
        (json!({"type": "friendship", "user": "@anna:x", "peer": "@anna:x"}), "the same"),
        (json!({"type": "friendship", "user": "@anna:x", "peer": "@nobody:x"}), "the user @nobody:x is not there"),
        (json!({"type": "member", "group": "!g", "user": "@anna:x"}), "the group !g is not there"),
        (json!({"type": "message", "id": 1, "from": "@anna:x", "at": PAST}), "neither to_user nor to_group"),
        (json!({"type": "message", "id": 2, "from": "@anna:x", "to_user": "@ben:x", "at": i64::MAX}), "no moment"),
        (
            json!({"type": "message", "id": 3, "from": "@anna:x", "to_user": "@ben:x", "at": PAST, "content": "x".repeat(70_000)}),
            "content has more than",
        ),
        (
            json!({"type": "message", "id": 4, "from": "@anna:x", "to_user": "@ben:x", "at": PAST, "file": "../keys/root"}),
            "below the folder of the dump",
        ),
        (
            json!({"type": "message", "id": 5, "from": "@anna:x", "to_user": "@ben:x", "at": PAST, "file": "missing.png"}),
            "there is no file",
        ),
        (
            json!({"type": "recall", "id": 6, "message": {"id": 99, "at": PAST}, "from": "@anna:x", "to_user": "@ben:x", "at": PAST}),
            "the message it changes",
        ),
        (
            json!({"type": "conversation", "user": "@anna:x", "peer": "@ben:x", "read": {"id": 99, "at": 1}}),
            "is not there",
        ),
        (json!({"type": "header", "format": "cerulean-dump", "version": 1, "source": "x"}), "one header"),
        (json!({"type": "wish"}), "unknown type"),
    ];
    lines.extend(bad.iter().map(|(line, _)| line.clone()));
    let file = dump(server.folder(), &lines);
    for is_dry in [true, false] {
        let (report, mut rejected) = import(&server, server.app.id, ImportOptions { is_dry, ..options(&file) }).await;
        rejected.sort();
        assert_eq!((tally(&report, "user").0, report.is_dry), (2, is_dry));
        // What the log or the database alone can know, a dry run does not.
        let expected = bad.iter().enumerate().filter(|(_, (line, _))| {
            let is_known_later = line["type"] == "recall" || line["type"] == "conversation";
            !(is_dry && is_known_later)
        });
        let expected: Vec<(u64, &str)> = expected.map(|(place, (_, reason))| (place as u64 + 4, *reason)).collect();
        assert_eq!(
            rejected.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            expected.iter().map(|(line, _)| *line).collect::<Vec<_>>()
        );
        for ((line, told), (_, reason)) in rejected.iter().zip(expected) {
            assert!(told.contains(reason), "line {line}: {told}");
        }
        let names = server.admin().get("/user/list").data().await.to_string();
        assert_eq!(
            names.contains("anna") || export(&server, server.app.id, |_| {}).await.contains("\"anna\""),
            !is_dry
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn names_that_are_taken_may_stand_for_who_has_them() {
    let (server, anna, ben) = TestServer::start().with_friends("anna", "ben").await;
    let mut lines = two_users();
    lines.push(message(1, "from before"));
    let file = dump(server.folder(), &lines);
    let (report, rejected) = import(&server, server.app.id, options(&file)).await;
    assert_eq!((tally(&report, "user"), rejected.len()), ((0, 0, 2), 3));
    let (report, rejected) =
        import(&server, server.app.id, ImportOptions { links_by_name: true, ..options(&file) }).await;
    assert_eq!((tally(&report, "user"), tally(&report, "message"), rejected), ((0, 2, 0), (1, 0, 0), vec![]));
    let mut device = ben.socket().await;
    let page = device.history(&anna, 0, 10).await;
    assert_eq!(contents_of(&page.metas), ["from before"]);
    server.stop().await;
}

#[tokio::test]
async fn files_beside_the_dump_come_along_once() {
    let server = TestServer::start().public_url("http://127.0.0.1:1").await;
    std::fs::create_dir(server.folder().join("files")).unwrap();
    std::fs::write(server.folder().join("files/notes.txt"), "the content").unwrap();
    let mut lines = two_users();
    let mut with_file = message(1, "");
    with_file["content_type"] = "file".into();
    with_file["file"] = "files/notes.txt".into();
    lines.push(with_file);
    let file = dump(server.folder(), &lines);
    for _ in 0..2 {
        let (_, rejected) = import(&server, server.app.id, options(&file)).await;
        assert_eq!(rejected, []);
    }
    let exported = export(&server, server.app.id, |_| {}).await;
    let message: Value = exported
        .lines()
        .find(|line| line.contains("\"message\""))
        .map(|line| serde_json::from_str(line).unwrap())
        .unwrap();
    assert_eq!(
        (message["attachment"]["dName"].as_str(), message["attachment"]["fLen"].as_u64()),
        (Some("notes.txt"), Some(11))
    );
    let url = message["attachment"]["url"].as_str().unwrap();
    let path = url.strip_prefix("http://127.0.0.1:1").unwrap();
    let answer = server.app.anonymous().get(path).send().await;
    assert_eq!(answer.text(), "the content");
    server.stop().await;
}

#[tokio::test]
async fn stopped_import_goes_on_where_it_was() {
    const MESSAGES: u64 = 40_000;
    let server = TestServer::start().await;
    let mut lines = two_users();
    lines.extend((0..MESSAGES).map(|id| message(id + 1, "x")));
    let file = dump(server.folder(), &lines);
    // Nobody listens any more after the first portion, as when the command line is killed.
    let (sender, mut events) = mpsc::channel(1);
    let transfer = server.parts().transfer.clone();
    let stopped = transfer.import(server.app.id, options(&file), sender);
    let leaving = async move { events.recv().await.is_some() };
    let (outcome, was_told) = tokio::join!(stopped, leaving);
    assert!(was_told && matches!(outcome, Err(TransferError::Abandoned)), "{outcome:?}");
    let (report, rejected) = import(&server, server.app.id, options(&file)).await;
    assert!(report.resumed_after_line > 1, "{report:?}");
    assert_eq!(rejected, []);
    let (imported, repeated, _) = tally(&report, "message");
    assert_eq!(imported + repeated, MESSAGES);
    let exported = export(&server, server.app.id, |options| options.parts = [Part::Messages].into()).await;
    let ids: Vec<i64> = exported
        .lines()
        .filter_map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            (line["type"] == "message").then(|| line["at"].as_i64().unwrap() - PAST)
        })
        .collect();
    assert_eq!(ids, (1..=MESSAGES as i64).collect::<Vec<_>>(), "each once, in order");
    server.stop().await;
}

#[tokio::test]
async fn imports_stay_in_their_app() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let file = dump(server.folder(), &two_users());
    import(&server, server.app.id, options(&file)).await;
    assert_eq!(without_header(&export(&server, other.id, |_| {}).await), [] as [&str; 0]);
    let mut lines = two_users();
    lines[0] = message(1, "to strangers");
    lines.truncate(1);
    let (_, rejected) = import(&server, other.id, options(&dump(server.folder(), &lines))).await;
    assert!(rejected[0].1.contains("is not there"), "ids of a source are known in the app they came into only");
    server.stop().await;
}

#[tokio::test]
async fn exports_can_be_parts() {
    let server = with_a_past(Database::Sqlite).await;
    let users = export(&server, server.app.id, |options| options.parts = [Part::Users].into()).await;
    assert!(without_header(&users).iter().all(|line| line.starts_with("{\"type\":\"user\"")));
    let all = export(&server, server.app.id, |_| {}).await;
    let times: Vec<i64> = all
        .lines()
        .filter_map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            (line["type"] == "message").then(|| line["at"].as_i64().unwrap())
        })
        .collect();
    let last = *times.iter().max().unwrap();
    let since = export(&server, server.app.id, |options| options.since = Some(last)).await;
    let count = |dump: &str| dump.lines().filter(|line| line.starts_with("{\"type\":\"message\"")).count();
    assert!(count(&since) >= 1 && count(&since) < count(&all));
    server.stop().await;
}

/// Runs Python in `contrib/import`; nothing where there is none, which is a failure where `CI` is set.
fn python(arguments: &[&str]) -> Option<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contrib/import");
    let Ok(output) = std::process::Command::new("python3").arg("-B").args(arguments).current_dir(folder).output()
    else {
        assert!(std::env::var_os("CI").is_none(), "python3 must be there in CI");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

#[test]
fn converters_pass_their_own_tests() {
    python(&["-m", "unittest", "discover"]);
}

#[tokio::test]
async fn samples_of_other_systems_are_let_in_whole() {
    let users = "samples/matrix/users.json";
    let direct = "samples/matrix/direct.json";
    let matrix =
        ["matrix.py", "--source", "m", "--users", users, "--files", "samples/matrix/files", "--direct", direct];
    let matrix: Vec<&str> = matrix.into_iter().chain(["--", "samples/matrix/team.json"]).collect();
    let openim = ["openim.py", "--source", "o", "samples/openim"];
    let (Some(matrix), Some(openim)) = (python(&matrix), python(&openim)) else { return };
    let server = TestServer::start().await;
    std::fs::create_dir(server.folder().join("files")).unwrap();
    std::fs::write(server.folder().join("files/plan.txt"), "the plan\n").unwrap();
    for (slug, dump, expected) in [
        ("matrix", matrix, [("user", 4), ("group", 1), ("member", 3), ("message", 7), ("replace", 1), ("recall", 1)]),
        (
            "openim",
            openim,
            [("user", 3), ("group", 1), ("member", 3), ("message", 7), ("friendship", 2), ("recall", 1)],
        ),
    ] {
        let app = server.new_app(slug).await;
        let file = server.folder().join(slug);
        std::fs::write(&file, dump).unwrap();
        let (report, rejected) = import(&server, app.id, options(&file)).await;
        assert_eq!(rejected, []);
        for (word, count) in expected {
            assert_eq!(tally(&report, word), (count, 0, 0), "{slug}: {word}");
        }
    }
    server.stop().await;
}

/// Uploads a file: its address.
async fn upload(server: &TestServer, user: &User, name: &str, content: &[u8]) -> String {
    let addresses = user.rest().get("/file/upload/chat?file_type=100&to_type=1&to_id=0").data().await;
    let part = reqwest::multipart::Part::bytes(content.to_owned()).file_name(name.to_owned());
    let form = reqwest::multipart::Form::new().part("file", part);
    let put = server.raw().call(http::Method::POST, addresses["upload_url"].as_str().unwrap()).multipart(form);
    let answer = put.send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.code(), 200, "{}", answer.text());
    addresses["download_url"].as_str().unwrap().to_owned()
}

/// Two friends and a group who sent each other the same file and another.
async fn with_files() -> (TestServer, String) {
    let (server, anna, ben) = TestServer::start().with_friends("anna", "ben").await;
    let group = server.group(&anna, &[&ben]).await;
    let (same, again) = (
        upload(&server, &anna, "报告.txt", b"the report").await,
        upload(&server, &ben, "报告.txt", b"the report").await,
    );
    let other = upload(&server, &ben, "a b (1).bin", &vec![7; 700_000]).await;
    let foreign = "https://elsewhere.example.com/file/download/chat?file_sign=AAAA".to_owned();
    let mut socket = anna.socket().await;
    for url in [&same, &again, &other, &foreign] {
        let mut body = text_body(&ben, "");
        body.ctype = pb::message_body::ContentType::File as i32;
        body.attachment = json!({"url": url, "dName": "shown", "fLen": 10}).to_string();
        let meta = socket.message(&ben, body);
        socket.send(meta).await;
    }
    let shared = json!({"group_id": group.id.get(), "name": "report.txt", "size": 10, "url": same, "type": "text"});
    anna.rest().post("/group/file/upload", shared).data().await;
    (server, same)
}

fn lines_of<'a>(dump: &'a str, word: &str) -> Vec<&'a str> {
    let start = format!("{{\"type\":\"{word}\"");
    dump.lines().filter(|line| line.starts_with(&start)).collect()
}

#[tokio::test]
async fn files_go_along_once_each_and_open_where_they_come_to() {
    let (server, _) = with_files().await;
    let (first_folder, second_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, report) = export_with_files(&server, server.app.id, first_folder.path()).await;
    assert_eq!((report.files, report.missing_files), (2, 0), "{first}");
    let messages = lines_of(&first, "message");
    assert_eq!(messages.iter().filter(|line| line.contains("\"file\":\"files/")).count(), 3, "{first}");
    assert!(messages[3].contains("https://elsewhere.example.com/") && !messages[3].contains("sha256"));
    assert!(!messages[0].contains("file_sign") && !lines_of(&first, "shared_file")[0].contains("file_sign"));
    let copy = server.new_app("copy").await;
    let dump = first_folder.path().join("dump.jsonl");
    for _ in 0..2 {
        let (_, rejected) = import(&server, copy.id, options(&dump)).await;
        assert_eq!(rejected, []);
    }
    let (second, _) = export_with_files(&server, copy.id, second_folder.path()).await;
    assert_eq!(without_header(&second), without_header(&first));
    let plain = export(&server, copy.id, |_| {}).await;
    let opens = async |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let url = line["attachment"]["url"].as_str().or(line["url"].as_str()).unwrap().to_owned();
        let path = &url[url.find("/file/").unwrap()..];
        copy.anonymous().get(path).send().await.text()
    };
    assert_eq!(opens(lines_of(&plain, "message")[0]).await, "the report");
    assert_eq!(opens(lines_of(&plain, "message")[2]).await.len(), 700_000);
    assert_eq!(opens(lines_of(&plain, "shared_file")[0]).await, "the report");
    server.stop().await;
}

fn picture(side: u32) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(side, side, |x, y| image::Rgb([x as u8, y as u8, 7]));
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

/// Uploads a picture of a user or a group: its address.
async fn upload_picture(server: &TestServer, user: &User, whose: &str, content: &[u8]) -> String {
    let addresses = user.rest().get(&format!("/file/upload/avatar/{whose}")).data().await;
    let part = reqwest::multipart::Part::bytes(content.to_owned()).file_name("me.png".to_owned());
    let form = reqwest::multipart::Form::new().part("file", part);
    let put = server.raw().call(http::Method::POST, addresses["upload_url"].as_str().unwrap()).multipart(form);
    assert_eq!(put.send().await.code(), 200);
    addresses["download_url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pictures_of_users_and_groups_go_along() {
    let (server, anna, ben) = TestServer::start().with_friends("anna", "ben").await;
    let group = server.group(&anna, &[&ben]).await;
    let (hers, its) = (picture(40), picture(50));
    let of_anna = upload_picture(&server, &anna, "user", &hers).await;
    let of_group = upload_picture(&server, &anna, "group", &its).await;
    anna.rest().post("/user/avatar", json!({"avatar": of_anna})).data().await;
    anna.rest().post("/group/info/avatar", json!({"group_id": group.id.get(), "value": of_group})).data().await;
    ben.rest().post("/user/avatar", json!({"avatar": "https://elsewhere.example.com/ben.png"})).data().await;
    let (first_folder, second_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, report) = export_with_files(&server, server.app.id, first_folder.path()).await;
    assert_eq!((report.files, report.missing_files), (2, 0), "{first}");
    assert!(!first.contains("file_sign") && first.contains("https://elsewhere.example.com/ben.png"), "{first}");
    let copy = server.new_app("copy").await;
    let dump = first_folder.path().join("dump.jsonl");
    for _ in 0..2 {
        let (_, rejected) = import(&server, copy.id, options(&dump)).await;
        assert_eq!(rejected, []);
    }
    let (second, _) = export_with_files(&server, copy.id, second_folder.path()).await;
    assert_eq!(without_header(&second), without_header(&first));
    let plain = export(&server, copy.id, |_| {}).await;
    for (word, content) in [("user", &hers), ("group", &its)] {
        let ours = lines_of(&plain, word).into_iter().find(|line| line.contains("file_sign")).unwrap();
        let line: Value = serde_json::from_str(ours).unwrap();
        let url = line["avatar"].as_str().unwrap();
        assert!(url.contains("/file/download/avatar?"), "{url}");
        let answer = copy.anonymous().get(&url[url.find("/file/").unwrap()..]).send().await;
        assert_eq!((answer.header("content-type"), &answer.bytes[..]), ("image/png", &content[..]));
    }

    // What is no picture is told before anything else is.
    for entry in walk(&first_folder.path().join("files")) {
        std::fs::write(entry, "<html>").unwrap();
    }
    let other = server.new_app("other").await;
    for is_dry in [true, false] {
        let (_, rejected) = import(&server, other.id, ImportOptions { is_dry, ..options(&dump) }).await;
        assert!(rejected.iter().any(|(_, reason)| reason.contains("is damaged")), "{rejected:?}");
    }
    server.stop().await;
}

/// All files below a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test]
async fn damaged_and_missing_files_are_told() {
    let (server, same) = with_files().await;
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = export_with_files(&server, server.app.id, folder.path()).await;
    let line: Value = serde_json::from_str(lines_of(&first, "message")[0]).unwrap();
    let file = folder.path().join(line["file"].as_str().unwrap());
    std::fs::write(&file, "another report").unwrap();
    let copy = server.new_app("copy").await;
    let dump = folder.path().join("dump.jsonl");
    for (change, reason) in [("another report", "is damaged"), ("", "there is no file")] {
        if change.is_empty() {
            std::fs::remove_file(&file).unwrap();
        }
        for is_dry in [true, false] {
            let (_, rejected) = import(&server, copy.id, ImportOptions { is_dry, ..options(&dump) }).await;
            assert_eq!(rejected.len(), 3, "{rejected:?}");
            assert!(rejected.iter().all(|(_, told)| told.contains(reason)), "{rejected:?}");
        }
    }
    // What the server itself has lost is told as well, and the rest goes along.
    std::fs::remove_dir_all(server.folder().join("blobs")).unwrap();
    let (after, _, report) =
        export_files(&server, server.app.id, |options| options.files_folder = Some("files".into())).await;
    assert_eq!((report.files, report.missing_files), (0, 4));
    assert!(lines_of(&after, "message")[0].contains(same.split("file_sign=").nth(1).unwrap()));
    server.stop().await;
}

#[tokio::test]
async fn bad_requests_and_shared_files_are_told() {
    let server = TestServer::start().await;
    let mut lines = two_users();
    let (one, other) = (lines[0]["id"].clone(), lines[1]["id"].clone());
    let group = json!({"type": "group", "id": "g", "owner": one});
    let good = json!({"type": "application", "from": one, "to": other, "at": PAST, "expires_at": PAST + 1000});
    let shared = json!({"type": "shared_file", "id": 1, "group": "g", "from": one, "name": "a", "url": "/a"});
    let invited =
        json!({"type": "group_invitation", "group": "g", "from": one, "to": other, "at": PAST, "expires_at": PAST + 1});
    let with = |line: &Value, field: &str, value: Value| {
        let mut line = line.clone();
        line[field] = value;
        line
    };
    let bad = [
        with(&good, "to", one.clone()),
        with(&good, "to", "nobody".into()),
        with(&good, "expires_at", PAST.into()),
        with(&good, "expires_at", i64::MAX.into()),
        with(&good, "reason", "x".repeat(20_000).into()),
        with(&shared, "url", "javascript:alert(1)".into()),
        with(&shared, "url", "".into()),
        with(&shared, "name", "a/b".into()),
        with(&shared, "file", "../secret".into()),
        with(&shared, "group", "nowhere".into()),
        with(&invited, "from", "nobody".into()),
        with(&invited, "group", "nowhere".into()),
    ];
    lines.extend([group, good, shared, invited]);
    let first_bad = lines.len() as u64 + 2;
    lines.extend(bad.clone());
    let file = dump(server.folder(), &lines);
    let (report, rejected) = import(&server, server.app.id, options(&file)).await;
    let mut numbers: Vec<u64> = rejected.iter().map(|(line, _)| *line).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (first_bad..first_bad + bad.len() as u64).collect::<Vec<_>>(), "{rejected:?}");
    for word in ["application", "shared_file", "group_invitation"] {
        assert_eq!(tally(&report, word).0, 1, "{word}");
    }
    let (report, _) = import(&server, server.app.id, options(&file)).await;
    assert_eq!((tally(&report, "shared_file").1, tally(&report, "group_invitation").1), (1, 1));
    server.stop().await;
}
