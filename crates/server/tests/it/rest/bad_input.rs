//! Input that no client sends on purpose, on many paths at once.

use cerulean_testkit::TestServer;
use cerulean_types::limits;
use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const WRITING: [&str; 8] = [
    "/user/profile",
    "/user/settings",
    "/roster/apply",
    "/roster/list",
    "/message/send",
    "/message/recall",
    "/group/create",
    "/user/change_password",
];

#[tokio::test]
async fn malformed_bodies_are_told_and_nothing_more() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for path in WRITING {
        for body in [
            "{",
            "[]",
            "7",
            "\"x\"",
            "{\"a\":}",
            "{\"list\":[1,2}",
            "\u{0}",
            "nick_name=x&a=b",
            "<xml/>",
            "{\"a\":1}{\"b\":2}",
        ] {
            let call = alice.rest().call(Method::POST, path).header("content-type", "application/json").body(body);
            let answer = call.send().await;
            assert_eq!((answer.status, answer.code()), (200, 10002), "{path} {body}");
            assert!(!answer.message().is_empty());
        }
        let not_text = alice.rest().call(Method::POST, path).body(vec![b'{', b'"', 0xFF, 0xFE, b'"', b':', b'1', b'}']);
        assert_eq!(not_text.code().await, 10002, "{path}: not UTF-8");
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let nested = alice.rest().call(Method::POST, path).body(format!("{{\"list\":{deep}}}"));
        assert_eq!(nested.code().await, 10002, "{path}: nested");
    }
    assert_eq!(alice.rest().get("/user/profile").code().await, 200);
    server.stop().await;
}

#[tokio::test]
async fn the_content_type_does_not_matter_where_the_body_is_json() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for kind in
        ["application/json", "application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", ""]
    {
        let call = alice.rest().call(Method::POST, "/user/nickname").header("content-type", kind);
        assert_eq!(call.body(r#"{"nick_name": "A"}"#).code().await, 200, "{kind}");
    }
    server.stop().await;
}

#[tokio::test]
async fn oversized_bodies_are_refused_with_a_word() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for path in WRITING {
        let body = format!("{{\"x\":\"{}\"}}", "x".repeat(limits::JSON_BYTES));
        let answer = alice.rest().call(Method::POST, path).body(body).send().await;
        assert_eq!((answer.status, answer.code()), (200, 413), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn numbers_may_be_text_but_not_beyond_doubles() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    for good in [json!(bob.id.get()), json!(bob.id.to_string()), json!(format!(" {} ", bob.id))] {
        assert_eq!(
            alice.rest().post("/roster/ext", json!({"user_id": good, "alias": "B"})).code().await,
            200,
            "{good}"
        );
    }
    for bad in [
        json!(9_007_199_254_740_992u64),
        json!("9007199254740993"),
        json!(u64::MAX),
        json!(-1),
        json!(1e300),
        json!(1.5),
        json!("1e3"),
        json!("0x10"),
        json!(""),
        json!(null),
        json!(true),
        json!([1]),
        json!({"uid": 1}),
    ] {
        assert_eq!(
            alice.rest().post("/roster/ext", json!({"user_id": bad, "alias": "B"})).code().await,
            10002,
            "{bad}"
        );
        assert_eq!(alice.rest().post("/roster/list", json!({"list": [bad]})).code().await, 10002, "{bad}");
        assert_eq!(
            alice.rest().post("/token/id", json!({"user_id": bad, "password": "x"})).code().await,
            10002,
            "{bad}"
        );
    }
    for bad in ["9007199254740992", "-1", "x", "1.5", "99999999999999999999999999"] {
        assert_eq!(alice.rest().get(&format!("/roster/id?user_id={bad}")).code().await, 10002, "{bad}");
        assert_eq!(alice.rest().get(&format!("/message/conversation?opposite_id={bad}")).code().await, 10002, "{bad}");
    }
    server.stop().await;
}

#[tokio::test]
async fn odd_queries_do_no_harm() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    for query in ["?", "?=", "?&&", "?a", "?%", "?%ff=%fe", "?user_id[]=1", "?a=1&a=2"] {
        assert_eq!(alice.rest().get(&format!("/roster/list{query}")).code().await, 200, "{query}");
    }
    let long = format!("/user/profile?x={}", "x".repeat(20_000));
    assert_eq!(alice.rest().get(&long).code().await, 200);
    let id = alice.id.to_string();
    let twice = alice.rest().get(&format!("/roster/id?user_id={id}&user_id={id}")).code().await;
    assert!(matches!(twice, 200 | 10002), "{twice}");
    server.stop().await;
}

#[tokio::test]
async fn wrong_methods_and_paths_are_told() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let wrong = alice.rest().delete("/user/profile", json!({})).send().await;
    assert_eq!((wrong.status, &wrong.json()["code"], wrong.header("allow").is_empty()), (405, &json!(10002), false));
    assert!(wrong.message().contains("method"), "{}", wrong.text());
    let wrong = alice.rest().delete("/client/v1/limits", json!({})).send().await;
    assert_eq!((wrong.status, wrong.header("content-type")), (405, "application/problem+json"));
    for path in ["/user/profile/", "/User/Profile", "//user/profile", "/user/profile/..;/list", "/user%2fprofile"] {
        let absent = alice.rest().get(path).send().await;
        assert_eq!((absent.status, &absent.json()["code"]), (404, &json!(404)), "{path}");
        assert!(!absent.message().is_empty());
    }
    for path in ["/client/v1/absent", "/console/v1/absent"] {
        let absent = alice.rest().get(path).send().await;
        assert_eq!((absent.status, absent.header("content-type")), (404, "application/problem+json"), "{path}");
        assert_eq!(absent.code(), 404);
    }
    server.stop().await;
}

async fn raw(server: &TestServer, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let _ = cerulean_testkit::within("the end", stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn what_is_no_http_ends_the_connection_and_nothing_else() {
    let server = TestServer::start().await;
    let large_head = format!("GET /user/profile HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(1 << 20));
    for request in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /token/user HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /token/user HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"POST /token/user HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\nZZ\r\n",
        large_head.as_bytes(),
    ] {
        let answer = raw(&server, request).await;
        assert!(!answer.starts_with("HTTP/1.1 200 OK") || answer.contains("\"code\":"), "{answer}");
    }
    let broken = b"POST /token/user HTTP/1.1\r\nhost: x\r\napp_id: demo\r\ncontent-length: 500\r\n\r\n{\"name\":";
    let answer = raw(&server, broken).await;
    assert!(answer.is_empty() || answer.contains("\"code\":413") || answer.contains("400"), "{answer}");
    assert_eq!(server.raw().get("/api/health").send().await.status, 200);
    server.stop().await;
}
