//! The suite every engine of object storage must pass. Runs on a directory, and on a real S3 server that checks signatures, started in
//! this process on a free port of the loopback.

use std::path::Path;

use bytes::Bytes;
use cerulean_blobs::{BlobError, BlobKey, BlobOptions, Blobs, S3Options};
use futures::{StreamExt, TryStreamExt, stream};
use hyper_util::rt::{TokioExecutor, TokioIo};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;

const ACCESS_KEY: &str = "test-access-key";
const SECRET_KEY: &str = "test-secret-key";
const BUCKET: &str = "blobs";

/// An engine, where its files lie, and what keeps it alive.
struct Engine {
    blobs: Blobs,
    folder: TempDir,
}

impl Engine {
    fn directory() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&BlobOptions::Directory { folder: folder.path().to_owned() }).unwrap();
        Self { blobs, folder }
    }

    async fn s3() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let endpoint = start_s3_server(folder.path()).await;
        let blobs = Blobs::open(&BlobOptions::S3(s3_options(endpoint, SECRET_KEY))).unwrap();
        Self { blobs, folder }
    }

    /// Everything on disk that holds bytes of an object, finished or not.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        collect(self.folder.path(), &mut files);
        files
    }
}

fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_description = path.extension().is_some_and(|extension| extension == "json");
        if path.is_dir() {
            collect(&path, files);
        } else if !is_description {
            files.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
}

fn s3_options(endpoint: String, secret: &str) -> S3Options {
    S3Options {
        endpoint,
        region: "us-east-1".into(),
        bucket: BUCKET.into(),
        prefix: "cerulean".into(),
        access_key_id: ACCESS_KEY.into(),
        secret_access_key: secret.into(),
        is_virtual_host_style: false,
    }
}

async fn start_s3_server(folder: &Path) -> String {
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    let service = builder.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    format!("http://{address}")
}

fn key(text: &str) -> BlobKey {
    BlobKey::parse(text).unwrap()
}

/// Bytes that tell their place.
fn pattern(len: usize) -> Bytes {
    (0..len).map(|at| (at % 251) as u8).collect()
}

fn pieces(bytes: &Bytes, size: usize) -> impl futures::Stream<Item = Result<Bytes, BlobError>> + use<> {
    let pieces: Vec<_> = bytes.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

async fn small_objects_come_back(engine: Engine) {
    let (blobs, key) = (&engine.blobs, key("1/ab/small"));
    assert_eq!(blobs.size(&key).await.unwrap(), None);
    blobs.put(&key, pattern(1000)).await.unwrap();
    assert_eq!(blobs.size(&key).await.unwrap(), Some(1000));
    assert_eq!(blobs.read(&key, 0..1000).await.unwrap(), pattern(1000));
    assert_eq!(blobs.read(&key, 990..1000).await.unwrap(), pattern(1000).slice(990..));
    assert!(blobs.read(&key, 5..5).await.unwrap().is_empty());
    blobs.put(&key, pattern(10)).await.unwrap();
    assert_eq!(blobs.size(&key).await.unwrap(), Some(10), "a new object takes the place of the old");
    blobs.check().await.unwrap();
}

async fn large_objects_stream_both_ways(engine: Engine) {
    // More than two parts of an upload to S3.
    let (blobs, key, whole) = (&engine.blobs, key("1/cd/large"), pattern(20 << 20));
    let written = blobs.put_stream(&key, pieces(&whole, 300_000)).await.unwrap();
    assert_eq!(written, whole.len() as u64);
    let streamed: Vec<Bytes> = blobs.stream(&key, 0..whole.len() as u64).await.unwrap().try_collect().await.unwrap();
    assert!(streamed.len() > 1);
    assert!(streamed.concat() == whole);
    let middle = 9_000_001..9_500_003;
    let part: Vec<Bytes> =
        blobs.stream(&key, middle.start as u64..middle.end as u64).await.unwrap().try_collect().await.unwrap();
    assert!(part.concat() == whole.slice(middle));
}

async fn broken_off_uploads_leave_nothing(engine: Engine) {
    let (blobs, whole) = (&engine.blobs, pattern(10 << 20));
    let failing = pieces(&whole, 1 << 20).chain(stream::iter([Err(BlobError::Short)]));
    assert!(matches!(blobs.put_stream(&key("1/ef/failed"), failing).await, Err(BlobError::Short)));
    assert_eq!(blobs.size(&key("1/ef/failed")).await.unwrap(), None);

    let mut writer = blobs.writer(&key("1/ef/dropped")).await.unwrap();
    writer.write(whole.clone()).await.unwrap();
    drop(writer);
    blobs.close().await;
    assert_eq!(engine.files(), Vec::<String>::new());
    assert_eq!(blobs.size(&key("1/ef/dropped")).await.unwrap(), None);
}

async fn objects_are_invisible_until_committed(engine: Engine) {
    let (blobs, key) = (&engine.blobs, key("1/gh/half"));
    let mut writer = blobs.writer(&key).await.unwrap();
    writer.write(pattern(100)).await.unwrap();
    assert_eq!(blobs.size(&key).await.unwrap(), None);
    assert_eq!(writer.commit().await.unwrap(), 100);
    assert_eq!(blobs.size(&key).await.unwrap(), Some(100));
}

async fn missing_and_short_objects_are_told(engine: Engine) {
    let blobs = &engine.blobs;
    assert!(matches!(blobs.read(&key("1/no/such"), 0..10).await, Err(BlobError::NotFound)));
    let outcome = async { blobs.stream(&key("1/no/such"), 0..10).await?.try_collect::<Vec<_>>().await };
    assert!(matches!(outcome.await, Err(BlobError::NotFound)));
    blobs.put(&key("1/no/short"), pattern(10)).await.unwrap();
    assert!(blobs.read(&key("1/no/short"), 0..11).await.is_err());
    assert!(blobs.stream(&key("1/no/short"), 5..15).await.unwrap().try_collect::<Vec<_>>().await.is_err());
}

async fn deleted_objects_are_gone(engine: Engine) {
    let (blobs, key) = (&engine.blobs, key("1/ij/gone"));
    blobs.put(&key, pattern(10)).await.unwrap();
    blobs.delete(&key).await.unwrap();
    assert_eq!(blobs.size(&key).await.unwrap(), None);
    blobs.delete(&key).await.unwrap();
}

macro_rules! on_every_engine {
    ($($test:ident),+ $(,)?) => {
        $(mod $test {
            #[tokio::test]
            async fn directory() {
                super::$test(super::Engine::directory()).await;
            }

            #[tokio::test]
            async fn s3() {
                super::$test(super::Engine::s3().await).await;
            }
        })+
    };
}

on_every_engine![
    small_objects_come_back,
    large_objects_stream_both_ways,
    broken_off_uploads_leave_nothing,
    objects_are_invisible_until_committed,
    missing_and_short_objects_are_told,
    deleted_objects_are_gone,
];

#[tokio::test]
async fn s3_server_of_the_suite_checks_signatures() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
    let endpoint = start_s3_server(folder.path()).await;
    let blobs = Blobs::open(&BlobOptions::S3(s3_options(endpoint, "wrong"))).unwrap();
    let refused = blobs.put(&key("1/ab/refused"), pattern(1)).await.unwrap_err();
    assert!(matches!(refused, BlobError::Engine(error) if error.kind() == opendal::ErrorKind::PermissionDenied));
}

#[tokio::test]
async fn uploads_of_a_dead_process_are_removed_at_start() {
    let engine = Engine::directory();
    let mut writer = engine.blobs.writer(&key("1/kl/lost")).await.unwrap();
    writer.write(pattern(100)).await.unwrap();
    std::mem::forget(writer);
    assert_eq!(engine.files().len(), 1);
    assert_eq!(engine.blobs.remove_unfinished().await.unwrap(), 1);
    assert_eq!(engine.files(), Vec::<String>::new());
}
