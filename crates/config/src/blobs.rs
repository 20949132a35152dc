//! The section `blobs`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::Secret;
use crate::describe::{leaf, section};
use crate::error::Problems;
use crate::server::is_web_address;

section! {
    /// Where uploaded files are kept.
    pub struct Blobs {
        /// "directory" or "s3".
        kind: BlobKind = BlobKind::Directory;
        /// The directory, when it is not the folder `blobs` in the data folder.
        folder: Option<PathBuf> => "/srv/cerulean/blobs";
        /// S3 or a store that speaks its protocol, when `kind` is "s3".
        s3: S3;
    }
}

section! {
    /// S3 or a store that speaks its protocol, when `kind` is "s3".
    pub struct S3 {
        /// Address of the store.
        endpoint: String => "https://s3.eu-central-1.amazonaws.com";
        /// Bucket; it must exist.
        bucket: String => "cerulean-files";
        /// Region of the bucket.
        region: String = "us-east-1".to_owned();
        /// Name of the access key.
        access_key: String => "AKIA…";
        /// The access key's secret.
        secret_key: Secret;
        /// Reads `secret_key` from a file instead.
        secret_key_file: Option<PathBuf> => "/run/secrets/cerulean-s3";
    }
}

/// Kinds of stores for uploaded files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlobKind {
    /// A directory of this machine.
    Directory,
    /// S3 or its like.
    S3,
}

leaf!(BlobKind, Text, |kind| match kind {
    BlobKind::Directory => "directory",
    BlobKind::S3 => "s3",
});

impl Blobs {
    pub(crate) fn check(&self, problems: &mut Problems) {
        if self.kind == BlobKind::S3 {
            self.s3.check(problems);
        }
    }
}

impl S3 {
    pub(crate) fn read_secret_files(&mut self, problems: &mut Problems) {
        self.secret_key.read_file(self.secret_key_file.as_deref(), "blobs.s3.secret_key", problems);
    }

    fn check(&self, problems: &mut Problems) {
        problems.require(
            is_web_address(&self.endpoint),
            "blobs.s3.endpoint",
            "must be an address such as https://s3.eu-central-1.amazonaws.com",
        );
        let required = [
            (!self.bucket.is_empty(), "blobs.s3.bucket"),
            (!self.region.is_empty(), "blobs.s3.region"),
            (!self.access_key.is_empty(), "blobs.s3.access_key"),
            (!self.secret_key.is_empty(), "blobs.s3.secret_key"),
        ];
        for (is_set, key) in required {
            problems.require(is_set, key, "is needed when blobs.kind is \"s3\"");
        }
    }
}
