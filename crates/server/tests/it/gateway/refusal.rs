//! Who may not speak to whom, and what cannot be said.

use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{Address, TestServer, content_of, pb, text_body};
use serde_json::json;

const MINUTE_MS: i64 = 60_000;

fn fail(reason: &str) -> (ErrorCode, String) {
    (ErrorCode::Fail, reason.into())
}

#[tokio::test]
async fn peers_that_are_not_there_are_not_found() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let other = server.new_app("other").await;
    let mallory = server.user_of(&other, "mallory").await;
    let friend = server.user_of(&other, "friend").await;
    let group = server.group(&mallory, &[&friend]).await;
    let mut client = alice.socket().await;
    for uid in [mallory.uid(), 800_000_000_000_001, 0, 7, 1 << 53, u64::MAX] {
        assert_eq!(client.text_refused(uid, "hello?").await, fail("user not found"), "{uid}");
    }
    for uid in [group.uid(), 800_000_000_000_002] {
        assert_eq!(client.text_refused(uid, "hello?").await, fail("group not found"), "{uid}");
    }
    let mut meta = client.message(&alice, text_body(&alice, "to nobody"));
    meta.to = None;
    let answer = client.try_send(meta).await;
    assert_eq!(answer.status.unwrap().code(), ErrorCode::Fail);
    // Nothing of it arrived over there.
    let mut socket = mallory.socket().await;
    assert!(socket.history(&alice, 0, 20).await.metas.is_empty());
    assert!(socket.history(&group, 0, 20).await.metas.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn block_works_both_ways_and_ends() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (mut one, mut other) = (alice.socket().await, bob.socket().await);
    one.text(&bob, "before").await;
    alice.rest().post("/roster/block", json!({"user_id": bob.uid()})).data().await;
    assert_eq!(other.text_refused(&alice, "please").await.0, ErrorCode::Fail);
    assert_eq!(one.text_refused(&bob, "no").await.0, ErrorCode::Fail);
    alice.rest().post("/roster/unblock", json!({"user_id": bob.uid()})).data().await;
    other.text(&alice, "thanks").await;
    one.text(&bob, "well").await;
    server.stop().await;
}

#[tokio::test]
async fn strangers_may_write_unless_the_app_says_no() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let (mut client, mut friend) = (carol.socket().await, bob.socket().await);
    client.text(&alice, "hello, stranger").await;
    server.change_settings(&server.app, |settings| settings.friends_only = true).await;
    assert_eq!(client.text_refused(&alice, "hello again").await.0, ErrorCode::Unauthorized);
    client.text(&carol, "to myself").await;
    friend.text(&alice, "hello").await;
    bob.rest().post("/roster/delete", json!({"user_id": alice.uid()})).data().await;
    assert_eq!(friend.text_refused(&alice, "hello?").await.0, ErrorCode::Unauthorized);
    server.make_friends(&carol, &alice).await;
    client.text(&alice, "hello, friend").await;
    server.stop().await;
}

#[tokio::test]
async fn banned_member_may_not_speak_for_a_while() {
    let server = TestServer::start().await;
    let (owner, member) = (server.user("owner").await, server.user("member").await);
    let group = server.group(&owner, &[&member]).await;
    let (mut one, mut other) = (owner.socket().await, member.socket().await);
    other.text(&group, "before").await;
    let ban = json!({"group_id": group.uid(), "user_list": [member.uid()], "duration": 10});
    owner.rest().post("/group/ban", ban.clone()).data().await;
    assert_eq!(other.text_refused(&group, "now").await.0, ErrorCode::UserBanned);
    one.text(&group, "silence").await;
    server.clock.advance(10 * MINUTE_MS + 1000);
    other.text(&group, "after").await;
    owner.rest().post("/group/ban", ban).data().await;
    assert_eq!(other.text_refused(&group, "again").await.0, ErrorCode::UserBanned);
    let unban = json!({"group_id": group.uid(), "user_list": [member.uid()]});
    owner.rest().post("/group/unban", unban).data().await;
    other.text(&group, "free").await;
    let all = json!({"group_id": group.uid(), "duration": -1});
    owner.rest().post("/group/settings/ban_all", all).data().await;
    assert_eq!(other.text_refused(&group, "everyone").await.0, ErrorCode::UserBanned);
    one.text(&group, "but me").await;
    owner.rest().post("/group/settings/unban_all", json!({"group_id": group.uid()})).data().await;
    other.text(&group, "all may").await;
    server.stop().await;
}

#[tokio::test]
async fn who_is_not_in_a_group_may_not_speak_in_it() {
    let server = TestServer::start().await;
    let (owner, stranger) = (server.user("owner").await, server.user("stranger").await);
    let group = server.group(&owner, &[]).await;
    let mut client = stranger.socket().await;
    let (code, reason) = client.text_refused(&group, "let me in").await;
    assert_eq!(code, ErrorCode::Unauthorized);
    assert_ne!(reason, "you must login first", "clients take that for a lost session");
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_said_is_refused_and_the_connection_kept() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let group = server.group(&alice, &[&bob]).await;
    let (mut client, mut other) = (alice.socket().await, bob.socket().await);
    let chat = text_body(&bob, "hello");
    let groupchat = text_body(&group, "hello");
    let long = "x".repeat((64 << 10) + 1);
    let cases = [
        ("empty", bob.uid(), pb::MessageBody { content: String::new(), ..chat.clone() }),
        ("too long", bob.uid(), pb::MessageBody { content: long.clone(), ..chat.clone() }),
        ("long config", bob.uid(), pb::MessageBody { config: long.clone(), ..chat.clone() }),
        ("long ext", bob.uid(), pb::MessageBody { ext: long.clone(), ..chat.clone() }),
        ("long attachment", bob.uid(), pb::MessageBody { attachment: long, ..chat.clone() }),
        ("in the name of the system", bob.uid(), pb::MessageBody { is_system: true, ..chat.clone() }),
        ("to a group as to a user", group.uid(), chat.clone()),
        ("to a user as to a group", bob.uid(), groupchat),
    ];
    for (what, to, body) in cases {
        let meta = client.message(to, body);
        let (code, reason) = client.refused(meta).await;
        assert_eq!(code, ErrorCode::InvalidParameter, "{what}");
        assert!(!reason.is_empty(), "{what}");
    }
    for ns in [0, 2, 3, 4, 5, 7, 9, 100, 255, 256, 257, -1, i32::MAX] {
        let mut meta = client.message(&bob, chat.clone());
        meta.ns = ns;
        assert_eq!(client.refused(meta).await.0, ErrorCode::InvalidParameter, "namespace {ns}");
    }
    for payload in [&[0xff_u8, 0xff][..], &[0x22, 0x02, 0xc3, 0x28], &[0x22, 0x7f, b'x'], &[0x08]] {
        let mut meta = client.message(&bob, chat.clone());
        meta.payload = payload.to_vec().into();
        assert_eq!(client.refused(meta).await.0, ErrorCode::InvalidParameter, "{payload:?}");
    }
    client.text(&bob, "fine").await;
    assert_eq!(content_of(&other.pushed(&alice).await), "fine", "none of the others arrived");
    server.stop().await;
}

#[tokio::test]
async fn content_of_no_known_kind_is_refused_at_every_door() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let mut client = alice.socket().await;
    let with = |ctype: i32, kind: pb::message_body::Type| {
        let body = text_body(&bob, "x");
        pb::MessageBody { ctype, r#type: kind as i32, ..body }
    };
    for (ctype, kind) in [
        (77, pb::message_body::Type::Chat),
        (9, pb::message_body::Type::Chat),
        (-1, pb::message_body::Type::Chat),
        (0, pb::message_body::Type::Normal),
    ] {
        let meta = client.message(&bob, with(ctype, kind));
        assert_eq!(client.refused(meta).await.0, ErrorCode::InvalidParameter, "{ctype} {kind:?}");
    }
    for ctype in 0..=8 {
        let meta = client.message(&bob, with(ctype, pb::message_body::Type::Chat));
        client.send(meta).await;
    }
    for content_type in [8, 13, 77] {
        let body = json!({"type": 1, "targets": [bob.uid()], "content_type": content_type, "content": "x"});
        assert_eq!(alice.rest().post("/message/send", body).code().await, 10002);
    }
    assert_eq!(client.history(&bob, 0, 20).await.metas.len(), 9);
    server.stop().await;
}
