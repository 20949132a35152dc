//! QR codes of groups, from another device's point of view: what is signed is only worth what the group still allows.

use cerulean_testkit::TestServer;
use serde_json::{Value, json};

#[tokio::test]
async fn a_code_ends_with_its_time_its_group_and_its_makers_right() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let carol = server.user("carol").await;
    let group = server.group(&alice, &[&bob]).await;
    let id = group.id.get();
    let sign = |path: &str| alice.rest().get(&format!("{path}?group_id={id}"));
    let signed = sign("/app/qrcode/group_sign").data().await;
    let text = signed["qr_info"].as_str().unwrap().to_owned();
    let scan = |rest: cerulean_testkit::RestClient, text: String| async move {
        rest.get("/app/qrcode/group_invite").query(&[("qr_info", &text)]).code().await
    };

    // Tampered with: another group, another maker, a later end, another signature.
    let mut parts: Vec<String> = text.split('.').map(str::to_owned).collect();
    for at in 0..parts.len() {
        let genuine = std::mem::replace(&mut parts[at], "8002".into());
        assert_eq!(scan(carol.rest(), parts.join(".")).await, 20024, "part {at}");
        parts[at] = genuine;
    }
    assert_eq!(scan(carol.rest(), String::new()).await, 20024);

    // Another app does not know it.
    let other = server.new_app("other").await;
    let stranger = server.user_of(&other, "stranger").await;
    assert_eq!(scan(stranger.rest(), text.clone()).await, 20024);

    // Good once, and no second time while he is in.
    assert_eq!(scan(carol.rest(), text.clone()).await, 200);
    assert_eq!(scan(carol.rest(), text.clone()).await, 20017);

    // Blocked since: the code brings nobody back.
    let whom = json!({ "group_id": id, "user_list": [carol.id.get()] });
    alice.rest().post("/group/block", whom).data().await;
    assert_eq!(scan(carol.rest(), text.clone()).await, 20018);

    // Out of time.
    let dora = server.user("dora").await;
    let end = signed["expired"].as_i64().unwrap();
    let fresh = sign("/group/qrcode/sign").data().await;
    assert!(fresh["expire_at"].as_i64().unwrap() >= end && fresh["create_at"].as_i64().unwrap() < end);
    server.clock.advance(end - fresh["create_at"].as_i64().unwrap() + 1_000);
    let dora_again = dora.with_token(server.fresh_token(&dora).await);
    assert_eq!(scan(dora_again.rest(), text).await, 20025);

    // The group is gone.
    let alice_again = alice.with_token(server.fresh_token(&alice).await);
    let last: Value = alice_again.rest().get(&format!("/app/qrcode/group_sign?group_id={id}")).data().await;
    alice_again.rest().post(&format!("/group/destroy?group_id={id}"), json!({})).data().await;
    let code = scan(dora_again.rest(), last["qr_info"].as_str().unwrap().to_owned()).await;
    assert!(matches!(code, 20001 | 20024), "{code}");
    server.stop().await;
}
