//! What a user changes of himself, his devices and his conversations, as his other devices and his friends are told of it.

use cerulean_testkit::pb::conversation_operation::OpType;
use cerulean_testkit::{Address, SocketClient};
use serde_json::{Value, json};

use super::{ALICE, BOB, CAROL, World};

impl World {
    /// One more device of a user signs in; the others are told.
    async fn tablet(&mut self, who: usize) -> (cerulean_testkit::User, SocketClient) {
        let user = self.users[who].with_token(self.server.fresh_token(&self.users[who]).await);
        let socket = user.connecting().device("tablet").live().await;
        self.server.settle().await;
        self.check("the tablet signs in").await;
        (user, socket)
    }

    async fn newest_device(&self, who: usize) -> Value {
        let devices = self.clients[who].get("/user/device/list").data().await;
        devices.as_array().expect("a list").last().expect("a device")["device_sn"].clone()
    }

    /// Does what must succeed at a path of our own, and checks.
    async fn change(&mut self, who: usize, path: &str, body: Value) {
        let answer = self.clients[who].call(http::Method::PUT, path).json(body).send().await;
        assert_eq!(answer.status, 204, "{path}");
        self.server.settle().await;
        self.check(path).await;
    }
}

#[tokio::test]
async fn changes_of_a_profile_reach_own_devices_and_friends() {
    let mut world = World::start().await;
    let [alice, bob] = [world.uid(ALICE), world.uid(BOB)];
    world.step(ALICE, "/user/authmode", json!({"value": 0})).await;
    world.step(BOB, "/roster/apply", json!({"user_id": alice, "alias": "", "reason": ""})).await;
    world.step(CAROL, "/roster/apply", json!({"user_id": alice, "alias": "", "reason": ""})).await;
    world.step(ALICE, "/user/nickname", json!({"nick_name": "Ally"})).await;
    world.step(ALICE, "/user/avatar", json!({"avatar": "avatars/alice"})).await;
    world.step(ALICE, "/user/profile", json!({"description": "hello", "public_info": "{}", "private_info": "p"})).await;
    world.step(ALICE, "/user/mobile", json!({"mobile": "13800138000"})).await;
    world.step(ALICE, "/user/settings", json!({"user_id": alice, "no_push": true, "auth_question": "who?"})).await;
    world.step(ALICE, "/user/push/nickname", json!({"value": "A."})).await;
    world.step(ALICE, "/user/push/limit", json!({"no_push_start_hour": 22, "no_push_end_hour": 7})).await;
    world.step(ALICE, "/user/sounds", json!({"value": true})).await;
    world.step(ALICE, "/roster/ext", json!({"user_id": bob, "mute_notification": true})).await;
    world.check_all("everything").await;
    world.server.stop().await;
}

#[tokio::test]
async fn devices_that_come_and_go_are_told_of() {
    let mut world = World::start().await;
    let _tablet = world.tablet(ALICE).await;
    let sn = world.newest_device(ALICE).await;
    world.step(ALICE, "/user/kick", json!({"device_sn": sn})).await;
    let _again = world.tablet(ALICE).await;
    world.step(ALICE, "/user/device/remove", json!({"device_sn": sn})).await;
    let (tablet, _socket) = world.tablet(ALICE).await;
    assert_eq!(tablet.rest().post("/client/v1/sign-out", json!({})).send().await.status, 204);
    world.server.settle().await;
    world.check("signing out").await;
    // A device that was away while all that happened shows the same.
    let _carols = world.tablet(CAROL).await;
    world.check_all("everything").await;
    world.server.stop().await;
}

#[tokio::test]
async fn a_new_password_leaves_the_device_that_set_it_alone() {
    let mut world = World::start().await;
    let _tablet = world.tablet(ALICE).await;
    let change = json!({"old_password": world.users[ALICE].password, "new_password": "another fine secret"});
    let phone = world.devices[0].user.rest();
    assert_eq!(phone.post("/user/change_password", change).code().await, 200);
    world.server.settle().await;
    let desk = world.devices.remove(1);
    assert_eq!((desk.user.uid(), desk.name), (world.uid(ALICE), "desk"));
    world.check("the change of the password").await;
    assert_eq!(world.devices[0].model.shown.devices.len(), 1);
    world.server.stop().await;
}

#[tokio::test]
async fn pins_and_mutes_reach_own_devices() {
    let mut world = World::start().await;
    let [alice, bob] = [world.uid(ALICE), world.uid(BOB)];
    let group = world.group(ALICE, &[BOB, CAROL]).await;
    let text = |to: u64| json!({"type": 1, "targets": [to], "content_type": 0, "content": "hello"});
    world.step(BOB, "/message/send", text(alice)).await;
    world.step(CAROL, "/message/send", text(bob)).await;
    for xid in [bob, group] {
        world.change(ALICE, &format!("/client/v1/conversations/{xid}/pin"), json!({"is_pinned": true})).await;
        world.change(ALICE, &format!("/client/v1/conversations/{xid}/mute"), json!({"is_muted": true})).await;
    }
    world.change(CAROL, &format!("/client/v1/conversations/{group}/pin"), json!({"is_pinned": true})).await;
    world.change(ALICE, &format!("/client/v1/conversations/{group}/mute"), json!({"is_muted": false})).await;
    world.step(ALICE, "/user/conversation/unpin", json!({"conversation_id": bob})).await;
    world.step(ALICE, "/user/conversation/pin", json!({"conversation_id": bob})).await;
    assert_eq!(world.devices[0].model.shown.pinned, [bob, group].into());
    // Only the user's own devices are told.
    assert!(world.devices[2].model.shown.pinned.is_empty());
    let cleared =
        world.clients[ALICE].call(http::Method::DELETE, &format!("/client/v1/conversations/{bob}")).send().await;
    assert_eq!(cleared.status, 204);
    world.server.settle().await;
    world.check("a conversation is cleared").await;
    world.step(BOB, "/group/leave", json!({"group_id": group})).await;
    world.step(ALICE, "/group/destroy", json!({"group_id": group})).await;
    world.check_all("everything").await;
    world.server.stop().await;
}

/// A device does it itself: its own answer is enough for it, the others hear of it.
#[tokio::test]
async fn pins_made_on_a_device_reach_the_others() {
    let mut world = World::start().await;
    let bob = world.uid(BOB);
    world
        .step(
            BOB,
            "/message/send",
            json!({"type": 1, "targets": [world.uid(ALICE)], "content_type": 0, "content": "hello"}),
        )
        .await;
    for (kind, pinned, muted) in
        [(OpType::Pin, vec![bob], vec![]), (OpType::Mute, vec![bob], vec![bob]), (OpType::Unpin, vec![], vec![bob])]
    {
        let phone = world.devices[0].socket.as_mut().expect("online");
        phone.operate_conversation(kind, bob).await;
        world.server.settle().await;
        let heard = phone.catch_up().await;
        assert!(heard.iter().all(|meta| meta.ns != cerulean_testkit::pb::meta::NameSpace::Conversation as i32));
        world.devices[0].model.shown.pinned = pinned.iter().copied().collect();
        world.devices[0].model.shown.muted = muted.iter().copied().collect();
        world.check(&format!("{kind:?}")).await;
        assert_eq!(world.devices[1].model.shown.pinned.iter().copied().collect::<Vec<_>>(), pinned);
    }
    world.server.stop().await;
}
