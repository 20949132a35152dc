//! Connections and devices.

use cerulean_bus::SessionsOf;
use cerulean_storage::device::PushAddress;

use super::*;

#[tokio::test]
async fn devices_are_numbered_by_installation() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let token = bench.token("alice").await;
    let first = bench.connect(user, &token.token, "phone").await.unwrap();
    let expected = Provisioned {
        app: bench.app,
        user,
        device: DeviceSn(1),
        token_no: token.token_no,
        expires_at: token.expires_at,
    };
    assert_eq!(first, expected);
    assert_eq!(bench.connect(user, &token.token, "laptop").await.unwrap().device, DeviceSn(2));
    assert_eq!(bench.connect(user, &token.token, "phone").await.unwrap(), expected);
    let fresh = bench.token("alice").await;
    assert_eq!(bench.connect(user, &fresh.token, "phone").await.unwrap().device, DeviceSn(1));
    let identity = bench.accounts.authenticate(&fresh.token, None).await.unwrap();
    assert_eq!(identity.subject, Subject::User(user, DeviceSn(1)));
}

#[tokio::test]
async fn second_connection_asks_no_database() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let token = bench.token("alice").await.token;
    bench.connect(user, &token, "phone").await.unwrap();
    // With the only writer taken and the row gone behind the bus's back, the answer can only come from memory.
    let tx = bench.platform.db.begin(bench.app).await.unwrap();
    tx.devices().delete_all(user).await.unwrap();
    tx.tokens().delete_of_user(user, None).await.unwrap();
    assert_eq!(bench.connect(user, &token, "phone").await.unwrap().device, DeviceSn(1));
    tx.commit().await.unwrap();
    assert_eq!(bench.connect(user, &token, "phone").await.unwrap().device, DeviceSn(1));
}

#[tokio::test]
async fn nameless_installation_is_known_by_its_token() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let (one, other) = (bench.token("alice").await.token, bench.token("alice").await.token);
    assert_eq!(bench.connect(user, &one, "").await.unwrap().device, DeviceSn(1));
    assert_eq!(bench.connect(user, &other, "").await.unwrap().device, DeviceSn(2));
    assert_eq!(bench.connect(user, &one, "").await.unwrap().device, DeviceSn(1));
}

#[tokio::test]
async fn token_of_another_user_or_installation_connects_nobody() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.user("alice").await, bench.user("bob").await);
    let token = bench.token("alice").await.token;
    assert_eq!(code(bench.connect(bob, &token, "g").await), Code::TokenInvalid);
    assert_eq!(code(bench.connect(alice, "", "g").await), Code::TokenInvalid);
    assert_eq!(code(bench.connect(alice, &token, &"g".repeat(257)).await), Code::TokenInvalid);
    let command = SignIn {
        name: SignInName::Id(alice),
        password: PASSWORD.into(),
        device_guid: Some("phone".into()),
        address: None,
    };
    let bound = sign_in(&bench.accounts, bench.app, command).await.unwrap().token;
    assert_eq!(code(bench.connect(alice, &bound, "laptop").await), Code::TokenInvalid);
    bench.connect(alice, &bound, "phone").await.unwrap();
    assert_eq!(code(bench.connect(alice, &bound, "laptop").await), Code::TokenInvalid);
}

#[tokio::test]
async fn kicked_device_loses_its_tokens_and_keeps_its_number() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let (phone, laptop) = (bench.token("alice").await, bench.token("alice").await);
    let sn = bench.connect(user, &phone.token, "phone").await.unwrap().device;
    bench.connect(user, &laptop.token, "laptop").await.unwrap();
    bench.ended();
    let mut ctx = bench.acting(user, DeviceSn(2)).await;
    assert_eq!(code(kick_device(&mut ctx, Some(DeviceSn(9))).await), Code::BadParameter);
    kick_device(&mut ctx, Some(sn)).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!(bench.ended(), [(user, SessionsOf::Device(sn), Some(5))]);
    assert!(!bench.is_good(&phone.token).await && bench.is_good(&laptop.token).await);
    assert_eq!(code(bench.connect(user, &phone.token, "phone").await), Code::TokenInvalid);
    let again = bench.token("alice").await.token;
    assert_eq!(bench.connect(user, &again, "phone").await.unwrap().device, sn);
}

#[tokio::test]
async fn kicking_all_ends_all() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let token = bench.token("alice").await.token;
    let mut ctx = bench.acting(user, DeviceSn::NONE).await;
    kick_device(&mut ctx, None).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!(bench.ended(), [(user, SessionsOf::All, Some(5))]);
    assert!(!bench.is_good(&token).await);
}

#[tokio::test]
async fn removed_device_comes_back_as_a_new_one() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let token = bench.token("alice").await.token;
    let sn = bench.connect(user, &token, "phone").await.unwrap().device;
    bench.ended();
    let mut ctx = bench.acting(user, sn).await;
    remove_device(&mut ctx, sn).await.unwrap();
    assert_eq!(code(remove_device(&mut ctx, sn).await), Code::BadParameter);
    ctx.commit().await.unwrap();
    assert_eq!(bench.ended(), [(user, SessionsOf::Device(sn), Some(10))]);
    assert!(!bench.is_good(&token).await);
    let again = bench.token("alice").await.token;
    assert_eq!(bench.connect(user, &again, "phone").await.unwrap().device, DeviceSn(2));
}

#[tokio::test]
async fn device_not_seen_for_longest_makes_room() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let token = bench.token("alice").await.token;
    for number in 0..101 {
        bench.clock.advance(1);
        bench.connect(user, &token, &format!("g{number}")).await.unwrap();
    }
    let ctx = bench.acting(user, DeviceSn::NONE).await;
    let devices = list_devices(&ctx).await.unwrap();
    assert_eq!((devices.len(), devices[0].row.sn), (100, DeviceSn(2)));
    assert!(bench.ended().contains(&(user, SessionsOf::Device(DeviceSn(1)), Some(10))));
}

#[tokio::test]
async fn kicking_a_device_revokes_a_token_it_shares() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let stolen = bench.token("alice").await.token;
    bench.connect(user, &stolen, "thief").await.unwrap();
    bench.connect(user, &stolen, "phone").await.unwrap();
    let mut ctx = bench.acting(user, DeviceSn(2)).await;
    kick_device(&mut ctx, Some(DeviceSn(1))).await.unwrap();
    ctx.commit().await.unwrap();
    assert!(!bench.is_good(&stolen).await, "though it was the phone that used it last");
    assert_eq!(code(bench.connect(user, &stolen, "thief").await), Code::TokenInvalid);
}

#[tokio::test]
async fn list_holds_the_devices_that_are_signed_in() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let (phone, laptop) = (bench.token("alice").await, bench.token("alice").await);
    bench.connect(user, &phone.token, "phone").await.unwrap();
    bench.connect(user, &laptop.token, "laptop").await.unwrap();
    let list = async || {
        let ctx = bench.acting(user, DeviceSn::NONE).await;
        list_devices(&ctx).await.unwrap().iter().map(|device| device.row.sn.0).collect::<Vec<_>>()
    };
    assert_eq!(list().await, [1, 2]);
    let mut ctx = bench.acting(user, DeviceSn(1)).await;
    sign_out(&mut ctx, phone.token_no).await.unwrap();
    ctx.commit().await.unwrap();
    assert_eq!(list().await, [2], "signed out");
    bench.clock.advance(cerulean_types::limits::TOKEN_MS + 1);
    assert!(list().await.is_empty(), "past its time");
}

#[tokio::test]
async fn pushes_are_bound_to_a_device() {
    let bench = Bench::start().await;
    let user = bench.user("alice").await;
    let token = bench.token("alice").await.token;
    let sn = bench.connect(user, &token, "phone").await.unwrap().device;
    let ctx = bench.acting(user, sn).await;
    let address = |text: &str| PushAddress { device_token: text.into(), notifier_name: "n".into() };
    assert_eq!(code(bind_push(&ctx, DeviceSn(9), address("t")).await), Code::BadParameter);
    assert_eq!(code(bind_push(&ctx, sn, address("")).await), Code::BadParameter);
    bind_push(&ctx, sn, address("t")).await.unwrap();
    assert_eq!(list_devices(&ctx).await.unwrap()[0].row.push, Some(address("t")));
    unbind_push(&ctx, sn).await.unwrap();
    assert_eq!(list_devices(&ctx).await.unwrap()[0].row.push, None);
    assert_eq!(code(unbind_push(&ctx, DeviceSn(9)).await), Code::BadParameter);
}
