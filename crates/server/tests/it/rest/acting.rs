//! The administrator in the place of a user, and of a group's owner: never with more rights than theirs, and of nobody who is not of the app.

use cerulean_testkit::{TestServer, body_of, content_of};
use cerulean_types::{GroupId, UserId};
use serde_json::json;

#[tokio::test]
async fn a_user_of_another_app_is_nobody_to_act_as() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let other = server.new_app("other").await;
    let eve = server.user_of(&other, "eve").await;
    let group = server.group(&alice, &[&bob]).await;
    let body = json!({
        "group_id": group.id.get(), "value": "taken over", "user_list": [bob.id.get()],
        "title": "hear", "content": "me", "user_id": bob.id.get(),
    });
    let unknown = (1..).map(|number| UserId::parse(number * 1000 + 1)).find_map(Result::ok).unwrap();
    for name in [eve.id.get().to_string(), unknown.get().to_string(), "x".into(), "-1".into()] {
        let admin = server.admin().header("user_id", &name);
        for path in ["/group/info/name", "/group/kick", "/group/announcement/edit", "/roster/block", "/user/nickname"] {
            assert_eq!(admin.post(path, body.clone()).code().await, 10000, "{path} as {name}");
        }
        assert_eq!(admin.get(&format!("/group/info?group_id={}", group.id)).code().await, 10000, "as {name}");
    }
    let info = alice.rest().get(&format!("/group/info?group_id={}", group.id)).data().await;
    assert_eq!((&info["name"], &info["count"]), (&json!("a group"), &json!(2)));
    let told = alice.rest().get(&format!("/group/announcement/list?group_id={}", group.id)).data().await;
    assert_eq!(told, json!([]));
    server.stop().await;
}

#[tokio::test]
async fn who_is_acted_for_keeps_his_rank() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (carol, dave) = (server.user("carol").await, server.user("dave").await);
    let group = server.group(&alice, &[&bob, &carol]).await;
    let kick = json!({"group_id": group.id.get(), "user_list": [carol.id.get()]});
    let rename = json!({"group_id": group.id.get(), "value": "renamed"});
    let announce = json!({"group_id": group.id.get(), "title": "hear", "content": "me"});
    for (path, body) in [("/group/kick", &kick), ("/group/info/name", &rename), ("/group/announcement/edit", &announce)]
    {
        assert_eq!(server.admin_as(&bob).post(path, body.clone()).code().await, 20012, "{path} as a member");
        assert_eq!(server.admin_as(&dave).post(path, body.clone()).code().await, 20002, "{path} as an outsider");
        let both = server.admin_as(&bob).header("group_id", &group.id.to_string());
        assert_eq!(both.post(path, body.clone()).code().await, 20012, "{path}: the user goes before the group");
    }
    let of_another = server.group(&bob, &[]).await;
    let as_owner = server.admin().header("group_id", &of_another.id.to_string());
    assert_eq!(as_owner.post("/group/info/name", rename.clone()).code().await, 20012, "as the owner of another group");
    for admin in [server.admin(), server.admin_as(&alice), server.admin().header("group_id", &group.id.to_string())] {
        assert_eq!(admin.post("/group/info/name", rename.clone()).code().await, 200);
    }
    server.stop().await;
}

#[tokio::test]
async fn the_owner_of_a_group_is_acted_for_everywhere() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let group = server.group(&alice, &[&bob]).await;
    let mut bobs = bob.socket().await;
    bobs.pull_all(&group).await;
    bobs.pull_all(0).await;
    let owner = server.admin().header("group_id", &group.id.to_string());
    let text = json!({"type": 2, "targets": [group.id.get()], "content_type": 0, "content": "from the owner"});
    owner.post("/message/send", text).data().await;
    let heard = bobs.pushed(&group).await;
    assert_eq!(content_of(&heard), "from the owner");
    assert!(!body_of(&heard).is_system);
    assert_eq!(heard.from.unwrap().uid, alice.id.get());
    assert_eq!(owner.get("/roster/list").data().await, json!([bob.id.get()]));
    assert_eq!(owner.get("/user/profile").data().await["user_id"], json!(alice.id.get()));
    assert_eq!(owner.get("/group/user_joined").data().await, json!([group.id.get()]));
    server.stop().await;
}

#[tokio::test]
async fn a_group_of_another_app_has_no_owner_to_act_as() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, eve) = (server.user("alice").await, server.user_of(&other, "eve").await);
    let (foreign, gone) = (server.group(&eve, &[]).await, server.group(&alice, &[]).await);
    alice.rest().post("/group/destroy", json!({"group_id": gone.id.get()})).data().await;
    let unknown = (1..).map(|number| GroupId::parse(number * 1000 + 2)).find_map(Result::ok).unwrap();
    for name in [foreign.id.to_string(), gone.id.to_string(), unknown.to_string(), alice.id.to_string(), "x".into()] {
        for admin in [server.admin(), server.admin_as(&alice)] {
            let admin = admin.header("group_id", &name);
            for path in ["/roster/list", "/user/profile", "/group/user_joined", "/user/list"] {
                assert_eq!(admin.get(path).code().await, 20001, "{path} for {name}");
            }
        }
    }
    server.stop().await;
}
