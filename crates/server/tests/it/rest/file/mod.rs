mod download;
mod upload;

use cerulean_testkit::{Answer, TestServer, User};
use http::Method;
use reqwest::multipart::{Form, Part};

/// Asks for addresses: where to put, where to find.
async fn addresses(user: &User, path: &str) -> (String, String) {
    let data = user.rest().get(path).data().await;
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("upload_url"), text("download_url"))
}

async fn chat_addresses(user: &User, file_type: u32) -> (String, String) {
    addresses(user, &format!("/file/upload/chat?file_type={file_type}&to_type=1&to_id=0")).await
}

/// Puts a file as a browser's form does, without any header of the SDK.
async fn put(server: &TestServer, url: &str, name: &str, kind: &str, content: Vec<u8>) -> Answer {
    let part = Part::bytes(content).file_name(name.to_owned()).mime_str(kind).unwrap();
    server.raw().call(Method::POST, url).multipart(Form::new().text("key", "undefined").part("file", part)).send().await
}

/// How many files the server keeps.
fn kept(server: &TestServer) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&server.folder().join("blobs"))
}

fn png(side: u32) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(side, side, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}
