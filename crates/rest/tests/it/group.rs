//! Groups, as clients call them: shapes, lenient numbers, twins, codes.

use serde_json::{Value, json};

use crate::bench::Bench;

/// Someone with a token.
struct Person {
    id: u64,
    token: String,
}

impl Bench {
    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Value {
        let mut call = self.call(method, path).body(body);
        for (name, value) in headers {
            call = call.header(name, value);
        }
        let answer = call.send().await;
        assert_eq!(answer.status, 200, "{path}");
        answer.body
    }

    async fn post(&self, who: &Person, path: &str, body: Value) -> Value {
        self.ask("POST", path, &[("access-token", &who.token)], body).await
    }

    async fn get(&self, who: &Person, path: &str) -> Value {
        self.ask("GET", path, &[("access-token", &who.token)], Value::Null).await
    }

    async fn person(&self, name: &str) -> Person {
        let (id, token) = self.user(name).await;
        Person { id, token }
    }

    async fn group(&self, owner: &Person, others: &[&Person]) -> u64 {
        let ids: Vec<u64> = others.iter().map(|person| person.id).collect();
        let answer = self.post(owner, "/group/create", json!({ "name": "Chor", "user_list": ids })).await;
        answer["data"]["group_id"].as_u64().unwrap()
    }
}

#[track_caller]
fn assert_fields(object: &Value, fields: &[&str]) {
    let mut names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = fields.to_vec();
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert!(object.as_object().unwrap().values().all(|value| !value.is_null()), "{object}");
}

const INFO: &[&str] = &[
    "group_id",
    "name",
    "avatar",
    "description",
    "ext",
    "owner_id",
    "owner",
    "type",
    "status",
    "count",
    "capacity",
    "created_at",
    "updated_at",
    "apply_approval",
    "ban_expire_time",
    "hide_member_info",
    "history_visible",
    "member_invite",
    "member_modify",
    "msg_mute_mode",
    "msg_push_mode",
    "not_disturb",
    "read_ack",
];
const MEMBER: &[&str] = &["user_id", "display_name", "join_time", "avatar", "expired_time"];

#[tokio::test]
async fn group_is_made_seen_and_changed() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.person("alice").await, bench.person("bob").await);
    let new = json!({ "name": "Chor", "type": "1", "description": "d", "user_list": [bob.id.to_string()] });
    let info = bench.post(&alice, "/group/create", new).await["data"].clone();
    assert_fields(&info, INFO);
    assert_eq!((&info["count"], &info["owner_id"], &info["type"]), (&json!(2), &json!(alice.id), &json!(1)));
    let group = info["group_id"].as_u64().unwrap();
    assert_eq!(bench.get(&bob, "/group/user_joined?").await["data"], json!([group]));
    assert_eq!(bench.get(&bob, "/group/public_list?").await["data"], json!([group]));

    let rename = json!({ "group_id": group.to_string(), "value": "Neu" });
    assert_eq!(bench.post(&alice, "/group/info/name", rename.clone()).await["data"], json!(true));
    let token = [("access-token", alice.token.as_str())];
    assert_eq!(bench.ask("PUT", "/group/info/name", &token, rename).await["code"], 200);
    let on = json!({ "group_id": group, "value": true });
    assert_eq!(bench.post(&alice, "/group/settings/enable_read_ack", on).await["data"], json!(true));
    let info = bench.get(&bob, &format!("/group/info?group_id={group}")).await["data"].clone();
    assert_eq!((&info["name"], &info["read_ack"]), (&json!("Neu"), &json!(true)));
    assert_eq!(bench.get(&bob, &format!("/group/settings?group_id={group}")).await["data"], info);
    let batch = bench.post(&bob, "/group/info/batch", json!({ "group_list": [group, 17, "18"] })).await;
    assert_eq!(batch["data"], json!([info]));
}

#[tokio::test]
async fn refusals_are_codes() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.person("alice").await, bench.person("bob").await);
    let group = bench.group(&alice, &[&bob]).await;
    let code = async |who: &Person, path: &str, body: Value| bench.post(who, path, body).await["code"].clone();
    let one = json!({ "group_id": group });
    assert_eq!(code(&bob, "/group/destroy", one.clone()).await, 20013);
    assert_eq!(code(&alice, "/group/leave", one.clone()).await, 20004);
    assert_eq!(code(&alice, "/group/leave", json!({ "group_id": 17 })).await, 20001);
    assert_eq!(code(&alice, "/group/leave", json!({})).await, 10002);
    assert_eq!(code(&alice, "/group/create", json!({ "user_list": [8] })).await, 10000);
    assert_eq!(code(&alice, "/group/create", json!({ "type": 300 })).await, 10002);
    assert_eq!(code(&alice, "/group/ban", json!({ "group_id": group, "duration": 0 })).await, 10002);
    assert_eq!(bench.ask("GET", "/group/user_joined", &[], Value::Null).await["code"], 402);
    let bad_limit = format!("/group/member_list?group_id={group}&limit=0");
    assert_eq!(bench.get(&alice, &bad_limit).await["code"], 10002);
    let bad_cursor = format!("/group/member_list?group_id={group}&cursor=x");
    assert_eq!(bench.get(&alice, &bad_cursor).await["code"], 10002);
    let answer = bench.post(&bob, "/group/destroy", one).await;
    assert_eq!((&answer["data"], answer["message"].is_string()), (&Value::Null, true));
}

#[tokio::test]
async fn members_come_and_go() {
    let bench = Bench::start().await;
    let (alice, bob, carol) = (bench.person("alice").await, bench.person("bob").await, bench.person("carol").await);
    let group = bench.group(&alice, &[]).await;
    let users = |ids: &[u64]| json!({ "group_id": group, "user_list": ids });
    let answer = bench.post(&alice, "/group/invite", users(&[bob.id, 8])).await;
    let expected = json!([
        { "user_id": bob.id, "result": "success", "reason": "" },
        { "user_id": 8, "result": "fail", "reason": "user not found" },
    ]);
    assert_eq!(answer["data"], expected);

    let applied = bench.post(&carol, "/group/apply", json!({ "group_id": group, "reason": "r" })).await;
    assert_eq!(applied["data"], json!({ "user_id": carol.id, "result": "success", "reason": "" }));
    let list = bench.post(&alice, "/group/application_list", json!({ "group_list": [group, 18] })).await;
    assert_fields(&list["data"][0], &["group_id", "applicant_id", "reason", "status", "expired_time"]);
    assert_eq!((&list["total"], &list["cursor"]), (&json!(1), &json!("")));
    let yes = json!({ "group_id": group, "user_id": carol.id, "approval": "true" });
    assert_eq!(bench.post(&alice, "/group/apply/handle", yes.clone()).await["data"]["result"], "success");
    assert_eq!(bench.post(&alice, "/group/apply/handle", yes).await["code"], 20014);

    let members = bench.get(&bob, &format!("/group/member_list?group_id={group}")).await;
    assert_fields(&members["data"][0], MEMBER);
    assert_eq!((members["data"].as_array().unwrap().len(), &members["cursor"]), (3, &json!("")));
    let page = bench.get(&bob, &format!("/group/member_list?group_id={group}&limit=2")).await;
    let cursor = page["cursor"].as_str().unwrap();
    assert_eq!((page["data"].as_array().unwrap().len(), &page["total"]), (2, &json!(3)));
    let rest = bench.get(&bob, &format!("/group/member_list?group_id={group}&limit=2&cursor={cursor}")).await;
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["cursor"]), (1, &json!("")));
    let named = bench.post(&bob, "/group/members/display_name", users(&[carol.id])).await;
    assert_eq!(named["data"][0]["user_id"], carol.id);

    assert_eq!(bench.post(&alice, "/group/kick", users(&[carol.id])).await["data"][0]["result"], "success");
    assert_eq!(bench.post(&alice, "/group/block", users(&[carol.id])).await["data"][0]["result"], "success");
    let blocked = bench.get(&alice, &format!("/group/blocked_list?group_id={group}")).await;
    assert_fields(&blocked["data"][0], &["user_id", "group_id", "created_at"]);
    assert!(blocked["data"][0]["created_at"].is_string());
    assert_eq!(bench.post(&carol, "/group/apply", json!({ "group_id": group })).await["code"], 20018);
    let token = [("access-token", alice.token.as_str())];
    let lifted = bench.ask("DELETE", "/group/unblock", &token, users(&[carol.id])).await;
    assert_eq!(lifted["data"][0]["result"], "success");
    assert_eq!(bench.post(&bob, &format!("/group/leave?group_id={group}"), json!({})).await["data"], json!(true));
}

#[tokio::test]
async fn invitations_are_listed_and_answered() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.person("alice").await, bench.person("bob").await);
    bench.post(&bob, "/user/settings", json!({ "user_id": bob.id, "group_confirm": true })).await;
    let group = bench.group(&alice, &[&bob]).await;
    let list = bench.get(&bob, "/group/invitation_list?").await;
    let fields = ["group_id", "inviter_id", "invitee_id", "reason", "status", "expired_time", "updated_at"];
    assert_fields(&list["data"][0], &fields);
    assert_eq!((&list["data"][0]["inviter_id"], &list["data"][0]["status"]), (&json!(alice.id), &json!(0)));
    let yes = json!({ "group_id": group, "user_id": bob.id, "approval": true });
    assert_eq!(bench.post(&bob, "/group/invite/handle", yes.clone()).await["data"], json!(true));
    assert_eq!(bench.post(&bob, "/group/invite/handle", yes).await["code"], 20015);
    assert_eq!(bench.get(&bob, "/group/user_joined").await["data"], json!([group]));
}

#[tokio::test]
async fn ranks_and_bans_are_shown() {
    let bench = Bench::start().await;
    let (alice, bob, carol) = (bench.person("alice").await, bench.person("bob").await, bench.person("carol").await);
    let group = bench.group(&alice, &[&bob, &carol]).await;
    let users = |ids: &[u64]| json!({ "group_id": group, "user_list": ids });
    bench.post(&alice, "/group/admin/add", users(&[bob.id])).await;
    let admins = bench.get(&carol, &format!("/group/admin_list?group_id={group}")).await;
    assert_fields(&admins["data"][0], MEMBER);
    assert_eq!((&admins["data"][0]["user_id"], admins["data"].as_array().unwrap().len()), (&json!(bob.id), 1));
    let mut ban = users(&[carol.id]);
    ban["duration"] = json!(-1);
    assert_eq!(bench.post(&bob, "/group/ban", ban).await["data"][0]["result"], "success");
    let banned = bench.get(&carol, &format!("/group/banned_list?group_id={group}")).await;
    assert_eq!((&banned["data"][0]["expired_time"], &banned["total"]), (&json!(-1), &json!(1)));
    bench.post(&bob, "/group/unban", users(&[carol.id])).await;
    assert_eq!(bench.get(&carol, &format!("/group/banned_list?group_id={group}")).await["total"], 0);

    let all = bench.post(&bob, "/group/settings/ban_all", json!({ "group_id": group, "duration": -1 })).await;
    assert_eq!(all["data"], json!({ "ban_expire_time": -1 }));
    assert_eq!(bench.post(&bob, "/group/settings/unban_all", json!({ "group_id": group })).await["data"], json!(true));
    let to = json!({ "group_id": group, "new_owner": bob.id });
    assert_eq!(bench.post(&alice, "/group/transfer", to).await["data"]["result"], "success");
    let mode = json!({ "group_id": group, "msg_mute_mode": 2 });
    assert_eq!(bench.post(&carol, "/group/msg/mute_mode", mode).await["data"], json!(true));
    let push = json!({ "group_id": group, "msg_push_mode": 9 });
    assert_eq!(bench.post(&carol, "/group/msg/push_mode", push).await["code"], 20003);
    let quiet = json!({ "group_id": group, "value": true });
    assert_eq!(bench.post(&carol, "/group/msg/not_disturb", quiet).await["data"], json!(true));
    let shown = bench.get(&carol, &format!("/group/info?group_id={group}")).await;
    assert_eq!(shown["data"]["not_disturb"], true);
    let shown = bench.get(&bob, &format!("/group/info?group_id={group}")).await;
    assert_eq!(shown["data"]["not_disturb"], false, "each for himself");
    let name = json!({ "group_id": group, "value": "C" });
    assert_eq!(bench.post(&carol, "/group/display_name", name).await["data"], json!(true));
    let approval = json!({ "group_id": group, "apply_approval": 2 });
    assert_eq!(bench.post(&bob, "/group/settings/require_admin_approval", approval).await["data"], json!(true));
}

#[tokio::test]
async fn announcements_and_files_are_shared() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.person("alice").await, bench.person("bob").await);
    let group = bench.group(&alice, &[&bob]).await;
    let new = json!({ "group_id": group, "title": "t", "content": "c" });
    let made = bench.post(&alice, "/group/announcement/edit", new).await["data"].clone();
    assert_fields(&made, &["id", "group_id", "author", "title", "content", "created_at"]);
    let which = format!("group_id={group}&announcement_id={}", made["id"]);
    assert_eq!(bench.get(&bob, &format!("/group/announcement?{which}")).await["data"], made);
    assert_eq!(bench.get(&bob, &format!("/group/announcement/last?group_id={group}")).await["data"], made);
    assert_eq!(bench.get(&bob, &format!("/group/announcement/list?group_id={group}")).await["data"], json!([made]));
    let delete = format!("/group/announcement/delete?{which}");
    assert_eq!(bench.post(&alice, &delete, json!({})).await["data"], json!(true));
    assert_eq!(bench.post(&alice, &delete, json!({})).await["code"], 20020);

    let new = json!({ "group_id": group, "name": "n.txt", "size": "3", "url": "https://example.org/f", "type": 100 });
    let file = bench.post(&bob, "/group/file/upload", new).await["data"].clone();
    let fields = ["file_id", "group_id", "name", "size", "type", "uploader", "url", "created_at", "updated_at"];
    assert_fields(&file, &fields);
    assert_eq!((&file["url"], &file["type"]), (&json!("https://example.org/f?"), &json!("100")));
    assert_eq!(bench.get(&alice, &format!("/group/file/list?group_id={group}")).await["data"], json!([file]));
    let rename = json!({ "group_id": group, "file_id": file["file_id"], "name": "m.txt" });
    assert_eq!(bench.post(&bob, "/group/file/update_name", rename).await["data"], json!(true));
    let one = format!("/group/file?group_id={group}&file_id={}", file["file_id"]);
    assert_eq!(bench.get(&alice, &one).await["data"]["name"], "m.txt");
    let delete = json!({ "group_id": group, "file_list": [file["file_id"], 99] });
    let gone = bench.post(&bob, "/group/file/delete", delete).await;
    assert_eq!(gone["data"][0], json!({ "file_id": file["file_id"], "result": "success", "reason": "" }));
    assert_eq!(gone["data"][1]["result"], "fail");
    assert_eq!(bench.get(&alice, &one).await["code"], 20022);
}

#[tokio::test]
async fn qr_codes_are_signed_and_scanned() {
    let bench = Bench::start().await;
    let (alice, bob, carol) = (bench.person("alice").await, bench.person("bob").await, bench.person("carol").await);
    let group = bench.group(&alice, &[]).await;
    let signed = bench.get(&alice, &format!("/group/qrcode/sign?group_id={group}")).await["data"].clone();
    assert_fields(&signed, &["qr_info", "create_at", "expire_at"]);
    let scanned = bench.post(&bob, "/group/qrcode/invite", json!({ "qr_info": signed["qr_info"] })).await;
    assert_eq!(scanned["code"], 200);
    let signed = bench.get(&alice, &format!("/app/qrcode/group_sign?group_id={group}")).await["data"].clone();
    assert_fields(&signed, &["qr_info", "expired"]);
    let text = signed["qr_info"].as_str().unwrap();
    assert_eq!(bench.get(&carol, &format!("/app/qrcode/group_invite?qr_info={text}")).await["code"], 200);
    assert_eq!(bench.get(&carol, "/app/qrcode/group_invite?qr_info=x").await["code"], 20024);
}

#[tokio::test]
async fn administrator_stands_in_for_owner_and_users() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.person("alice").await, bench.person("bob").await);
    let group = bench.group(&alice, &[&bob]).await;
    let (alice_id, group_id) = (alice.id.to_string(), group.to_string());
    let token = ("access-token", bench.admin_token.as_str());
    let joined = async |header: (&str, &str)| {
        bench.ask("GET", "/group/user_joined", &[token, header], Value::Null).await["data"].clone()
    };
    assert_eq!(joined(("user_id", &alice_id)).await, json!([group]));
    assert_eq!(joined(("group_id", &group_id)).await, json!([group]));
    let kick = json!({ "group_id": group, "user_list": [bob.id] });
    let kicked = bench.ask("DELETE", "/group/kick", &[token], kick).await;
    assert_eq!(kicked["data"][0]["result"], "success");
    let made = bench.ask("POST", "/group/create", &[token], json!({ "name": "x" })).await;
    assert_eq!(made["code"], 10010);
    let acting = [token, ("user_id", alice_id.as_str())];
    let made = bench.ask("POST", "/group/create", &acting, json!({ "name": "x" })).await;
    assert_eq!(made["data"]["owner_id"], alice.id);
    let path = format!("/group/destroy?group_id={group}");
    assert_eq!(bench.ask("DELETE", &path, &[token], Value::Null).await["data"], json!(true));
    assert_eq!(bench.get(&alice, &format!("/group/info?group_id={group}")).await["code"], 20001);
}
