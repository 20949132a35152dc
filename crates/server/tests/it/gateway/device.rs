//! Devices coming and going: who is told, who gives way.

use std::time::Duration;

use cerulean_delivery::{DevicePolicy, PlatformGroup, WhenFull};
use cerulean_testkit::pb::provision::OsType;
use cerulean_testkit::pb::status::ErrorCode;
use cerulean_testkit::pb::user_notice::Type;
use cerulean_testkit::{Down, SocketClient, TestServer, User, pb, user_notice_of};
use cerulean_types::limits;
use serde_json::{Value, json};

use super::kick::AT_ONCE;
use super::status_of;

/// The next notice about the user's devices, with what it says.
async fn news(client: &mut SocketClient) -> (Type, Value) {
    let notice = user_notice_of(&client.pushed(0).await);
    (notice.r#type(), serde_json::from_str(&notice.content).unwrap_or_default())
}

/// Why a connection ended.
async fn last_word(client: &mut SocketClient) -> Option<Type> {
    let (frames, _) = client.closed().await;
    let of = |down: &Down| match down {
        Down::Sync(sync) => sync.metas.last().map(|meta| user_notice_of(meta).r#type()),
        _ => None,
    };
    frames.iter().rev().find_map(of)
}

async fn another(server: &TestServer, user: &User) -> User {
    user.with_token(server.fresh_token(user).await)
}

async fn arrive(user: &User, name: &str, platform: OsType) -> (SocketClient, pb::Provision) {
    let connecting = user.connecting().device(name);
    let mut client = connecting.open().await;
    let request = pb::Provision { os_type: platform as i32, ..connecting.provision() };
    let answer = client.provision(request).await;
    (client, answer)
}

async fn admitted(user: &User, name: &str, platform: OsType) -> SocketClient {
    let (mut client, answer) = arrive(user, name, platform).await;
    assert_eq!(status_of(answer.status.as_ref()), (ErrorCode::Ok, ""), "{name}");
    client.unread().await;
    client
}

#[tokio::test]
async fn other_devices_learn_who_comes_and_goes() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let mut desk = alice.device("desk").await;
    let second = another(&server, &alice).await;
    let phone = second.device("phone").await;
    let about = json!({"device_sn": phone.device, "platform": 6});
    assert_eq!(news(&mut desk).await, (Type::DeviceAdded, about.clone()));
    second.rest().post("/client/v1/sign-out", json!({})).send().await;
    assert_eq!(news(&mut desk).await, (Type::DeviceLogout, about.clone()));
    let third = another(&server, &alice).await;
    let mut phone = third.device("phone").await;
    assert_eq!(news(&mut desk).await, (Type::DeviceLogin, about.clone()));
    // Connecting again with the same token is no news.
    phone.close().await;
    phone = third.device("phone").await;
    alice.rest().post("/user/device/remove", json!({"device_sn": phone.device})).data().await;
    assert_eq!(last_word(&mut phone).await, Some(Type::DeviceRemoved));
    assert_eq!(news(&mut desk).await, (Type::DeviceLogout, about), "a removal is told so that nobody else signs out");
    desk.heartbeat().await;
    assert!(desk.pushes_kept(0).is_empty());
    server.stop().await;
}

#[tokio::test]
async fn put_out_device_hears_of_it_at_once_and_finds_no_trace_later() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let elsewhere = another(&server, &alice).await;
    let (mut here, mut there) = (alice.device("here").await, elsewhere.device("there").await);
    let began = std::time::Instant::now();
    alice.rest().post("/user/kick", json!({"device_sn": there.device})).data().await;
    assert_eq!(last_word(&mut there).await, Some(Type::KickedByOtherDevice));
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    let refused = elsewhere.connecting().device("there").try_login().await.1;
    assert_eq!(status_of(refused.status.as_ref()).0, ErrorCode::InvalidToken);
    let list = alice.rest().get("/user/device/list").data().await;
    let numbers: Vec<_> = list.as_array().unwrap().iter().map(|device| device["device_sn"].as_u64()).collect();
    assert_eq!(numbers, [Some(u64::from(here.device))]);
    // It may come back, and nothing it then finds puts it out again.
    let mut again = another(&server, &alice).await.device("there").await;
    let ends_a_session = |kind: Type| {
        matches!(
            kind,
            Type::PasswordChanged | Type::Frozen | Type::Removed | Type::KickedByOtherDevice | Type::DeviceRemoved
        )
    };
    assert!(again.pull_all(0).await.iter().all(|meta| !ends_a_session(user_notice_of(meta).r#type())));
    here.heartbeat().await;
    server.stop().await;
}

#[tokio::test]
async fn the_oldest_of_a_platform_gives_way() {
    let server = TestServer::start().await;
    let phones = PlatformGroup { platforms: vec![1, 2], max_devices: 1 };
    let web = PlatformGroup { platforms: vec![6], max_devices: 2 };
    let policy = DevicePolicy { platform_groups: vec![phones, web], ..DevicePolicy::default() };
    server.change_settings(&server.app, |settings| settings.devices = policy).await;
    let alice = server.user("alice").await;
    let mut first = admitted(&alice, "iphone", OsType::Ios).await;
    let mut tabs = Vec::new();
    for name in ["tab 1", "tab 2"] {
        server.clock.advance(1000);
        tabs.push(admitted(&another(&server, &alice).await, name, OsType::Web).await);
    }
    first.heartbeat().await;
    let mut second = admitted(&another(&server, &alice).await, "android", OsType::Andr).await;
    assert_eq!(last_word(&mut first).await, Some(Type::KickedByOtherDevice));
    assert_eq!(alice.rest().get("/user/profile").code().await, 402, "its token is void");
    server.clock.advance(1000);
    let third_tab = another(&server, &alice).await;
    let _third = admitted(&third_tab, "tab 3", OsType::Web).await;
    assert_eq!(last_word(&mut tabs[0]).await, Some(Type::KickedByOtherDevice), "the older of the two");
    tabs[1].heartbeat().await;
    second.heartbeat().await;
    // The same installation again is no device more.
    let _again = admitted(&another(&server, &alice).await, "tab 3", OsType::Web).await;
    tabs[1].heartbeat().await;
    assert_eq!(third_tab.rest().get("/user/device/list").data().await.as_array().unwrap().len(), 3);
    server.stop().await;
}

#[tokio::test]
async fn where_no_device_gives_way_the_new_one_is_refused() {
    let server = TestServer::start().await;
    let policy = DevicePolicy { max_devices: 1, when_full: WhenFull::Refuse, ..DevicePolicy::default() };
    server.change_settings(&server.app, |settings| settings.devices = policy).await;
    let alice = server.user("alice").await;
    let mut first = alice.device("first").await;
    let second = another(&server, &alice).await;
    let (_, answer) = second.connecting().device("second").try_login().await;
    let (code, reason) = status_of(answer.status.as_ref());
    assert_eq!(code, ErrorCode::TooManyDevices);
    assert!(reason.contains("sign out"), "{reason}");
    first.heartbeat().await;
    alice.rest().post("/client/v1/sign-out", json!({})).send().await;
    second.device("second").await;
    // Two at once for one place: one gets it.
    let bob = server.user("bob").await;
    let arrivals = (0..4).map(async |n| {
        let (client, answer) = another(&server, &bob).await.connecting().device(&format!("d{n}")).try_login().await;
        (client, answer.status.unwrap().code())
    });
    let codes: Vec<_> = futures::future::join_all(arrivals).await.iter().map(|(_, code)| *code).collect();
    assert_eq!(codes.iter().filter(|code| **code == ErrorCode::Ok).count(), 1, "{codes:?}");
    server.stop().await;
}

#[tokio::test]
async fn policies_are_checked_before_they_hold() {
    let server = TestServer::start().await;
    let patch = |devices: Value| {
        let call = server.admin().call(http::Method::PATCH, "/console/v1/app/settings");
        call.json(json!({ "devices": devices })).send()
    };
    let good =
        json!({"max_devices": 3, "platform_groups": [{"platforms": [1, 2], "max_devices": 1}], "when_full": "refuse"});
    assert_eq!(patch(good).await.status, 200);
    for bad in
        [json!({"platform_groups": [{"platforms": [9], "max_devices": 1}]}), json!({"when_full": "never"}), json!(7)]
    {
        assert_eq!(patch(bad.clone()).await.status, 400, "{bad}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_session_ends_with_its_token_and_the_token_is_forgotten() {
    let server = TestServer::start()
        .gateway(|options| {
            options.expiry_every = Duration::from_millis(20);
            options.silent_for = Duration::from_hours(1);
        })
        .await;
    let alice = server.user("alice").await;
    let mut session = alice.device("1").await;
    let number = server.parts().accounts.authenticate(&alice.token, None).await.unwrap().token_no;
    server.clock.advance(limits::TOKEN_MS - 60_000);
    session.heartbeat().await;
    let fresh = another(&server, &alice).await;
    let mut other = fresh.device("2").await;
    server.clock.advance(60_001);
    session.closed().await;
    other.heartbeat().await;
    let platform = &server.parts().platform;
    let job = cerulean_accounts::ForgetExpiredTokens { db: platform.db.clone(), clock: platform.clock.clone() };
    job.forget().await.unwrap();
    assert!(platform.db.read(alice.app_id).await.unwrap().tokens().find(number).await.unwrap().is_none());
    assert_eq!(fresh.rest().get("/user/profile").code().await, 200);
    server.stop().await;
}
