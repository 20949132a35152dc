//! Short links, and what links and QR codes lead to.

use cerulean_testkit::{RestClient, TestServer};
use serde_json::{Value, json};

async fn make(rest: RestClient, path: &str, query: &str) -> String {
    let body = json!({ "path": path, "query": query });
    rest.post("/app/generate_url_link", body).data().await["url_link"].as_str().unwrap().to_owned()
}

async fn info(server: &TestServer, link: &str) -> Value {
    server.raw().get("/info").query(&[("link", link)]).data().await
}

async fn refusal(server: &TestServer, link: &str) -> u64 {
    server.anonymous().get("/info").query(&[("link", link)]).code().await
}

#[tokio::test]
async fn a_link_leads_to_a_user_without_naming_the_app() {
    let server = TestServer::start().await;
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let link = make(alice.rest(), &format!("user/{}", bob.id.get()), "text=%E4%BD%A0%E5%A5%BD").await;
    assert!(link.starts_with(&format!("{}/l/", server.base_url())) && link.len() < 100, "{link}");
    let told = info(&server, &link).await;
    assert_eq!(told, json!({ "app_id": "demo", "uid": bob.id.get(), "text": "你好", "type": "user" }));
    let code = link.split("/l/").nth(1).unwrap().split('?').next().unwrap();
    assert_eq!(info(&server, code).await["uid"], bob.id.get(), "the code alone does as well");
    let opened = server.raw().get(&format!("/l/{code}")).send().await;
    let place = format!("/chat/?app_id=demo#/contacts/{}", bob.id.get());
    assert_eq!((opened.status, opened.header("location")), (303, &*place));

    let app = make(server.admin(), "", "").await;
    assert_eq!(info(&server, &app).await, json!({ "app_id": "demo", "uid": 0, "text": "", "type": "app" }));
    server.stop().await;
}

#[tokio::test]
async fn a_link_into_a_group_is_worth_what_a_qr_code_is() {
    let server = TestServer::start().await;
    let (alice, bob, carol) = (server.user("alice").await, server.user("bob").await, server.user("carol").await);
    let group = server.group(&alice, &[&bob]).await.id.get();
    let path = format!("group/{group}");
    let by_member = bob.rest().post("/app/generate_url_link", json!({ "path": path })).code().await;
    assert_eq!(by_member, 20012, "members do not invite here");
    assert_eq!(carol.rest().post("/app/generate_url_link", json!({ "path": path })).code().await, 20002);
    let link = make(alice.rest(), &path, "").await;
    let told = info(&server, &link).await;
    assert_eq!((&told["uid"], &told["type"]), (&json!(group), &json!("group")));
    let join = json!({ "qr_info": told["text"] });
    assert_eq!(carol.rest().post("/group/qrcode/invite", join).data().await["group_id"], group);

    let picture = alice.rest().get(&format!("/group/qrcode/sign?group_id={group}")).data().await;
    let text = picture["qr_info"].as_str().unwrap();
    for shown in [text.to_owned(), format!("https://im.example.com/chat/#/join/{text}")] {
        let told = server.anonymous().get("/info").query(&[("link", &*shown)]).data().await;
        assert_eq!((&told["uid"], &told["text"]), (&json!(group), &json!(text)));
    }
    server.clock.advance(7 * 86_400_000 + 1000);
    assert_eq!((refusal(&server, &link).await, refusal(&server, text).await), (20025, 20025));
    assert_eq!(server.raw().get(&link[server.base_url().len()..]).send().await.status, 400);
    server.stop().await;
}

#[tokio::test]
async fn links_of_the_messenger_are_read_in_the_app_they_are_asked_in() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let other = server.new_app("other").await;
    let link = format!("https://im.example.com/chat/#/contacts/{}", alice.id.get());
    assert_eq!(server.anonymous().get("/info").query(&[("link", &*link)]).data().await["uid"], alice.id.get());
    assert_eq!(other.anonymous().get("/info").query(&[("link", &*link)]).code().await, 10000);
    assert_eq!(server.raw().get("/info").query(&[("link", &*link)]).code().await, 404, "in no app");
    let named = link.replace("/chat/", "/chat/?app_id=demo");
    assert_eq!(info(&server, &named).await["uid"], alice.id.get());
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_link_of_ours_leads_nowhere() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let link = make(alice.rest(), &format!("user/{}", alice.id.get()), "").await;
    let changed = format!("{}A", &link[..link.len() - 1]);
    let other = format!("{}B", &link[..link.len() - 1]);
    let changed = if changed == link { other } else { changed };
    for bad in [&*changed, "kloyx7", "https://example.com/#/settings", &format!("{link}/{}", "x".repeat(3000))] {
        assert_eq!(refusal(&server, bad).await, 404, "{bad}");
    }
    assert_eq!(refusal(&server, "1.2.3.4").await, 20024);
    assert_eq!(server.raw().get("/l/kloyx7").send().await.status, 404);
    let ask = |path: &str, query: &str| {
        alice.rest().post("/app/generate_url_link", json!({ "path": path, "query": query })).code()
    };
    assert_eq!(ask("pages/profile/index", "link=x&code=y").await, 404, "mini programs are off");
    assert_eq!((ask("user/8001", "").await, ask("user/x", "").await), (10000, 10000));
    assert_eq!((ask("group/8002", "").await, ask("", "a b").await, ask("", "a#b").await), (20001, 10002, 10002));
    let stranger = server.user_of(&server.new_app("other").await, "stranger").await;
    assert_eq!(ask(&format!("user/{}", stranger.id.get()), "").await, 10000, "of another app");

    server.change_settings(&server.app, |settings| settings.status = "frozen".into()).await;
    assert_eq!(server.raw().get("/info").query(&[("link", &*link)]).code().await, 404);
    server.stop().await;
}

#[tokio::test]
async fn a_user_who_is_gone_has_no_link() {
    let server = TestServer::start().await;
    let bob = server.user("bob").await;
    let link = make(bob.rest(), &format!("user/{}", bob.id.get()), "").await;
    bob.rest().post("/user/delete", json!({ "password": bob.password })).data().await;
    assert_eq!(refusal(&server, &link).await, 10000);
    server.stop().await;
}
