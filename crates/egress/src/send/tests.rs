use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::header::AUTHORIZATION;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// Answers every request with what `answer` makes of its head.
async fn serve(answer: impl Fn(&str) -> String + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                let mut buffer = [0; 1024];
                match socket.read(&mut buffer).await {
                    Ok(read) if read > 0 => head.extend_from_slice(&buffer[..read]),
                    _ => break,
                }
            }
            let reply = answer(&String::from_utf8_lossy(&head));
            if reply.is_empty() {
                std::mem::forget(socket);
                continue;
            }
            let _ = socket.write_all(reply.as_bytes()).await;
            let _ = socket.shutdown().await;
        }
    });
    address
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

fn local() -> EgressOptions {
    EgressOptions { allow_networks: vec!["127.0.0.0/8".parse().unwrap()], ..EgressOptions::default() }
}

fn strict() -> Egress {
    Egress::new(EgressOptions::default()).unwrap()
}

struct Names(HashMap<&'static str, Vec<&'static str>>);

impl LookUp for Names {
    async fn look_up(&self, name: String) -> std::io::Result<Vec<IpAddr>> {
        let found = self.0.get(name.as_str()).ok_or(std::io::ErrorKind::NotFound)?;
        Ok(found.iter().map(|text| text.parse().unwrap()).collect())
    }
}

#[tokio::test]
async fn odd_spellings_of_private_addresses_are_refused() {
    let egress = strict();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.01",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
        "0",
        "0.0.0.0",
        "10.1",
        "169.254.169.254",
        "2852039166",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
    ] {
        let answer = egress.send(Request::get(format!("http://{host}/"))).await;
        assert!(matches!(answer, Err(EgressError::AddressRefused)), "{host}: {answer:?}");
        assert!(egress.check_url(&format!("https://{host}:8443/x")).is_err(), "{host}");
    }
}

#[tokio::test]
async fn strange_addresses_are_refused() {
    let egress = Egress::new(EgressOptions { ports: vec![80, 443], ..EgressOptions::default() }).unwrap();
    for url in ["", "/", "example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://x/", "http://", "data:,x"]
    {
        let refused = egress.check_url(url);
        assert!(matches!(refused, Err(EgressError::BadUrl(_))), "{url}: {refused:?}");
    }
    assert!(matches!(egress.check_url("http://me:secret@example.com/"), Err(EgressError::BadUrl(_))));
    assert!(matches!(egress.check_url("http://example.com:22/"), Err(EgressError::PortRefused(22))));
    assert!(matches!(egress.check_url("http://example.com:0/"), Err(EgressError::PortRefused(0))));
    assert!(egress.check_url("https://example.com/hook?x=1").is_ok());
}

#[tokio::test]
async fn names_of_private_addresses_are_refused() {
    let local = strict().send(Request::get("http://localhost:1/")).await;
    assert!(matches!(local, Err(EgressError::AddressRefused)), "{local:?}");
    let names = Names(HashMap::from([("inside.example", vec!["10.0.0.1", "fd00::1"]), ("nowhere.example", vec![])]));
    let egress = Egress::with_look_up(EgressOptions::default(), names).unwrap();
    let inside = egress.send(Request::get("http://inside.example/")).await;
    assert!(matches!(inside, Err(EgressError::AddressRefused)), "{inside:?}");
    for unknown in ["http://nowhere.example/", "http://absent.example/"] {
        let answer = egress.send(Request::get(unknown)).await;
        assert!(matches!(answer, Err(EgressError::UnknownHost)), "{answer:?}");
    }
}

/// Answers with a public address first and with loopback from then on.
struct Rebinding(AtomicUsize);

impl LookUp for Rebinding {
    async fn look_up(&self, _: String) -> std::io::Result<Vec<IpAddr>> {
        let is_first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        Ok(vec![if is_first { [192, 0, 2, 1].into() } else { [127, 0, 0, 1].into() }])
    }
}

#[tokio::test]
async fn a_name_that_changes_is_judged_by_what_is_connected_to() {
    let address = serve(|_| ok("secret")).await;
    let options = EgressOptions {
        allow_networks: vec!["192.0.2.0/24".parse().unwrap()],
        timeout: Duration::from_millis(300),
        ..EgressOptions::default()
    };
    let egress = Egress::with_look_up(options, Rebinding(AtomicUsize::new(0))).unwrap();
    let url = format!("http://rebind.example:{}/", address.port());
    let first = egress.send(Request::get(&url)).await;
    assert!(!matches!(first, Ok(_) | Err(EgressError::AddressRefused)), "{first:?}");
    let second = egress.send(Request::get(&url)).await;
    assert!(matches!(second, Err(EgressError::AddressRefused)), "{second:?}");
}

#[tokio::test]
async fn of_a_names_addresses_only_those_allowed_are_tried() {
    let address = serve(|_| ok("hello")).await;
    let names = Names(HashMap::from([("mixed.example", vec!["10.0.0.1", "127.0.0.1"])]));
    let egress = Egress::with_look_up(local(), names).unwrap();
    let answer = egress.send(Request::get(format!("http://mixed.example:{}/", address.port()))).await.unwrap();
    assert_eq!((&answer.body[..], answer.is_cut), (&b"hello"[..], false));
}

#[tokio::test]
async fn every_redirect_is_judged() {
    let egress = Egress::new(local()).unwrap();
    let address = serve(|head| match head.split(' ').nth(1).unwrap() {
        "/inside" => redirect("http://10.0.0.1/"),
        "/file" => redirect("file:///etc/passwd"),
        "/loop" => redirect("/loop"),
        "/on" => redirect("/end"),
        _ => ok("end"),
    })
    .await;
    let get = |path: &str| Request::get(format!("http://{address}{path}"));
    assert!(matches!(egress.send(get("/inside").redirects(3)).await, Err(EgressError::AddressRefused)));
    assert!(matches!(egress.send(get("/file").redirects(3)).await, Err(EgressError::BadUrl(_))));
    assert!(matches!(egress.send(get("/loop").redirects(3)).await, Err(EgressError::TooManyRedirects)));
    let followed = egress.send(get("/on").redirects(1)).await.unwrap();
    assert_eq!((followed.status.as_u16(), followed.url.path()), (200, "/end"));
    assert_eq!(egress.send(get("/on")).await.unwrap().status.as_u16(), 302);
    let posted = egress.send(Request::post(format!("http://{address}/on"), "x").redirects(3)).await.unwrap();
    assert_eq!(posted.status.as_u16(), 302);
}

#[tokio::test]
async fn headers_stay_with_the_host_they_are_for() {
    let other = serve(|head| ok(if head.contains("secret") { "told" } else { "untold" })).await;
    let address = serve(move |_| redirect(&format!("http://{other}/"))).await;
    let request = Request::get(format!("http://{address}/")).redirects(1).header(AUTHORIZATION, "secret");
    let answer = Egress::new(local()).unwrap().send(request).await.unwrap();
    assert_eq!(&answer.body[..], b"untold");
}

#[tokio::test]
async fn time_and_size_are_limited() {
    let egress = Egress::new(local()).unwrap();
    let silent = serve(|_| String::new()).await;
    let short = Request::get(format!("http://{silent}/")).timeout(Duration::from_millis(50));
    assert!(matches!(egress.send(short).await, Err(EgressError::Timeout)));
    let large = serve(|_| ok(&"x".repeat(100_000))).await;
    let answer = egress.send(Request::get(format!("http://{large}/")).response_bytes(1000)).await.unwrap();
    assert_eq!((answer.body.len(), answer.is_cut), (1000, true));
    let exact = egress.send(Request::get(format!("http://{large}/")).response_bytes(100_000)).await.unwrap();
    assert_eq!((exact.body.len(), exact.is_cut), (100_000, false));
}

#[tokio::test]
async fn headers_cannot_be_smuggled() {
    let request = Request::get("http://127.0.0.1:1/").header(AUTHORIZATION, "a\r\nhost: b");
    assert!(matches!(Egress::new(local()).unwrap().send(request).await, Err(EgressError::BadHeader)));
}
