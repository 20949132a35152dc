//! What a device gets of the time before it: messages as they are, not what once happened to them.

use cerulean_testkit::pb::conversation_unread::ConvType;
use cerulean_testkit::pb::message_body::Status;
use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::{Address, TestServer, User, body_of, contents_of, mids_of, operation_of};
use serde_json::{Value, json};

use super::{chats, numbered, texts};

/// Another device of a user, which was never seen before.
async fn new_device(server: &TestServer, user: &User, name: &str) -> cerulean_testkit::SocketClient {
    user.with_token(server.fresh_token(user).await).connecting().device(name).login().await
}

#[tokio::test]
async fn new_device_gets_the_message_and_not_the_pieces_it_grew_by() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut writer = alice.socket().await;
    let first = writer.text(&bob, "HELLO UNREAD").await.server_mid;
    let mut whole = "HELLO UNREAD".to_owned();
    for number in 0..120 {
        writer.edit(&bob, OpType::Append, first, &format!(" {number}")).await;
        whole.push_str(&format!(" {number}"));
    }
    let recalled = writer.text(&bob, "never mind").await.server_mid;
    writer.operate(&bob, OpType::Recall, recalled, Some(bob.uid())).await;
    let last = writer.text(&bob, "and this").await;
    server.clock.advance(5);
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 2, ConvType::Chat as i32)]);
    let metas = client.pull_all(&alice).await;
    assert_eq!(contents_of(&metas), [whole.as_str(), "and this"]);
    assert!(body_of(&metas[0]).edit_timestamp > 0);
    assert_eq!(mids_of(&metas), [first, last.server_mid]);
    // Each says where it stands in the chain, which has more links than a device is given.
    assert_eq!((metas[0].position, metas[0].prev_mid), (1, 0));
    assert_eq!((metas[1].position, metas[1].prev_mid), (last.position, last.prev_mid));
    assert!(client.pull_all(&alice).await.is_empty());
    // From now on the device hears of everything, and knows where it belongs.
    let piece = writer.edit(&bob, OpType::Append, first, " more").await;
    let pushed = client.pushed(&alice).await;
    assert_eq!((pushed.id, pushed.prev_mid), (piece.server_mid, last.server_mid));
    assert_eq!(operation_of(&pushed).0, OpType::Append);
    server.stop().await;
}

#[tokio::test]
async fn message_that_grows_while_the_device_comes_grows_there_once() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut writer = alice.socket().await;
    let mid = writer.text(&bob, "0").await.server_mid;
    for number in 1..=40 {
        writer.edit(&bob, OpType::Append, mid, &format!(" {number}")).await;
    }
    server.clock.advance(5);
    let mut client = bob.connecting().login().await;
    server.clock.advance(5);
    // What is written down of the message by now holds these already.
    for number in 41..=120 {
        writer.edit(&bob, OpType::Append, mid, &format!(" {number}")).await;
    }
    assert_eq!(chats(&mut client).await, [(alice.uid(), 81, ConvType::Chat as i32)]);
    let shown = contents_of(&client.pull_all(&alice).await).concat();
    assert_eq!(shown, (0..=120).map(|number| number.to_string()).collect::<Vec<_>>().join(" "));
    server.stop().await;
}

#[tokio::test]
async fn what_was_changed_about_a_group_hides_no_message_from_a_new_device() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let group = server.group(&alice, &[&bob]).await;
    alice.socket().await.text(&group, "IMPORTANT").await;
    for number in 0..105 {
        let change = json!({"group_id": group.uid(), "value": format!("description {number}")});
        alice.rest().post("/group/info/description", change).data().await;
    }
    server.settle().await;
    server.clock.advance(5);
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(group.uid(), 1, ConvType::Groupchat as i32)]);
    assert_eq!(contents_of(&client.pull_all(&group).await), ["IMPORTANT"]);
    server.stop().await;
}

#[tokio::test]
async fn new_device_gets_the_newest_messages_in_pages_and_each_once() {
    let (server, alice, bob) =
        TestServer::start().gateway(|options| options.pull_items = 30).with_friends("alice", "bob").await;
    let mut writer = alice.socket().await;
    let sent = texts(&mut writer, bob.uid(), numbered(130)).await;
    for mid in &sent[125..] {
        writer.edit(&bob, OpType::Append, *mid, "!").await;
    }
    server.clock.advance(5);
    let mut client = bob.connecting().login().await;
    server.clock.advance(5);
    let fresh = writer.text(&bob, "fresh").await.server_mid;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 101, ConvType::Chat as i32)]);
    assert_eq!(mids_of(&client.pull(&alice, 0).await.metas), sent[30..60]);
    assert_eq!(mids_of(&client.pull(&alice, sent[59]).await.metas), sent[60..90]);
    client.break_off();
    writer.text(&alice, "a commit that carries the cursor").await;
    let mut client = bob.connecting().login().await;
    assert_eq!(chats(&mut client).await, [(alice.uid(), 71, ConvType::Chat as i32)]);
    let metas = client.pull_all(&alice).await;
    assert_eq!(mids_of(&metas)[..70], sent[60..]);
    assert_eq!(mids_of(&metas)[70..], [fresh]);
    assert!(contents_of(&metas[65..70]).iter().all(|content| content.ends_with('!')));
    server.stop().await;
}

#[tokio::test]
async fn what_the_user_deleted_or_read_is_no_news_for_a_new_device() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut phone = bob.device("phone").await;
    let mut writer = alice.socket().await;
    let sent = texts(&mut writer, bob.uid(), numbered(4)).await;
    phone.operate(&bob, OpType::ReadAll, sent[0], Some(alice.uid())).await;
    phone.operate(&bob, OpType::Delete, sent[2], Some(alice.uid())).await;
    server.clock.advance(5);
    let mut desk = new_device(&server, &bob, "desk").await;
    desk.unread().await;
    assert_eq!(mids_of(&desk.pull_all(&alice).await), [sent[1], sent[3]]);
    server.stop().await;
}

fn notify(user: &User, content: &str) -> Value {
    json!({"type": 1, "targets": [user.uid()], "content_type": 0, "content": content})
}

#[tokio::test]
async fn what_the_system_told_a_user_waits_for_his_first_device_and_for_new_ones() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    server.admin().post("/message/notify", notify(&bob, "WELCOME")).data().await;
    // The notice of their friendship stands on the same line; the device knows of it from what it fetches.
    server.clock.advance(5);
    let mut phone = bob.connecting().device("phone").login().await;
    let system = (0, 1, ConvType::Unknown as i32);
    assert!(phone.unread().await.contains(&system));
    let metas = phone.pull_all(0).await;
    assert_eq!(contents_of(&metas), ["WELCOME"]);
    assert!(body_of(&metas[0]).is_system && metas[0].from.unwrap().uid == 0);
    assert_eq!(body_of(&metas[0]).status(), Status::Unread);

    let listed = async || {
        let unread = bob.rest().get("/message/unread").data().await;
        let page = bob.rest().get("/client/v1/conversations").send().await.json();
        let items = page["items"].as_array().unwrap().clone();
        (unread, items.into_iter().find(|item| item["xid"] == 0))
    };
    let (unread, item) = listed().await;
    assert_eq!(unread, json!([{"conversation_id": {"uid": 0}, "num": 1}]));
    let item = item.unwrap();
    assert_eq!((&item["kind"], &item["unread"]), (&json!("system"), &json!(1)));
    assert_eq!((&item["last"]["content"], &item["last"]["from"]), (&json!("WELCOME"), &json!(0)));
    assert_eq!(item["head_mid"], metas[0].id);
    let of_alice = alice.rest().get("/client/v1/conversations").send().await.json();
    assert!(of_alice["items"].as_array().unwrap().iter().all(|item| item["xid"] != 0), "the system told her nothing");

    // What is read on one device is no news on the next.
    server.clock.advance(5);
    let mut desk = new_device(&server, &bob, "desk").await;
    desk.unread().await;
    assert_eq!(contents_of(&desk.pull_all(0).await), ["WELCOME"]);
    phone.operate(0, OpType::ReadAck, metas[0].id, None).await;
    phone.text(&bob, "a commit that carries the read mark").await;
    server.clock.advance(5);
    let mut tablet = new_device(&server, &bob, "tablet").await;
    tablet.unread().await;
    assert!(contents_of(&tablet.pull_all(0).await).iter().all(|content| content != "WELCOME"));
    let (unread, item) = listed().await;
    assert_eq!((unread, &item.unwrap()["unread"]), (json!([]), &json!(0)));
    server.stop().await;
}
