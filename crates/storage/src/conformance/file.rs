//! Uploaded files.

use cerulean_types::AppId;
use cerulean_vault::Vault;

use crate::Db;
use crate::file::{FileRow, Thumbnail, ThumbnailForm, ThumbnailState};

fn row() -> FileRow {
    FileRow {
        id: [1; 16],
        blob: [2; 16],
        owner: 8_001,
        purpose: 102,
        size: 5_000_000_000,
        name: "照片.png".into(),
        content_type: "image/png".into(),
        thumbnail: ThumbnailState::Unknown,
        created_at: 7,
    }
}

/// A file comes back as it was put in, once, until it is removed.
pub async fn files_come_back_until_removed(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    assert_eq!(tx.files().find(&[1; 16]).await.expect("find"), None);
    tx.files().insert(&row()).await.expect("insert");
    tx.commit().await.expect("commit");

    let tx = db.begin(app).await.expect("begin");
    let error = tx.files().insert(&FileRow { blob: [3; 16], ..row() }).await.expect_err("taken");
    assert!(error.is_duplicate());
    drop(tx);

    let tx = db.begin(app).await.expect("begin");
    assert_eq!(tx.files().find(&[1; 16]).await.expect("find"), Some(row()));
    tx.files().insert(&FileRow { id: [8; 16], blob: [8; 16], size: 12, ..row() }).await.expect("insert");
    assert_eq!(tx.files().total_bytes().await.expect("sum"), 5_000_000_012);
    assert!(tx.files().remove(&[8; 16]).await.expect("remove"));
    assert_eq!(db.read(AppId(app.0 + 1)).await.expect("read").files().total_bytes().await.expect("sum"), 0);
    assert!(tx.files().remove(&[1; 16]).await.expect("remove"));
    assert!(!tx.files().remove(&[1; 16]).await.expect("remove"));
    assert_eq!(tx.files().find(&[1; 16]).await.expect("find"), None);
}

/// The first to record a thumbnail wins.
pub async fn file_thumbnails_are_recorded_once(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    tx.files().insert(&row()).await.expect("insert");
    tx.files().insert(&FileRow { id: [9; 16], ..row() }).await.expect("insert");
    let thumbnail = Thumbnail { form: ThumbnailForm::Png, blob: [4; 16], size: 900 };
    assert!(tx.files().set_thumbnail(&[1; 16], Some(thumbnail)).await.expect("set"));
    assert!(!tx.files().set_thumbnail(&[1; 16], None).await.expect("set"));
    assert!(tx.files().set_thumbnail(&[9; 16], None).await.expect("set"));
    let state = async |id| tx.files().find(&id).await.expect("find").expect("there").thumbnail;
    assert_eq!(state([1; 16]).await, ThumbnailState::Ready(thumbnail));
    assert_eq!(state([9; 16]).await, ThumbnailState::Impossible);
}

/// Uploads that never ended are found by their age, whatever the app.
pub async fn abandoned_file_uploads_are_found(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    for (blob, at) in [([5; 16], 50), ([6; 16], 40), ([7; 16], 100)] {
        tx.files().begin_upload(&blob, at).await.expect("begin upload");
    }
    assert!(tx.files().end_upload(&[5; 16]).await.expect("end"));
    assert!(!tx.files().end_upload(&[5; 16]).await.expect("end"));
    tx.commit().await.expect("commit");
    let tx = db.platform().await.expect("begin");
    assert_eq!(tx.abandoned_uploads(100, 10).await.expect("list"), [(app, [6; 16])]);
    assert_eq!(tx.abandoned_uploads(101, 1).await.expect("list"), [(app, [6; 16])]);
}

/// Another app does not see the file.
pub async fn files_belong_to_one_app(db: Db, app: AppId, vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    tx.files().insert(&row()).await.expect("insert");
    tx.commit().await.expect("commit");
    let foreign = AppId(app.0 + 1);
    vault.ensure_app(foreign).expect("keys");
    let tx = db.begin(foreign).await.expect("begin");
    assert_eq!(tx.files().find(&[1; 16]).await.expect("find"), None);
    assert!(!tx.files().remove(&[1; 16]).await.expect("remove"));
}
