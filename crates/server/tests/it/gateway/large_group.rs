//! A group of 100 000 members, few of them online.

use cerulean_testkit::pb::group_notice::Type;
use cerulean_testkit::{
    Address, SocketClient, TestGroup, TestServer, User, content_of, contents_of, group_notice_of, pb,
};
use cerulean_types::{ConversationKey, UserId};
use serde_json::json;

const LARGE: usize = 100_000;
const GROUP_NOTICE: i32 = pb::meta::NameSpace::GroupNotice as i32;

/// Puts members into a group who never come online.
async fn crowd(server: &TestServer, group: &TestGroup, size: usize) {
    let platform = &server.parts().platform;
    let tx = platform.db.begin(server.app.id).await.unwrap();
    let mut rng = rand::rng();
    let mut users: Vec<UserId> = (0..size).map(|_| UserId::random(&mut rng)).collect();
    users.sort_unstable();
    users.dedup();
    let now = server.clock.now();
    tx.group_members().insert(group.id, &users, 0, now).await.unwrap();
    assert!(tx.groups().take_places(group.id, users.len() as u64, 1 << 40).await.unwrap());
    let version = tx.groups().raise_version(group.id).await.unwrap();
    tx.commit().await.unwrap();
    let change = cerulean_bus::GroupChange::Remade;
    platform.bus.publish(cerulean_bus::BusEvent::GroupChanged { app: server.app.id, group: group.id, version, change });
}

async fn head(server: &TestServer, group: &TestGroup) -> u64 {
    let log = &server.parts().platform.log;
    log.head(server.app.id, ConversationKey::Group(group.id)).await.unwrap().position
}

async fn pending(client: &mut SocketClient, group: &TestGroup) -> u32 {
    let list = client.unread().await;
    list.into_iter().find(|(uid, ..)| *uid == group.uid()).expect("the group is listed").1
}

async fn mute(user: &User, group: &TestGroup, mode: u8) {
    user.rest().post("/group/msg/mute_mode", json!({"group_id": group.uid(), "msg_mute_mode": mode})).data().await;
}

#[tokio::test]
async fn message_to_100_000_members_is_one_row_and_reaches_those_online() {
    let server = TestServer::start().limits(|limits| limits.group_members = LARGE + 10).await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let group = server.group(&alice, &[&bob]).await;
    crowd(&server, &group, LARGE).await;
    let (mut alices, mut bobs) = (alice.socket().await, bob.socket().await);
    let mut carols = carol.socket().await;
    bobs.pull_all(&group).await;
    let before = head(&server, &group).await;
    alices.text(&group, "one").await;
    assert_eq!(content_of(&bobs.pushed(&group).await), "one");
    assert_eq!(head(&server, &group).await, before + 1);
    // The server's own periodic work may fall between one message and its arrival, but not each time.
    let statements = || server.parts().platform.db.statements();
    let mut looked_up = Vec::new();
    for text in ["two", "two more", "and two"] {
        let before = statements();
        alices.text(&group, text).await;
        assert_eq!(content_of(&bobs.pushed(&group).await), text);
        looked_up.push(statements() - before);
    }
    assert!(looked_up.contains(&0), "nobody is looked up: {looked_up:?}");

    // Who joins while he is online gets what is said from then on, and so does a member who comes online later.
    let call = json!({"group_id": group.uid(), "user_list": [carol.uid()]});
    alice.rest().post("/group/invite", call).data().await;
    let joined = carols.pushed(&group).await;
    assert_eq!(group_notice_of(&joined).r#type(), Type::InviteAccepted);
    assert_eq!(group_notice_of(&bobs.pushed(&group).await).r#type(), Type::InviteAccepted);
    assert_eq!(head(&server, &group).await, before + 5);
    bobs.close().await;
    let mut bobs = bob.device("later").await;
    bobs.pull_all(&group).await;
    alices.text(&group, "three").await;
    assert_eq!(content_of(&carols.pushed(&group).await), "three");
    assert_eq!(content_of(&bobs.pushed(&group).await), "three");

    // Who was put out gets nothing any more.
    let call = json!({"group_id": group.uid(), "user_list": [carol.uid()]});
    alice.rest().post("/group/kick", call).data().await;
    assert_eq!(group_notice_of(&bobs.pushed(&group).await).r#type(), Type::Kicked);
    alices.text(&group, "four").await;
    assert_eq!(content_of(&bobs.pushed(&group).await), "four");
    carols.heartbeat().await;
    assert!(carols.pushes_kept(&group).is_empty());
    carols.text_refused(&group, "still here?").await;
    server.stop().await;
}

#[tokio::test]
async fn member_who_wants_no_messages_gets_notices_only() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let group = server.group(&alice, &[&bob, &carol]).await;
    let (mut alices, mut bobs) = (alice.socket().await, bob.socket().await);
    let bobs_other = bob.with_token(server.fresh_token(&bob).await);
    let mut desk = bobs_other.device("desk").await;
    for client in [&mut bobs, &mut desk] {
        client.pull_all(&group).await;
    }
    mute(&bob, &group, 2).await;
    alices.text(&group, "not for bob").await;
    bobs.text(&group, "but bob speaks").await;
    assert_eq!(content_of(&desk.pushed(&group).await), "but bob speaks");
    let rename = json!({"group_id": group.uid(), "value": "Renamed"});
    alice.rest().post("/group/info/name", rename.clone()).data().await;
    for client in [&mut bobs, &mut desk] {
        let next = client.pushed(&group).await;
        assert_eq!(next.ns, GROUP_NOTICE, "notices still come");
    }
    // What is withheld is not pending on a device that was away; it pulls notices only, and finds what it missed in the history.
    bobs.confirm_by_pong().await;
    bobs.close().await;
    alices.text(&group, "nor this").await;
    let mut bobs = bob.connecting().login().await;
    assert_eq!(pending(&mut bobs, &group).await, 0);
    bobs.close().await;
    alice.rest().post("/group/info/name", rename).data().await;
    server.settle().await;
    let mut bobs = bob.connecting().login().await;
    assert_eq!(pending(&mut bobs, &group).await, 1, "the notice");
    let pulled = bobs.pull_all(&group).await;
    assert_eq!(pulled.len(), 1);
    assert!(pulled.iter().all(|meta| meta.ns == GROUP_NOTICE), "{pulled:?}");
    let page = bobs.history(&group, 0, 3).await;
    assert_eq!(contents_of(&page.metas), ["nor this", "but bob speaks", "not for bob"]);
    // Loud again.
    mute(&bob, &group, 1).await;
    alices.text(&group, "welcome back").await;
    assert_eq!(content_of(&bobs.pushed(&group).await), "welcome back");
    server.stop().await;
}
