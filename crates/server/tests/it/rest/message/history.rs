//! Reading back over REST.

use cerulean_testkit::TestServer;
use serde_json::json;

use crate::rest::fields;

#[tokio::test]
async fn pages_run_from_new_to_old_and_end() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut socket = alice.socket().await;
    for number in 0..25 {
        socket.text(&bob, &format!("message {number}")).await;
    }
    let page = async |before: u64, limit: &str| {
        bob.rest()
            .get(&format!("/message/conversation?opposite_id={}&msg_id_start={before}&limit={limit}", alice.id))
            .data()
            .await
    };
    let first = page(0, "10").await;
    assert_eq!(fields(&first), ["is_last", "messages", "next_msg_id"]);
    assert_eq!(
        fields(&first["messages"][0]),
        ["attachment", "config", "content", "ctype", "ext", "from_xid", "msg_id", "status", "timestamp", "to_xid"]
    );
    assert_eq!((&first["messages"][0]["content"], &first["is_last"]), (&json!("message 24"), &json!(false)));
    let mut seen = Vec::new();
    let mut before = 0;
    loop {
        let page = page(before, "10").await;
        seen.extend(
            page["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap().to_owned()),
        );
        if page["is_last"] == true {
            assert_eq!(page["next_msg_id"], 0);
            break;
        }
        before = page["next_msg_id"].as_u64().unwrap();
    }
    assert_eq!(seen, (0..25).rev().map(|number| format!("message {number}")).collect::<Vec<_>>());
    for limit in ["0", "1000000", "9007199254740991"] {
        assert!(page(0, limit).await["messages"].as_array().unwrap().len() <= 100, "{limit}");
    }
    server.stop().await;
}

#[tokio::test]
async fn only_those_who_take_part_read() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let group = server.group(&alice, &[&bob]).await;
    let mut socket = alice.socket().await;
    socket.text(&bob, "between two").await;
    socket.text(&group, "among members").await;
    let read = async |who: &cerulean_testkit::User, opposite: u64| {
        who.rest().get(&format!("/message/conversation?opposite_id={opposite}")).send().await
    };
    assert_eq!(read(&carol, group.id.get()).await.code(), 20002);
    for opposite in [alice.id.get(), bob.id.get()] {
        let answer = read(&carol, opposite).await;
        assert!(!answer.text().contains("between two"), "{}", answer.text());
    }
    assert_eq!(read(&carol, 8_001).await.code(), 10000);
    assert_eq!(read(&bob, group.id.get()).await.data()["messages"][0]["content"], "among members");
    assert_eq!(
        server.admin().get(&format!("/message/conversation?opposite_id={}", bob.id)).code().await,
        10010,
        "as whom?"
    );
    server.stop().await;
}

#[tokio::test]
async fn unread_is_counted_until_read() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut socket = alice.socket().await;
    for _ in 0..3 {
        socket.text(&bob, "x").await;
    }
    let unread = async || bob.rest().get("/message/unread").data().await;
    assert_eq!(unread().await, json!([{"conversation_id": {"uid": alice.id.get()}, "num": 3}]));
    assert_eq!(alice.rest().get("/message/unread").data().await, json!([]), "one's own are read");
    let mut bobs = bob.socket().await;
    let newest = bobs.pull_all(&alice).await.last().unwrap().id;
    let mark = cerulean_testkit::operation(
        cerulean_testkit::pb::message_operation::OpType::ReadAll,
        newest,
        Some(alice.id.get()),
    );
    let meta = bobs.message(bob.id, mark);
    bobs.send(meta).await;
    assert_eq!(unread().await, json!([]));
    server.stop().await;
}

/// Where somebody's many conversations stand is asked at once, and so is what is unread in them.
#[tokio::test]
async fn unread_asks_the_database_a_fixed_number_of_times() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let statements = || server.parts().platform.db.statements();
    let asked = async || {
        bob.rest().get("/message/unread").data().await;
        let mut counts = Vec::new();
        for _ in 0..3 {
            let before = statements();
            bob.rest().get("/message/unread").data().await;
            counts.push(statements() - before);
        }
        // The server's own periodic work may fall into one of them.
        counts.into_iter().min().unwrap()
    };
    let mut socket = alice.socket().await;
    socket.text(&bob, "one").await;
    server.group(&alice, &[&bob]).await;
    let with_few = asked().await;
    for number in 0..6 {
        let group = server.group(&alice, &[&bob]).await;
        socket.text(&group, &format!("in group {number}")).await;
        let other = server.user(&format!("user{number}")).await;
        other.socket().await.text(&bob, "hello").await;
    }
    let unread = bob.rest().get("/message/unread").data().await;
    assert_eq!(unread.as_array().unwrap().len(), 13);
    assert_eq!((with_few, asked().await), (4, 4));
    server.stop().await;
}

#[tokio::test]
async fn messages_that_are_withheld_are_not_unread() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let group = server.group(&alice, &[&bob]).await;
    let mute = async |mode: u8| {
        let mode = json!({"group_id": group.id.get(), "msg_mute_mode": mode});
        bob.rest().post("/group/msg/mute_mode", mode).data().await;
    };
    let unread = async || bob.rest().get("/message/unread").data().await;
    let listed = async || bob.rest().get("/client/v1/conversations").send().await.json()["items"][0]["unread"].clone();
    let mut socket = alice.socket().await;
    mute(1).await;
    socket.text(&group, "silent, but his to read").await;
    let one = json!([{"conversation_id": {"uid": group.id.get()}, "num": 1}]);
    assert_eq!((unread().await, listed().await), (one, json!(1)));
    mute(2).await;
    socket.text(&group, "not for him").await;
    assert_eq!((unread().await, listed().await), (json!([]), json!(0)));
    server.stop().await;
}

#[tokio::test]
async fn who_acknowledges_over_rest_has_read_and_names_a_device_of_his() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let group = server.group(&alice, &[&bob]).await;
    let mut socket = alice.socket().await;
    let mut mids = Vec::new();
    for _ in 0..3 {
        mids.push(socket.text(&group, "x").await.server_mid);
    }
    let unread = async || bob.rest().get("/message/unread").data().await;
    let of_group = |num: u64| json!([{"conversation_id": {"uid": group.id.get()}, "num": num}]);
    let ack = async |mid: u64, device: u32| {
        let path = "/message/ack";
        let query =
            [("conversation_id", group.id.to_string()), ("msg_id", mid.to_string()), ("device_sn", device.to_string())];
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        bob.rest().get(path).query(&query).code().await
    };
    let device = bob.socket().await.device;
    assert_eq!(ack(mids[2], device + 98).await, 10002, "no device of his");
    assert_eq!(ack(mids[2], socket.device + 98).await, 10002);
    assert_eq!(unread().await, of_group(3));
    assert_eq!(ack(mids[1], device).await, 200);
    assert_eq!(unread().await, of_group(1));
    assert_eq!(ack(mids[0], device).await, 200);
    assert_eq!(unread().await, of_group(1), "what was read stays read");
    assert_eq!(ack(mids[2], device).await, 200);
    assert_eq!(unread().await, json!([]));
    let mut again = bob.connecting().login().await;
    assert!(again.unread().await.iter().any(|entry| (entry.0, entry.1) == (group.id.get(), 0)));
    server.stop().await;
}

#[tokio::test]
async fn group_is_read_over_rest_and_the_other_devices_hear_of_it() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let group = server.group(&alice, &[&bob]).await;
    bob.socket().await.close().await;
    let mut bobs = bob.with_token(server.fresh_token(&bob).await).connecting().device("desk").live().await;
    // That it signed in may be listed as pending already; until it is pulled nothing more of that line is pushed.
    bobs.pull_all(0).await;
    let mut socket = alice.socket().await;
    let first = socket.text(&group, "one").await.server_mid;
    let last = socket.text(&group, "two").await.server_mid;
    let unread = async || bob.rest().get("/message/unread").data().await;
    let read = |mid: u64| json!({"type": 2, "targets": [group.id.get()], "content_type": 9, "content": "", "related_mid": mid});
    bob.rest().post("/message/send", read(first)).data().await;
    assert_eq!(unread().await, json!([{"conversation_id": {"uid": group.id.get()}, "num": 1}]));
    server.settle().await;
    let told = bobs.catch_up().await;
    let own = told.iter().find(|meta| meta.from.as_ref().is_some_and(|from| from.uid == bob.id.get()));
    let (kind, operation) = cerulean_testkit::operation_of(own.expect("he is told"));
    assert_eq!(kind, cerulean_testkit::pb::message_operation::OpType::ReadAll);
    assert_eq!((operation.mid, operation.xid.unwrap().uid), (first, group.id.get()));
    server.admin_as(&bob).post("/message/send", read(last)).data().await;
    assert_eq!(unread().await, json!([]));
    let stranger = server.user("stranger").await;
    assert_eq!(stranger.rest().post("/message/send", read(last)).code().await, 20002);
    server.stop().await;
}
