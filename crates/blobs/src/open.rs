//! Opening object storage.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use opendal::layers::{RetryLayer, TimeoutLayer};
use opendal::services::{Fs, S3};
use opendal::{ErrorKind, Operator};
use tokio_util::task::TaskTracker;

use crate::{BlobError, BlobKey};

pub(crate) const OBJECTS: &str = "objects";
const UNFINISHED: &str = "unfinished";

/// Where objects are kept.
#[derive(Debug, Clone)]
pub enum BlobOptions {
    /// Files below this directory, which is made if missing.
    Directory {
        /// The directory.
        folder: PathBuf,
    },
    /// A bucket of an S3-compatible service.
    S3(S3Options),
}

/// A bucket and how to reach it. Set a lifecycle rule on the bucket that removes incomplete multipart uploads after a day: a node that
/// dies during an upload cannot do it.
#[derive(Clone)]
pub struct S3Options {
    /// Address of the service, with scheme.
    pub endpoint: String,
    /// Region; services without regions take any text.
    pub region: String,
    /// Bucket; must exist.
    pub bucket: String,
    /// Folder inside the bucket; empty for all of it.
    pub prefix: String,
    /// Access key.
    pub access_key_id: String,
    /// Secret key.
    pub secret_access_key: String,
    /// Whether the bucket is part of the host name rather than of the path.
    pub is_virtual_host_style: bool,
}

impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Options")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("secret_access_key", &"***")
            .finish_non_exhaustive()
    }
}

/// Object storage. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    pub(crate) operator: Operator,
    /// Set when objects are files of this machine.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) part_bytes: Option<usize>,
    /// Clean-up of broken off uploads.
    pub(crate) tasks: TaskTracker,
}

/// Parts of an upload to S3; the service wants at least 5 MiB, and this much is held in memory per upload.
const S3_PART_BYTES: usize = 8 << 20;

impl Blobs {
    /// Opens object storage; reaches the service only at first use.
    pub fn open(options: &BlobOptions) -> Result<Self, BlobError> {
        match options {
            BlobOptions::Directory { folder } => open_directory(folder),
            BlobOptions::S3(options) => open_s3(options),
        }
    }

    /// Whether object storage answers.
    pub async fn check(&self) -> Result<(), BlobError> {
        Ok(self.operator.check().await?)
    }

    /// The size of an object, or `None` if there is none.
    pub async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        match self.operator.stat(key.as_str()).await {
            Ok(found) => Ok(Some(found.content_length())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an object; one that is not there is no error.
    pub async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        Ok(self.operator.delete(key.as_str()).await?)
    }

    /// Waits until what broken off uploads left is cleaned up. Call when the server stops.
    pub async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Removes what uploads that died with an earlier process left in the directory. Call at start, before serving, where no other process
    /// uses it. Answers how many there were. Buckets do this by themselves, see [`S3Options`].
    pub async fn remove_unfinished(&self) -> Result<usize, BlobError> {
        let Some(folder) = &self.folder else { return Ok(0) };
        let mut entries = tokio::fs::read_dir(folder.join(UNFINISHED)).await?;
        let mut removed = 0;
        while let Some(entry) = entries.next_entry().await? {
            if entry.file_type().await?.is_dir() {
                tokio::fs::remove_dir_all(entry.path()).await?;
            } else {
                tokio::fs::remove_file(entry.path()).await?;
            }
            removed += 1;
        }
        Ok(removed)
    }
}

fn open_directory(folder: &Path) -> Result<Blobs, BlobError> {
    let (objects, unfinished) = (folder.join(OBJECTS), folder.join(UNFINISHED));
    std::fs::create_dir_all(&objects)?;
    std::fs::create_dir_all(&unfinished)?;
    let builder = Fs::default().root(&objects.to_string_lossy()).atomic_write_dir(&unfinished.to_string_lossy());
    Ok(Blobs {
        operator: Operator::new(builder)?,
        folder: Some(folder.to_owned()),
        part_bytes: None,
        tasks: TaskTracker::new(),
    })
}

fn open_s3(options: &S3Options) -> Result<Blobs, BlobError> {
    opendal::install_default();
    let mut builder = S3::default()
        .endpoint(&options.endpoint)
        .region(&options.region)
        .bucket(&options.bucket)
        .root(&format!("/{}", options.prefix.trim_matches('/')))
        .access_key_id(&options.access_key_id)
        .secret_access_key(&options.secret_access_key)
        .disable_config_load()
        .disable_ec2_metadata();
    if options.is_virtual_host_style {
        builder = builder.enable_virtual_host_style();
    }
    let timeout = TimeoutLayer::new().with_timeout(Duration::from_mins(1)).with_io_timeout(Duration::from_mins(1));
    let retry = RetryLayer::new().with_max_times(3).with_jitter();
    let operator = Operator::new(builder)?.layer(timeout).layer(retry);
    Ok(Blobs { operator, folder: None, part_bytes: Some(S3_PART_BYTES), tasks: TaskTracker::new() })
}
