use std::net::SocketAddr;

use cerulean_egress::EgressOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const APP: AppId = AppId(1);

/// Answers every request with what `answer` makes of its head; with nothing, and no end, where that is empty.
async fn site(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut open = Vec::new();
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
            let _ = socket.write_all(&reply).await;
            if !reply.ends_with(b"...") && !reply.is_empty() {
                let _ = socket.shutdown().await;
            } else {
                open.push(socket);
            }
        }
    });
    address
}

fn reply(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} x\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn html(body: &str) -> Vec<u8> {
    reply(200, "content-type: text/html\r\n", body.as_bytes())
}

fn fetcher(options: EgressOptions) -> Fetcher {
    Fetcher::new(Egress::new(options).unwrap(), Duration::from_secs(30), 8)
}

fn local() -> Fetcher {
    fetcher(EgressOptions { allow_networks: vec!["127.0.0.0/8".parse().unwrap()], ..EgressOptions::default() })
}

async fn page(fetcher: &Fetcher, url: String) -> Result<Page, Failure> {
    fetcher.page(APP, Url::parse(&url).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_page_is_read_in_its_own_characters() {
    let address =
        site(|_| reply(200, "content-type: text/html; charset=gbk\r\n", b"<title>\xc0\xb6\xdd\xba</title>")).await;
    assert_eq!(page(&local(), format!("http://{address}/")).await.unwrap().title, "蓝莺");
}

#[tokio::test]
async fn what_is_no_page_has_nothing_to_show() {
    let address = site(|head| match head.split(' ').nth(1).unwrap() {
        "/text" => reply(200, "content-type: text/plain\r\n", b"<title>t</title>"),
        "/untyped" => reply(200, "", b"<title>t</title>"),
        "/missing" => reply(404, "content-type: text/html\r\n", b"<title>not found</title>"),
        "/packed" => reply(200, "content-type: text/html\r\ncontent-encoding: gzip\r\n", b"\x1f\x8b<title>t</title>"),
        "/loop" => reply(302, "location: /loop\r\n", b""),
        "/nowhere" => reply(302, "location: file:///etc/passwd\r\n", b""),
        _ => html("untitled"),
    })
    .await;
    for path in ["/text", "/untyped", "/missing", "/packed", "/loop", "/nowhere", "/untitled"] {
        assert_eq!(page(&local(), format!("http://{address}{path}")).await, Err(Failure::Nothing), "{path}");
    }
}

#[tokio::test]
async fn sites_that_do_not_answer_may_answer_later() {
    let address = site(|head| match head.split(' ').nth(1).unwrap() {
        "/later" => reply(503, "content-type: text/html\r\n", b"<title>t</title>"),
        "/often" => reply(429, "content-type: text/html\r\n", b"<title>t</title>"),
        "/silent" => Vec::new(),
        _ => b"HTTP/1.1 200 x\r\ncontent-type: text/html\r\ncontent-length: 90000\r\n\r\n<title>t</title>...".to_vec(),
    })
    .await;
    let quick = Fetcher { timeout: Duration::from_millis(200), ..local() };
    for path in ["/later", "/often", "/silent", "/trickle"] {
        assert_eq!(page(&quick, format!("http://{address}{path}")).await, Err(Failure::Unreachable), "{path}");
    }
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(page(&quick, format!("http://{free}/")).await, Err(Failure::Unreachable));
}

#[tokio::test]
async fn private_addresses_are_refused_wherever_they_hide() {
    let address = site(|_| html("<title>inside</title>")).await;
    let strict = fetcher(EgressOptions::default());
    assert_eq!(page(&strict, format!("http://{address}/")).await, Err(Failure::Refused));
    assert_eq!(page(&strict, format!("http://localhost:{}/", address.port())).await, Err(Failure::Refused));
    let leading = site(|_| reply(302, "location: http://10.0.0.1/\r\n", b"")).await;
    assert_eq!(page(&local(), format!("http://{leading}/")).await, Err(Failure::Refused));
}

#[tokio::test]
async fn of_a_huge_page_the_beginning_is_read() {
    let address = site(|_| html(&format!("<title>huge</title>{}", "<p>".repeat(2 << 20)))).await;
    assert_eq!(page(&local(), format!("http://{address}/")).await.unwrap().title, "huge");
    let late = site(|_| html(&format!("{}<title>late</title>", "<p>".repeat(2 << 20)))).await;
    assert_eq!(page(&local(), format!("http://{late}/")).await, Err(Failure::Nothing));
}

#[tokio::test]
async fn a_site_learns_nothing_of_who_asks() {
    let address = site(|head| {
        let names: Vec<_> =
            head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
        html(&format!("<title>{}</title>", names.join(" ").to_lowercase()))
    })
    .await;
    assert_eq!(page(&local(), format!("http://{address}/")).await.unwrap().title, "accept user-agent host");
}

#[tokio::test]
async fn pictures_are_fetched_whole_or_not_at_all() {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(600, 300).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = png.into_inner();
    let address = site(move |head| match head.split(' ').nth(1).unwrap() {
        "/png" => reply(200, "content-type: text/html\r\n", &png),
        "/svg" => reply(200, "content-type: image/svg+xml\r\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        _ => reply(200, "content-type: image/png\r\n", &[&png[..], &vec![0; PICTURE_BYTES]].concat()),
    })
    .await;
    let fetcher = local();
    let picture =
        async |path: &str| fetcher.picture(APP, Url::parse(&format!("http://{address}{path}")).unwrap()).await.unwrap();
    assert!(picture("/png").await.is_ok(), "its bytes count, not what the site says of them");
    assert_eq!(picture("/svg").await, Err(Failure::Nothing));
    assert_eq!(picture("/large").await, Err(Failure::Nothing));
}
