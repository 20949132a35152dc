//! Phone numbers: pictures, codes, sign-in and binding. Codes are read in the outbox of the app, as its administrator may.

use cerulean_testkit::{TestServer, User, eventually};
use serde_json::{Value, json};

const MOBILE: &str = "13800000001";
const OTHER: &str = "13800000002";

async fn server_with_codes() -> TestServer {
    let server = TestServer::start().await;
    server.change_settings(&server.app, |settings| settings.mobile_codes = true).await;
    server
}

async fn letters(server: &TestServer) -> Vec<Value> {
    let page = server.admin().get("/console/v1/outbox").send().await.json();
    page["items"].as_array().unwrap().clone()
}

/// Asks for a code and reads it.
async fn code_for(server: &TestServer, mobile: &str) -> String {
    server.finish_jobs().await;
    let before = letters(server).await.len();
    server.clock.advance(60_001);
    assert_eq!(server.anonymous().get(&format!("/app/captcha/sms?mobile={mobile}")).code().await, 200);
    eventually("the code is in the outbox", || async { letters(server).await.len() > before }).await;
    let letter = letters(server).await.remove(0);
    assert_eq!((&letter["carrier"], &letter["receiver"]), (&json!("sms"), &json!(mobile)));
    letter["content"].as_str().unwrap().rsplit(' ').next().unwrap().to_owned()
}

fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn post(user: &User, path: &str, body: Value) -> u64 {
    user.rest().post(path, body).code().await
}

async fn bind(server: &TestServer, user: &User, mobile: &str) -> u64 {
    let captcha = code_for(server, mobile).await;
    post(user, "/app/user/mobile_bind", json!({ "mobile": mobile, "captcha": captcha })).await
}

#[tokio::test]
async fn features_are_off_until_the_app_turns_them_on() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for path in ["/app/captcha/sms?mobile=13800000001", "/app/user/info_pwd?mobile=13800000001&captcha=1"] {
        assert_eq!(server.anonymous().get(path).code().await, 404, "{path}");
    }
    assert_eq!(server.anonymous().post("/app/captcha/image", json!({})).code().await, 404);
    assert_eq!(alice.rest().get("/app/user_verification").code().await, 404);
    let coded = json!({ "mobile": MOBILE, "captcha": "123456" });
    assert_eq!(post(&alice, "/app/user_verification_by_mobile", coded.clone()).await, 404);
    assert_eq!(post(&alice, "/app/user/mobile_bind", coded).await, 404);
    server.stop().await;
}

#[tokio::test]
async fn a_number_is_bound_and_signs_in_by_a_code() {
    let server = server_with_codes().await;
    let alice = server.user("alice").await;
    let standing = async || alice.rest().get("/app/user_verification").data().await;
    assert_eq!(standing().await, json!({ "status": 0, "mobile": "" }));
    let code = code_for(&server, MOBILE).await;
    let wrong = json!({ "mobile": MOBILE, "captcha": other_than(&code) });
    assert_eq!(post(&alice, "/app/user_verification_by_mobile", wrong).await, 10001);
    let right = json!({ "mobile": "+86 138-0000-0001", "captcha": code });
    assert_eq!(post(&alice, "/app/user_verification_by_mobile", right.clone()).await, 200);
    assert_eq!(standing().await, json!({ "status": 1, "mobile": MOBILE }));
    assert_eq!(post(&alice, "/app/user_verification_by_mobile", right).await, 10001, "used up");

    let code = code_for(&server, MOBILE).await;
    let info = server.anonymous().get(&format!("/app/user/info_pwd?mobile={MOBILE}&captcha={code}")).data().await;
    assert_eq!(info["username"], "alice");
    assert_ne!(info["password"], json!(alice.password));
    let sign_in = json!({ "name": info["username"], "password": info["password"] });
    let entered = server.anonymous().post("/token/user", sign_in.clone()).data().await;
    assert_eq!(entered["user_id"], json!(alice.id.get()));
    assert_eq!(server.anonymous().post("/token/user", sign_in).code().await, 10010, "once");
    server.stop().await;
}

#[tokio::test]
async fn guessing_ends_after_five_tries() {
    let server = server_with_codes().await;
    let alice = server.user("alice").await;
    let code = code_for(&server, MOBILE).await;
    for _ in 0..5 {
        let wrong = json!({ "mobile": MOBILE, "captcha": other_than(&code) });
        assert_eq!(post(&alice, "/app/user/mobile_bind", wrong).await, 10001);
    }
    assert_eq!(post(&alice, "/app/user/mobile_bind", json!({ "mobile": MOBILE, "captcha": code })).await, 10028);
    let again = server.anonymous().get(&format!("/app/captcha/sms?mobile={OTHER}")).code().await;
    assert_eq!(again, 200, "another number has its own limits");
    let flood = server.anonymous().get(&format!("/app/captcha/sms?mobile={OTHER}")).code().await;
    assert_eq!(flood, 429);
    assert_eq!(server.anonymous().get("/app/captcha/sms?mobile=nobody").code().await, 10002);
    server.stop().await;
}

#[tokio::test]
async fn a_new_number_is_bound_to_the_account_made_for_it() {
    let server = server_with_codes().await;
    let code = code_for(&server, MOBILE).await;
    let info = server.anonymous().get(&format!("/app/user/info_pwd?mobile={MOBILE}&captcha={code}")).data().await;
    let sign = info["sign"].as_str().unwrap();
    let alice = server.user("alice").await;
    let signed = |mobile: &str| json!({ "mobile": mobile, "sign": sign });
    let bob = server.user("bob").await;
    assert_eq!(post(&alice, "/app/user/mobile_bind_with_sign", signed(MOBILE)).await, 200);
    assert_eq!(post(&bob, "/app/user/mobile_bind_with_sign", signed(MOBILE)).await, 10001, "taken once");
    assert_eq!(alice.rest().get("/app/user_verification").data().await["status"], 1);
    assert_eq!(bob.rest().get("/app/user_verification").data().await["status"], 0);
    server.stop().await;
}

#[tokio::test]
async fn a_proven_number_is_one_accounts_and_an_unproven_one_yields() {
    let server = server_with_codes().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    assert_eq!(post(&carol, "/app/user/mobile_update", json!({ "mobile": MOBILE })).await, 200);
    assert_eq!(carol.rest().get("/app/user_verification").data().await, json!({ "status": 0, "mobile": MOBILE }));
    assert_eq!(bind(&server, &alice, MOBILE).await, 200, "carol never proved it");
    assert_eq!(carol.rest().get("/app/user_verification").data().await["mobile"], "");
    assert_eq!(bind(&server, &bob, MOBILE).await, 11012);
    let captcha = code_for(&server, MOBILE).await;
    let verify = json!({ "mobile": MOBILE, "captcha": captcha });
    assert_eq!(post(&bob, "/app/user_verification_by_mobile", verify).await, 11031);
    assert_eq!(bind(&server, &alice, OTHER).await, 11012, "a proven number is left by a change only");
    assert_eq!(post(&alice, "/app/user/mobile_update", json!({ "mobile": OTHER })).await, 11012);
    server.stop().await;
}

#[tokio::test]
async fn a_number_is_changed_by_password_or_by_the_old_number() {
    let server = server_with_codes().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    assert_eq!(bind(&server, &alice, MOBILE).await, 200);
    let by_password = |password: &str| json!({ "password": password });
    assert_eq!(post(&alice, "/app/user/mobile_prechange_by_password", by_password("wrong")).await, 11001);
    let prechange = alice.rest().post("/app/user/mobile_prechange_by_password", by_password(&alice.password));
    let sign = prechange.data().await["sign"].clone();
    let captcha = code_for(&server, OTHER).await;
    let change = |captcha: &str, sign: &Value| json!({ "mobile": OTHER, "captcha": captcha, "sign": sign });
    let slip = change(&other_than(&captcha), &sign);
    assert_eq!(post(&alice, "/app/user/mobile_change", slip).await, 10001);
    assert_eq!(post(&alice, "/app/user/mobile_change", change(&captcha, &sign)).await, 200, "the proof was left");
    assert_eq!(alice.rest().get("/app/user_verification").data().await, json!({ "status": 1, "mobile": OTHER }));

    let captcha = code_for(&server, OTHER).await;
    let old = json!({ "mobile": OTHER, "captcha": captcha });
    assert_eq!(post(&bob, "/app/user/mobile_prechange_by_mobile", old.clone()).await, 10001, "not his number");
    let prechange = alice.rest().post("/app/user/mobile_prechange_by_mobile", old).data().await;
    let captcha = code_for(&server, MOBILE).await;
    let back = json!({ "mobile": MOBILE, "captcha": captcha, "sign": prechange["sign"] });
    assert_eq!(post(&bob, "/app/user/mobile_change", back.clone()).await, 10001, "the proof is alice's");
    let captcha = code_for(&server, MOBILE).await;
    let used = json!({ "mobile": MOBILE, "captcha": captcha, "sign": prechange["sign"] });
    assert_eq!(post(&alice, "/app/user/mobile_change", used).await, 10001, "and gone with bob's try");
    server.stop().await;
}

#[tokio::test]
async fn a_picture_is_good_once_in_its_app() {
    let server = server_with_codes().await;
    let other = server.new_app("other").await;
    server.change_settings(&other, |settings| settings.mobile_codes = true).await;
    let made = server.anonymous().post("/app/captcha/image", json!({})).data().await;
    let id = made.as_str().unwrap();
    let path = format!("/app/captcha/image?image_id={id}&app_id=demo");
    let shown = server.raw().get(&path).send().await;
    assert_eq!(shown.header("content-type"), "image/png");
    let picture = image::load_from_memory(&shown.bytes).unwrap();
    assert_eq!((picture.width(), picture.height()), (150, 50));
    assert_eq!(server.raw().get(&path).send().await.bytes, shown.bytes, "the same each time");
    let abroad = format!("/app/captcha/image?image_id={id}&app_id=other");
    assert_eq!(server.raw().get(&abroad).code().await, 404);
    let guess = format!("/app/captcha/sms_web?image_id={id}&captcha=AAAAA&mobile={MOBILE}");
    assert_eq!(server.anonymous().get(&guess).code().await, 11014);
    assert_eq!(server.raw().get(&path).code().await, 404, "used up by the guess");
    assert!(letters(&server).await.is_empty());
    server.change_settings(&server.app, |settings| settings.picture_before_sms = true).await;
    assert_eq!(server.anonymous().get(&format!("/app/captcha/sms?mobile={MOBILE}")).code().await, 11014);
    server.stop().await;
}
