//! What the document shows as an example works as it stands, once ids are those of somebody who exists.

use serde_json::{Map, Value, json};

use super::{Stage, operations};

/// The message id of the examples.
const MESSAGE: u64 = 6_871_947_673_600;

/// The other of an example: a friend who is in the group, or a stranger.
#[derive(Clone, Copy, PartialEq)]
enum Other {
    Friend,
    Stranger,
}

use Other::{Friend, Stranger};

/// The calls that clients and programs live on.
const MAIN: &[(&str, &str, Other)] = &[
    ("GET", "/app/config", Friend),
    ("GET", "/v2/app_dns", Friend),
    ("POST", "/user/register/v2", Friend),
    ("POST", "/token/user", Friend),
    ("POST", "/token/id", Friend),
    ("GET", "/user/profile", Friend),
    ("POST", "/user/profile", Friend),
    ("POST", "/user/profile/batch", Friend),
    ("GET", "/user/settings", Friend),
    ("POST", "/user/settings", Friend),
    ("GET", "/user/device/list", Friend),
    ("POST", "/user/token/bind", Friend),
    ("GET", "/roster/list", Friend),
    ("POST", "/roster/list", Friend),
    ("GET", "/roster/id", Friend),
    ("GET", "/roster/name", Friend),
    ("POST", "/roster/apply", Stranger),
    ("POST", "/roster/block", Friend),
    ("POST", "/roster/unblock", Friend),
    ("POST", "/roster/ext", Friend),
    ("POST", "/roster/delete", Friend),
    ("GET", "/roster/blocked_list", Friend),
    ("POST", "/group/create", Friend),
    ("GET", "/group/info", Friend),
    ("POST", "/group/info/batch", Friend),
    ("POST", "/group/info/name", Friend),
    ("POST", "/group/info/description", Friend),
    ("POST", "/group/invite", Stranger),
    ("POST", "/group/kick", Friend),
    ("POST", "/group/ban", Friend),
    ("POST", "/group/unban", Friend),
    ("POST", "/group/admin/add", Friend),
    ("POST", "/group/transfer", Friend),
    ("GET", "/group/member_list", Friend),
    ("GET", "/group/user_joined", Friend),
    ("POST", "/group/announcement/edit", Friend),
    ("POST", "/message/send", Friend),
    ("POST", "/message/notify", Friend),
    ("POST", "/message/recall", Friend),
    ("GET", "/message/conversation", Friend),
    ("GET", "/message/unread", Friend),
    ("GET", "/message/ack", Friend),
    ("POST", "/user/conversation/pin", Friend),
    ("GET", "/file/upload/chat", Friend),
];

fn replace(values: &mut Map<String, Value>, name: &str, from: &Value, to: &Value) {
    let Some(value) = values.get_mut(name) else { return };
    if value == from {
        *value = to.clone();
    }
    for item in value.as_array_mut().into_iter().flatten().filter(|item| *item == from) {
        *item = to.clone();
    }
}

#[tokio::test]
async fn examples_of_the_main_calls_are_answered_with_success() {
    let operations = operations();
    let mut refused = Vec::new();
    for (method, path, other) in MAIN {
        let operation = operations.iter().find(|one| one.method == *method && one.path == *path);
        let Some(operation) = operation else { panic!("{method} {path} is not in the document") };
        let mut stage = Stage::set().await;
        if *other == Stranger {
            std::mem::swap(&mut stage.bob, &mut stage.carol);
        }
        let device = stage.alice.socket().await.device;
        let to_bob = json!({"type": 1, "targets": [stage.bob.id.get()], "content_type": 0, "content": "Hello"});
        let sent = stage.alice.rest().post("/message/send", to_bob).send().await.json()["msg_ids"][0].clone();
        let members = [&stage.bob];
        let members = if *other == Stranger { &members[..0] } else { &members[..] };
        let group = stage.server.group(&stage.alice, members).await.id.get();
        let mut values = operation.examples();
        for value in values.values_mut() {
            stage.cast(value, Some(group));
        }
        for name in ["msg_id", "related_mid", "msg_id_start"] {
            replace(&mut values, name, &json!(MESSAGE), &sent);
        }
        if path.starts_with("/roster") {
            replace(&mut values, "user_id", &json!(stage.alice.id.get()), &json!(stage.bob.id.get()));
        }
        if path.starts_with("/user/register") {
            replace(&mut values, "username", &json!("alice"), &json!("newcomer"));
        }
        replace(&mut values, "device_sn", &json!(1), &json!(device));
        replace(
            &mut values,
            "name",
            &json!("alice"),
            &json!(if path.starts_with("/roster") { &stage.bob.name } else { &stage.alice.name }),
        );
        if path.starts_with("/token") {
            values.insert("password".into(), stage.alice.password.clone().into());
        }
        let rest = if *path == "/message/notify" { stage.server.admin() } else { stage.caller(operation).await };
        let mut whole = operation.clone();
        if let Some(body) = &mut whole.whole_body {
            stage.cast(body, Some(group));
        }
        let answer = whole.call(&rest, &values).send().await;
        if answer.code() != 200 {
            refused.push(format!("{method} {path}: {} {}", answer.text(), Value::Object(values)));
        }
        stage.server.stop().await;
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
