//! Messages in the name of an assistant's account.

use cerulean_testkit::TestServer;
use serde_json::{Value, json};

use crate::rest::listening;

fn word(from: Option<u64>, to: u64) -> Value {
    let mut body = json!({ "type": 1, "targets": [to], "content_type": 0, "content": "How can I help?" });
    if let Some(from) = from {
        body["from_user_id"] = from.into();
    }
    body
}

#[tokio::test]
async fn an_assistant_speaks_as_a_user_and_the_answer_shows_the_message() {
    let (server, helper, alice) = TestServer::start().with_friends("helper", "alice").await;
    let mut alices = listening(&alice).await;
    let (from, to) = (helper.id.get(), alice.id.get());
    let answer = server.admin().post("/ai/message/send", word(Some(from), to)).data().await;
    let sent = &answer["messages"][0];
    assert_eq!((&sent["from_xid"]["uid"], &sent["to_xid"]["uid"]), (&json!(from), &json!(to)));
    assert_eq!((&sent["ctype"], &sent["type"]), (&json!("TEXT"), &json!("CHAT")));
    assert_eq!(answer["message_quota_usage"], 0.0);
    let pushed = alices.pushed(from).await;
    assert_eq!((json!(pushed.id), json!(pushed.timestamp)), (sent["msg_id"].clone(), sent["timestamp"].clone()));
    server.stop().await;
}

#[tokio::test]
async fn an_assistant_is_named_and_nobody_speaks_for_another() {
    let (server, helper, alice) = TestServer::start().with_friends("helper", "alice").await;
    let (from, to) = (helper.id.get(), alice.id.get());
    assert_eq!(server.admin().post("/ai/message/send", word(None, to)).code().await, 10002);
    assert_eq!(server.admin().post("/ai/message/send", word(Some(80_001), to)).code().await, 10000);
    assert_eq!(alice.rest().post("/ai/message/send", word(Some(from), from)).code().await, 10010);
    assert_eq!(server.admin_as(&helper).put("/ai/message/send", word(None, to)).code().await, 200);
    server.stop().await;
}
