//! Groups on the wire: fan-out, who sees what from when, notices.

use cerulean_testkit::pb::group_notice::Type;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::{
    Address, Chain, SocketClient, TestGroup, TestServer, User, contents_of, group_notice_of, mids_of, pb,
};
use http::Method;
use serde_json::json;

use super::{numbered, texts};

const GROUP_NOTICE: i32 = pb::meta::NameSpace::GroupNotice as i32;

/// The messages among items.
fn messages(metas: Vec<pb::Meta>) -> Vec<pb::Meta> {
    metas.into_iter().filter(|meta| meta.ns == 1).collect()
}

/// The next notice about a group, in the group's conversation or in the user's system line.
async fn notice(client: &mut SocketClient, xid: impl Address, kind: Type) -> pb::GroupNotice {
    loop {
        let meta = client.pushed(&xid).await;
        if meta.ns == GROUP_NOTICE && group_notice_of(&meta).r#type() == kind {
            return group_notice_of(&meta);
        }
    }
}

async fn invite(by: &User, group: &TestGroup, whom: &User) {
    let call = json!({"group_id": group.uid(), "user_list": [whom.uid()]});
    by.rest().post("/group/invite", call).data().await;
}

#[tokio::test]
async fn message_reaches_every_member_and_the_own_other_devices() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut people = Vec::new();
    for number in 0..8 {
        people.push(server.user(&format!("member{number}")).await);
    }
    let group = server.group(&alice, &people.iter().collect::<Vec<_>>()).await;
    let mut phone = alice.device("phone").await;
    let mut sockets = vec![alice.with_token(server.fresh_token(&alice).await).device("desk").await];
    for user in &people {
        sockets.push(user.socket().await);
    }
    let mut heads = Vec::new();
    for socket in &mut sockets {
        // Nothing was written before they came.
        assert!(socket.pull_all(&group).await.is_empty());
        heads.push(Chain::newcomer());
    }
    let sent = texts(&mut phone, group.uid(), numbered(30)).await;
    for (socket, chain) in sockets.iter_mut().zip(&mut heads) {
        for mid in &sent {
            let meta = socket.pushed(&group).await;
            assert_eq!(meta.id, *mid);
            assert_eq!((meta.from.unwrap().uid, meta.to.unwrap().uid), (alice.uid(), group.uid()));
            chain.follow(&meta);
        }
    }
    phone.heartbeat().await;
    assert!(phone.pushes_kept(&group).is_empty());
    server.stop().await;
}

#[tokio::test]
async fn member_who_was_away_pulls() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let group = server.group(&alice, &[&bob]).await;
    bob.socket().await.close().await;
    let sent = texts(&mut alice.socket().await, group.uid(), numbered(5)).await;
    let mut client = bob.connecting().login().await;
    let unread = client.unread().await;
    let (uid, n, kind) = unread.into_iter().find(|(uid, ..)| *uid == group.uid()).unwrap();
    assert_eq!((uid, kind), (group.uid(), 2));
    assert!(n >= 5);
    assert_eq!(mids_of(&messages(client.pull_all(&group).await)), sent);
    server.stop().await;
}

#[tokio::test]
async fn who_joins_late_sees_nothing_of_before() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let group = server.group(&alice, &[&bob]).await;
    let (mut one, mut late) = (alice.socket().await, carol.socket().await);
    let before = one.text(&group, "before").await.server_mid;
    server.settle().await;
    invite(&alice, &group, &carol).await;
    server.settle().await;
    let after = one.text(&group, "after").await.server_mid;
    loop {
        let meta = late.pushed(&group).await;
        assert!(meta.id > before);
        if meta.id == after {
            break;
        }
    }
    for key in [0, after + 1, u64::MAX] {
        assert_eq!(contents_of(&late.history(&group, key, 20).await.metas), ["after"]);
    }
    // Not by a key either, nor on a fresh device.
    for key in [1, before - 1, before] {
        assert!(late.pull(&group, key).await.metas.iter().all(|meta| meta.id > before));
    }
    let mut fresh = carol.with_token(server.fresh_token(&carol).await).device("fresh").await;
    assert!(fresh.pull_all(&group).await.iter().all(|meta| meta.id > before));
    let chain = carol.rest().get(&format!("/client/v1/conversations/{}/chain", group.uid())).send().await.json();
    assert!(chain["items"].as_array().unwrap().iter().all(|item| item["mid"].as_u64().unwrap() > before));
    // Until the group shows its past.
    let visible = json!({"group_id": group.uid(), "value": true});
    alice.rest().post("/group/settings/history_visible", visible).data().await;
    assert_eq!(contents_of(&late.history(&group, 0, 20).await.metas), ["after", "before"]);
    server.stop().await;
}

#[tokio::test]
async fn kicked_member_is_told_and_gets_nothing_more() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let group = server.group(&alice, &[&bob, &carol]).await;
    let (mut one, mut two, mut three) = (alice.socket().await, bob.socket().await, carol.socket().await);
    for socket in [&mut two, &mut three] {
        socket.pull_all(&group).await;
    }
    let before = one.text(&group, "before").await.server_mid;
    assert_eq!(two.pushed(&group).await.id, before);
    let kick = json!({"group_id": group.uid(), "user_list": [bob.uid()]});
    alice.rest().post("/group/kick", kick).data().await;
    let told = notice(&mut two, 0, Type::Kicked).await;
    assert_eq!((told.gid.unwrap().uid, told.from.unwrap().uid), (group.uid(), alice.uid()));
    assert_eq!(told.to.iter().map(|to| to.uid).collect::<Vec<_>>(), [bob.uid()]);
    notice(&mut three, &group, Type::Kicked).await;
    let after = one.text(&group, "after").await.server_mid;
    loop {
        if three.pushed(&group).await.id == after {
            break;
        }
    }
    // Whatever he tries.
    two.text(&bob, "a note").await;
    two.heartbeat().await;
    assert!(two.pushes_kept(&group).is_empty());
    for key in [0, 1, before, after, u64::MAX] {
        assert!(two.pull(&group, key).await.metas.is_empty(), "{key}");
        assert!(two.history(&group, key, 20).await.metas.is_empty(), "{key}");
    }
    assert_eq!(two.text_refused(&group, "hey").await.0, ErrorCode::Unauthorized);
    two.close().await;
    let mut two = bob.connecting().login().await;
    assert!(two.unread().await.iter().all(|(uid, ..)| *uid != group.uid()));
    let chain = bob.rest().get(&format!("/client/v1/conversations/{}/chain", group.uid())).send().await;
    assert_eq!(chain.status, 403);
    server.stop().await;
}

#[tokio::test]
async fn who_comes_back_sees_what_is_said_from_then_on() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let group = server.group(&alice, &[&bob]).await;
    let (mut one, mut two) = (alice.socket().await, bob.socket().await);
    two.pull_all(&group).await;
    bob.rest().post("/group/leave", json!({"group_id": group.uid()})).data().await;
    one.text(&group, "while he was away").await;
    server.settle().await;
    invite(&alice, &group, &bob).await;
    server.settle().await;
    one.text(&group, "back again").await;
    let history = two.history(&group, 0, 20).await;
    assert_eq!(contents_of(&history.metas), ["back again"]);
    assert!(
        messages(two.pull_all(&group).await)
            .iter()
            .all(|meta| contents_of(std::slice::from_ref(meta)) == ["back again"])
    );
    server.stop().await;
}

#[tokio::test]
async fn new_member_and_old_ones_are_told() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let (mut one, mut two, mut three) = (alice.socket().await, bob.socket().await, carol.socket().await);
    let create = json!({"name": "new", "user_list": [bob.uid()]});
    let info = alice.rest().post("/group/create", create).data().await;
    let group = info["group_id"].as_u64().unwrap();
    for socket in [&mut one, &mut two] {
        let told = notice(socket, group, Type::Created).await;
        assert_eq!(told.from.unwrap().uid, alice.uid());
    }
    alice.rest().post("/group/invite", json!({"group_id": group, "user_list": [carol.uid()]})).data().await;
    for socket in [&mut one, &mut two, &mut three] {
        let told = notice(socket, group, Type::InviteAccepted).await;
        assert_eq!((told.gid.unwrap().uid, told.from.unwrap().uid), (group, carol.uid()));
    }
    three.text(group, "hello all").await;
    assert_eq!(contents_of(&[two.pushed(group).await]), ["hello all"]);
    server.stop().await;
}

#[tokio::test]
async fn dissolved_group_is_gone() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let group = server.group(&alice, &[&bob]).await;
    let (mut one, mut two) = (alice.socket().await, bob.socket().await);
    two.pull_all(&group).await;
    one.text(&group, "last words").await;
    alice.rest().call(Method::POST, "/group/destroy").json(json!({"group_id": group.uid()})).data().await;
    notice(&mut two, 0, Type::Destroyed).await;
    for socket in [&mut one, &mut two] {
        assert_eq!(socket.text_refused(&group, "anyone?").await, (ErrorCode::Fail, "group not found".into()));
        assert!(socket.pull(&group, 0).await.metas.is_empty());
        assert!(socket.history(&group, 0, 20).await.metas.is_empty());
    }
    server.stop().await;
}

#[tokio::test]
async fn senders_at_once_make_one_order_for_all() {
    let server = TestServer::start().await;
    let mut people = Vec::new();
    for number in 0..4 {
        people.push(server.user(&format!("member{number}")).await);
    }
    let group = server.group(&people[0], &people[1..].iter().collect::<Vec<_>>()).await;
    let mut watcher = people[0].with_token(server.fresh_token(&people[0]).await).device("watcher").await;
    assert!(watcher.pull_all(&group).await.is_empty());
    let mut chain = Chain::newcomer();
    let mut sending = Vec::new();
    for user in &people {
        let (mut socket, to) = (user.socket().await, group.uid());
        sending.push(tokio::spawn(async move { texts(&mut socket, to, numbered(50)).await }));
    }
    let mut seen = Vec::new();
    for _ in 0..200 {
        let meta = watcher.pushed(&group).await;
        chain.follow(&meta);
        seen.push(meta.id);
    }
    let mut sent = Vec::new();
    for sender in sending {
        let own = sender.await.unwrap();
        assert!(own.is_sorted(), "each sender's order is kept");
        sent.extend(own);
    }
    sent.sort_unstable();
    assert_eq!(seen, sent);
    server.stop().await;
}
