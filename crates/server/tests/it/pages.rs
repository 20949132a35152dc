//! Pages that the binary carries. They are there only when the web was built before, so both cases are looked at.

use cerulean_testkit::TestServer;

#[tokio::test]
async fn reference_of_the_sdk_is_served_or_says_how_to_build_it() {
    let server = TestServer::start().await;
    let bare = server.raw().get("/docs/sdk").send().await;
    assert_eq!((bare.status, bare.header("location")), (308, "/docs/sdk/"));
    let page = server.raw().get("/docs/sdk/").send().await;
    if page.status == 404 {
        assert!(page.text().contains("npm run build"), "{}", page.text());
        assert!(server.raw().get("/docs/sdk/assets/main.js").send().await.text().contains("npm run build"));
        server.stop().await;
        return;
    }
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains("@cerulean/sdk"), "not compressed for whoever did not ask for it");
    assert!(!page.text().contains("<script>"), "the policy runs no script that stands in the page");
    let client = server.raw().get("/docs/sdk/classes/CeruleanClient.html").send().await;
    assert!(client.text().contains("signIn"));
    let script = server.raw().get("/docs/sdk/assets/main.js").header("accept-encoding", "br, gzip;q=0.8").send().await;
    assert_eq!((script.header("content-encoding"), script.header("content-type")), ("gzip", "text/javascript"));
    assert_eq!(script.bytes[..2], [0x1f, 0x8b]);
    assert_eq!((script.header("cache-control"), script.header("vary")), ("no-cache", "accept-encoding"));
    let known = server.raw().get("/docs/sdk/assets/main.js").header("if-none-match", script.header("etag"));
    assert_eq!(known.send().await.status, 304);
    for missing in ["/docs/sdk/no-such-page.html", "/docs/sdk/../docs.html", "/docs/sdk/index.html.gz"] {
        let answer = server.raw().get(missing).send().await;
        assert!(!answer.text().contains("npm run build"), "{missing}");
        assert!(missing.contains("..") || answer.status == 404, "{missing}");
    }
    server.stop().await;
}
