//! Uploads over a real connection.

use cerulean_testkit::{TestServer, eventually};
use http::Method;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{addresses, chat_addresses, kept, png, put};
use crate::rest::fields;

#[tokio::test]
async fn addresses_have_the_shape_clients_read() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let group = server.group(&alice, &[&bob]).await;
    for path in [
        format!("/file/upload/chat?file_type=102&to_type=1&to_id={}", bob.id),
        format!("/file/upload/chat?file_type=201&to_type=2&to_id={}", group.id),
        "/file/upload/avatar/user".into(),
        format!("/file/upload/avatar/group?group_id={}&access-token={}", group.id, alice.token),
        "/file/upload/avatar/group?group_id=undefined".into(),
    ] {
        let data = alice.rest().get(&path).data().await;
        for field in ["upload_url", "download_url", "oss_body_param"] {
            assert!(fields(&data).contains(&field), "{path}: {data}");
        }
        assert_eq!(data["oss_body_param"], json!({}), "the demo reads its fields without a check");
        let url = data["download_url"].as_str().unwrap();
        assert!(url.starts_with(&server.base_url()) && url.matches("sign=").count() == 1, "{url}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_file_travels_to_the_friend() {
    let (server, alice, bob) = TestServer::start().with_friends("alice", "bob").await;
    let (to, from) = addresses(&alice, &format!("/file/upload/chat?file_type=100&to_type=1&to_id={}", bob.id)).await;
    let content: Vec<u8> = (0..3_000_000u32).map(|at| (at % 251) as u8).collect();
    let answer = put(&server, &to, "报告.pdf", "application/pdf", content.clone()).await;
    assert_eq!(answer.json(), json!({"code": 200, "data": true, "message": null}));
    let as_sdk = format!("{from}&access-token={}&app_id=demo", bob.token);
    let got = server.raw().get(&as_sdk).send().await;
    assert!(got.status == 200 && got.bytes == content);
    assert_eq!(got.header("content-type"), "application/pdf");
    assert!(got.header("content-disposition").contains("%E6%8A%A5%E5%91%8A.pdf"));
    assert_eq!(got.header("access-control-allow-origin"), "*", "pages elsewhere may show it");
    server.stop().await;
}

#[tokio::test]
async fn names_that_lead_elsewhere_are_refused() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let outside = server.folder().parent().unwrap().join("escaped.txt");
    for name in
        ["../escaped.txt", "../../escaped.txt", "/tmp/escaped.txt", "..", ".", "a/b.txt", "a\\b.txt", "a\0b.txt"]
    {
        let (to, _) = chat_addresses(&alice, 100).await;
        let boundary = "b";
        let form = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\nx\r\n--{boundary}--\r\n"
        );
        let call = server.raw().call(Method::POST, &to).header("content-type", "multipart/form-data; boundary=b");
        let answer = call.body(form).send().await;
        assert_eq!((answer.status, answer.json()["code"].as_u64()), (400, Some(10002)), "{name:?}: {}", answer.text());
    }
    assert!(!outside.exists());
    assert_eq!(kept(&server), 0);
    // In addresses, too: what follows the server is no path.
    for sign in ["../../keys/root.key", "..%2f..%2fkeys%2froot.key", "%2e%2e/root.key", "/etc/passwd"] {
        for path in ["/file/download/chat?file_sign=", "/file/download/avatar?object_name="] {
            let answer = alice.rest().get(&format!("{path}{sign}")).send().await;
            assert!(matches!(answer.status, 403 | 404), "{path}{sign}: {}", answer.status);
        }
    }
    for path in ["/chat/../../Cargo.toml", "/chat/%2e%2e/%2e%2e/Cargo.toml", "/landing/..%2fCargo.toml"] {
        let answer = server.raw().get(path).send().await;
        assert!(!answer.text().contains("[package]"), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn more_than_announced_or_allowed_is_refused_and_leaves_nothing() {
    let server = TestServer::start().limits(|limits| limits.file_bytes = 1 << 20).await;
    let alice = server.user("alice").await;
    let announced = |size: u64| format!("/file/upload/chat?file_type=100&to_type=1&to_id=0&size={size}");
    assert_eq!(alice.rest().get(&announced((1 << 20) + 1)).code().await, 413, "told before the upload begins");
    let (to, from) = addresses(&alice, &announced(1000)).await;
    let long = put(&server, &to, "a.bin", "x/y", vec![7; 1001]).await;
    assert_eq!((long.status, long.json()["code"].as_u64()), (413, Some(413)), "{}", long.text());
    let (plain, _) = chat_addresses(&alice, 100).await;
    let large = put(&server, &plain, "a.bin", "x/y", vec![7; (1 << 20) + 1]).await;
    assert_eq!(large.status, 413, "{}", large.text());
    let huge = put(&server, &plain, "a.bin", "x/y", vec![7; 4 << 20]).await;
    assert_eq!(huge.status, 413, "{}", huge.text());
    eventually("nothing is left", || std::future::ready(kept(&server) == 0)).await;
    assert_eq!(server.raw().get(&from).send().await.status, 404);
    assert_eq!(put(&server, &plain, "a.bin", "x/y", vec![7; 1 << 20]).await.status, 200, "just what is allowed");
    server.stop().await;
}

#[tokio::test]
async fn a_broken_connection_leaves_nothing() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (to, from) = chat_addresses(&alice, 100).await;
    let (_, path) = to.split_once("/file/").unwrap();
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "POST /file/{path} HTTP/1.1\r\nhost: {}\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 900000\r\n\r\n\
         --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n",
        server.address()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![7; 400_000]).await.unwrap();
    eventually("the upload is under way", || std::future::ready(kept(&server) > 0)).await;
    drop(stream);
    eventually("nothing is left", || std::future::ready(kept(&server) == 0)).await;
    assert_eq!(server.raw().get(&from).send().await.status, 404);
    assert_eq!(put(&server, &to, "a.bin", "x/y", vec![7; 10]).await.status, 200, "the address is still good");
    server.stop().await;
}

#[tokio::test]
async fn an_upload_cut_short_leaves_nothing() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (to, _) = chat_addresses(&alice, 100).await;
    let cut = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\nno end";
    let call = server.raw().call(Method::POST, &to).header("content-type", "multipart/form-data; boundary=b");
    assert_eq!(call.body(cut).send().await.status, 400);
    let wrong_type = server.raw().call(Method::POST, &to).header("content-type", "application/json").body("{}");
    assert_eq!(wrong_type.send().await.status, 400);
    let no_type = server.raw().call(Method::POST, &to).body("x");
    assert_eq!(no_type.send().await.status, 400);
    let not_the_kind = chat_addresses(&alice, 102).await.0;
    assert_eq!(put(&server, &not_the_kind, "a.png", "text/html", b"<html>".to_vec()).await.status, 400);
    eventually("nothing is left", || std::future::ready(kept(&server) == 0)).await;
    server.stop().await;
}

#[tokio::test]
async fn a_slow_answerer_reads_why_it_was_refused() {
    // The server answers before the body is through; the client must still get the answer instead of a broken connection.
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (to, _) = chat_addresses(&alice, 100).await;
    let forged = put(&server, &format!("{to}A"), "a.bin", "x/y", vec![7; 8 << 20]).await;
    assert_eq!((forged.status, forged.json()["code"].as_u64()), (403, Some(10010)));
    server.stop().await;
}

#[tokio::test]
async fn addresses_are_good_once_and_for_a_while_and_in_their_app() {
    let server = TestServer::start().await;
    let other = server.new_app("other").await;
    let (alice, eve) = (server.user("alice").await, server.user_of(&other, "eve").await);
    let (to, from) = chat_addresses(&alice, 100).await;
    let (late, _) = chat_addresses(&alice, 100).await;
    assert_eq!(put(&server, &to, "a.bin", "x/y", vec![7; 10]).await.status, 200);
    assert_eq!(put(&server, &to, "b.bin", "x/y", vec![8; 10]).await.status, 403, "not twice");
    assert_eq!(server.raw().get(&from).send().await.bytes, vec![7; 10]);
    let sign = from.split_once("sign=").unwrap().1;
    let forward = format!("/file/upload/forward?file_sign={sign}&to_type=1&to_id={}", eve.id);
    assert!(matches!(eve.rest().get(&forward).code().await, 404 | 10010), "files of another app are not there");
    let as_other = server.raw().get(&format!("{from}&app_id=other")).send().await;
    assert_eq!(as_other.status, 404);
    server.clock.advance(8 * 86_400_000);
    assert_eq!(put(&server, &late, "a.bin", "x/y", vec![7; 10]).await.status, 403, "not for ever");
    assert_eq!(server.raw().get(&from).send().await.status, 200, "what was sent stays");
    server.stop().await;
}

#[tokio::test]
async fn a_frozen_user_uploads_nothing() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    server.admin().put("/user/disable", json!({"list": [alice.id.get()]})).data().await;
    assert_eq!(alice.rest().get("/file/upload/avatar/user").code().await, 10013);
    server.stop().await;
}

#[tokio::test]
async fn avatars_are_pictures() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (to, from) = addresses(&alice, "/file/upload/avatar/user").await;
    let page = put(&server, &to, "a.png", "image/png", b"<html><script>alert(1)</script></html>".to_vec()).await;
    assert_eq!(page.status, 400);
    assert_eq!(put(&server, &to, "a.png", "image/png", png(300)).await.status, 200);
    alice.rest().post("/user/avatar", json!({"avatar": from})).data().await;
    let seen = alice.rest().get("/user/profile").data().await["avatar"].as_str().unwrap().to_owned();
    assert_eq!(server.raw().get(&seen).send().await.header("content-type"), "image/png");
    let name = from.split_once("sign=").unwrap().1;
    let by_name =
        format!("/file/download/avatar?access-token={}&app_id=demo&image_type=2&object_name={name}", alice.token);
    assert_eq!(server.raw().get(&by_name).send().await.status, 200);
    server.stop().await;
}
