//! Operations on messages and conversations: who gets them, who may not (wire.md 9).

use cerulean_testkit::pb::conversation_operation;
use cerulean_testkit::pb::message_operation::OpType;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{
    Address, SocketClient, TestServer, User, body_of, content_of, contents_of,
    conversation_operation as on_conversation, operation, operation_of, pb, user_notice_of,
};
use prost::Message;
use serde_json::json;

const MINUTE_MS: i64 = 60_000;

/// Two friends, and a second device of the first.
struct Scene {
    server: TestServer,
    alice: User,
    bob: User,
    phone: SocketClient,
    desk: SocketClient,
    peer: SocketClient,
}

impl Scene {
    async fn set() -> Self {
        let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
        let mut phone = alice.device("phone").await;
        let mut desk = alice.with_token(server.fresh_token(&alice).await).device("desk").await;
        let news = user_notice_of(&phone.pushed(0).await);
        assert_eq!(news.r#type(), pb::user_notice::Type::DeviceAdded);
        // The news of itself is nothing for the desk, but may have been counted when it came.
        assert!(desk.pull_all(0).await.is_empty());
        let peer = bob.socket().await;
        Self { server, alice, bob, phone, desk, peer }
    }

    /// A text from the phone to the peer, received everywhere.
    async fn text(&mut self, content: &str) -> u64 {
        let mid = self.phone.text(&self.bob, content).await.server_mid;
        assert_eq!(self.desk.pushed(&self.bob).await.id, mid);
        assert_eq!(self.peer.pushed(&self.alice).await.id, mid);
        mid
    }

    /// Nothing of an operation came to a connection.
    async fn nothing_for(client: &mut SocketClient, xid: u64) {
        client.heartbeat().await;
        let kept = client.pushes_kept(xid);
        assert!(kept.iter().all(|meta| meta.ns != 1), "{kept:?}");
    }
}

fn assert_operation(meta: &pb::Meta, kind: OpType, mid: u64, ids: (u64, u64)) {
    let (read, operation) = operation_of(meta);
    assert_eq!((read, operation.mid), (kind, mid));
    assert_eq!((meta.from.unwrap().uid, meta.to.unwrap().uid), ids);
}

#[tokio::test]
async fn read_ack_goes_to_the_author() {
    let mut scene = Scene::set().await;
    let (alice, bob) = (scene.alice.uid(), scene.bob.uid());
    let mid = scene.text("read me").await;
    for kind in [OpType::ReadAck, OpType::DeliverAck, OpType::PlayAck] {
        let reply = scene.peer.operate(alice, kind, mid, None).await;
        assert_eq!(reply.xid.unwrap().uid, alice);
        for device in [&mut scene.phone, &mut scene.desk] {
            let meta = device.pushed(0).await;
            assert_eq!(meta.id, reply.server_mid);
            assert_operation(&meta, kind, mid, (bob, alice));
        }
    }
    Scene::nothing_for(&mut scene.peer, 0).await;
    assert!(scene.phone.pull_all(bob).await.is_empty(), "the pair holds messages only");
    scene.server.stop().await;
}

#[tokio::test]
async fn read_ack_needs_a_message_that_the_reader_can_see() {
    let mut scene = Scene::set().await;
    let (alice, bob) = (scene.alice.uid(), scene.bob.uid());
    let mid = scene.text("read me").await;
    let group = scene.server.group(&scene.alice, &[&scene.bob]).await;
    let refused = scene.peer.operate_refused(&group, OpType::ReadAck, mid, None).await;
    assert_eq!(refused.0, ErrorCode::InvalidParameter);
    let refused = scene.peer.operate_refused(800_000_000_000_001, OpType::ReadAck, mid, None).await;
    assert_eq!(refused, (ErrorCode::Fail, "user not found".into()));
    // Reading a system message acknowledges it to nobody.
    scene.peer.operate(0, OpType::ReadAck, mid, None).await;
    // Nobody acknowledges what was never said, or what was said where he is not.
    let carol = scene.server.user("carol").await;
    let elsewhere = scene.server.group(&scene.alice, &[&carol]).await;
    let hidden = scene.phone.text(&elsewhere, "not for bob").await.server_mid;
    for made_up in [0, 7, mid + 1, hidden, u64::MAX] {
        for kind in [OpType::ReadAck, OpType::DeliverAck, OpType::PlayAck] {
            let refused = scene.peer.operate_refused(alice, kind, made_up, None).await;
            assert_eq!(refused, (ErrorCode::Fail, "message not found".into()), "{kind:?} of {made_up}");
        }
    }
    let early = scene.phone.text(&group, "said before carol").await.server_mid;
    let add = json!({"group_id": group.uid(), "user_list": [carol.uid()]});
    scene.server.clock.advance(5);
    scene.alice.rest().post("/group/invite", add).data().await;
    let mut carols = carol.socket().await;
    let refused = carols.operate_refused(alice, OpType::ReadAck, early, None).await;
    assert_eq!(refused, (ErrorCode::Fail, "message not found".into()));
    scene.peer.operate(alice, OpType::ReadAck, early, None).await;
    assert_operation(&scene.phone.pushed(0).await, OpType::ReadAck, early, (bob, alice));
    scene.server.stop().await;
}

#[tokio::test]
async fn members_who_are_no_friends_acknowledge_to_each_other_and_blocked_ones_in_silence() {
    let mut scene = Scene::set().await;
    let carol = scene.server.user("carol").await;
    let group = scene.server.group(&scene.alice, &[&scene.bob, &carol]).await;
    let alice = scene.alice.uid();
    let mut carols = carol.socket().await;
    let mid = scene.phone.text(&group, "read me").await.server_mid;
    scene.server.change_settings(&scene.server.app, |settings| settings.friends_only = true).await;
    assert_eq!(carols.text_refused(alice, "we are no friends").await.0, ErrorCode::Unauthorized);
    carols.operate(alice, OpType::ReadAck, mid, None).await;
    assert_operation(&scene.phone.pushed(0).await, OpType::ReadAck, mid, (carol.uid(), alice));
    // Who is blocked is told nothing of it, and the other nothing of the mark.
    scene.alice.rest().post("/roster/block", json!({"user_id": carol.uid()})).data().await;
    for kind in [OpType::ReadAck, OpType::DeliverAck, OpType::PlayAck] {
        carols.operate(alice, kind, mid, None).await;
    }
    scene.phone.heartbeat().await;
    assert!(scene.phone.pushes_kept(0).iter().all(|meta| meta.ns != 1));
    let missed = scene.desk.pull_all(0).await;
    assert!(missed.iter().filter(|meta| meta.ns == 1).all(|meta| operation_of(meta).0 != OpType::PlayAck));
    scene.server.stop().await;
}

/// Older clients tell the author of a group message that they have read it, friends or not (wire.md 8).
#[tokio::test]
async fn reader_of_a_group_tells_the_author_though_they_are_no_friends() {
    let mut scene = Scene::set().await;
    let carol = scene.server.user("carol").await;
    let group = scene.server.group(&scene.alice, &[&scene.bob, &carol]).await;
    scene.server.change_settings(&scene.server.app, |settings| settings.friends_only = true).await;
    let mut carols = carol.socket().await;
    carols.pull_all(&group).await;
    scene.phone.pull_all(&group).await;
    scene.phone.pull_all(0).await;
    let mid = scene.phone.text(&group, "who reads this?").await.server_mid;
    assert_eq!(carols.pushed(&group).await.id, mid);
    let reply = carols.operate(scene.alice.uid(), OpType::ReadAck, mid, None).await;
    let meta = scene.phone.pushed(0).await;
    assert_eq!(meta.id, reply.server_mid);
    assert_operation(&meta, OpType::ReadAck, mid, (carol.uid(), scene.alice.uid()));
    carols.text_refused(scene.alice.uid(), "a word between strangers").await;
    let call = json!({"group_id": group.uid()});
    carol.rest().post("/group/leave", call).data().await;
    carols.operate_refused(scene.alice.uid(), OpType::ReadAck, mid, None).await;
    scene.server.stop().await;
}

#[tokio::test]
async fn private_operations_go_to_the_own_other_devices() {
    let mut scene = Scene::set().await;
    let (alice, bob) = (scene.alice.uid(), scene.bob.uid());
    let mid = scene.text("mine to handle").await;
    for kind in [OpType::ReadAll, OpType::ReadCancel, OpType::Delete] {
        let reply = scene.phone.operate(alice, kind, mid, Some(bob)).await;
        let meta = scene.desk.pushed(0).await;
        assert_eq!(meta.id, reply.server_mid);
        assert_operation(&meta, kind, mid, (alice, alice));
        assert_eq!(operation_of(&meta).1.xid.unwrap().uid, bob);
    }
    Scene::nothing_for(&mut scene.phone, 0).await;
    Scene::nothing_for(&mut scene.peer, 0).await;
    Scene::nothing_for(&mut scene.peer, alice).await;
    assert!(scene.phone.history(bob, 0, 20).await.metas.is_empty(), "deleted for her");
    assert_eq!(contents_of(&scene.peer.history(alice, 0, 20).await.metas), ["mine to handle"]);
    scene.server.stop().await;
}

#[tokio::test]
async fn private_operations_name_a_conversation_of_the_user() {
    let mut scene = Scene::set().await;
    let (alice, bob) = (scene.alice.uid(), scene.bob.uid());
    let carol = scene.server.user("carol").await;
    let group = scene.server.group(&scene.bob, &[&carol]).await;
    let in_group = scene.peer.text(&group, "not for alice").await.server_mid;
    let mid = scene.text("hers").await;
    for kind in [OpType::ReadAll, OpType::ReadCancel, OpType::Delete] {
        let refused = scene.phone.operate_refused(alice, kind, in_group, Some(group.uid())).await;
        assert_eq!(refused.0, ErrorCode::Unauthorized, "{kind:?}");
        let refused = scene.phone.operate_refused(alice, kind, mid, None).await;
        assert_eq!(refused.0, ErrorCode::InvalidParameter, "{kind:?} without xid");
        let refused = scene.phone.operate_refused(alice, kind, mid, Some(7)).await;
        assert_eq!(refused.0, ErrorCode::InvalidParameter, "{kind:?} of nothing");
    }
    for (mid, xid) in [(mid + 1, bob), (in_group, bob), (0, bob), (u64::MAX, bob)] {
        let refused = scene.phone.operate_refused(alice, OpType::Delete, mid, Some(xid)).await;
        assert_eq!(refused, (ErrorCode::Fail, "message not found".into()));
    }
    scene.server.stop().await;
}

#[tokio::test]
async fn recall_takes_the_message_from_everyone() {
    let mut scene = Scene::set().await;
    let (alice, bob) = (scene.alice.uid(), scene.bob.uid());
    let carol = scene.server.user("carol").await;
    carol.socket().await.close().await;
    let late = scene.bob.with_token(scene.server.fresh_token(&scene.bob).await);
    late.device("late").await.close().await;
    let mid = scene.text("forget it").await;
    let reply = scene.phone.operate(bob, OpType::Recall, mid, Some(bob)).await;
    let meta = scene.peer.pushed(alice).await;
    assert_eq!(meta.id, reply.server_mid);
    assert_operation(&meta, OpType::Recall, mid, (alice, bob));
    assert_operation(&scene.desk.pushed(bob).await, OpType::Recall, mid, (alice, bob));
    Scene::nothing_for(&mut scene.phone, bob).await;
    for (client, xid) in [(&mut scene.phone, bob), (&mut scene.desk, bob), (&mut scene.peer, alice)] {
        assert!(client.history(xid, 0, 20).await.metas.is_empty());
    }
    for kind in [OpType::Recall, OpType::Append, OpType::Replace] {
        let refused = scene.phone.operate_refused(bob, kind, mid, Some(bob)).await;
        assert_eq!(refused, (ErrorCode::Fail, "message not found".into()), "{kind:?}");
    }
    // Who was away learns of the operation, not of the text.
    let metas = late.device("late").await.pull_all(alice).await;
    assert!(metas.iter().all(|meta| !meta.payload.is_empty() && content_of(meta) != "forget it"), "{metas:?}");
    assert_eq!(metas.last().map(|meta| meta.id), Some(reply.server_mid));
    scene.server.stop().await;
}

#[tokio::test]
async fn recall_is_for_the_author_and_in_time() {
    let mut scene = Scene::set().await;
    let (alice, bob) = (scene.alice.uid(), scene.bob.uid());
    let mid = scene.text("mine").await;
    let refused = scene.peer.operate_refused(alice, OpType::Recall, mid, Some(alice)).await;
    assert_eq!(refused.0, ErrorCode::Unauthorized);
    let refused = scene.phone.operate_refused(alice, OpType::Recall, mid, Some(bob)).await;
    assert_eq!(refused, (ErrorCode::Fail, "message not found".into()), "in another conversation it is not there");
    scene.server.clock.advance(2 * MINUTE_MS + 1);
    let refused = scene.phone.operate_refused(bob, OpType::Recall, mid, Some(bob)).await;
    assert_eq!(refused, (ErrorCode::Fail, "exceed recall time limit".into()));
    let mid = scene.text("just in time").await;
    scene.server.clock.advance(MINUTE_MS);
    scene.phone.operate(bob, OpType::Recall, mid, Some(bob)).await;
    // The app decides: never, for example.
    scene.server.change_settings(&scene.server.app, |settings| settings.recall_ms = Some(0)).await;
    let mid = scene.phone.text(bob, "for ever").await.server_mid;
    let refused = scene.phone.operate_refused(bob, OpType::Recall, mid, Some(bob)).await;
    assert_eq!(refused, (ErrorCode::Fail, "exceed recall time limit".into()));
    scene.server.stop().await;
}

#[tokio::test]
async fn recall_for_ever_where_the_app_says_so() {
    let (server, alice, bob) =
        TestServer::start().limits(|limits| limits.token_ms = i64::MAX / 2).with_friends("alice", "bob").await;
    server.change_settings(&server.app, |settings| settings.recall_ms = Some(-1)).await;
    let mut client = alice.socket().await;
    let mid = client.text(&bob, "a year ago").await.server_mid;
    server.clock.advance(365 * 24 * 60 * MINUTE_MS);
    client.operate(&bob, OpType::Recall, mid, Some(bob.uid())).await;
    server.stop().await;
}

#[tokio::test]
async fn staff_of_a_group_may_recall_what_others_say() {
    let server = TestServer::start().await;
    let (owner, admin, member) = (server.user("owner").await, server.user("admin").await, server.user("member").await);
    let stranger = server.user("stranger").await;
    let group = server.group(&owner, &[&admin, &member]).await;
    let who = json!({"group_id": group.uid(), "user_list": [admin.uid()]});
    owner.rest().post("/group/admin/add", who).data().await;
    let (mut one, mut two, mut three) = (owner.socket().await, admin.socket().await, member.socket().await);
    let by_member = one_text(&mut three, group.uid()).await;
    let again = one_text(&mut three, group.uid()).await;
    let by_owner = one_text(&mut one, group.uid()).await;
    let (code, _) = three.operate_refused(&group, OpType::Recall, by_owner, Some(group.uid())).await;
    assert_eq!(code, ErrorCode::Unauthorized);
    let (code, _) = stranger.socket().await.operate_refused(&group, OpType::Recall, by_owner, Some(group.uid())).await;
    assert_eq!(code, ErrorCode::Unauthorized);
    server.clock.advance(60 * MINUTE_MS);
    two.operate(&group, OpType::Recall, by_member, Some(group.uid())).await;
    one.operate(&group, OpType::Recall, again, Some(group.uid())).await;
    assert_eq!(cerulean_testkit::mids_of(&three.history(&group, 0, 20).await.metas), [by_owner]);
    server.stop().await;
}

async fn one_text(client: &mut SocketClient, group: u64) -> u64 {
    client.text(group, "a word").await.server_mid
}

#[tokio::test]
async fn edits_reach_all_but_the_device_that_made_them() {
    let mut scene = Scene::set().await;
    let (alice, bob) = (scene.alice.uid(), scene.bob.uid());
    let mid = scene.text("a").await;
    for (kind, content) in [(OpType::Append, "b"), (OpType::Replace, "c")] {
        let reply = scene.phone.edit(bob, kind, mid, content).await;
        assert_eq!(reply.edit_timestamp.to_string().len(), 13);
        for (client, xid) in [(&mut scene.desk, bob), (&mut scene.peer, alice)] {
            let meta = client.pushed(xid).await;
            assert_operation(&meta, kind, mid, (alice, bob));
            let body = body_of(&meta);
            assert_eq!((body.content.as_str(), body.edit_timestamp), (content, reply.edit_timestamp));
        }
        Scene::nothing_for(&mut scene.phone, bob).await;
    }
    let refused = scene.peer.operate_refused(alice, OpType::Append, mid, None).await;
    assert_eq!(refused.0, ErrorCode::Unauthorized, "not the author");
    for bad in [0, mid + 1, 1 << 53, u64::MAX] {
        let refused = scene.phone.operate_refused(bob, OpType::Replace, bad, None).await;
        assert_eq!(refused, (ErrorCode::Fail, "message not found".into()), "{bad}");
    }
    scene.server.stop().await;
}

#[tokio::test]
async fn edit_merges_config_and_ext_and_leaves_out_what_is_null() {
    let mut scene = Scene::set().await;
    let bob = scene.bob.uid();
    let first = pb::MessageBody {
        config: r#"{"room":1234567890123456,"keep":1}"#.into(),
        ext: r#"{"a":1}"#.into(),
        ..cerulean_testkit::text_body(bob, "words")
    };
    let meta = scene.phone.message(bob, first);
    let mid = scene.phone.send(meta).await.server_mid;
    let change = pb::MessageBody {
        config: r#"{"room":6543210987654321}"#.into(),
        ext: "null".into(),
        ..operation(OpType::Replace, mid, None)
    };
    let meta = scene.phone.message(bob, change);
    scene.phone.send(meta).await;
    let body = body_of(&scene.peer.history(&scene.alice, 0, 1).await.metas[0]);
    assert_eq!(body.content, "words", "an empty content replaces nothing");
    let config: serde_json::Value = serde_json::from_str(&body.config).unwrap();
    assert_eq!(config, json!({"room": 6_543_210_987_654_321_u64, "keep": 1}));
    assert_eq!(body.ext, r#"{"a":1}"#);
    scene.server.stop().await;
}

#[tokio::test]
async fn edit_in_a_group_names_the_group() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let group = server.group(&alice, &[&bob]).await;
    let (mut one, mut other) = (alice.socket().await, bob.socket().await);
    other.pull_all(&group).await;
    let mid = one.text(&group, "a").await.server_mid;
    other.pushed(&group).await;
    one.edit(&group, OpType::Append, mid, "b").await;
    let meta = other.pushed(&group).await;
    assert_operation(&meta, OpType::Append, mid, (alice.uid(), group.uid()));
    assert_eq!(operation_of(&meta).1.xid.map(|xid| xid.uid), Some(group.uid()));
    let (code, _) = other.operate_refused(&group, OpType::Replace, mid, None).await;
    assert_eq!(code, ErrorCode::Unauthorized, "not the author");
    let (code, _) = carol.socket().await.operate_refused(&group, OpType::Replace, mid, None).await;
    assert_eq!(code, ErrorCode::Unauthorized, "not a member");
    let ban = json!({"group_id": group.uid(), "user_list": [bob.uid()], "duration": 5});
    let own = other.text(&group, "mine").await.server_mid;
    alice.rest().post("/group/ban", ban).data().await;
    let (code, _) = other.operate_refused(&group, OpType::Append, own, None).await;
    assert_eq!(code, ErrorCode::UserBanned, "an edit is a way of speaking");
    server.stop().await;
}

#[tokio::test]
async fn who_was_away_pulls_the_operations() {
    let mut scene = Scene::set().await;
    let (alice, bob) = (scene.alice.uid(), scene.bob.uid());
    scene.peer.close().await;
    let one = scene.phone.text(bob, "one").await.server_mid;
    let two = scene.phone.text(bob, "two").await.server_mid;
    scene.phone.edit(bob, OpType::Append, one, "+").await;
    scene.phone.operate(bob, OpType::Recall, two, Some(bob)).await;
    scene.peer = scene.bob.socket().await;
    let metas = scene.peer.pull_all(alice).await;
    let kinds: Vec<_> = metas.iter().map(|meta| (meta.id, body_of(meta).r#type())).collect();
    assert_eq!(kinds.len(), 3, "the recalled text itself is gone: {kinds:?}");
    assert_eq!(kinds[0], (one, pb::message_body::Type::Chat));
    assert_operation(&metas[1], OpType::Append, one, (alice, bob));
    assert_operation(&metas[2], OpType::Recall, two, (alice, bob));
    scene.server.stop().await;
}

#[tokio::test]
async fn conversation_is_deleted_everywhere_for_its_user() {
    let mut scene = Scene::set().await;
    let (alice, bob) = (scene.alice.uid(), scene.bob.uid());
    scene.text("old").await;
    // On one device only: nobody else hears of it.
    scene.phone.operate_conversation(conversation_operation::OpType::Delete, bob).await;
    scene.desk.heartbeat().await;
    assert!(scene.desk.pushes_kept(0).is_empty());
    assert_eq!(scene.desk.history(bob, 0, 20).await.metas.len(), 1);
    let lists_bob = |list: &[(u64, u32, i32)]| list.iter().any(|(uid, _, _)| *uid == bob);
    let mut phone = scene.alice.connecting().device("phone").login().await;
    assert!(!lists_bob(&phone.unread().await), "dropped there");
    scene.phone = phone;
    scene.text("newer").await;
    let mut phone = scene.alice.connecting().device("phone").login().await;
    assert!(lists_bob(&phone.unread().await), "until something new comes");
    scene.phone = phone;
    let reply = scene.phone.operate_conversation(conversation_operation::OpType::DeleteEverywhere, bob).await;
    let meta = scene.desk.pushed(0).await;
    assert_eq!((meta.id, meta.ns), (reply.server_mid, pb::meta::NameSpace::Conversation as i32));
    assert_eq!((meta.from.unwrap().uid, meta.to.unwrap().uid), (alice, alice));
    let body = pb::Conversation::decode(meta.payload.clone()).unwrap().operation.unwrap();
    assert_eq!((body.r#type(), body.xid.unwrap().uid), (conversation_operation::OpType::DeleteEverywhere, bob));
    for client in [&mut scene.phone, &mut scene.desk] {
        assert!(client.history(bob, 0, 20).await.metas.is_empty());
    }
    assert_eq!(contents_of(&scene.peer.history(alice, 0, 20).await.metas), ["newer", "old"]);
    scene.text("new").await;
    assert_eq!(contents_of(&scene.phone.history(bob, 0, 20).await.metas), ["new"]);
    // Also for what was never pulled: a device that was away finds only the new.
    let mut late = scene.alice.with_token(scene.server.fresh_token(&scene.alice).await).device("late").await;
    assert!(late.pull_all(bob).await.iter().all(|meta| content_of(meta) == "new"));
    scene.server.stop().await;
}

#[tokio::test]
async fn conversation_operations_are_checked() {
    let mut scene = Scene::set().await;
    let carol = scene.server.user("carol").await;
    let group = scene.server.group(&scene.bob, &[&carol]).await;
    let cases = [
        (on_conversation(conversation_operation::OpType::DeleteEverywhere, &group), ErrorCode::Unauthorized),
        (on_conversation(conversation_operation::OpType::DeleteEverywhere, 7), ErrorCode::InvalidParameter),
        (on_conversation(conversation_operation::OpType::Unknown, &scene.bob), ErrorCode::InvalidParameter),
        (pb::Conversation::default(), ErrorCode::InvalidParameter),
    ];
    for (body, expected) in cases {
        let meta = scene.phone.meta(&scene.alice, pb::meta::NameSpace::Conversation, body);
        assert_eq!(scene.phone.refused(meta).await.0, expected, "{body:?}");
    }
    let unknown = pb::MessageBody { operation: None, ..operation(OpType::Recall, 1, None) };
    for body in [unknown, operation(OpType::Unknown, 1, None)] {
        let meta = scene.phone.message(&scene.bob, body);
        assert_eq!(scene.phone.refused(meta).await.0, ErrorCode::InvalidParameter);
    }
    let mut strange = operation(OpType::Recall, 1, None);
    strange.operation.as_mut().unwrap().r#type = 42;
    let meta = scene.phone.message(&scene.bob, strange);
    assert_eq!(scene.phone.refused(meta).await.0, ErrorCode::InvalidParameter);
    scene.server.stop().await;
}
