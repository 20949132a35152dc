//! Downloads, as browsers make them.

use cerulean_testkit::TestServer;
use http::Method;

use super::{chat_addresses, png, put};

#[tokio::test]
async fn parts_are_served_as_http_says() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let content: Vec<u8> = (0..500_000u32).map(|at| (at % 251) as u8).collect();
    let (to, from) = chat_addresses(&alice, 103).await;
    put(&server, &to, "film.mp4", "video/mp4", content.clone()).await;
    let get = |range: &str| server.raw().get(&from).header("range", range).send();
    for (range, expected) in [
        ("bytes=0-0", 0..1),
        ("bytes=65535-65536", 65_535..65_537),
        ("bytes=100000-399999", 100_000..400_000),
        ("bytes=499999-", 499_999..500_000),
        ("bytes=-10", 499_990..500_000),
        ("bytes=499990-9999999", 499_990..500_000),
    ] {
        let part = get(range).await;
        let place = format!("bytes {}-{}/500000", expected.start, expected.end - 1);
        assert_eq!((part.status, part.header("content-range")), (206, place.as_str()), "{range}");
        assert!(part.bytes == content[expected], "{range}");
    }
    for range in ["bytes=500000-", "bytes=900000-900001", "bytes=-0"] {
        let none = get(range).await;
        assert_eq!((none.status, none.header("content-range")), (416, "bytes */500000"), "{range}");
    }
    for range in ["bytes=9-1", "lines=1-2", "bytes=0-1,3-4"] {
        assert_eq!(get(range).await.status, 200, "{range}");
    }
    let head = server.raw().call(Method::HEAD, &from).send().await;
    assert_eq!((head.status, head.header("content-length"), head.bytes.len()), (200, "500000", 0));
    let tag = head.header("etag").to_owned();
    assert_eq!(server.raw().get(&from).header("if-none-match", &tag).send().await.status, 304);
    server.stop().await;
}

#[tokio::test]
async fn pages_are_saved_and_never_shown() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for (name, kind) in
        [("a.html", "text/html"), ("a.svg", "image/svg+xml"), ("a.png", "text/html"), ("a.js", "text/javascript")]
    {
        let (to, from) = chat_addresses(&alice, 100).await;
        assert_eq!(put(&server, &to, name, kind, b"<script>alert(1)</script>".to_vec()).await.status, 200, "{name}");
        let got = server.raw().get(&from).send().await;
        assert!(got.header("content-disposition").starts_with("attachment"), "{name}");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert!(got.header("content-security-policy").contains("sandbox"));
    }
    server.stop().await;
}

#[tokio::test]
async fn pictures_have_small_forms() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (to, from) = chat_addresses(&alice, 102).await;
    put(&server, &to, "a.png", "image/png", png(1200)).await;
    let small = server.raw().get(&format!("{from}&image_type=2")).send().await;
    assert_eq!(small.status, 200);
    let picture = image::load_from_memory(&small.bytes).unwrap();
    assert!(picture.width() <= 400 && picture.height() <= 400 && picture.width() == picture.height());
    let full = server.raw().get(&format!("{from}&image_type=1")).send().await;
    assert_eq!(image::load_from_memory(&full.bytes).unwrap().width(), 1200);

    // A few bytes that claim to be enormous must not cost enormous memory.
    let mut bomb = png(8);
    bomb[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
    let (to, from) = chat_addresses(&alice, 102).await;
    if put(&server, &to, "b.png", "image/png", bomb).await.status == 200 {
        let answer = server.raw().get(&format!("{from}&image_type=2")).send().await;
        assert!(answer.status < 500, "{}", answer.status);
    }
    server.stop().await;
}

#[tokio::test]
async fn pictures_come_in_the_size_that_is_asked_for() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (to, from) = chat_addresses(&alice, 102).await;
    put(&server, &to, "a.png", "image/png", png(2000)).await;
    let sizes = [
        ("image_type=2&w=120", 120),
        ("image_type=2&w=300&h=90", 90),
        ("w=64&h=64", 64),
        ("image_type=2&w=900", 800),
        ("image_type=2&h=1e9", 1600),
        ("image_type=2&w=none&h=-1", 400),
        ("image_type=1&w=50", 2000),
    ];
    let mut tags = std::collections::BTreeSet::new();
    for (asked, side) in sizes {
        let answer = server.raw().get(&format!("{from}&{asked}")).send().await;
        assert_eq!(answer.status, 200, "{asked}");
        let picture = image::load_from_memory(&answer.bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (side, side), "{asked}");
        assert_eq!(answer.header("content-length"), answer.bytes.len().to_string());
        tags.insert(answer.header("etag").to_owned());
        let again = server.raw().get(&format!("{from}&{asked}")).header("range", "bytes=5-9").send().await;
        assert_eq!((again.status, &again.bytes[..]), (206, &answer.bytes[5..10]), "{asked}");
    }
    assert_eq!(tags.len(), sizes.len(), "each is another content");
    // Nothing is made larger, and what is no picture has no size.
    let (to, from) = chat_addresses(&alice, 102).await;
    put(&server, &to, "b.png", "image/png", png(30)).await;
    let answer = server.raw().get(&format!("{from}&image_type=2&w=300")).send().await;
    assert_eq!(image::load_from_memory(&answer.bytes).unwrap().width(), 30);
    let (to, from) = chat_addresses(&alice, 100).await;
    put(&server, &to, "a.txt", "text/plain", b"text".to_vec()).await;
    assert_eq!(server.raw().get(&format!("{from}&w=300")).send().await.text(), "text");
    server.stop().await;
}

#[tokio::test]
async fn addresses_cannot_be_made_up() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (to, from) = chat_addresses(&alice, 100).await;
    put(&server, &to, "a.txt", "text/plain", b"text".to_vec()).await;
    let (base, sign) = from.split_once("sign=").unwrap();
    let changed: String = sign.chars().rev().collect();
    for forged in [&sign[1..], &sign[..sign.len() - 1], &changed, "", "x", &format!("{sign}x")] {
        let answer = alice.rest().get(&format!("{base}sign={forged}")).send().await;
        assert!(matches!(answer.status, 403 | 404), "{forged}: {}", answer.status);
    }
    // A token opens nothing by itself.
    let by_token = alice.rest().get(&format!("/file/download/chat?access-token={}", alice.token)).send().await;
    assert_eq!(by_token.status, 403);
    server.stop().await;
}
