//! One action after the other, each checked by itself.

use serde_json::{Value, json};

use super::{ALICE, BOB, CAROL, DAVE, World};

impl World {
    /// Does what must succeed, and checks.
    pub(super) async fn step(&mut self, who: usize, path: &str, body: Value) {
        assert_eq!(self.act(who, path, body).await, 200, "{path}");
        self.check(path).await;
    }
}

#[tokio::test]
async fn every_action_on_rosters_is_told_completely() {
    let mut world = World::start().await;
    let [alice, bob, carol] = [world.uid(ALICE), world.uid(BOB), world.uid(CAROL)];
    world.step(ALICE, "/roster/apply", json!({"user_id": bob, "alias": "Bobby", "reason": "hi"})).await;
    world.step(BOB, "/roster/decline", json!({"user_id": alice, "reason": "no"})).await;
    world.step(ALICE, "/roster/apply", json!({"user_id": bob, "alias": "", "reason": "please"})).await;
    world.step(BOB, "/roster/accept", json!({"user_id": alice})).await;
    world.step(BOB, "/user/authmode", json!({"value": 0})).await;
    world.step(CAROL, "/roster/apply", json!({"user_id": bob, "alias": "", "reason": ""})).await;
    world.step(ALICE, "/roster/ext", json!({"user_id": bob, "alias": "B.", "ext": "{}"})).await;
    world.step(ALICE, "/roster/ext", json!({"user_id": bob, "mute_notification": true})).await;
    world.step(BOB, "/user/nickname", json!({"nick_name": "Robert"})).await;
    world.step(BOB, "/user/profile", json!({"description": "at work", "public_info": "{}"})).await;
    world.step(BOB, "/user/avatar", json!({"avatar": "a/bob"})).await;
    world
        .step(
            BOB,
            "/user/settings",
            json!({"user_id": bob, "auth_mode": 2, "auth_question": "why?", "auth_answer": "so"}),
        )
        .await;
    world.step(BOB, "/user/authmode", json!({"value": 1})).await;
    world.step(ALICE, "/roster/block", json!({"user_id": carol})).await;
    world.step(ALICE, "/roster/block", json!({"user_id": bob})).await;
    world.step(ALICE, "/roster/unblock", json!({"user_id": bob})).await;
    world.step(BOB, "/roster/delete", json!({"user_id": alice})).await;
    world.check_all("everything").await;
    world.server.stop().await;
}

#[tokio::test]
async fn every_action_on_groups_is_told_completely() {
    let mut world = World::start().await;
    let [alice, bob, carol, dave] = [world.uid(ALICE), world.uid(BOB), world.uid(CAROL), world.uid(DAVE)];
    let group = world.group(ALICE, &[BOB]).await;
    world.check("/group/create").await;
    let with = |fields: Value| {
        let mut body = json!({"group_id": group});
        body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        body
    };
    for (path, value) in [("name", "New name"), ("avatar", "a/1"), ("description", "about"), ("ext", "{\"x\":1}")] {
        world.step(ALICE, &format!("/group/info/{path}"), with(json!({"value": value}))).await;
    }
    for flag in
        ["allow_member_invitation", "allow_member_modify", "enable_read_ack", "history_visible", "hide_member_info"]
    {
        world.step(ALICE, &format!("/group/settings/{flag}"), with(json!({"value": true}))).await;
    }
    world.step(ALICE, "/group/settings/require_admin_approval", with(json!({"apply_approval": 1}))).await;
    world.step(BOB, "/group/display_name", with(json!({"value": "Bobby"}))).await;
    world.step(BOB, "/group/msg/mute_mode", with(json!({"msg_mute_mode": 2}))).await;
    world.step(BOB, "/group/msg/push_mode", with(json!({"msg_push_mode": 3}))).await;
    world.step(BOB, "/group/invite", with(json!({"user_list": [carol]}))).await;
    world.step(DAVE, "/group/apply", with(json!({"reason": "me too"}))).await;
    world.step(ALICE, "/group/apply/handle", with(json!({"user_id": dave, "approval": true}))).await;
    world.step(ALICE, "/group/ban", with(json!({"user_list": [bob, dave], "duration": 5}))).await;
    world.step(ALICE, "/group/unban", with(json!({"user_list": [dave]}))).await;
    world.step(ALICE, "/group/settings/ban_all", with(json!({"duration": -1}))).await;
    world.step(ALICE, "/group/settings/unban_all", with(json!({}))).await;
    world.step(ALICE, "/group/admin/add", with(json!({"user_list": [bob, dave]}))).await;
    world.step(ALICE, "/group/admin/remove", with(json!({"user_list": [dave]}))).await;
    world.step(BOB, "/group/announcement/edit", with(json!({"title": "t", "content": "c"}))).await;
    world.step(BOB, "/group/kick", with(json!({"user_list": [dave]}))).await;
    world.step(BOB, "/group/block", with(json!({"user_list": [carol]}))).await;
    world.step(BOB, "/group/unblock", with(json!({"user_list": [carol]}))).await;
    world.step(ALICE, "/group/transfer", with(json!({"new_owner": bob}))).await;
    world.step(ALICE, "/group/leave", with(json!({}))).await;
    world.step(BOB, "/group/invite", with(json!({"user_list": [alice, carol]}))).await;
    world.step(BOB, "/group/kick", with(json!({"user_list": [alice]}))).await;
    world.step(BOB, "/group/invite", with(json!({"user_list": [alice]}))).await;
    world.step(BOB, "/group/destroy", with(json!({}))).await;
    world.check_all("everything").await;
    world.server.stop().await;
}

#[tokio::test]
async fn every_way_into_a_group_is_told_completely() {
    let mut world = World::start().await;
    let [alice, bob, carol, dave] = [world.uid(ALICE), world.uid(BOB), world.uid(CAROL), world.uid(DAVE)];
    let group = world.group(ALICE, &[]).await;
    let with = |fields: Value| {
        let mut body = json!({"group_id": group});
        body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        body
    };
    for who in [BOB, CAROL] {
        world.step(who, "/user/settings", json!({"user_id": world.uid(who), "group_confirm": true})).await;
    }
    world.step(ALICE, "/group/invite", with(json!({"user_list": [bob, carol]}))).await;
    world.step(BOB, "/group/invite/handle", with(json!({"user_id": alice, "approval": true}))).await;
    world.step(CAROL, "/group/invite/handle", with(json!({"user_id": alice, "approval": false}))).await;
    world.step(DAVE, "/group/apply", with(json!({"reason": ""}))).await;
    world.step(ALICE, "/group/apply/handle", with(json!({"user_id": dave, "approval": false}))).await;
    world.step(ALICE, "/group/settings/require_admin_approval", with(json!({"apply_approval": 0}))).await;
    world.step(DAVE, "/group/apply", with(json!({"reason": ""}))).await;
    let code = world.clients[ALICE].get(&format!("/group/qrcode/sign?group_id={group}")).data().await;
    world.step(CAROL, "/group/qrcode/invite", json!({"qr_info": code["qr_info"]})).await;
    world.step(ALICE, "/group/announcement/edit", with(json!({"title": "first", "content": "c"}))).await;
    world.step(ALICE, "/group/announcement/edit", with(json!({"title": "second", "content": "c"}))).await;
    let list = world.clients[BOB].get(&format!("/group/announcement/list?group_id={group}")).data().await;
    world.step(ALICE, "/group/announcement/delete", with(json!({"announcement_id": list[0]["id"]}))).await;
    world.step(BOB, "/group/leave", with(json!({}))).await;
    world.check_all("everything").await;
    world.server.stop().await;
}
