//! The service that holds what all actions on files need.

use std::fmt::Write;
use std::sync::Arc;

use cerulean_blobs::{BlobKey, Blobs};
use cerulean_delivery::Platform;
use cerulean_storage::file::RandomId;
use cerulean_types::AppId;
use tokio::sync::Semaphore;

use crate::FileError;
use crate::sized::{SizedPictures, sized_pictures};

/// Thumbnails made at the same time; each may hold a decoded picture.
const THUMBNAILS_AT_ONCE: usize = 2;

/// Files of all apps. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    pub(crate) platform: Arc<Platform>,
    pub(crate) blobs: Blobs,
    pub(crate) thumbnails: Arc<Semaphore>,
    pub(crate) sized: SizedPictures,
}

impl Files {
    /// Joins the parts.
    pub fn new(platform: Arc<Platform>, blobs: Blobs) -> Self {
        let thumbnails = Arc::new(Semaphore::new(THUMBNAILS_AT_ONCE));
        Self { platform, blobs, thumbnails, sized: sized_pictures() }
    }

    pub(crate) async fn require_normal_app(&self, app: AppId) -> Result<(), FileError> {
        if self.platform.settings_of(app).await?.is_normal() { Ok(()) } else { Err(FileError::AppFrozen) }
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("blobs", &self.blobs).finish_non_exhaustive()
    }
}

/// Where the object of this id lies: by app, then spread over 256 folders.
pub(crate) fn key_of(app: AppId, blob: &RandomId) -> BlobKey {
    let mut text = format!("{}/{:02x}/", app.0, blob[0]);
    for byte in blob {
        let _ = write!(text, "{byte:02x}");
    }
    BlobKey::parse(&text).expect("digits, letters and slashes are a key")
}
