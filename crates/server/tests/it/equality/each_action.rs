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
    let to_all = json!([{"user_id": alice, "reason": "hello"}, {"user_id": bob, "reason": "hello"}]);
    world.step(CAROL, "/roster/apply/batch", to_all).await;
    assert_eq!(world.devices[0].model.shown.applicants, [carol].into());
    world.step(ALICE, "/roster/apply", json!({"user_id": carol, "alias": "", "reason": "hello too"})).await;
    world.step(CAROL, "/roster/accept", json!({"user_id": alice})).await;
    assert!(world.devices[0].model.shown.applicants.is_empty(), "what was asked both ways is settled");
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
    for name in ["plan.txt", "notes.txt"] {
        let file = with(json!({"name": name, "size": 1, "url": "https://files.example.com/1", "type": "text"}));
        world.step(BOB, "/group/file/upload", file).await;
    }
    let files: Vec<u64> = world.devices[0].model.shown.groups[&group].files.keys().copied().collect();
    world.step(ALICE, "/group/file/update_name", with(json!({"file_id": files[0], "name": "plan 2.txt"}))).await;
    world.step(BOB, "/group/file/delete", with(json!({"file_list": files}))).await;
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

#[tokio::test]
async fn requests_that_become_pointless_are_told_completely() {
    let mut world = World::start().await;
    let [alice, bob, carol, dave] = [world.uid(ALICE), world.uid(BOB), world.uid(CAROL), world.uid(DAVE)];
    let (first, second) = (world.group(BOB, &[ALICE]).await, world.group(BOB, &[]).await);
    let confirm = |user: u64| json!({"user_id": user, "group_confirm": true});
    world.step(ALICE, "/user/settings", confirm(alice)).await;
    world.step(CAROL, "/user/settings", confirm(carol)).await;
    let of = |group: u64, users: &[u64]| json!({"group_id": group, "user_list": users});
    // Who applied, or was invited, and comes in otherwise.
    world.step(DAVE, "/group/apply", json!({"group_id": first, "reason": "me?"})).await;
    assert_eq!(world.devices[2].model.shown.groups[&first].staff.as_ref().unwrap().applicants, [dave].into());
    world.step(BOB, "/group/invite", of(first, &[dave, carol])).await;
    let code = world.clients[BOB].get(&format!("/group/qrcode/sign?group_id={first}")).data().await;
    world.step(CAROL, "/group/qrcode/invite", json!({"qr_info": code["qr_info"]})).await;
    assert!(world.devices[2].model.shown.groups[&first].staff.as_ref().unwrap().applicants.is_empty());
    // Whoever manages the group later sees what there is.
    world.step(DAVE, "/group/leave", json!({"group_id": first})).await;
    world.step(DAVE, "/group/apply", json!({"group_id": first, "reason": "again"})).await;
    world.step(BOB, "/group/admin/add", of(first, &[alice])).await;
    assert_eq!(world.devices[0].model.shown.groups[&first].staff.as_ref().unwrap().applicants, [dave].into());
    // Who asked, or was asked, and is blocked.
    world.step(ALICE, "/group/block", of(first, &[dave])).await;
    world.step(BOB, "/group/invite", of(second, &[alice])).await;
    assert_eq!(world.devices[0].model.shown.invitations, [(second, bob)].into());
    world.step(BOB, "/group/block", of(second, &[alice])).await;
    assert!(world.devices[0].model.shown.invitations.is_empty());
    world.step(BOB, "/group/unblock", of(second, &[alice])).await;
    // A group that one is invited into is dissolved.
    world.step(BOB, "/group/invite", of(second, &[alice])).await;
    world.step(BOB, "/group/destroy", json!({"group_id": second})).await;
    world.check_all("everything").await;
    world.server.stop().await;
}

#[tokio::test]
async fn a_user_who_goes_for_good_is_told_of_completely() {
    let mut world = World::start().await;
    let [alice, bob, dave] = [world.uid(ALICE), world.uid(BOB), world.uid(DAVE)];
    let group = world.group(ALICE, &[BOB, DAVE]).await;
    let (asked, owned) = (world.group(BOB, &[]).await, world.group(DAVE, &[ALICE]).await);
    world.step(DAVE, "/roster/apply", json!({"user_id": alice, "alias": "", "reason": "hi"})).await;
    world.step(ALICE, "/roster/accept", json!({"user_id": dave})).await;
    world.step(DAVE, "/roster/apply", json!({"user_id": bob, "alias": "", "reason": "hi"})).await;
    world.step(DAVE, "/group/apply", json!({"group_id": asked, "reason": "me too"})).await;
    world.step(BOB, "/user/settings", json!({"user_id": bob, "group_confirm": true})).await;
    world.step(DAVE, "/group/invite", json!({"group_id": owned, "user_list": [bob]})).await;
    let password = world.users[DAVE].password.clone();
    world.step(DAVE, "/user/delete", json!({"password": password})).await;
    assert!(!world.devices[0].model.shown.friends.contains_key(&dave));
    assert!(!world.devices[0].model.shown.groups[&group].members.contains_key(&dave));
    world.check_all("everything").await;
    world.server.stop().await;
}
