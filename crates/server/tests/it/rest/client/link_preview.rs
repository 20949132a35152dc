//! Previews of links, with a site on this machine.

use std::io::Cursor;

use cerulean_testkit::{Answer, TestServer, User};
use image::{ImageFormat, RgbImage};

use crate::console::receiver::{Received, Receiver, Reply};

/// A site: pages by their path, and how often it was asked.
struct Site(Receiver);

fn html(text: impl Into<String>) -> Reply {
    Reply::Content("text/html", text.into().into_bytes())
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    RgbImage::new(width, height).write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

const NEWS: &str = "<title>plain</title><meta property=og:title content='News &amp; more'>\
    <meta property=og:description content='What\u{202e} happened'><meta property=og:site_name content='The Site'>\
    <meta property=og:image content=/picture><meta property=og:image:width content=1200><meta property=og:image:height content=600>";

impl Site {
    async fn start() -> Self {
        let receiver = Receiver::start().await;
        receiver.answer(|asked: &Received| match asked.path.as_str() {
            "/news" => html(NEWS),
            "/bare" => html("<title>Bare</title>"),
            "/picture" => Reply::Content("image/png", png(1200, 600)),
            "/svg" => Reply::Content("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
            "/vector" => html("<title>Vector</title><meta property=og:image content=/svg>"),
            "/inside" => html("<title>Inside</title><meta property=og:image content='http://10.0.0.1/x.png'>"),
            "/leads-inside" => Reply::Redirect("http://10.0.0.1/".to_owned()),
            "/text" => Reply::Content("text/plain", b"<title>t</title>".to_vec()),
            "/broken" => Reply::Status(503),
            _ => Reply::Status(404),
        });
        Self(receiver)
    }

    fn link(&self, path: &str) -> String {
        self.0.url().replace("/hook", path)
    }

    /// How often a path was asked for.
    fn asked(&self, path: &str) -> usize {
        self.0.received().iter().filter(|one| one.path == path).count()
    }
}

async fn preview(user: &User, link: &str) -> Answer {
    user.rest().get("/client/v1/link-preview").query(&[("url", link)]).header("accept-language", "zh-CN").send().await
}

fn refusal(answer: &Answer) -> (u16, u64) {
    (answer.status, answer.code())
}

const NOTHING: (u16, u64) = (404, 50001);
const UNREACHABLE: (u16, u64) = (404, 50002);
const REFUSED: (u16, u64) = (403, 50003);

#[tokio::test]
async fn a_link_is_shown_with_a_picture_from_here() {
    let (server, site) = (TestServer::start().await, Site::start().await);
    let alice = server.user("alice").await;
    let shown = preview(&alice, &format!("{}#part", site.link("/news"))).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    let shown = shown.json();
    assert_eq!((&shown["url"], &shown["site"]), (&site.link("/news").into(), &"The Site".into()));
    assert_eq!((&shown["title"], &shown["description"]), (&"News & more".into(), &"What happened".into()));
    assert_eq!((&shown["image"]["width"], &shown["image"]["height"]), (&480.into(), &240.into()));
    let path = shown["image"]["url"].as_str().unwrap();
    assert!(path.starts_with("/client/v1/link-preview/image/") && !shown.to_string().contains("/picture"));
    assert_eq!(site.asked("/picture"), 0, "nobody has looked at it yet");

    let picture = server.raw().get(path).send().await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/jpeg"));
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    assert_eq!(picture.header("content-security-policy"), "sandbox; default-src 'none'");
    assert!(picture.header("cache-control").starts_with("private"));
    let small = image::load_from_memory(&picture.bytes).unwrap();
    assert_eq!((small.width(), small.height()), (480, 240));
    server.raw().get(path).send().await;
    assert_eq!(site.asked("/picture"), 1);

    for asked in site.0.received() {
        assert_eq!(asked.header("user-agent"), "CeruleanBot (link preview)");
        for told in ["accept-language", "accept-encoding", "referer", "cookie", "access-token", "app_id"] {
            assert!(asked.headers.get(told).is_none(), "{told}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_page_without_a_picture_has_none() {
    let (server, site) = (TestServer::start().await, Site::start().await);
    let alice = server.user("alice").await;
    let bare = preview(&alice, &site.link("/bare")).await.json();
    assert_eq!(
        (&bare["title"], &bare["site"], &bare["description"]),
        (&"Bare".into(), &"127.0.0.1".into(), &"".into())
    );
    assert!(bare["image"].is_null());
    let inside = preview(&alice, &site.link("/inside")).await.json();
    assert!(inside["image"].is_null(), "its picture is in a private network");
    let vector = preview(&alice, &site.link("/vector")).await.json();
    assert!(vector["image"]["width"].is_null());
    let picture = server.raw().get(vector["image"]["url"].as_str().unwrap()).send().await;
    assert_eq!(refusal(&picture), NOTHING, "drawings may hold scripts");
    server.stop().await;
}

#[tokio::test]
async fn links_that_show_nothing_say_why() {
    let (server, site) = (TestServer::start().await, Site::start().await);
    let alice = server.user("alice").await;
    for path in ["/text", "/missing"] {
        assert_eq!(refusal(&preview(&alice, &site.link(path)).await), NOTHING, "{path}");
    }
    assert_eq!(refusal(&preview(&alice, &site.link("/broken")).await), UNREACHABLE);
    assert_eq!(refusal(&preview(&alice, &site.link("/leads-inside")).await), REFUSED);
    for inside in
        ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://0x0a000001/"]
    {
        assert_eq!(refusal(&preview(&alice, inside).await), REFUSED, "{inside}");
    }
    let long = format!("https://example.com/{}", "x".repeat(2048));
    for bad in
        ["", "example.com", "/news", "ftp://example.com/", "file:///etc/passwd", "http://me:pw@example.com/", &long]
    {
        assert_eq!(refusal(&preview(&alice, bad).await), (400, 10002), "{bad}");
    }
    server.stop().await;
}

#[tokio::test]
async fn this_machine_is_refused_unless_the_operator_allows_it() {
    let strict = |options: &mut cerulean_egress::EgressOptions| options.allow_networks.clear();
    let (server, site) = (TestServer::start().preview_egress(strict).await, Site::start().await);
    let alice = server.user("alice").await;
    assert_eq!(refusal(&preview(&alice, &site.link("/news")).await), REFUSED);
    let port = site.link("").rsplit(':').next().unwrap().to_owned();
    assert_eq!(refusal(&preview(&alice, &format!("http://localhost:{port}/news")).await), REFUSED);
    assert!(site.0.received().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn what_is_known_is_not_fetched_again_until_its_time_is_over() {
    let (server, site) = (TestServer::start().await, Site::start().await);
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    let link = site.link("/news");
    let (one, two, three) = tokio::join!(preview(&alice, &link), preview(&bob, &link), preview(&alice, &link));
    assert_eq!([one.status, two.status, three.status], [200; 3]);
    assert_eq!(site.asked("/news"), 1);
    preview(&alice, &site.link("/broken")).await;
    preview(&alice, &site.link("/broken")).await;
    assert_eq!(site.asked("/broken"), 1);
    server.clock.advance(61_000);
    preview(&alice, &site.link("/broken")).await;
    preview(&alice, &link).await;
    assert_eq!((site.asked("/broken"), site.asked("/news")), (2, 1));
    server.clock.advance(6 * 3_600_000);
    preview(&alice, &link).await;
    assert_eq!(site.asked("/news"), 2);

    let other = server.new_app("other").await;
    let carol = server.user_of(&other, "carol").await;
    assert_eq!(preview(&carol, &link).await.status, 200);
    assert_eq!(site.asked("/news"), 3, "apps share nothing");
    server.stop().await;
}

#[tokio::test]
async fn a_key_that_was_changed_or_is_too_old_opens_nothing() {
    let (server, site) = (TestServer::start().await, Site::start().await);
    let alice = server.user("alice").await;
    let shown = preview(&alice, &site.link("/news")).await.json();
    let path = shown["image"]["url"].as_str().unwrap();
    let at = path.len() - 10;
    let changed = format!("{}{}{}", &path[..at], if &path[at..=at] == "A" { "B" } else { "A" }, &path[at + 1..]);
    for bad in
        [&changed, &path[..path.len() - 4], "/client/v1/link-preview/image/x", "/client/v1/link-preview/image/%00"]
    {
        assert_eq!(refusal(&server.raw().get(bad).send().await), NOTHING, "{bad}");
    }
    assert_eq!(site.asked("/picture"), 0);
    server.clock.advance(31 * 3_600_000);
    assert_eq!(refusal(&server.raw().get(path).send().await), NOTHING);
    server.stop().await;
}

#[tokio::test]
async fn a_user_has_so_many_pages_fetched_and_no_more() {
    let limits = |limits: &mut cerulean_delivery::Limits| limits.rates.previews_per_minute = 2;
    let (server, site) = (TestServer::start().limits(limits).await, Site::start().await);
    let (alice, bob) = (server.user("alice").await, server.user("bob").await);
    for path in ["/news", "/bare"] {
        assert_eq!(preview(&alice, &site.link(path)).await.status, 200);
    }
    assert_eq!(refusal(&preview(&alice, &site.link("/vector")).await), (429, 429));
    assert_eq!(preview(&alice, &site.link("/news")).await.status, 200, "it is known");
    assert_eq!(preview(&bob, &site.link("/vector")).await.status, 200, "another user");
    server.clock.advance(30_000);
    assert_eq!(preview(&alice, &site.link("/inside")).await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn previews_take_a_user_and_can_be_switched_off() {
    let (server, site) = (TestServer::start().await, Site::start().await);
    let alice = server.user("alice").await;
    let link = site.link("/news");
    let ask = |rest: cerulean_testkit::RestClient| rest.get("/client/v1/link-preview").query(&[("url", &link)]).send();
    assert_eq!(ask(server.anonymous()).await.status, 401);
    assert_eq!(ask(server.admin()).await.status, 403, "the administrator is no user");
    let shown = ask(alice.rest()).await.json();

    let off = serde_json::json!({"link_previews": false});
    let settings = server.admin().patch("/console/v1/app/settings", off).send().await.json();
    assert_eq!(settings["link_previews"], false);
    assert_eq!(refusal(&ask(alice.rest()).await), (404, 404));
    assert_eq!(refusal(&server.raw().get(shown["image"]["url"].as_str().unwrap()).send().await), (404, 404));
    assert_eq!(site.asked("/news"), 1);
    server.stop().await;

    let server = TestServer::start().previews(|options| options.is_on = false).await;
    let alice = server.user("alice").await;
    assert_eq!(refusal(&ask(alice.rest()).await), (404, 404));
    server.stop().await;
}
