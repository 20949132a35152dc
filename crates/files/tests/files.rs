//! Files against a real database and a real directory: what comes back, what is refused, what is left behind.

use std::io::Cursor;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use cerulean_blobs::{BlobOptions, Blobs};
use cerulean_bus::{BusEvent, LocalBus};
use cerulean_delivery::{Ctx, Limits, Platform, PlatformOptions};
use cerulean_files::{Destination, FileContent, FileError, Files, GRANT_MS, GrantUpload, Granted, Offer, Purpose};
use cerulean_storage::DbOptions;
use cerulean_storage::user::Profile;
use cerulean_types::{Actor, AppId, AppSlug, Clock, Code, DeviceSn, GroupId, PublicError, UserId};
use cerulean_vault::{FILE_CHUNK_BYTES, Vault};
use futures::TryStreamExt;
use tempfile::TempDir;

struct World {
    files: Files,
    blobs: Blobs,
    platform: Arc<Platform>,
    app: AppId,
    user: UserId,
    clock: Clock,
    folder: TempDir,
}

impl World {
    async fn new() -> Self {
        Self::with_file_limit(cerulean_types::limits::FILE_BYTES).await
    }

    async fn with_file_limit(file_bytes: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (vault, clock) = (Vault::in_memory(), Clock::adjustable());
        let options = PlatformOptions {
            db: DbOptions::Sqlite { folder: folder.path().to_owned() },
            vault: vault.clone(),
            bus: Arc::new(LocalBus::default()),
            clock: clock.clone(),
            limits: Limits { file_bytes, ..Limits::default() },
        };
        let platform = Platform::open(options).await.unwrap();
        let app = add_app(&platform, "tested").await;
        let user = UserId::parse(1_000 << 3 | 1).unwrap();
        let tx = platform.db.begin(app).await.unwrap();
        tx.users().insert(user, &Profile { username: "alice".into(), ..Profile::default() }, "", 1).await.unwrap();
        tx.commit().await.unwrap();
        let blobs = Blobs::open(&BlobOptions::Directory { folder: folder.path().join("blobs") }).unwrap();
        let files = Files::new(platform.clone(), blobs.clone());
        Self { files, blobs, platform, app, user, clock, folder }
    }

    async fn ctx(&self) -> Ctx {
        self.platform.read_ctx(self.app, Actor::User { id: self.user, device: DeviceSn(1) }).await.unwrap()
    }

    async fn grant(&self, purpose: Purpose) -> Granted {
        let ask = GrantUpload { purpose, to: Destination::Anyone, announced: None };
        self.files.grant_upload(&mut self.ctx().await, ask).await.unwrap()
    }

    async fn put(&self, upload_sign: &str, offer: Offer, bytes: &[u8]) -> Result<(), FileError> {
        let grant = self.files.check_grant(upload_sign).await?;
        let mut upload = self.files.begin_upload(grant, offer).await?;
        for piece in bytes.chunks(100_001) {
            if let Err(error) = upload.write(piece).await {
                upload.abort().await.unwrap();
                return Err(error);
            }
        }
        upload.finish().await.map(|_| ())
    }

    /// Uploads and finds.
    async fn upload(&self, purpose: Purpose, offer: Offer, bytes: &[u8]) -> Result<FileContent, FileError> {
        let granted = self.grant(purpose).await;
        self.put(&granted.upload_sign, offer, bytes).await?;
        self.files.find(&granted.download_sign, Some(self.app)).await
    }

    async fn read(&self, content: &FileContent, part: Range<u64>) -> Result<Vec<u8>, FileError> {
        let pieces: Vec<_> = self.files.read(content, part).await?.try_collect().await?;
        Ok(pieces.concat())
    }

    /// Objects, finished or not, and uploads that the database speaks of.
    async fn left_behind(&self) -> (usize, usize) {
        self.platform.tasks.close();
        self.platform.tasks.wait().await;
        self.platform.tasks.reopen();
        self.blobs.close().await;
        let tx = self.platform.db.platform().await.unwrap();
        (all_files(&self.folder.path().join("blobs")).len(), tx.abandoned_uploads(i64::MAX, 100).await.unwrap().len())
    }
}

async fn add_app(platform: &Platform, slug: &str) -> AppId {
    let tx = platform.db.platform().await.unwrap();
    let app = tx.apps().insert(&AppSlug::parse(slug).unwrap(), slug, 1).await.unwrap().id;
    tx.commit().await.unwrap();
    platform.vault.ensure_app(app).unwrap();
    app
}

fn all_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(all_files(&path)) } else { files.push(path) }
    }
    files
}

fn named(name: &str, content_type: &str) -> Offer {
    Offer { name: name.into(), content_type: content_type.into() }
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at % 251) as u8).collect()
}

fn png(side: u32) -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(side, side, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    let mut out = Cursor::new(Vec::new());
    image::DynamicImage::ImageRgb8(pixels).write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

#[tokio::test]
async fn a_file_comes_back_whole_and_in_parts() {
    let world = World::new().await;
    let chunk = FILE_CHUNK_BYTES as u64;
    let whole = pattern(5 * FILE_CHUNK_BYTES + 17);
    let content = world.upload(Purpose::File, named("报告.bin", "application/x-thing; a=b"), &whole).await.unwrap();
    assert_eq!(
        (content.name(), content.content_type.as_str(), content.size),
        ("报告.bin", "application/x-thing", whole.len() as u64)
    );
    for part in
        [0..content.size, 0..1, chunk - 1..chunk + 1, 2 * chunk..3 * chunk, content.size - 5..content.size, 9..9]
    {
        let expected = &whole[part.start as usize..part.end as usize];
        assert!(world.read(&content, part.clone()).await.unwrap() == expected, "{part:?}");
    }
    let beyond = world.read(&content, 0..content.size + 1).await.unwrap_err();
    assert!(matches!(beyond, FileError::NoSuchRange { .. }));
    assert_eq!(world.left_behind().await, (1, 0));
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let world = World::new().await;
    let content = world.upload(Purpose::File, named("", ""), b"").await.unwrap();
    assert_eq!((content.name(), content.content_type.as_str(), content.size), ("file", "application/octet-stream", 0));
    assert!(world.read(&content, 0..0).await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_of_a_file_can_be_read_on_disk() {
    let world = World::new().await;
    let (marker, name) = ("MARKED-CONTENT-标记内容", "MARKED-NAME-标记名字.txt");
    let content = marker.repeat(5000);
    world.upload(Purpose::File, named(name, "text/x-marked"), content.as_bytes()).await.unwrap();
    world.platform.close().await;
    for path in all_files(world.folder.path()) {
        let bytes = std::fs::read(&path).unwrap();
        for needle in [marker, "MARKED-NAME", "标记名字", "text/x-marked"] {
            let is_found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!is_found, "{needle} in {}", path.display());
        }
    }
}

#[tokio::test]
async fn an_upload_address_works_once_and_for_an_hour() {
    let world = World::new().await;
    let granted = world.grant(Purpose::File).await;
    let early = world.files.check_grant(&granted.upload_sign).await.unwrap();
    world.put(&granted.upload_sign, Offer::default(), b"first").await.unwrap();
    let again = world.put(&granted.upload_sign, Offer::default(), b"second").await.unwrap_err();
    assert!(matches!(again, FileError::GrantUsed));

    // A second upload that began before the first had ended loses, and leaves nothing.
    let mut upload = world.files.begin_upload(early, Offer::default()).await.unwrap();
    upload.write(b"second").await.unwrap();
    assert!(matches!(upload.finish().await, Err(FileError::GrantUsed)));
    let content = world.files.find(&granted.download_sign, None).await.unwrap();
    assert_eq!(world.read(&content, 0..5).await.unwrap(), b"first");
    assert_eq!(world.left_behind().await, (1, 0));

    let late = world.grant(Purpose::File).await;
    world.clock.advance(GRANT_MS + 1);
    assert!(matches!(world.put(&late.upload_sign, Offer::default(), b"x").await, Err(FileError::GrantExpired)));
    assert!(matches!(world.files.check_grant(&granted.download_sign).await, Err(FileError::BadSignature)));
}

#[tokio::test]
async fn refused_uploads_leave_nothing() {
    let world = World::with_file_limit(1_000_000).await;
    let refused = async |purpose, offer, bytes: &[u8]| world.upload(purpose, offer, bytes).await.unwrap_err();
    let large = refused(Purpose::File, Offer::default(), &pattern(1_000_001)).await;
    assert!(matches!(large, FileError::TooLarge { limit: 1_000_000 }));
    let html =
        refused(Purpose::Image, named("x.png", "text/html"), b"<html>but long enough to be looked at</html>").await;
    assert!(matches!(html, FileError::WrongType { .. }));
    let short_html = refused(Purpose::UserAvatar, named("x.png", "image/png"), b"<html>").await;
    assert!(matches!(short_html, FileError::WrongType { .. }));
    let away = refused(Purpose::File, named("../../etc/passwd", ""), b"x").await;
    assert_eq!((matches!(away, FileError::BadName), away.code()), (true, Code::BadParameter));
    assert_eq!(world.left_behind().await, (0, 0));
}

#[tokio::test]
async fn an_upload_longer_than_announced_is_refused() {
    let world = World::with_file_limit(1_000_000).await;
    let ask = |announced| GrantUpload { purpose: Purpose::File, to: Destination::Anyone, announced: Some(announced) };
    let granted = world.files.grant_upload(&mut world.ctx().await, ask(10)).await.unwrap();
    let error = world.put(&granted.upload_sign, Offer::default(), &pattern(11)).await.unwrap_err();
    assert!(matches!(error, FileError::LongerThanAnnounced { announced: 10 }));
    assert_eq!(world.left_behind().await, (0, 0));
    world.put(&granted.upload_sign, Offer::default(), &pattern(10)).await.unwrap();
    let error = world.files.grant_upload(&mut world.ctx().await, ask(1_000_001)).await.unwrap_err();
    assert_eq!(error.code(), Code::TooLarge);
}

#[tokio::test]
async fn a_broken_off_upload_leaves_nothing() {
    let world = World::new().await;
    let granted = world.grant(Purpose::File).await;
    let grant = world.files.check_grant(&granted.upload_sign).await.unwrap();
    let mut upload = world.files.begin_upload(grant, Offer::default()).await.unwrap();
    upload.write(&pattern(500_000)).await.unwrap();
    drop(upload);
    assert_eq!(world.left_behind().await, (0, 0));
    assert!(matches!(world.files.find(&granted.download_sign, None).await, Err(FileError::NotFound)));
    world.put(&granted.upload_sign, Offer::default(), b"second try").await.unwrap();
}

#[tokio::test]
async fn what_died_with_its_process_is_removed() {
    let world = World::new().await;
    let grant = world.files.check_grant(&world.grant(Purpose::File).await.upload_sign).await.unwrap();
    let mut upload = world.files.begin_upload(grant, Offer::default()).await.unwrap();
    upload.write(&pattern(500_000)).await.unwrap();
    std::mem::forget(upload);
    assert_eq!(world.left_behind().await, (1, 1));
    assert_eq!(world.files.remove_abandoned(cerulean_files::ABANDONED_AFTER_MS).await.unwrap(), 0, "it may be alive");
    world.clock.advance(cerulean_files::ABANDONED_AFTER_MS + 1);
    assert_eq!(world.files.remove_abandoned(cerulean_files::ABANDONED_AFTER_MS).await.unwrap(), 1);
    world.blobs.remove_unfinished().await.unwrap();
    assert_eq!(world.left_behind().await, (0, 0));
}

#[tokio::test]
async fn a_start_removes_what_the_process_before_left() {
    let world = World::new().await;
    let grant = world.files.check_grant(&world.grant(Purpose::File).await.upload_sign).await.unwrap();
    let mut upload = world.files.begin_upload(grant, Offer::default()).await.unwrap();
    upload.write(&pattern(500_000)).await.unwrap();
    std::mem::forget(upload);
    world.upload(Purpose::File, Offer::default(), b"whole").await.unwrap();
    world.clock.advance(1);
    assert_eq!(world.files.recover().await.unwrap(), 2, "the object, and the row that speaks of it");
    assert_eq!(world.left_behind().await, (1, 0));
}

#[tokio::test]
async fn an_upload_taken_for_dead_is_told_so() {
    let world = World::new().await;
    let grant = world.files.check_grant(&world.grant(Purpose::File).await.upload_sign).await.unwrap();
    let mut upload = world.files.begin_upload(grant, Offer::default()).await.unwrap();
    upload.write(b"slow").await.unwrap();
    world.clock.advance(1000);
    assert_eq!(world.files.remove_abandoned(0).await.unwrap(), 1);
    assert!(upload.finish().await.is_err());
    assert_eq!(world.left_behind().await, (0, 0));
}

#[tokio::test]
async fn thumbnails_are_made_once_and_sealed() {
    let world = World::new().await;
    let picture = png(900);
    let content = world.upload(Purpose::Image, named("p.png", "image/png"), &picture).await.unwrap();
    let (one, other) =
        tokio::join!(world.files.thumbnail_of(content.clone()), world.files.thumbnail_of(content.clone()));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.tag(), other.tag());
    assert_ne!(one.tag(), content.tag());
    let bytes = world.read(&one, 0..one.size).await.unwrap();
    let small = image::load_from_memory(&bytes).unwrap();
    assert_eq!((small.width(), small.height(), one.content_type.as_str()), (400, 400, "image/jpeg"));
    assert_eq!(world.left_behind().await, (2, 0));
    for path in all_files(&world.folder.path().join("blobs")) {
        assert!(!std::fs::read(path).unwrap().windows(3).take(64).any(|window| window == [0xff, 0xd8, 0xff]));
    }
}

#[tokio::test]
async fn what_has_no_thumbnail_stands_for_itself() {
    let world = World::new().await;
    let text = world.upload(Purpose::File, named("t.txt", "text/plain"), b"text").await.unwrap();
    assert_eq!(world.files.thumbnail_of(text.clone()).await.unwrap(), text);
    let mut broken = png(900);
    broken.truncate(1000);
    let granted = world.grant(Purpose::Image).await;
    world.put(&granted.upload_sign, named("b.png", "image/png"), &broken).await.unwrap();
    for _ in 0..2 {
        let content = world.files.find(&granted.download_sign, None).await.unwrap();
        let shown = world.files.thumbnail_of(content.clone()).await.unwrap();
        assert_eq!(shown.tag(), content.tag());
    }
    assert_eq!(world.left_behind().await, (2, 0));
}

#[tokio::test]
async fn addresses_belong_to_their_app() {
    let world = World::new().await;
    let other = add_app(&world.platform, "other").await;
    let granted = world.grant(Purpose::File).await;
    world.put(&granted.upload_sign, Offer::default(), b"x").await.unwrap();
    assert!(matches!(world.files.find(&granted.download_sign, Some(other)).await, Err(FileError::NotFound)));
    let mut foreign = world.platform.read_ctx(other, Actor::Admin { acting_for: None }).await.unwrap();
    let forwarded = world.files.forward(&mut foreign, &granted.download_sign, Destination::Anyone).await;
    assert!(matches!(forwarded, Err(FileError::NotFound)));
    let own = world.files.forward(&mut world.ctx().await, &granted.download_sign, Destination::Anyone).await.unwrap();
    assert!(world.files.find(&own, Some(world.app)).await.is_ok());
    let never_uploaded = world.grant(Purpose::File).await.download_sign;
    let forwarded = world.files.forward(&mut world.ctx().await, &never_uploaded, Destination::Anyone).await;
    assert!(matches!(forwarded, Err(FileError::NotFound)));
    assert!(matches!(world.files.find("junk", None).await, Err(FileError::BadSignature)));
}

#[tokio::test]
async fn unknown_receivers_are_refused() {
    let world = World::new().await;
    let ask = |to| GrantUpload { purpose: Purpose::File, to, announced: None };
    let unknown = Destination::User(UserId::parse(77 << 3 | 1).unwrap());
    let error = world.files.grant_upload(&mut world.ctx().await, ask(unknown)).await.unwrap_err();
    assert_eq!(error.code(), Code::UserNotFound);
    let group = Destination::Group(GroupId::parse(77 << 3 | 2).unwrap());
    let error = world.files.grant_upload(&mut world.ctx().await, ask(group)).await.unwrap_err();
    assert_eq!(error.code(), Code::GroupNotFound);
    assert!(world.files.grant_upload(&mut world.ctx().await, ask(Destination::User(world.user))).await.is_ok());
}

#[tokio::test]
async fn a_frozen_app_neither_takes_nor_gives_files() {
    let world = World::new().await;
    let (stored, waiting) = (world.grant(Purpose::File).await, world.grant(Purpose::File).await);
    world.put(&stored.upload_sign, Offer::default(), b"x").await.unwrap();
    let tx = world.platform.db.platform().await.unwrap();
    tx.apps().update(world.app, "frozen", "{}").await.unwrap();
    tx.commit().await.unwrap();
    world.platform.bus.publish(BusEvent::AppChanged { app: world.app });
    assert!(matches!(world.files.check_grant(&waiting.upload_sign).await, Err(FileError::AppFrozen)));
    assert!(matches!(world.files.find(&stored.download_sign, None).await, Err(FileError::AppFrozen)));
}
