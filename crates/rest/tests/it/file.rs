//! Uploads and downloads, as browsers make them.

use std::io::Cursor;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use futures::StreamExt;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::bench::Bench;

const BOUNDARY: &str = "----boundary7";

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The path and query of an absolute address.
fn path_of(url: &str) -> &str {
    url.strip_prefix("http://127.0.0.1:8080").expect("the address of this server")
}

async fn send(bench: &Bench, request: Request<Body>) -> Got {
    let response = bench.router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Got { status, headers, bytes: response.into_body().collect().await.unwrap().to_bytes() }
}

async fn get_with(bench: &Bench, method: &str, url: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::builder().method(method).uri(path_of(url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(bench, request.body(Body::empty()).unwrap()).await
}

async fn get(bench: &Bench, url: &str) -> Got {
    get_with(bench, "GET", url, &[]).await
}

fn head_of(name: &str, content_type: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"policy\"\r\n\r\nundefined\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {content_type}\r\n\r\n"
    )
}

fn form(name: &str, content_type: &str, content: &[u8]) -> Vec<u8> {
    [head_of(name, content_type).as_bytes(), content, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
}

async fn post_body(bench: &Bench, url: &str, body: Body) -> Got {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = Request::builder().method("POST").uri(path_of(url)).header("content-type", content_type);
    send(bench, request.body(body).unwrap()).await
}

async fn put(bench: &Bench, url: &str, name: &str, content_type: &str, content: &[u8]) -> Got {
    post_body(bench, url, Body::from(form(name, content_type, content))).await
}

/// Asks for addresses: where to put, where to find.
async fn addresses(bench: &Bench, token: &str, path: &str) -> (String, String) {
    let answer = bench.call("GET", path).token(token).send().await;
    let data = answer.data();
    assert_eq!(data["oss_body_param"], json!({}));
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("upload_url"), text("download_url"))
}

async fn upload(bench: &Bench, token: &str, file_type: u32, name: &str, content_type: &str, content: &[u8]) -> String {
    let (to, from) =
        addresses(bench, token, &format!("/file/upload/chat?file_type={file_type}&to_type=1&to_id=0")).await;
    let answer = put(bench, &to, name, content_type, content).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({"code": 200, "data": true, "message": null})));
    from
}

fn objects(folder: &Path) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { objects(&path) } else { 1 })
        .sum()
}

async fn left_behind(bench: &Bench) -> usize {
    bench.platform.tasks.close();
    bench.platform.tasks.wait().await;
    bench.platform.tasks.reopen();
    objects(&bench.folder.path().join("blobs"))
}

fn png(side: u32) -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(side, side, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    let mut out = Cursor::new(Vec::new());
    image::DynamicImage::ImageRgb8(pixels).write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

#[tokio::test]
async fn a_file_goes_in_and_comes_out() {
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    let content: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
    let url = upload(&bench, &token, 100, "报告.bin", "application/x-thing", &content).await;
    assert_eq!(url.matches("sign=").count(), 1);
    let got = get(&bench, &format!("{url}&access-token=stale&app_id=demo&format=mp3")).await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "application/x-thing"));
    assert!(got.bytes == content);
    assert_eq!(got.header("content-length"), "200000");
    assert_eq!(got.header("content-disposition"), "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A.bin");
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(got.header("content-security-policy").contains("sandbox"));
}

#[tokio::test]
async fn parts_heads_and_known_files_are_answered_as_http_says() {
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    let content: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
    let url = upload(&bench, &token, 103, "film.mp4", "video/mp4", &content).await;
    let part = get_with(&bench, "GET", &url, &[("range", "bytes=65530-131080")]).await;
    assert_eq!((part.status, part.header("content-range")), (StatusCode::PARTIAL_CONTENT, "bytes 65530-131080/200000"));
    assert!(part.bytes == content[65_530..=131_080]);
    assert!(part.header("content-disposition").starts_with("inline"));
    let tail = get_with(&bench, "GET", &url, &[("range", "bytes=-10")]).await;
    assert!(tail.bytes == content[199_990..]);
    let beyond = get_with(&bench, "GET", &url, &[("range", "bytes=200000-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */200000"));

    let head = get_with(&bench, "HEAD", &url, &[]).await;
    assert_eq!((head.status, head.header("content-length"), head.bytes.len()), (StatusCode::OK, "200000", 0));
    assert_eq!(head.header("accept-ranges"), "bytes");
    let tag = head.header("etag").to_owned();
    let known = get_with(&bench, "GET", &url, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    let resumed = get_with(&bench, "GET", &url, &[("range", "bytes=5-9"), ("if-range", &tag)]).await;
    assert_eq!(resumed.status, StatusCode::PARTIAL_CONTENT);
    let changed = get_with(&bench, "GET", &url, &[("range", "bytes=5-9"), ("if-range", "\"other\"")]).await;
    assert_eq!((changed.status, changed.bytes.len()), (StatusCode::OK, 200_000));
}

#[tokio::test]
async fn what_could_run_scripts_is_for_saving() {
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    for (name, content_type) in
        [("x.html", "text/html; charset=utf-8"), ("x.svg", "image/svg+xml"), ("x.xml", "text/xml")]
    {
        let url = upload(&bench, &token, 100, name, content_type, b"<script>alert(1)</script>").await;
        let got = get(&bench, &url).await;
        assert!(got.header("content-disposition").starts_with("attachment"), "{name}");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert!(got.header("content-security-policy").contains("sandbox"));
    }
}

#[tokio::test]
async fn pictures_have_thumbnails() {
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    let url = upload(&bench, &token, 102, "p.png", "image/png", &png(1000)).await;
    let small = get(&bench, &format!("{url}&image_type=2")).await;
    let picture = image::load_from_memory(&small.bytes).unwrap();
    assert_eq!((small.header("content-type"), picture.width(), picture.height()), ("image/jpeg", 400, 400));
    assert!(get(&bench, &format!("{url}&image_type=2")).await.bytes == small.bytes);
    let full = get(&bench, &format!("{url}&image_type=1")).await;
    assert_eq!(image::load_from_memory(&full.bytes).unwrap().width(), 1000);
    let film = upload(&bench, &token, 103, "f.mp4", "video/mp4", b"....").await;
    assert_eq!(get(&bench, &format!("{film}&image_type=3")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn avatars_are_pictures_and_found_by_object_name() {
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    for path in [
        "/file/upload/avatar/user",
        "/file/upload/avatar/group?group_id=0",
        "/file/upload/avatar/group?group_id=undefined",
    ] {
        let (to, from) = addresses(&bench, &token, path).await;
        let refused =
            put(&bench, &to, "a.png", "image/png", b"<html>not a picture at all, whatever it says</html>").await;
        assert_eq!((refused.status, refused.json()["code"].as_u64()), (StatusCode::BAD_REQUEST, Some(10002)));
        assert_eq!(put(&bench, &to, "a.png", "", &png(20)).await.json()["data"], json!(true));
        assert_eq!(get(&bench, &from).await.header("content-type"), "image/png");
        let name = from.split_once("sign=").unwrap().1;
        let by_name = format!(
            "http://127.0.0.1:8080/file/download/avatar?access-token=x&app_id=demo&image_type=2&object_name={name}"
        );
        assert_eq!(get(&bench, &by_name).await.status, StatusCode::OK);
    }
    let (to, _) = addresses(&bench, &token, "/file/upload/avatar/user").await;
    let large = [png(20), vec![0; 10 << 20]].concat();
    let refused = put(&bench, &to, "a.png", "image/png", &large).await;
    assert_eq!((refused.status, refused.json()["code"].as_u64()), (StatusCode::PAYLOAD_TOO_LARGE, Some(413)));
    assert_eq!(left_behind(&bench).await, 3);
}

#[tokio::test]
async fn a_forwarded_file_is_found_at_a_plain_address() {
    let bench = Bench::start().await;
    let (id, token) = bench.user("alice").await;
    let url = upload(&bench, &token, 100, "a.txt", "text/plain", b"text").await;
    let sign = url.split_once("sign=").unwrap().1;
    let path = format!("/file/upload/forward?file_sign={sign}&to_type=1&to_id={id}&access-token={token}");
    let answer = bench.call("GET", &path).token(&token).send().await;
    let forwarded = answer.data().as_str().expect("a plain string");
    assert_eq!(&get(&bench, forwarded).await.bytes[..], b"text");
    let unknown = path.replace(&format!("to_id={id}"), "to_id=7");
    assert_eq!(bench.call("GET", &unknown).token(&token).send().await.code(), 10000);
    let junk = bench.call("GET", &path.replace(sign, "junk")).token(&token).send().await;
    assert_eq!((junk.status, junk.code()), (StatusCode::OK, 10010));
}

#[tokio::test]
async fn bad_uploads_are_refused_and_leave_nothing() {
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    let (to, from) = addresses(&bench, &token, "/file/upload/chat?file_type=102&to_type=1&to_id=0").await;
    let code = |got: &Got| got.json()["code"].as_u64().unwrap();
    let refused = put(&bench, &to, "x.png", "text/html", b"<html>").await;
    assert_eq!((refused.status, code(&refused)), (StatusCode::BAD_REQUEST, 10002));
    for name in ["../../etc/passwd", "..", "a\\\\b"] {
        let refused = put(&bench, &to, name, "image/png", &png(20)).await;
        assert_eq!((refused.status, code(&refused)), (StatusCode::BAD_REQUEST, 10002), "{name}");
    }
    let cut = form("a.png", "image/png", &png(200));
    let refused = post_body(&bench, &to, Body::from(cut[..cut.len() / 2].to_vec())).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "the form ends in the middle");
    let half = Bytes::from(cut[..cut.len() / 2].to_vec());
    let breaking = futures::stream::iter([Ok(half), Err(std::io::Error::other("gone"))]);
    assert_eq!(post_body(&bench, &to, Body::from_stream(breaking)).await.status, StatusCode::BAD_REQUEST);
    let no_file =
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--{BOUNDARY}--\r\n");
    assert_eq!(post_body(&bench, &to, Body::from(no_file)).await.status, StatusCode::BAD_REQUEST);
    let no_form = Request::builder().method("POST").uri(path_of(&to)).body(Body::from("x")).unwrap();
    assert_eq!(send(&bench, no_form).await.status, StatusCode::BAD_REQUEST);
    let forged = format!("{to}A");
    assert_eq!(put(&bench, &forged, "a.png", "image/png", &png(20)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(left_behind(&bench).await, 0);
    assert_eq!(get(&bench, &from).await.status, StatusCode::NOT_FOUND);

    assert_eq!(
        put(&bench, &to, "a.png", "image/png", &png(20)).await.status,
        StatusCode::OK,
        "the address still works"
    );
    assert_eq!(put(&bench, &to, "a.png", "image/png", &png(20)).await.status, StatusCode::FORBIDDEN, "but only once");
    assert_eq!(left_behind(&bench).await, 1);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing() {
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    let (to, _) = addresses(&bench, &token, "/file/upload/chat?file_type=100&to_type=1&to_id=0").await;
    let begun = Bytes::from([head_of("a.bin", "x/y").into_bytes(), vec![7; 300_000]].concat());
    let stalled = futures::stream::iter([Ok::<_, std::io::Error>(begun)]).chain(futures::stream::pending());
    let uploading = post_body(&bench, &to, Body::from_stream(stalled));
    assert!(tokio::time::timeout(std::time::Duration::from_millis(300), uploading).await.is_err());
    for _ in 0..100 {
        if left_behind(&bench).await == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(left_behind(&bench).await, 0);
}

#[tokio::test]
async fn addresses_are_asked_for_with_sense() {
    let bench = Bench::start().await;
    let (alice, token) = bench.user("alice").await;
    let (_, bob_token) = bench.user("bob").await;
    let ask = async |token: &str, query: &str| {
        bench.call("GET", &format!("/file/upload/chat?{query}")).token(token).send().await.code()
    };
    assert_eq!(ask(&token, "file_type=105&to_type=1&to_id=0").await, 10002);
    assert_eq!(ask(&token, "to_type=1&to_id=0").await, 10002);
    assert_eq!(ask(&token, "file_type=100&to_type=1&to_id=9001").await, 10000);
    assert_eq!(ask(&token, "file_type=100&to_type=2&to_id=9002").await, 20001);
    assert_eq!(ask(&token, &format!("file_type=100&to_type=1&to_id={alice}")).await, 200);
    let group =
        bench.call("POST", "/group/create").token(&token).body(json!({"name": "g", "type": 0, "user_list": []}));
    let group = group.send().await.data()["group_id"].as_u64().unwrap();
    assert_eq!(ask(&token, &format!("file_type=202&to_type=2&to_id={group}")).await, 200);
    assert_eq!(ask(&bob_token, &format!("file_type=202&to_type=2&to_id={group}")).await, 20002);
    assert_eq!(ask(&token, &format!("file_type=100&to_type=1&to_id=0&size={}", (1_u64 << 30) + 1)).await, 413);
}

#[tokio::test]
async fn another_app_does_not_find_the_file() {
    let bench = Bench::start().await;
    cerulean_accounts::create_app(&bench.platform, "other", "Other").await.unwrap();
    let (_, token) = bench.user("alice").await;
    let url = upload(&bench, &token, 100, "a.txt", "text/plain", b"text").await;
    for app in ["other", "unknown"] {
        assert_eq!(get(&bench, &format!("{url}&app_id={app}")).await.status, StatusCode::NOT_FOUND, "{app}");
        assert_eq!(get_with(&bench, "GET", &url, &[("app_id", app)]).await.status, StatusCode::NOT_FOUND, "{app}");
    }
    let junk = get(&bench, "http://127.0.0.1:8080/file/download/chat?file_sign=junk").await;
    assert_eq!((junk.status, junk.json()["code"].as_u64()), (StatusCode::FORBIDDEN, Some(10010)));
    assert_eq!(get(&bench, "http://127.0.0.1:8080/file/download/chat").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_large_upload_and_download_take_little_memory() {
    const PIECES: usize = 1200;
    let bench = Bench::start().await;
    let (_, token) = bench.user("alice").await;
    let (to, from) = addresses(&bench, &token, "/file/upload/chat?file_type=100&to_type=1&to_id=0").await;
    let piece = Bytes::from(vec![42; 64 << 10]);
    let mut pieces = vec![Bytes::from(head_of("big.bin", "x/y"))];
    pieces.extend(std::iter::repeat_n(piece, PIECES));
    pieces.push(Bytes::from(format!("\r\n--{BOUNDARY}--\r\n")));
    let before = peak_memory();
    let body = Body::from_stream(futures::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>)));
    assert_eq!(post_body(&bench, &to, body).await.status, StatusCode::OK);
    let request = Request::builder().uri(path_of(&from)).body(Body::empty()).unwrap();
    let mut stream = bench.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
    let mut total = 0;
    while let Some(bytes) = stream.next().await {
        total += bytes.unwrap().len();
    }
    assert_eq!(total, PIECES * (64 << 10));
    let grown = peak_memory() - before;
    assert!(grown < 24 << 20, "{} MiB for a file of {} MiB", grown >> 20, total >> 20);
}

/// Most memory this process ever held, in bytes.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() << 10
}
