//! Groups of thousands, and how many members they may have.

use cerulean_storage::user::{PastUser, Profile, UserSettings, UserStatus};
use cerulean_testkit::pb::group_notice::Type;
use cerulean_testkit::{Address, TestServer, group_notice_of, pb};
use cerulean_types::UserId;
use serde_json::{Value, json};

/// Users who never sign in.
async fn crowd(server: &TestServer, size: usize) -> Vec<u64> {
    let tx = server.parts().platform.db.begin(server.app.id).await.unwrap();
    let mut ids: Vec<UserId> = (0..size).map(|_| UserId::random(&mut rand::rng())).collect();
    ids.sort_unstable();
    ids.dedup();
    let past = |(number, id): (usize, &UserId)| PastUser {
        id: *id,
        status: UserStatus::Normal,
        profile: Profile { username: format!("crowd{number}"), ..Profile::default() },
        settings: UserSettings::default(),
        password_hash: String::new(),
        created_at: 1,
    };
    let users: Vec<PastUser> = ids.iter().enumerate().map(past).collect();
    tx.users().insert_many(&users).await.unwrap();
    tx.commit().await.unwrap();
    ids.into_iter().map(UserId::get).collect()
}

#[tokio::test]
async fn the_administrator_makes_a_group_of_12_000_and_adds_more() {
    let server = TestServer::start().limits(|limits| limits.group_members = 20_000).await;
    let alice = server.user("alice").await;
    let everyone = crowd(&server, 12_500).await;
    let (first, more) = everyone.split_at(12_000);
    let new = json!({"name": "everyone", "user_list": first});
    assert_eq!(alice.rest().post("/group/create", new.clone()).code().await, 10002, "a user makes smaller ones");
    let made = server.admin_as(&alice).post("/group/create", new).data().await;
    assert_eq!(made["count"], json!(first.len() + 1));
    let mut alices = alice.socket().await;
    alices.pull_all(0).await;
    let group = made["group_id"].as_u64().unwrap();
    alices.pull_all(group).await;
    let add = json!({"group_id": group, "user_list": more});
    let added = server.admin_as(&alice).post("/group/invite", add).data().await;
    assert!(added.as_array().unwrap().iter().all(|one| one["result"] == "success"));
    server.settle().await;
    let told = alices.catch_up().await;
    let told = told.iter().filter(|meta| meta.ns == pb::meta::NameSpace::GroupNotice as i32);
    let notices: Vec<pb::GroupNotice> = told.map(group_notice_of).collect();
    assert!(notices.len() <= 2, "{} notices tell of {} who joined", notices.len(), more.len());
    assert!(notices.iter().any(|notice| notice.r#type() == Type::Created && notice.to.len() == more.len()));
    let info = alice.rest().get(&format!("/group/info?group_id={group}")).data().await;
    assert_eq!(info["count"], json!(everyone.len() + 1));
    server.stop().await;
}

async fn capacity(server: &TestServer, group: u64, capacity: Value) -> cerulean_testkit::Answer {
    let path = format!("/console/v1/groups/{group}/capacity");
    server.admin().put(&path, json!({ "capacity": capacity })).send().await
}

#[tokio::test]
async fn a_group_may_have_a_capacity_of_its_own() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let group = server.group(&alice, &[&bob]).await;
    let settings = json!({"groups": {"capacity": {"private": 2}}});
    assert_eq!(server.admin().patch("/console/v1/app/settings", settings).send().await.status, 200);
    let info = || async { alice.rest().get(&format!("/group/info?group_id={}", group.id)).data().await };
    assert_eq!(info().await["capacity"], 2, "groups that are there follow the settings");
    let invite = json!({"group_id": group.uid(), "user_list": [carol.id.get()]});
    assert_eq!(alice.rest().post("/group/invite", invite.clone()).data().await[0]["result"], "fail");
    let set = capacity(&server, group.uid(), json!(3)).await;
    assert_eq!((set.status, set.json()), (200, json!({"group_id": group.uid(), "capacity": 3, "count": 2})));
    assert_eq!(alice.rest().post("/group/invite", invite).data().await[0]["result"], "success");
    assert_eq!(capacity(&server, group.uid(), Value::Null).await.json()["capacity"], 2);
    for bad in [json!(0), json!(-1), json!(1_000_001), json!("x")] {
        assert_eq!(capacity(&server, group.uid(), bad.clone()).await.status, 400, "{bad}");
    }
    assert_eq!(capacity(&server, alice.id.get(), json!(3)).await.status, 404);
    let zero = json!({"groups": {"capacity": {"chat_room": 0}}});
    assert_eq!(server.admin().patch("/console/v1/app/settings", zero).send().await.status, 400);
    server.stop().await;
}
